//! What is read with a linked account.

use crate::clock::UnixMs;
use crate::words::words;

words! {
    pub(crate) enum ChatKind {
        Private = "private",
        Bot = "bot",
        Group = "group",
        Supergroup = "supergroup",
        Channel = "channel",
    }
}

/// One chat of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chat {
    /// As the Bot API has it.
    pub(crate) id: i64,
    pub(crate) kind: ChatKind,
    pub(crate) title: String,
    pub(crate) unread: u32,
    pub(crate) last_at: Option<UnixMs>,
    /// The first words of the last message.
    pub(crate) last_words: String,
}

/// A page of chats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chats {
    pub(crate) chats: Vec<Chat>,
    /// Asks for the next page; `None` after the last one.
    pub(crate) cursor: Option<String>,
}

words! {
    /// What a message carries beside its text.
    pub(crate) enum Media {
        None = "none",
        Photo = "photo",
        Video = "video",
        Audio = "audio",
        Voice = "voice",
        Sticker = "sticker",
        File = "file",
        Location = "location",
        Contact = "contact",
        Poll = "poll",
        Other = "other",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: i32,
    pub(crate) at: UnixMs,
    /// The sender's id, as the Bot API has it; `None` where Telegram does not say.
    pub(crate) sender_id: Option<i64>,
    /// The sender's name or title; may be empty.
    pub(crate) sender: String,
    pub(crate) text: String,
    pub(crate) media: Media,
    pub(crate) reply_to: Option<i32>,
}

/// A page of messages, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Messages {
    pub(crate) messages: Vec<Message>,
    /// `before` of the next page; `None` after the oldest message.
    pub(crate) before: Option<i32>,
}

/// Whom to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PersonAsked {
    Me,
    /// Without `@`.
    Username(String),
    Id(i64),
}

/// Somebody (or something) on Telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// As the Bot API has it.
    pub(crate) id: i64,
    pub(crate) kind: ChatKind,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// All of them, the main one first, without `@`.
    pub(crate) usernames: Vec<String>,
    pub(crate) is_deleted: bool,
    /// Telegram's reason for a restriction.
    pub(crate) restricted: Option<String>,
    pub(crate) is_scam: bool,
    pub(crate) is_fake: bool,
    pub(crate) is_premium: bool,
}

/// A session of the account, as its list of devices shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    /// Telegram's number for it; 0 is ours.
    pub(crate) hash: i64,
    pub(crate) model: String,
    pub(crate) system: String,
    pub(crate) app: String,
    pub(crate) country: String,
    pub(crate) ip: String,
    pub(crate) created_at: UnixMs,
    pub(crate) active_at: UnixMs,
    /// This program's own session.
    pub(crate) is_this: bool,
}
