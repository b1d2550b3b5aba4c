//! An update of Telegram, reduced to what we read.
//!
//! Must stay true: decoding never panics and never fails on what we do not read, so a new kind of sticker cannot deafen the
//! bot; a sender is only named ([`Event::from`]) when the words are surely that person's own, so whoever checks rights by
//! `from` cannot be tricked by forwards, inline bots, channels or anonymous admins.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::document::{Document, RawDocument};
use super::event_raw::{RawCallbackMessage, RawChat, RawMessage, RawStanding, RawUpdate, RawUser};

/// Accounts that stand for others: channel posts in groups, anonymous admins, Telegram's service messages.
const STAND_INS: [i64; 3] = [136_817_688, 1_087_968_824, 777_000];

/// What happened, as the bot sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Telegram's number of the update.
    pub update_id: i64,
    /// Where it happened.
    pub chat: Option<Chat>,
    /// Who surely did it; nobody when the words may be another's.
    pub from: Option<Person>,
    /// What it was.
    pub kind: EventKind,
    /// The topic of a group it was said in.
    pub topic: Option<i64>,
    /// The message it came with; none for what is no message.
    pub message_id: Option<i64>,
    /// What the group is called: free text of others; empty where Telegram does not tell.
    pub title: String,
}

/// A chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chat {
    /// Telegram's id; negative for groups and channels.
    pub id: i64,
    /// Its kind.
    pub kind: ChatKind,
}

/// The kinds of chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatKind {
    /// With one person, whose id it shares.
    Private,
    /// A group or a supergroup.
    Group,
    /// A channel, or something newer than this program.
    Other,
}

/// A person, as they call themselves today. Only the id is an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Telegram's id.
    pub id: i64,
    /// First and last name, as given: hostile until it went through `Html::name`.
    pub name: String,
    /// User name without `@`, or empty.
    pub username: String,
    /// IETF language tag of their app, or empty.
    pub language_code: String,
}

/// The kinds of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// `/name args`, spoken to us by the person in `from`.
    Command {
        /// In small letters, without the slash and our own `@name`.
        name: String,
        /// What follows, trimmed.
        args: String,
    },
    /// Any other text.
    Text(String),
    /// A callback on a button of ours. Any client can send any data.
    Callback {
        /// For the answer.
        query_id: String,
        /// The message with the button, which another screen can replace; 0 when Telegram does not tell, and under a file,
        /// which no screen can replace.
        message_id: i64,
        /// What the button carries.
        data: String,
    },
    /// Our own standing in the chat changed (blocked, let in, thrown out).
    Membership {
        /// Whether we can write there now.
        can_write: bool,
    },
    /// The group became a supergroup with another id.
    Migrated {
        /// The new id.
        to: i64,
    },
    /// A file, sent by the person in `from`.
    Document(Document),
    /// A photo, sent by the person in `from`: a file without a name.
    Photo(Document),
    /// Somebody names us in any chat, and waits for what we offer. No chat comes with it.
    Inline {
        /// For the answer.
        query_id: String,
        /// What stands behind our name.
        words: String,
    },
    /// Everything else: stickers, edits, commands for other bots.
    Other,
}

/// An update that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its number, if that much could be read.
    pub update_id: Option<i64>,
    /// The name of its content field.
    pub kind: String,
    /// What is wrong, without the content.
    pub problem: String,
}

/// Reads one update. `me` is our user name: commands in groups may name the bot they are for.
///
/// # Errors
/// What could not be read.
pub fn decode(raw: &str, me: &str) -> Result<Event, Unreadable> {
    let update: RawUpdate = serde_json::from_str(raw).map_err(|err| unreadable(raw, &err))?;
    let update_id = update.update_id;
    let (mut topic, mut message_id, mut title) = (None, None, String::new());
    let (chat, from, kind) = if let Some(message) = update.message {
        message_id = message.message_id;
        topic = message
            .message_thread_id
            .filter(|_| message.is_topic_message == Some(true));
        title = message.chat.title.clone().unwrap_or_default();
        read_message(message, me)
    } else if let Some(callback) = update.callback_query {
        let chat = callback.message.as_ref().map(|m| (&m.chat).into());
        let kind = EventKind::Callback {
            query_id: callback.id,
            message_id: callback
                .message
                .filter(RawCallbackMessage::is_screen)
                .map_or(0, |m| m.message_id),
            data: callback.data.unwrap_or_default(),
        };
        (chat, person(callback.from), kind)
    } else if let Some(member) = update.my_chat_member {
        let kind = EventKind::Membership {
            can_write: can_write(&member.new_chat_member),
        };
        (
            Some((&member.chat).into()),
            member.from.and_then(person),
            kind,
        )
    } else if let Some(query) = update.inline_query {
        let kind = EventKind::Inline {
            query_id: query.id,
            words: query.query,
        };
        (None, person(query.from), kind)
    } else {
        // Edited commands and channel posts are no orders; an unknown kind belongs to no chat.
        let place = update
            .edited_message
            .or(update.channel_post)
            .or(update.edited_channel_post);
        (place.map(|p| (&p.chat).into()), None, EventKind::Other)
    };
    Ok(Event {
        update_id,
        chat,
        from,
        kind,
        topic,
        message_id,
        title,
    })
}

