//! Decodes Telegram's JSON into an [`Event`].
//!
//! # Invariants
//! - Decoding never panics.
//! - Decoding never fails on a field that we do not read: no new kind of sticker deafens the bot.

use super::document::RawDocument;
use super::envelope::Unreadable;
use super::event::{Chat, ChatKind, Event, EventKind, User};
use super::raw::{RawCallbackMessage, RawChat, RawMessage, RawStanding, RawUpdate, RawUser};

/// Decodes one update. `me` is our user name: commands in groups may be addressed to a bot by name.
///
/// # Errors
/// What could not be read.
pub fn decode(raw: &str, me: &str) -> Result<Event, Unreadable> {
    let update: RawUpdate = serde_json::from_str(raw).map_err(|err| Unreadable::new(raw, &err))?;
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
            is_there: is_there(&member.new_chat_member),
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
        // Edited commands and channel posts are ignored; an unknown kind belongs to no chat.
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

impl From<&RawChat> for Chat {
    fn from(raw: &RawChat) -> Self {
        Self {
            id: raw.id,
            kind: raw.kind,
        }
    }
}

fn read_message(message: RawMessage, me: &str) -> (Option<Chat>, Option<User>, EventKind) {
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

fn person(raw: RawUser) -> Option<User> {
    if raw.is_stand_in() {
        return None;
    }
    let mut name = raw.first_name;
    if let Some(last) = raw.last_name.filter(|l| !l.is_empty()) {
        name.push(' ');
        name.push_str(&last);
    }
    Some(User {
        id: raw.id,
        name,
        username: raw.username.unwrap_or_default(),
        language_code: raw.language_code.unwrap_or_default(),
    })
}

/// Whether we are in the chat. Somebody who is restricted may be allowed to write again.
fn is_there(standing: &RawStanding) -> bool {
    match standing.status.as_str() {
        "creator" | "administrator" | "member" => true,
        "restricted" => standing.is_member.unwrap_or(false),
        _ => false,
    }
}

#[cfg(test)]
#[path = "tests/decode.rs"]
mod tests;
