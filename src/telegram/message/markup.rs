//! Buttons under a message.
//!
//! A [`Keyboard`] is stored beside its message as the JSON that Telegram accepts.
//!
//! # Invariants
//! - No button can be built that Telegram would refuse: data over 64 bytes, a strange address, an
//!   empty label.

use anyhow::{Context as _, ensure};
use frankenstein::types::{InlineKeyboardButton, InlineKeyboardMarkup};
use serde::{Deserialize, Serialize};

use crate::i18n::{self, Args, Lang};

/// The longest data of a button, in bytes (Bot API, `InlineKeyboardButton`).
pub(crate) const DATA_LIMIT: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    switch_inline_query: Option<String>,
}

impl Button {
    /// A button that sends `data` back to us when somebody presses it.
    ///
    /// # Errors
    /// When the label is empty or the data is not of 1 to 64 bytes.
    pub fn callback(text: &str, data: impl Into<String>) -> anyhow::Result<Self> {
        let data = data.into();
        ensure!(!text.trim().is_empty(), "a button without a label");
        ensure!(
            (1..=DATA_LIMIT).contains(&data.len()),
            "button data of {} bytes; 1 to {DATA_LIMIT} are allowed",
            data.len()
        );
        Ok(Self {
            text: text.to_owned(),
            callback_data: Some(data),
            url: None,
            switch_inline_query: None,
        })
    }

    /// A callback button with a label from the catalogue.
    ///
    /// # Errors
    /// When the data is not of 1 to 64 bytes.
    pub fn labelled(lang: Lang, key: &str, data: impl Into<String>) -> anyhow::Result<Self> {
        Self::callback(&i18n::label(lang, key), data)
    }

    /// A button that opens an address.
    ///
    /// # Errors
    /// When the label is empty or the address is not http, https or tg.
    pub fn url(text: &str, url: &str) -> anyhow::Result<Self> {
        ensure!(!text.trim().is_empty(), "a button without a label");
        ensure!(
            ["https://", "http://", "tg://"]
                .iter()
                .any(|scheme| url.starts_with(scheme)),
            "a button opens only http, https and tg addresses"
        );
        Ok(Self {
            text: text.to_owned(),
            callback_data: None,
            url: Some(url.to_owned()),
            switch_inline_query: None,
        })
    }

    /// A button that lets people choose a chat and starts an inline query there with these words.
    /// Telegram refuses it from a bot without inline mode.
    ///
    /// # Errors
    /// When the label is empty.
    pub fn share(text: &str, words: &str) -> anyhow::Result<Self> {
        ensure!(!text.trim().is_empty(), "a button without a label");
        Ok(Self {
            text: text.to_owned(),
            callback_data: None,
            url: None,
            switch_inline_query: Some(words.to_owned()),
        })
    }
}

/// The page that is shown, the last one if there are not so many; and the number of pages.
pub(crate) fn shown_page(page: usize, total: usize, per_page: usize) -> (usize, usize) {
    let pages = total.div_ceil(per_page).max(1);
    (page.min(pages - 1), pages)
}

/// The buttons that turn pages; none for a single page. `page` counts from 0, and `data` returns a
/// page's callback data.
///
/// # Errors
/// When the data is too long.
pub(crate) fn page_row<D: Into<String>>(
    lang: Lang,
    page: usize,
    pages: usize,
    data: impl Fn(usize) -> D,
) -> anyhow::Result<Vec<Button>> {
    let mut row = Vec::new();
    if pages < 2 {
        return Ok(row);
    }
    if page > 0 {
        row.push(Button::callback("‹", data(page - 1))?);
    }
    let args = Args::new().number("page", page + 1).number("pages", pages);
    row.push(Button::callback(
        &i18n::plain(lang, "page", &args),
        data(page),
    )?);
    if page + 1 < pages {
        row.push(Button::callback("›", data(page + 1))?);
    }
    Ok(row)
}

/// Rows of buttons.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Keyboard {
    inline_keyboard: Vec<Vec<Button>>,
}

impl Keyboard {
    /// No buttons yet. Sent with an edit, it removes the old ones.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row; an empty one is left out.
    #[must_use]
    pub fn row(mut self, buttons: impl IntoIterator<Item = Button>) -> Self {
        let buttons: Vec<Button> = buttons.into_iter().collect();
        if !buttons.is_empty() {
            self.inline_keyboard.push(buttons);
        }
        self
    }

    #[must_use]
    pub fn rows(mut self, other: Self) -> Self {
        self.inline_keyboard.extend(other.inline_keyboard);
        self
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inline_keyboard.is_empty()
    }

    pub(crate) fn to_json(&self) -> anyhow::Result<String> {
        serde_json::to_string(self).context("store a keyboard")
    }

    pub(crate) fn from_json(stored: &str) -> anyhow::Result<Self> {
        serde_json::from_str(stored).context("read a stored keyboard")
    }

    pub(crate) fn to_api(&self) -> InlineKeyboardMarkup {
        let button = |b: &Button| {
            InlineKeyboardButton::builder()
                .text(b.text.clone())
                .maybe_callback_data(b.callback_data.clone())
                .maybe_url(b.url.clone())
                .maybe_switch_inline_query(b.switch_inline_query.clone())
                .build()
        };
        let rows = self.inline_keyboard.iter();
        InlineKeyboardMarkup::builder()
            .inline_keyboard(rows.map(|row| row.iter().map(button).collect()).collect())
            .build()
    }
}

#[cfg(test)]
#[path = "tests/markup.rs"]
mod tests;
