//! The documents and events of an endpoint, as far as an answer needs them.
//!
//! Members are kept as the slices of JSON that they are, and read where they are needed. So a
//! member of a wrong type counts as missing, and what nobody needs takes no memory: JSON of many
//! small values would take a hundred times its size as a tree.
//!
//! # Invariants
//!
//! - Memory stays in proportion to the text that was received.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::call_error;

/// Maximum size in bytes of an error that is read; it becomes a tree.
const ERROR_LIMIT: usize = 64 * 1024;

/// A member, unread.
type Member<'a> = Option<&'a RawValue>;

/// A chunk of a stream, or a whole answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawEvent<'a> {
    #[serde(borrow)]
    pub(super) id: Member<'a>,
    pub(super) model: Member<'a>,
    pub(super) usage: Member<'a>,
    choices: Member<'a>,
    error: Member<'a>,
    errors: Member<'a>,
    object: Member<'a>,
    r#type: Member<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawChoice<'a> {
    #[serde(borrow)]
    delta: Member<'a>,
    message: Member<'a>,
    /// The words, in the form before there were chats.
    pub(super) text: Member<'a>,
    pub(super) finish_reason: Member<'a>,
    error: Member<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawMessage<'a> {
    #[serde(borrow)]
    pub(super) content: Member<'a>,
    pub(super) tool_calls: Member<'a>,
    pub(super) reasoning_details: Member<'a>,
    reasoning_content: Member<'a>,
    reasoning: Member<'a>,
    thinking: Member<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawUsage<'a> {
    #[serde(borrow)]
    pub(super) prompt_tokens: Member<'a>,
    pub(super) completion_tokens: Member<'a>,
    pub(super) cost: Member<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawPart<'a> {
    #[serde(borrow)]
    r#type: Member<'a>,
    text: Member<'a>,
}

impl<'a> RawEvent<'a> {
    /// Reads an object, or the first one of a list.
    pub(super) fn read(json: &'a str) -> serde_json::Result<Self> {
        if json.trim_start().starts_with('[') {
            let mut events: Vec<&RawValue> = serde_json::from_str(json)?;
            events.truncate(1);
            return events
                .pop()
                .map_or(Ok(Self::default()), |event| object(event.get()));
        }
        object(json)
    }

    pub(super) fn choice(&self) -> Option<RawChoice<'a>> {
        let choices = list(self.choices);
        choices.first().and_then(|choice| read(Some(choice)))
    }

    /// The error that this is, or that the choice has. `json` is the whole event.
    pub(super) fn error(&self, json: &str, choice: Option<&RawChoice<'_>>) -> Option<Value> {
        let (object, kind) = (text(self.object), text(self.r#type));
        let is_error = call_error::is_error(object.as_deref(), kind.as_deref());
        let inside = choice.and_then(|choice| choice.error);
        let errors = Some(self.errors).filter(|errors| !list(*errors).is_empty());
        let raw = self.error.or(errors.flatten()).map(RawValue::get);
        let raw = raw.or_else(|| is_error.then_some(json));
        let raw = raw.or_else(|| inside.map(RawValue::get))?;
        let short = Some(raw).filter(|raw| raw.len() <= ERROR_LIMIT);
        Some(
            short
                .and_then(|raw| serde_json::from_str(raw).ok())
                .unwrap_or_default(),
        )
    }
}

impl<'a> RawChoice<'a> {
    /// The messages that it has, a delta or a whole one.
    pub(super) fn messages(&self) -> impl Iterator<Item = RawMessage<'a>> {
        [self.delta, self.message].into_iter().filter_map(read)
    }
}

impl RawMessage<'_> {
    /// Whether a part of it is what the model thinks.
    pub(super) fn has_thoughts(&self) -> bool {
        let thoughts = [self.reasoning_content, self.reasoning, self.thinking];
        thoughts
            .into_iter()
            .any(|thoughts| text(thoughts).is_some_and(|words| !words.is_empty()))
            || !list(self.reasoning_details).is_empty()
    }
}

/// Demands an object; serde would take a list for one, too.
fn object<'a, T: Deserialize<'a>>(json: &'a str) -> serde_json::Result<T> {
    if json.trim_start().starts_with('{') {
        return serde_json::from_str(json);
    }
    serde_json::from_str::<&RawValue>(json)?;
    Err(serde::de::Error::custom("no object"))
}

pub(super) fn read<'a, T: Deserialize<'a>>(member: Member<'a>) -> Option<T> {
    object(member?.get()).ok()
}

pub(super) fn text(member: Member<'_>) -> Option<String> {
    serde_json::from_str(member?.get()).ok()
}

pub(super) fn list(member: Member<'_>) -> Vec<&RawValue> {
    let list = member.and_then(|member| serde_json::from_str(member.get()).ok());
    list.unwrap_or_default()
}

/// A text, or the texts in a list of parts, without those that are thoughts.
pub(super) fn words(content: Member<'_>) -> String {
    if let Some(words) = text(content) {
        return words;
    }
    let parts = list(content).into_iter();
    let parts = parts.filter_map(|part| read::<RawPart<'_>>(Some(part)));
    let spoken = parts.filter(|part| {
        let kind = text(part.r#type);
        kind.is_none_or(|kind| !kind.contains("thinking") && !kind.contains("reasoning"))
    });
    spoken.filter_map(|part| text(part.text)).collect()
}

/// A number, or a string that contains one.
pub(super) fn number(member: Member<'_>) -> Option<f64> {
    let number = serde_json::from_str(member?.get()).ok();
    number.or_else(|| text(member)?.parse().ok())
}