impl Event {
    /// The chat in whose order it belongs: for what comes without a chat, that with its person; 0 for none.
    #[must_use]
    pub fn place(&self) -> i64 {
        match (&self.chat, &self.from, &self.kind) {
            (Some(chat), ..) => chat.id,
            (None, Some(person), EventKind::Inline { .. }) => person.id,
            _ => 0,
        }
    }
}

impl From<&RawChat> for Chat {
    fn from(raw: &RawChat) -> Self {
        Self {
            id: raw.id,
            kind: raw.kind,
        }
    }
}

fn read_message(message: RawMessage, me: &str) -> (Option<Chat>, Option<Person>, EventKind) {
    let chat: Chat = (&message.chat).into();
    let borrowed = message.sender_chat.is_some()
        || message.via_bot.is_some()
        || message.forward_origin.is_some()
        || message.forward_date.is_some()
        || chat.kind == ChatKind::Other;
    let from = if borrowed {
        None
    } else {
        message.from.and_then(person)
    };
    let kind = if let Some(to) = message.migrate_to_chat_id {
        EventKind::Migrated { to }
    } else {
        let album = message.media_group_id.unwrap_or_default();
        let largest = message.photo.and_then(RawDocument::largest);
        match (message.text, message.document, largest) {
            (Some(text), ..) if from.is_some() && text.starts_with('/') => read_command(text, me),
            (Some(text), ..) => EventKind::Text(text),
            (None, Some(file), _) if from.is_some() => EventKind::Document(file.sent(album)),
            (None, None, Some(photo)) if from.is_some() => EventKind::Photo(photo.sent(album)),
            (None, ..) => EventKind::Other,
        }
    };
    (Some(chat), from, kind)
}

fn read_command(text: String, me: &str) -> EventKind {
    let (word, args) = text
        .split_once(char::is_whitespace)
        .unwrap_or((text.as_str(), ""));
    let (name, bot) = word.split_once('@').unwrap_or((word, ""));
    let name = name.trim_start_matches('/').to_lowercase();
    if !bot.is_empty() && !bot.eq_ignore_ascii_case(me) {
        return EventKind::Other;
    }
    if name.is_empty() {
        return EventKind::Text(text);
    }
    EventKind::Command {
        name,
        args: args.trim().to_owned(),
    }
}

fn person(raw: RawUser) -> Option<Person> {
    if raw.is_bot || STAND_INS.contains(&raw.id) {
        return None;
    }
    let mut name = raw.first_name;
    if let Some(last) = raw.last_name.filter(|l| !l.is_empty()) {
        name.push(' ');
        name.push_str(&last);
    }
    Some(Person {
        id: raw.id,
        name,
        username: raw.username.unwrap_or_default(),
        language_code: raw.language_code.unwrap_or_default(),
    })
}

fn can_write(standing: &RawStanding) -> bool {
    match standing.status.as_str() {
        "creator" | "administrator" | "member" => true,
        "restricted" => {
            standing.is_member.unwrap_or(false) && standing.can_send_messages.unwrap_or(true)
        }
        _ => false,
    }
}

fn unreadable(raw: &str, err: &serde_json::Error) -> Unreadable {
    #[derive(Deserialize)]
    struct Number {
        update_id: i64,
    }
    let keys: BTreeMap<String, IgnoredAny> = serde_json::from_str(raw).unwrap_or_default();
    let kind = keys.into_keys().find(|k| k != "update_id");
    // Serde's own sentence may quote a value, and that is somebody's text; the place and the sort of fault may not.
    let problem = format!("{:?} at column {}", err.classify(), err.column());
    Unreadable {
        update_id: serde_json::from_str::<Number>(raw)
            .ok()
            .map(|n| n.update_id),
        kind: crate::html::cut(&kind.unwrap_or_default(), 64),
        problem,
    }
}

#[cfg(test)]
#[path = "tests/event.rs"]
mod tests;
