//! The buttons that lead from a slice's screen to the screens shared by all slices.

use crate::i18n::Lang;
use crate::telegram::Button;

pub(crate) const HOME: &str = "bot:home";

pub(crate) const PANEL: &str = "bot:panel";

pub(crate) const HELP: &str = "bot:help";

pub(crate) const PRIVACY: &str = "bot:privacy";

pub(crate) const CANCEL: &str = "bot:cancel";

pub(crate) fn home_button(lang: Lang) -> anyhow::Result<Button> {
    Button::labelled(lang, "button-home", HOME)
}

/// *Back*, to the panel.
pub(crate) fn panel_button(lang: Lang) -> anyhow::Result<Button> {
    Button::labelled(lang, "button-back", PANEL)
}

pub(crate) fn cancel_button(lang: Lang) -> anyhow::Result<Button> {
    Button::labelled(lang, "button-cancel", CANCEL)
}
