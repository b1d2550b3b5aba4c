//! A message that is to be said, before it is a row of the outbox.

use crate::clock::UnixMs;
use crate::db::Connection;
use crate::html::Html;
use crate::people::{self, Mute};

use super::file::Recipe;
use super::markup::Keyboard;
use crate::telegram::delivery::rates::{NOTICES_A_SECOND, Urgency};

/// The order in which rows go out, lowest first; the numbers are stored. Within a chat the last two are one: there, news
/// goes in the order in which it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    Reply = 0,
    Edit = 1,
    Notice = 2,
    /// One of so many notices made at once that they would keep all others waiting.
    Crowd = 3,
}

impl Priority {
    pub(crate) const ALL: [Self; 4] = [Self::Reply, Self::Edit, Self::Notice, Self::Crowd];

    /// Whether somebody waits for a row with this number.
    pub(crate) const fn urgency(stored: i64) -> Urgency {
        // An edit changes the screen on which somebody just pressed a button.
        if stored <= Self::Edit as i64 {
            Urgency::Answer
        } else {
            Urgency::Notice
        }
    }
}

/// A message to send or an edit to make; [`crate::telegram::outbox::insert`] makes it durable.
#[derive(Debug, Clone)]
#[must_use = "a message is only said once it is inserted into the outbox"]
pub struct Outgoing {
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

    /// An answer to somebody who is waiting for it: goes before everything else of its chat.
    pub fn reply(chat_id: i64, html: Html) -> Self {
        Self::new(chat_id, Priority::Reply, html)
    }

    /// A change of a message of ours. A pending change of the same message is replaced by this one. When the message is
    /// gone, this becomes a new one.
    pub fn edit(chat_id: i64, message_id: i64, html: Html) -> Self {
        Self::new(chat_id, Priority::Edit, html).in_place_of(message_id)
    }

    /// This as a change of a message of ours.
    pub(crate) fn in_place_of(mut self, message_id: i64) -> Self {
        self.priority = Priority::Edit;
        self.edit_of = Some(message_id);
        self
    }

    /// An answer that is a file, made when it goes out; the text is its caption, of at most 1024 UTF-16 units.
    pub fn file(chat_id: i64, recipe: Recipe, caption: Html) -> Self {
        let mut message = Self::reply(chat_id, caption);
        message.file = Some(recipe);
        message
    }

    /// News.
    pub fn notice(chat_id: i64, html: Html) -> Self {
        Self::new(chat_id, Priority::Notice, html)
    }

    /// One of so many notices made at once. Where those take longer than a second to go out, what other chats wait for
    /// goes before them.
    pub fn among(mut self, notices: usize) -> Self {
        if self.priority == Priority::Notice && notices > NOTICES_A_SECOND {
            self.priority = Priority::Crowd;
        }
        self
    }

    /// With buttons. An empty keyboard on an edit removes the old ones.
    pub fn keyboard(mut self, keyboard: Keyboard) -> Self {
        self.keyboard = Some(keyboard);
        self
    }

    /// Without a sound.
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// At most once for this key: a second one is not inserted. Keys are kept 60 days.
    pub fn dedupe(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(key.into());
        self
    }

    /// Part of a run.
    pub fn of_run(mut self, run_id: i64) -> Self {
        self.run_id = Some(run_id);
        self
    }

    /// The line that names this message in the chat's next one, should it not be sure that it arrived; by default the
    /// first line of the text.
    pub fn summary(mut self, line: String) -> Self {
        self.summary = Some(line);
        self
    }

    pub(crate) fn summary_line(&self) -> String {
        self.summary.clone().unwrap_or_else(|| self.html.summary())
    }

    /// Quiet hours are not for it: somebody waits for it, or must know it at once.
    pub fn urgent(mut self) -> Self {
        self.urgent = true;
        self
    }

    /// Into a topic of a group. News goes where the group wants it, without this.
    pub fn in_topic(mut self, topic: Option<i64>) -> Self {
        self.topic = topic;
        self
    }

    /// Under a message of the chat, which it answers, as long as that is there.
    pub fn under(mut self, message_id: Option<i64>) -> Self {
        self.reply_to = message_id;
        self
    }

    /// What the chat's quiet hours demand of it. Answers come at any time.
    pub(crate) fn mute(&self, connection: &Connection, now: UnixMs) -> anyhow::Result<Mute> {
        let is_news = self.priority as i64 >= Priority::Notice as i64;
        if self.urgent || !is_news {
            return Ok(Mute::Not);
        }
        people::mute(connection, self.chat_id, now)
    }

    /// When it may go.
    pub(crate) fn due_at(&self, now: UnixMs, mute: Mute) -> UnixMs {
        let due_at = self.not_before.map_or(now, |moment| moment.max(now));
        match mute {
            Mute::Until(end) => due_at.max(end),
            Mute::Not | Mute::Silent => due_at,
        }
    }

    /// Not to be sent earlier.
    pub fn not_before(mut self, moment: UnixMs) -> Self {
        self.not_before = Some(moment);
        self
    }
}
