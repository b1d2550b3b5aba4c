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

use super::dialect::Parameter;
use crate::slices::assistant::question::Reason;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    pub reason: Reason,
    /// How long the endpoint asks us to wait.
    pub retry_after: Option<Duration>,
    /// The parts of the request that the endpoint refuses by name, in the order of their mention.
    pub named: Vec<Parameter>,
}

impl From<Reason> for CallError {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            retry_after: None,
            named: Vec::new(),
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

/// Words that refuse a part of a request. What only fails may name a stream or a function, too.
const REFUSING: &[&str] = &[
    "support",
    "unknown",
    "recogni",
    "unexpected keyword",
    "unexpected argument",
    "cannot find field",
    "invalid",
    "not allowed",
    "permitted",
    "forbidden",
    "not available",
    "disabled",
    "not implemented",
    "cannot be used",
];

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

/// `status` is not a success; `body` may be empty, and anything.
pub(super) fn of_answer(status: u16, body: &[u8], retry_after: Option<Duration>) -> CallError {
    let said = match serde_json::from_slice::<Value>(body) {
        Ok(document) => Said::of(&document),
        Err(_) => Said::text(&String::from_utf8_lossy(body)),
    };
    let reason = said.telling().unwrap_or_else(|| of_status(status));
    CallError {
        reason,
        retry_after,
        named: said.named(reason, Some(status)),
    }
}

/// An error inside a successful response.
pub(super) fn of_error(error: &Value, retry_after: Option<Duration>) -> CallError {
    let said = Said::of(error);
    let reason = said
        .telling()
        .or_else(|| said.status.map(of_status))
        .or_else(|| said.among(WORDS))
        // The request was accepted, so the endpoint itself failed.
        .unwrap_or(Reason::Unavailable);
    CallError {
        reason,
        retry_after,
        named: said.named(reason, said.status),
    }
}

/// What an error says, whatever its shape: an object, a list, a text, a page.
#[derive(Debug, Default)]
struct Said {
    /// Its codes, in small letters.
    codes: Vec<String>,
    /// An HTTP status, as a number or in digits.
    status: Option<u16>,
    /// Where it says which part of the request is meant.
    fields: String,
    text: String,
    /// It is a page, as gateways and web servers have them; its scripts have words, too.
    is_page: bool,
}

impl Said {
    fn of(error: &Value) -> Self {
        let mut said = Self::default();
        said.take("", error);
        said
    }

    fn text(words: &str) -> Self {
        Self {
            text: words.to_owned(),
            is_page: words.trim_start().starts_with('<'),
            ..Self::default()
        }
    }

    fn take(&mut self, key: &str, value: &Value) {
        match (key, value) {
            // The request, repeated: it names everything.
            ("input" | "body" | "request", _) => {}
            (_, Value::Object(members)) => {
                for (key, value) in members {
                    // Lists of what is wrong with each member have its name as their key.
                    if value.is_array() && Parameter::named_in(key).len() == 1 {
                        add(&mut self.fields, key);
                    }
                    self.take(key, value);
                }
            }
            (_, Value::Array(values)) => values.iter().for_each(|value| self.take(key, value)),
            ("code" | "status", Value::Number(code)) => self.take_status(code.as_u64()),
            ("code" | "type" | "status", Value::String(word)) => {
                self.take_status(word.parse().ok());
                self.codes.push(word.to_ascii_lowercase());
            }
            ("param" | "loc" | "field", Value::String(name)) => add(&mut self.fields, name),
            (_, Value::String(words)) => match inner(words) {
                Some(document) => self.take(key, &document),
                None => add(&mut self.text, words),
            },
            _ => {}
        }
    }

    fn take_status(&mut self, code: Option<u64>) {
        let status = code.and_then(|code| u16::try_from(code).ok());
        let status = status.filter(|status| (400..600).contains(status));
        self.status = self.status.or(status);
    }

    fn telling(&self) -> Option<Reason> {
        let is_too_long = || self.text.to_ascii_lowercase().contains(TOO_LONG_SENTENCE);
        let reason = self.among(TELLING);
        reason.or_else(|| is_too_long().then_some(Reason::TooLong))
    }

    fn among(&self, list: &[(&str, Reason)]) -> Option<Reason> {
        let said = |mark: &str| self.codes.iter().any(|word| word.contains(mark));
        let found = list.iter().find(|(mark, _)| said(mark));
        found.map(|(_, reason)| *reason)
    }

    /// The parts of the request that it refuses. Only some statuses refuse a request as it is, and
    /// a message about a text that is too long may name parts, too.
    fn named(&self, reason: Reason, status: Option<u16>) -> Vec<Parameter> {
        let refuses = || {
            let text = self.text.to_ascii_lowercase();
            REFUSING.iter().any(|word| text.contains(word))
        };
        let is_refusal = match status {
            Some(400 | 422) => true,
            Some(404 | 405 | 500 | 501) => !self.is_page && refuses(),
            Some(_) => false,
            None => reason == Reason::Rejected || self.codes.is_empty() && refuses(),
        };
        match is_refusal && reason != Reason::TooLong {
            true => Parameter::named_in(&format!("{} {}", self.fields, self.text)),
            false => Vec::new(),
        }
    }
}

/// The document in a text: gateways pass on an error as a text in their own.
fn inner(text: &str) -> Option<Value> {
    let is_document = text.trim_start().starts_with(['{', '[']);
    is_document
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

fn add(text: &mut String, words: &str) {
    text.push_str(words);
    text.push('\n');
}

/// Whether a document or an event with these members is an error as a whole.
pub(super) fn is_error(object: Option<&str>, kind: Option<&str>) -> bool {
    object == Some("error") || kind == Some("error")
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
