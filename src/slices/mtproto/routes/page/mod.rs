//! The part of the page: the accounts, linking one, reading with one.
//!
//! # Invariants
//!
//! - A step of a login is shown by its type alone.
//! - Whatever comes from Telegram becomes text, never markup.
//! - All texts come from `mtproto.ftl`.

use crate::http_server::page::{Part, SCRIPT, STYLE};
use crate::http_server::tokens::Scope;
use crate::i18n::{self, Args, Lang};

pub(super) const PART: Part = Part {
    scope: Scope::Telegram,
    tab: "mtproto-page-tab",
    document: include_str!("telegram.html"),
    assets: &[
        ("login.js", SCRIPT, include_str!("login.js")),
        ("reading.js", SCRIPT, include_str!("reading.js")),
        ("telegram.css", STYLE, include_str!("telegram.css")),
        ("telegram.js", SCRIPT, include_str!("telegram.js")),
        ("trouble.js", SCRIPT, include_str!("trouble.js")),
    ],
    text,
};

/// Placeholders for the script to fill stay as names in braces.
fn text(lang: Lang, key: &str) -> String {
    let args = Args::new()
        .text("name", "{name}")
        .text("n", "{n}")
        .text("time", "{time}")
        .text("seconds", "{seconds}")
        .text("status", "{status}")
        .text("what", "{what}");
    i18n::plain(lang, key, &args)
}

#[cfg(test)]
mod tests;
