//! The assistant's part of the page: questions and answers.
//!
//! # Invariants
//!
//! - What a person or a model wrote becomes text; only `markdown.js` makes elements of it.
//! - All texts come from `assistant.ftl`.

use crate::http_server::page::{Part, SCRIPT, STYLE};
use crate::http_server::tokens::Scope;
use crate::i18n::{self, Args, Lang};
use crate::slices::assistant::question::MOST_FAILURES;

pub(super) const PART: Part = Part {
    scope: Scope::Chat,
    tab: "page-tab-chat",
    document: include_str!("chat.html"),
    assets: &[
        ("chat.css", STYLE, include_str!("chat.css")),
        ("chat.js", SCRIPT, include_str!("chat.js")),
        ("markdown.js", SCRIPT, include_str!("markdown.js")),
        ("question.js", SCRIPT, include_str!("question.js")),
        ("view.js", SCRIPT, include_str!("view.js")),
    ],
    text,
};

/// Placeholders for the script to fill stay as names in braces.
fn text(lang: Lang, key: &str) -> String {
    let args = Args::new()
        .number("most", MOST_FAILURES)
        .text("attempt", "{attempt}")
        .text("seconds", "{seconds}")
        .text("time", "{time}");
    i18n::plain(lang, key, &args)
}

#[cfg(test)]
mod tests;
