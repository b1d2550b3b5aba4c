//! An update in Telegram's own shape, with only the fields that we read.
//!
//! Other fields cannot make an update unreadable.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::document::RawDocument;
use super::event::ChatKind;

/// Accounts that stand in for others: channel posts in groups, anonymous admins, Telegram's service
/// messages.
const STAND_INS: [i64; 3] = [136_817_688, 1_087_968_824, 777_000];

#[derive(Deserialize)]
pub(crate) struct RawUpdate {
    pub(crate) update_id: i64,
    pub(crate) message: Option<RawMessage>,
    pub(crate) edited_message: Option<RawPlace>,
    pub(crate) channel_post: Option<RawPlace>,
    pub(crate) edited_channel_post: Option<RawPlace>,
    pub(crate) callback_query: Option<RawCallback>,
    pub(crate) my_chat_member: Option<RawMember>,
    pub(crate) inline_query: Option<RawInline>,
}

#[derive(Deserialize)]
pub(crate) struct RawPlace {
    pub(crate) chat: RawChat,
}

#[derive(Deserialize)]
pub(crate) struct RawMessage {
    pub(crate) message_id: Option<i64>,
    pub(crate) chat: RawChat,
    pub(crate) from: Option<RawUser>,
    pub(crate) text: Option<String>,
    pub(crate) document: Option<RawDocument>,
    // One picture in several sizes.
    pub(crate) photo: Option<Vec<RawDocument>>,
    pub(crate) media_group_id: Option<String>,
    pub(crate) sender_chat: Option<IgnoredAny>,
    pub(crate) via_bot: Option<IgnoredAny>,
    pub(crate) forward_origin: Option<IgnoredAny>,
    // Sent by servers older than Bot API 7.0 instead of `forward_origin`.
    pub(crate) forward_date: Option<IgnoredAny>,
    pub(crate) migrate_to_chat_id: Option<i64>,
    pub(crate) message_thread_id: Option<i64>,
    // Answers in groups without topics also have a thread number.
    pub(crate) is_topic_message: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct RawChat {
    pub(crate) id: i64,
    #[serde(rename = "type", deserialize_with = "chat_kind")]
    pub(crate) kind: ChatKind,
    #[serde(default)]
    pub(crate) title: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct RawUser {
    pub(crate) id: i64,
    #[serde(default)]
    pub(crate) is_bot: bool,
    #[serde(default)]
    pub(crate) first_name: String,
    pub(crate) last_name: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) language_code: Option<String>,
}

impl RawUser {
    /// True for a bot and for an account that stands in for others: its words are nobody's own.
    pub(crate) fn is_stand_in(&self) -> bool {
        self.is_bot || STAND_INS.contains(&self.id)
    }
}

#[derive(Deserialize)]
pub(crate) struct RawCallback {
    pub(crate) id: String,
    pub(crate) from: RawUser,
    pub(crate) message: Option<RawCallbackMessage>,
    pub(crate) data: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct RawCallbackMessage {
    pub(crate) chat: RawChat,
    pub(crate) message_id: i64,
    pub(crate) photo: Option<IgnoredAny>,
    pub(crate) document: Option<IgnoredAny>,
}

impl RawCallbackMessage {
    pub(crate) fn is_screen(&self) -> bool {
        self.photo.is_none() && self.document.is_none()
    }
}

#[derive(Deserialize)]
pub(crate) struct RawInline {
    pub(crate) id: String,
    pub(crate) from: RawUser,
    #[serde(default)]
    pub(crate) query: String,
}

#[derive(Deserialize)]
pub(crate) struct RawMember {
    pub(crate) chat: RawChat,
    pub(crate) from: Option<RawUser>,
    pub(crate) new_chat_member: RawStanding,
}

#[derive(Deserialize)]
pub(crate) struct RawStanding {
    pub(crate) status: String,
    pub(crate) is_member: Option<bool>,
}

fn chat_kind<'de, D: Deserializer<'de>>(source: D) -> Result<ChatKind, D::Error> {
    Ok(match String::deserialize(source)?.as_str() {
        "private" => ChatKind::Private,
        "group" | "supergroup" => ChatKind::Group,
        _ => ChatKind::Other,
    })
}
