//! The possible errors of a call to Telegram, and the reaction each requires.
//!
//! # Invariants
//! - The four kinds differ in whether the call had an effect: that decides whether it may be
//!   repeated.
//! - The descriptions compared here are the server's own (tdlib/telegram-bot-api), without their
//!   prefix.
//! - Nothing shows a description as it came, because it may repeat people's words: see
//!   [`super::known`].

use crate::clock::days;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::known::Description;

/// A longer wait is not believed: Telegram asks for at most about a day.
const LONGEST_WAIT: Duration = days(31);

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Telegram refused: surely without effect.
    #[error("Telegram refused ({code}){description}")]
    Refused {
        /// The Bot API's error code, which is also the HTTP status.
        code: u16,
        description: Description,
        retry_after: Option<Duration>,
        /// The id of the supergroup that this group became.
        migrate_to: Option<i64>,
    },
    /// The answer is not from the Bot API: a gateway's page, broken JSON, nothing.
    #[error("the answer could not be read (HTTP {status}, {len} bytes)")]
    Unreadable { status: u16, len: usize },
    /// The call never left: no connection, no such host, TLS failed.
    #[error("Telegram could not be reached: {0}")]
    NotSent(String),
    /// The call left, but its answer did not arrive in full: it may have had its effect.
    #[error("Telegram's answer was lost: {0}")]
    Unknown(String),
}

/// Refusals with these words are final: the chat stays closed until somebody writes there again or
/// adds the bot.
const FINAL: &[&str] = &[
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "deactivated",
    "blocked",
    "was deleted",
    "was kicked",
    "not a member",
    "can't initiate conversation",
    "can't send messages to",
];

/// A 400 with these words is about the chat as it is now, not about the message. So is a code of
/// Telegram's inside (406, 420). Of a 403 this holds without any words.
const FOR_NOW: &[&str] = &[
    "rights",
    "forbidden",
    "restricted",
    "banned",
    "admin_required",
    "slowmode",
    "slow mode",
    "flood",
    "payment_required",
    "channel_private",
    "not_participant",
    "unavailable",
];

/// A chat that refuses files with these words may take words.
const NO_FILES: &[&str] = &[
    "send photos",
    "send documents",
    "send media",
    "send_photos",
    "send_docs",
    "send_media",
];

/// These 400s mean that the message to edit is gone, or cannot be edited into ours.
const EDIT_GONE: &[&str] = &[
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    // The message is a picture.
    "there is no text in the message to edit",
];

