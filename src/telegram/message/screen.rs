//! The result of a handler: screens, a note on the callback, and bells to ring.
//!
//! One screen is one message. After a callback it replaces the message with the button; otherwise
//! it is a new message.

use crate::activation::Activator;
use crate::html::Html;
use crate::i18n::{self, Lang};

use super::file::Recipe;
use super::markup::Keyboard;

/// A text with its buttons.
#[derive(Debug, Clone, Default)]
pub(crate) struct Screen {
    pub html: Html,
    pub keyboard: Keyboard,
}

impl Screen {
    #[must_use]
    pub(crate) fn new(html: Html, keyboard: Keyboard) -> Self {
        Self { html, keyboard }
    }

    #[must_use]
    pub(crate) fn text(html: Html) -> Self {
        Self {
            html,
            keyboard: Keyboard::default(),
        }
    }
}

/// A handler's answer, committed together with the handler's own changes.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// Replaces the message whose button was pressed, or is a new message.
    pub screen: Option<Screen>,
    /// Files after the screen, each with its caption.
    pub files: Vec<(Recipe, Screen)>,
    /// New messages after the files.
    pub more: Vec<Screen>,
    pub topic: Option<i64>,
    /// A short note on the callback.
    pub toast: Option<String>,
    /// Bells to ring after the commit.
    pub ring: Vec<Activator>,
}

impl From<Screen> for Answer {
    fn from(screen: Screen) -> Self {
        Self {
            screen: Some(screen),
            ..Self::default()
        }
    }
}

impl Answer {
    #[must_use]
    pub(crate) fn screen(html: Html, keyboard: Keyboard) -> Self {
        Screen { html, keyboard }.into()
    }

    /// Says a text without buttons.
    #[must_use]
    pub(crate) fn text(html: Html) -> Self {
        Screen::text(html).into()
    }

    /// A file with its caption, and a note that it is on its way.
    #[must_use]
    pub(crate) fn export(lang: Lang, recipe: Recipe, caption: Screen) -> Self {
        let coming = i18n::label(lang, "export-coming");
        Self::default().file(recipe, caption).toast(coming)
    }

    /// Adds a file with its caption, of at most 1024 UTF-16 units, and buttons.
    #[must_use]
    pub(crate) fn file(mut self, recipe: Recipe, caption: Screen) -> Self {
        self.files.push((recipe, caption));
        self
    }

    /// Adds a new message after the files.
    #[must_use]
    pub(crate) fn then(mut self, screen: Screen) -> Self {
        self.more.push(screen);
        self
    }

    /// Adds a note on the callback.
    #[must_use]
    pub(crate) fn toast(mut self, note: impl Into<String>) -> Self {
        self.toast = Some(note.into());
        self
    }

    #[must_use]
    pub(crate) fn ring(mut self, bell: &Activator) -> Self {
        self.ring.push(bell.clone());
        self
    }
}
