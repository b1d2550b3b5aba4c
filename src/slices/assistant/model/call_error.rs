//! What an endpoint's error means.
//!
//! Endpoints report the same error in many ways: as an HTTP status, as a numeric or textual code,
//! in a document with status 200, or in the middle of a stream.
//!
//! # Invariants
//!
//! - Only the meaning is kept: the endpoint's own words may contain the key or people's texts.

use std::time::Duration;

use serde_json::Value;

use crate::slices::assistant::question::Reason;

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallError {
    pub reason: Reason,
    /// How long the endpoint asks us to wait.
    pub retry_after: Option<Duration>,
    /// The model may be able to answer the same question without tools.
    pub about_tools: bool,
}

impl From<Reason> for CallError {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            retry_after: None,
            about_tools: false,
        }
    }
}

/// The meanings of words in codes, the clearest first. They say more than the status.
const TELLING: &[(&str, Reason)] = &[
    ("insufficient_quota", Reason::Credits),
    ("insufficient_credits", Reason::Credits),
    ("billing", Reason::Credits),
    ("context_length", Reason::TooLong),
    ("string_above_max_length", Reason::TooLong),
    ("content_filter", Reason::Refused),
    ("content_policy", Reason::Refused),
    ("moderation", Reason::Refused),
    ("model_not_found", Reason::NoModel),
];

/// OpenRouter reports this only in the message; its code is just the status.
const TOO_LONG_SENTENCE: &str = "maximum context length";

/// The meanings of words if there is no status.
const WORDS: &[(&str, Reason)] = &[
    ("rate_limit", Reason::Busy),
    ("too_many_requests", Reason::Busy),
    ("api_key", Reason::Key),
    ("authentication", Reason::Key),
    ("permission", Reason::Refused),
    ("not_found", Reason::NoModel),
    ("invalid_request", Reason::Rejected),
    ("bad_request", Reason::Rejected),
];

/// `status` is not a success; `body` may be empty.
pub(super) fn of_answer(status: u16, body: &[u8], retry_after: Option<Duration>) -> CallError {
    let document: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let error = error_in(&document).unwrap_or(&Value::Null);
    let reason = telling(error).unwrap_or_else(|| of_status(status));
    CallError {
        reason,
        retry_after,
        about_tools: is_about_tools(reason, status, error),
    }
}

/// An error inside a successful response.
pub(super) fn of_error(error: &Value, retry_after: Option<Duration>) -> CallError {
    let reason = telling(error)
        .or_else(|| status_in(error).map(of_status))
        .or_else(|| among(WORDS, error))
        // The request was accepted, so the endpoint itself failed.
        .unwrap_or(Reason::Unavailable);
    CallError {
        reason,
        retry_after,
        about_tools: status_in(error).is_some_and(|status| is_about_tools(reason, status, error)),
    }
}

/// Whether the error says that tools are not supported. There is no code for it: Ollama, vLLM,
/// llama.cpp and OpenRouter each use their own words and statuses. A message about a text that is
/// too long may mention tools, too.
fn is_about_tools(reason: Reason, status: u16, error: &Value) -> bool {
    let words = error.get("message").unwrap_or(error).as_str();
    matches!(status, 400 | 404 | 422 | 500 | 501)
        && reason != Reason::TooLong
        && words.is_some_and(|words| words.to_ascii_lowercase().contains("tool"))
}

/// The error in a document or an event.
pub(super) fn error_in(document: &Value) -> Option<&Value> {
    let held = document.get("error").filter(|error| !error.is_null());
    held.or_else(|| (document.get("object")? == "error").then_some(document))
        .or_else(|| (document.get("type")? == "error").then_some(document))
}

fn of_status(status: u16) -> Reason {
    match status {
        401 => Reason::Key,
        402 => Reason::Credits,
        403 => Reason::Refused,
        404 => Reason::NoModel,
        413 => Reason::TooLong,
        429 => Reason::Busy,
        408 | 425 | 500..=599 => Reason::Unavailable,
        // A redirect, too: the configured address is not the endpoint's.
        _ => Reason::Rejected,
    }
}

/// The HTTP status in an error's code, as a number or in digits.
fn status_in(error: &Value) -> Option<u16> {
    ["code", "status"].into_iter().find_map(|key| {
        let code = error.get(key)?;
        let number = code.as_u64().or_else(|| code.as_str()?.parse().ok())?;
        u16::try_from(number)
            .ok()
            .filter(|n| (400..600).contains(n))
    })
}

fn telling(error: &Value) -> Option<Reason> {
    let is_too_long = || {
        let sentence = error.get("message")?.as_str()?.to_ascii_lowercase();
        sentence
            .contains(TOO_LONG_SENTENCE)
            .then_some(Reason::TooLong)
    };
    among(TELLING, error).or_else(is_too_long)
}

fn among(list: &[(&str, Reason)], error: &Value) -> Option<Reason> {
    let words = ["code", "type", "status"];
    let words = words.into_iter().filter_map(|key| error.get(key)?.as_str());
    let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
    let said = |mark: &str| words.iter().any(|word| word.contains(mark));
    let found = list.iter().find(|(mark, _)| said(mark));
    found.map(|(_, reason)| *reason)
}
