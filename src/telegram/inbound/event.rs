//! An update as the bot sees it.
//!
//! # Invariants
//! - [`Event::from`] names a sender only when the words are surely that person's own.
//! - So a check of rights by `from` cannot be tricked by forwards, inline bots, channels or
//!   anonymous admins.

use super::document::Document;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub update_id: i64,
    /// `None` for an inline query.
    pub chat: Option<Chat>,
    /// The certain author; `None` if the words may be another's.
    pub from: Option<User>,
    pub kind: EventKind,
    /// The topic of the group.
    pub topic: Option<i64>,
    /// The id of the message, if the event is one.
    pub message_id: Option<i64>,
    /// The title of the group: free text of others, or empty.
    pub title: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chat {
    /// Telegram's id; negative for groups and channels.
    pub id: i64,
    /// Private, a group, or something else.
    pub kind: ChatKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatKind {
    /// A chat with one person, whose id it shares.
    Private,
    /// A group or a supergroup.
    Group,
    /// A channel, or something newer than this program.
    Other,
}

/// A user of Telegram under their current name. Only the id is an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Telegram's id.
    pub id: i64,
    /// First and last name: hostile until escaped by `Html::name`.
    pub name: String,
    /// User name without `@`, or empty.
    pub username: String,
    /// IETF language tag of their app, or empty.
    pub language_code: String,
}

/// The kinds of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// `/name args`, sent to us by the person in `from`.
    Command {
        /// In lower case, without the slash and our own `@name`.
        name: String,
        /// The rest of the text, trimmed.
        args: String,
    },
    /// Any other text.
    Text(String),
    /// A callback on a button of ours. Any client can send any data.
    Callback {
        /// Needed for the answer.
        query_id: String,
        /// The message with the button, which another screen can replace. 0 if Telegram does not
        /// name it, and for a file, which no screen can replace.
        message_id: i64,
        /// The button's data.
        data: String,
    },
    /// Our own membership or rights changed (blocked, added, removed, restricted).
    Membership {
        /// Whether we are there now.
        is_there: bool,
    },
    /// The group became a supergroup with another id.
    Migrated { to: i64 },
    /// A file, sent by the person in `from`.
    Document(Document),
    /// A photo, sent by the person in `from`: a file without a name.
    Photo(Document),
    /// Somebody names us in another chat and waits for our offers. The event does not tell which
    /// chat.
    Inline {
        /// Needed for the answer.
        query_id: String,
        /// The words after our name.
        words: String,
    },
    /// Everything else: stickers, edits, commands for other bots.
    Other,
}
