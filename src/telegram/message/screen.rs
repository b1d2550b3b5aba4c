//! What a handler gives back: screens, a note on the callback, and whom to wake.
//!
//! One screen is one message. After a callback it replaces the message with the button; otherwise it is a new one.

use crate::activation::Activator;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::html::Html;

use super::file::Recipe;
use super::markup::Keyboard;
use super::outgoing::Outgoing;
use crate::telegram::outbox;

/// A text with its buttons.
#[derive(Debug, Clone, Default)]
pub struct Screen {
    /// The text.
    pub html: Html,
    /// The buttons; may be none.
    pub keyboard: Keyboard,
}

impl Screen {
    /// A text with buttons.
    #[must_use]
    pub fn new(html: Html, keyboard: Keyboard) -> Self {
        Self { html, keyboard }
    }

    /// A text without buttons.
    #[must_use]
    pub fn text(html: Html) -> Self {
        Self {
            html,
            keyboard: Keyboard::default(),
        }
    }
}

/// A handler's answer. Everything in it is committed with the handler's own changes.
#[derive(Debug, Default)]
pub struct Answer {
    /// Shown in place of the message whose button was pressed, or as a new message.
    pub screen: Option<Screen>,
    /// Files after it, each with its caption.
    pub files: Vec<(Recipe, Screen)>,
    /// New messages after those.
    pub more: Vec<Screen>,
    /// The topic of the group it is said in.
    pub topic: Option<i64>,
    /// A short note on the callback.
    pub toast: Option<String>,
    /// Rung after the commit.
    pub ring: Vec<Activator>,
}

impl Answer {
    /// Shows a screen.
    #[must_use]
    pub fn screen(screen: Screen) -> Self {
        Self {
            screen: Some(screen),
            ..Self::default()
        }
    }

    /// Says a text without buttons.
    #[must_use]
    pub fn text(html: Html) -> Self {
        Self::screen(Screen::text(html))
    }

    /// Adds a file with its caption, of at most 1024 UTF-16 units, and buttons.
    #[must_use]
    pub fn file(mut self, recipe: Recipe, caption: Screen) -> Self {
        self.files.push((recipe, caption));
        self
    }

    /// Adds a new message after the files.
    #[must_use]
    pub fn then(mut self, screen: Screen) -> Self {
        self.more.push(screen);
        self
    }

    /// Adds a note on the callback.
    #[must_use]
    pub fn toast(mut self, note: impl Into<String>) -> Self {
        self.toast = Some(note.into());
        self
    }

    /// Wakes somebody after the commit.
    #[must_use]
    pub fn ring(mut self, bell: &Activator) -> Self {
        self.ring.push(bell.clone());
        self
    }

    /// Writes the screens to the outbox, as answer to a callback on `pressed` or to a message.
    ///
    /// # Errors
    /// When the database fails.
    pub fn write(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        chat_id: i64,
        pressed: Option<i64>,
    ) -> anyhow::Result<()> {
        if let Some(screen) = &self.screen {
            let message = match pressed {
                Some(message_id) => Outgoing::edit(chat_id, message_id, screen.html.clone()),
                None => Outgoing::reply(chat_id, screen.html.clone()).in_topic(self.topic),
            };
            outbox::insert(tx, now, &message.keyboard(screen.keyboard.clone()))?;
        }
        for (recipe, caption) in &self.files {
            let message = Outgoing::file(chat_id, recipe.clone(), caption.html.clone());
            outbox::insert(tx, now, &message.keyboard(caption.keyboard.clone()))?;
        }
        for screen in &self.more {
            let message =
                Outgoing::reply(chat_id, screen.html.clone()).keyboard(screen.keyboard.clone());
            outbox::insert(tx, now, &message)?;
        }
        Ok(())
    }
}
