//! An update in Telegram's own shape, with only the fields that we read: what else an update carries cannot make it unreadable.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::document::RawDocument;
use super::event::ChatKind;

#[derive(Deserialize)]
pub(super) struct RawUpdate {
    pub(super) update_id: i64,
    pub(super) message: Option<RawMessage>,
    pub(super) edited_message: Option<RawPlace>,
    pub(super) channel_post: Option<RawPlace>,
    pub(super) edited_channel_post: Option<RawPlace>,
    pub(super) callback_query: Option<RawTap>,
    pub(super) my_chat_member: Option<RawMember>,
    pub(super) inline_query: Option<RawInline>,
}

#[derive(Deserialize)]
pub(super) struct RawPlace {
    pub(super) chat: RawChat,
}

#[derive(Deserialize)]
pub(super) struct RawMessage {
    pub(super) message_id: Option<i64>,
    pub(super) chat: RawChat,
    pub(super) from: Option<RawUser>,
    pub(super) text: Option<String>,
    pub(super) document: Option<RawDocument>,
    // One picture in several sizes.
    pub(super) photo: Option<Vec<RawDocument>>,
    pub(super) media_group_id: Option<String>,
    pub(super) sender_chat: Option<IgnoredAny>,
    pub(super) via_bot: Option<IgnoredAny>,
    pub(super) forward_origin: Option<IgnoredAny>,
    // What servers older than Bot API 7.0 send instead of `forward_origin`.
    pub(super) forward_date: Option<IgnoredAny>,
    pub(super) migrate_to_chat_id: Option<i64>,
    pub(super) message_thread_id: Option<i64>,
    // Answers in groups without topics have the number of a thread, too.
    pub(super) is_topic_message: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct RawChat {
    pub(super) id: i64,
    #[serde(rename = "type", deserialize_with = "chat_kind")]
    pub(super) kind: ChatKind,
    #[serde(default)]
    pub(super) title: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawUser {
    pub(super) id: i64,
    #[serde(default)]
    pub(super) is_bot: bool,
    #[serde(default)]
    pub(super) first_name: String,
    pub(super) last_name: Option<String>,
    pub(super) username: Option<String>,
    pub(super) language_code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawTap {
    pub(super) id: String,
    pub(super) from: RawUser,
    pub(super) message: Option<RawTapped>,
    pub(super) data: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawTapped {
    pub(super) chat: RawChat,
    pub(super) message_id: i64,
    pub(super) photo: Option<IgnoredAny>,
    pub(super) document: Option<IgnoredAny>,
}

impl RawTapped {
    pub(super) fn is_screen(&self) -> bool {
        self.photo.is_none() && self.document.is_none()
    }
}

#[derive(Deserialize)]
pub(super) struct RawInline {
    pub(super) id: String,
    pub(super) from: RawUser,
    #[serde(default)]
    pub(super) query: String,
}

#[derive(Deserialize)]
pub(super) struct RawMember {
    pub(super) chat: RawChat,
    pub(super) from: Option<RawUser>,
    pub(super) new_chat_member: RawStanding,
}

#[derive(Deserialize)]
pub(super) struct RawStanding {
    pub(super) status: String,
    pub(super) is_member: Option<bool>,
    pub(super) can_send_messages: Option<bool>,
}

fn chat_kind<'de, D: Deserializer<'de>>(source: D) -> Result<ChatKind, D::Error> {
    Ok(match String::deserialize(source)?.as_str() {
        "private" => ChatKind::Private,
        "group" | "supergroup" => ChatKind::Group,
        _ => ChatKind::Other,
    })
}
