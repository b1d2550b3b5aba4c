//! The first screen and help.

use super::Bot;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::people::Actor;
use crate::telegram::{Answer, Button, Keyboard, Screen};

/// What the bot is, and where to go.
pub(super) fn home(actor: &Actor) -> anyhow::Result<Answer> {
    let lang = actor.lang;
    let button = |key: &str, data: &str| Button::callback(&label(lang, key), data);
    let mut keyboard = Keyboard::new()
        .row([
            button("button-add", "watch:add")?,
            button("button-list", "watch:list:mine:0")?,
        ])
        .row([
            button("button-check", "watch:check-mine")?,
            button("button-status", "watch:status")?,
        ])
        .row([
            button("button-settings", "bot:settings")?,
            button("button-help", "bot:help")?,
        ]);
    if actor.role.is_admin() {
        keyboard = keyboard.row([button("button-panel", "bot:panel")?]);
    }
    Ok(Answer::screen(Screen::new(
        i18n::text(lang, "start-hello"),
        keyboard,
    )))
}

pub(super) fn home_row(lang: Lang) -> anyhow::Result<[Button; 1]> {
    Ok([Button::callback(&label(lang, "button-home"), "bot:home")?])
}

impl Bot {
    pub(super) fn help(&self, actor: &Actor) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let mut text = i18n::html(
            lang,
            "help",
            &Args::new().text("sites", &self.watch.sites()),
        );
        if actor.role.is_admin() {
            text = Html::join([&text, &i18n::text(lang, "help-admin")], "\n\n");
        }
        let privacy = Button::callback(&label(lang, "button-privacy"), "bot:privacy")?;
        let keyboard = Keyboard::new().row([privacy]).row(home_row(lang)?);
        Ok(Answer::screen(Screen::new(text, keyboard)))
    }
}