impl ApiError {
    /// The token is not valid (any more). A malformed token is answered with a bare 404.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Refused { code: 401, .. } => true,
            Self::Refused {
                code: 404,
                description,
                ..
            } => description.said() == "Not Found",
            _ => false,
        }
    }

    /// Another program polls with this token, or a webhook is set.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { code: 409, .. })
    }

    /// A conflict that ends when the webhook is removed.
    #[must_use]
    pub fn is_webhook_conflict(&self) -> bool {
        self.is_conflict() && self.says("webhook")
    }

    /// The edit would change nothing: the message is as we want it.
    #[must_use]
    pub fn is_not_modified(&self) -> bool {
        self.is_bad_request() && self.says("message is not modified")
    }

    #[must_use]
    pub fn is_edit_gone(&self) -> bool {
        self.is_bad_request()
            && self
                .plain()
                .is_some_and(|d| EDIT_GONE.contains(&d.as_str()))
    }

    /// The topic of the group was deleted.
    #[must_use]
    pub fn is_topic_gone(&self) -> bool {
        self.is_bad_request()
            && (self.says("message thread not found") || self.says("topic_deleted"))
    }

    /// The topic of the group takes no messages for now.
    #[must_use]
    pub fn is_topic_closed(&self) -> bool {
        self.is_bad_request() && self.says("topic_closed")
    }

    /// The chat takes no files for now, but perhaps words.
    #[must_use]
    pub fn is_file_refused(&self) -> bool {
        self.is_refused_for_now() && self.says_itself(NO_FILES)
    }

    /// Nothing can be sent to this chat until it comes to us again.
    #[must_use]
    pub fn permanent_for_chat(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                code: 400 | 403,
                ..
            }
        ) && self.says_itself(FINAL)
    }

    /// The chat takes no messages of ours for now: somebody there can change that.
    #[must_use]
    pub fn is_refused_for_now(&self) -> bool {
        if self.permanent_for_chat() {
            return false;
        }
        match self {
            Self::Refused {
                code: 403 | 406 | 420,
                ..
            } => true,
            Self::Refused { code: 400, .. } => self.is_topic_closed() || self.says_itself(FOR_NOW),
            _ => false,
        }
    }

    /// Telegram itself fails, surely without effect.
    #[must_use]
    pub fn is_incident(&self) -> bool {
        match self {
            Self::Refused { code, .. } => *code >= 500,
            Self::Unreadable { status, .. } => *status >= 500,
            Self::NotSent(_) | Self::Unknown(_) => false,
        }
    }

    /// Our markup was wrong, which is our bug.
    #[must_use]
    pub fn is_bad_markup(&self) -> bool {
        self.is_bad_request() && self.says("can't parse entities")
    }

    /// Telegram does not know the file id (any more).
    #[must_use]
    pub fn is_file_unknown(&self) -> bool {
        self.is_bad_request()
            && (self.says("file identifier") || self.says("file_id") || self.says("file reference"))
    }

    /// The callback can no longer be answered (it lives 150 s). Expected after a pause.
    #[must_use]
    pub fn query_too_old(&self) -> bool {
        self.is_bad_request() && (self.says("query is too old") || self.says("query_id_invalid"))
    }

    /// How long Telegram asked us to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    #[must_use]
    pub fn migrate_to(&self) -> Option<i64> {
        match self {
            Self::Refused { migrate_to, .. } => *migrate_to,
            _ => None,
        }
    }

    /// Surely without effect and worth another try: the server was busy or away.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused { code, .. } => *code >= 500 || *code == 429,
            Self::Unreadable { .. } | Self::NotSent(_) => true,
            Self::Unknown(_) => false,
        }
    }

    /// The file is larger than the server accepts. A gateway may say so on a page of its own.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        match self {
            Self::Refused { code, .. } => *code == 413,
            Self::Unreadable { status, .. } => *status == 413,
            Self::NotSent(_) | Self::Unknown(_) => false,
        }
    }

    /// The file is larger than Telegram lets bots download.
    pub(crate) fn says_file_is_too_big(&self) -> bool {
        self.is_bad_request() && self.says("file is too big")
    }

    fn is_bad_request(&self) -> bool {
        matches!(self, Self::Refused { code: 400, .. })
    }

    fn says(&self, words: &str) -> bool {
        self.plain().is_some_and(|d| d.contains(words))
    }

    /// True if Telegram says one of these in words of its own: a quotation may be of ours.
    fn says_itself(&self, words: &[&str]) -> bool {
        self.plain().is_some_and(|d| {
            let quotes = d.contains([':', '"']) || d.contains(" '");
            !quotes && words.iter().any(|words| d.contains(words))
        })
    }

    /// The description in lower case, without prefixes such as `Bad Request: `.
    fn plain(&self) -> Option<String> {
        let Self::Refused { description, .. } = self else {
            return None;
        };
        let text = description.said().to_lowercase();
        Some(match text.split_once(": ") {
            Some((
                "bad request" | "forbidden" | "conflict" | "unauthorized" | "too many requests",
                rest,
            )) => rest.to_owned(),
            _ => text,
        })
    }
}

/// The envelope of every answer. Parameters are read loosely: a strange value there must not hide
/// the refusal.
#[derive(Deserialize)]
struct RawAnswer<'a> {
    ok: bool,
    error_code: Option<u16>,
    description: Option<String>,
    #[serde(borrow)]
    parameters: Option<&'a RawValue>,
}

/// Each value as the JSON that it is: a tree of them would take many times their size.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RawParameters<'a> {
    #[serde(borrow)]
    retry_after: Option<&'a RawValue>,
    migrate_to_chat_id: Option<&'a RawValue>,
}

/// The refusal in an answer; `None` for a success and for an answer that is not from the Bot API.
pub(crate) fn refusal(status: u16, body: &[u8]) -> Option<ApiError> {
    let answer: RawAnswer<'_> = serde_json::from_slice(body).ok()?;
    if answer.ok {
        return None;
    }
    let parameters = answer
        .parameters
        .and_then(|raw| serde_json::from_str(raw.get()).ok());
    let parameters: RawParameters<'_> = parameters.unwrap_or_default();
    let number = |raw: Option<&RawValue>| -> Option<i64> { raw?.get().parse().ok() };
    let retry_after = number(parameters.retry_after)
        .map(|s| Duration::from_secs(u64::try_from(s).unwrap_or(0)).min(LONGEST_WAIT));
    Some(ApiError::Refused {
        code: answer.error_code.unwrap_or(status),
        description: Description::new(&answer.description.unwrap_or_default()),
        retry_after,
        migrate_to: number(parameters.migrate_to_chat_id),
    })
}

#[cfg(test)]
#[path = "tests/error.rs"]
mod tests;
