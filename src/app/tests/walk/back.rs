//! Ways back: every screen opened by a button and every question has one.

#[path = "../../../../tests/it/walk/ways_back.rs"]
mod ways_back;

use self::ways_back::BACK;
use super::{Step, each};
use crate::i18n::{Lang, label};

/// Buttons under answers in the chat: nobody has left a screen for them.
const ANSWER: &str = "ask:";

/// Only the first screen shows this button: there is nothing to go back to.
const ONLY_AT_HOME: &str = "bot:help";

/// True for a screen opened by a button, and for every question.
pub(super) fn needs_way_back(last: &Step, is_asked: bool, said: &[(String, String)]) -> bool {
    let is_home = said
        .iter()
        .any(|(keyboard, _)| each(keyboard, "callback_data").contains(&ONLY_AT_HOME.to_owned()));
    if is_home || matches!(last, Step::Taps(data) if data.starts_with(ANSWER)) {
        return false;
    }
    let has_buttons = said
        .iter()
        .any(|(keyboard, _)| !each(keyboard, "text").is_empty());
    is_asked || matches!(last, Step::Taps(_)) && has_buttons
}

pub(super) fn leads_back(keyboard: &str) -> bool {
    let texts = each(keyboard, "text");
    let labels = |lang| BACK.map(|key| label(lang, key));
    let mut back = [Lang::Ru, Lang::En].into_iter().flat_map(labels);
    back.any(|text| texts.contains(&text))
}
