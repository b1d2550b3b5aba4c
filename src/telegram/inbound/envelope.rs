//! The envelope of an update: its number and the chat in whose order it belongs.
//!
//! The poller reads only this. The update itself is decoded once, when it is dispatched.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::raw::RawUser;
use crate::html::cut;

/// The part of an update that the inbox needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) update_id: i64,
    /// The chat in whose order the update belongs. An inline query has no chat and belongs to the
    /// private chat of its person. 0 for all other updates without a chat.
    pub(crate) chat_id: i64,
}

/// An update that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The update's number, if that much could be read.
    pub update_id: Option<i64>,
    /// The name of its content field.
    pub kind: String,
    /// What is wrong, without the content.
    pub problem: String,
}

#[derive(Deserialize)]
struct RawEnvelope {
    update_id: i64,
    message: Option<InChat>,
    edited_message: Option<InChat>,
    channel_post: Option<InChat>,
    edited_channel_post: Option<InChat>,
    callback_query: Option<Callback>,
    my_chat_member: Option<InChat>,
    inline_query: Option<Inline>,
}

#[derive(Deserialize)]
struct InChat {
    chat: Id,
}

#[derive(Deserialize)]
struct Callback {
    message: Option<InChat>,
}

#[derive(Deserialize)]
struct Inline {
    from: RawUser,
}

#[derive(Deserialize)]
struct Id {
    id: i64,
}

impl Envelope {
    /// Reads the envelope of one update.
    ///
    /// # Errors
    /// What could not be read. An update whose envelope is sound may still be unreadable inside.
    pub(crate) fn read(raw: &str) -> Result<Self, Unreadable> {
        let update: RawEnvelope =
            serde_json::from_str(raw).map_err(|err| Unreadable::new(raw, &err))?;
        let in_chat = update
            .message
            .or_else(|| update.callback_query.and_then(|callback| callback.message))
            .or(update.my_chat_member)
            .or(update.edited_message)
            .or(update.channel_post)
            .or(update.edited_channel_post);
        let chat_id = match (in_chat, update.inline_query) {
            (Some(place), _) => place.chat.id,
            (None, Some(Inline { from })) if !from.is_stand_in() => from.id,
            (None, _) => 0,
        };
        Ok(Self {
            update_id: update.update_id,
            chat_id,
        })
    }
}

impl Unreadable {
    pub(super) fn new(raw: &str, err: &serde_json::Error) -> Self {
        // Serde's own message may quote a value, which is somebody's text.
        let problem = format!("{:?} at column {}", err.classify(), err.column());
        Self::with_problem(raw, problem)
    }

    /// An update that ended the program whenever it was handled.
    pub(super) fn deadly(raw: &str) -> Self {
        Self::with_problem(raw, "in hand when the program died, twice".to_owned())
    }

    fn with_problem(raw: &str, problem: String) -> Self {
        #[derive(Deserialize)]
        struct Number {
            update_id: i64,
        }
        let keys: BTreeMap<String, IgnoredAny> = serde_json::from_str(raw).unwrap_or_default();
        let kind = keys.into_keys().find(|key| key != "update_id");
        let number = serde_json::from_str::<Number>(raw).ok();
        Self {
            update_id: number.map(|number| number.update_id),
            kind: cut(&kind.unwrap_or_default(), 64),
            problem,
        }
    }

    pub(super) fn warn(&self) {
        tracing::warn!(
            update_id = self.update_id,
            kind = self.kind,
            problem = self.problem,
            "an update could not be read; it is kept in quarantine"
        );
    }
}
