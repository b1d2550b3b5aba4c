//! A message to send, before it becomes a row of the outbox.

use crate::clock::UnixMs;
use crate::db::Connection;
use crate::html::Html;
use crate::people::{self, Mute};

use super::file::Recipe;
use super::markup::Keyboard;
use super::priority::{CROWD, Priority};

/// A message to send or an edit to make. [`crate::telegram::outbox::insert`] makes it durable.
#[derive(Debug, Clone)]
#[must_use = "a message is sent only once it is inserted into the outbox"]
pub(crate) struct Outgoing {
    pub(crate) chat_id: i64,
    pub(crate) priority: Priority,
    pub(crate) edit_of: Option<i64>,
    pub(crate) html: Html,
    pub(crate) keyboard: Option<Keyboard>,
    pub(crate) silent: bool,
    pub(crate) dedupe: Option<String>,
    pub(crate) run_id: Option<i64>,
    pub(crate) not_before: Option<UnixMs>,
    pub(crate) summary: Option<String>,
    pub(crate) file: Option<Recipe>,
    pub(crate) urgent: bool,
    pub(crate) topic: Option<i64>,
    pub(crate) reply_to: Option<i64>,
    pub(crate) place_row: Option<i64>,
}

impl Outgoing {
    fn new(chat_id: i64, priority: Priority, html: Html) -> Self {
        Self {
            chat_id,
            priority,
            edit_of: None,
            html,
            keyboard: None,
            silent: false,
            dedupe: None,
            run_id: None,
            not_before: None,
            summary: None,
            file: None,
            urgent: false,
            topic: None,
            reply_to: None,
            place_row: None,
        }
    }

    /// An answer to somebody who waits for it. It leaves before everything else of its chat.
    pub(crate) fn reply(chat_id: i64, html: Html) -> Self {
        Self::new(chat_id, Priority::Reply, html)
    }

    /// An edit of one of our messages. It replaces a pending edit of the same message. When the
    /// message is gone, it becomes a new message.
    pub(crate) fn edit(chat_id: i64, message_id: i64, html: Html) -> Self {
        Self::new(chat_id, Priority::Edit, html).in_place_of(message_id)
    }

    /// Turns this into an edit of one of our messages.
    pub(crate) fn in_place_of(mut self, message_id: i64) -> Self {
        self.priority = Priority::Edit;
        self.edit_of = Some(message_id);
        self
    }

    /// An answer with a file, which is made when it is sent. The caption has at most 1024 UTF-16
    /// units.
    pub(crate) fn file(chat_id: i64, recipe: Recipe, caption: Html) -> Self {
        let mut message = Self::reply(chat_id, caption);
        message.file = Some(recipe);
        message
    }

    /// A notification, which nobody waits for.
    pub(crate) fn notice(chat_id: i64, html: Html) -> Self {
        Self::new(chat_id, Priority::Notice, html)
    }

    /// Marks this as one of that many notices made at once. If those take longer than a second to
    /// leave, the notices of other chats leave first.
    pub(crate) fn among(mut self, notices: usize) -> Self {
        if self.priority == Priority::Notice && notices > CROWD {
            self.priority = Priority::Crowd;
        }
        self
    }

    /// Adds buttons. An empty keyboard on an edit removes the old ones.
    pub(crate) fn keyboard(mut self, keyboard: Keyboard) -> Self {
        self.keyboard = Some(keyboard);
        self
    }

    pub(crate) fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Inserts the message at most once for this key. Keys are kept for 60 days.
    pub(crate) fn dedupe(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(key.into());
        self
    }

    /// Records the run that the message reports.
    pub(crate) fn of_run(mut self, run_id: i64) -> Self {
        self.run_id = Some(run_id);
        self
    }

    /// The line that mentions this message in the chat's next one if its arrival is unknown. The
    /// default is the first line of the text.
    pub(crate) fn summary(mut self, line: String) -> Self {
        self.summary = Some(line);
        self
    }

    pub(crate) fn summary_line(&self) -> String {
        self.summary.clone().unwrap_or_else(|| self.html.summary())
    }

    /// Ignores quiet hours: somebody waits for the message, or must know it at once.
    pub(crate) fn urgent(mut self) -> Self {
        self.urgent = true;
        self
    }

    /// Sends it to a topic of a group. Otherwise a notice goes to the group's chosen topic.
    pub(crate) fn in_topic(mut self, topic: Option<i64>) -> Self {
        self.topic = topic;
        self
    }

    /// Sends it as a reply to a message of the chat, if that message still exists.
    pub(crate) fn under(mut self, message_id: Option<i64>) -> Self {
        self.reply_to = message_id;
        self
    }

    /// What the chat's quiet hours require of this message. Answers may be sent at any time.
    pub(crate) fn mute(&self, connection: &Connection, now: UnixMs) -> anyhow::Result<Mute> {
        let is_news = self.priority as i64 >= Priority::Notice as i64;
        if self.urgent || !is_news {
            return Ok(Mute::Not);
        }
        people::mute(connection, self.chat_id, now)
    }

    /// The earliest moment it may leave.
    pub(crate) fn due_at(&self, now: UnixMs, mute: Mute) -> UnixMs {
        let due_at = self.not_before.map_or(now, |moment| moment.max(now));
        match mute {
            Mute::Until(end) => due_at.max(end),
            Mute::Not | Mute::Silent => due_at,
        }
    }

    /// Keeps it back until a moment.
    pub(crate) fn not_before(mut self, moment: UnixMs) -> Self {
        self.not_before = Some(moment);
        self
    }
}
