//! Tool calls, put together from the pieces of a stream.
//!
//! Endpoints differ: pieces or whole calls, with or without index and id, all calls under one
//! index, arguments as a text or as an object.
//!
//! # Invariants
//!
//! - Pieces of different calls are never mixed if anything tells them apart.
//! - Everything that is kept has a limit.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::event;

/// Maximum number of calls in one answer. A model can ask for more in the next round.
const MOST_CALLS: usize = 8;

/// Maximum size of one call's arguments in bytes. A truncated object does not parse, and the model
/// is told so.
const ARGUMENTS_LIMIT: usize = 8 * 1024;

/// Maximum size in bytes of the data that the endpoint wants back with a call. Signatures have a
/// few thousand.
const EXTRA_LIMIT: usize = 64 * 1024;

/// OpenAI's limit for a tool's name.
const NAME_LIMIT: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// The endpoint's id, or one of ours.
    pub id: String,
    /// Never empty, but the tool may not exist.
    pub name: String,
    /// May not be valid JSON.
    pub arguments: String,
    /// What the endpoint wants back unchanged with the call, as JSON.
    pub extra: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Calls {
    parts: Vec<PartialCall>,
    /// The call that receives pieces without index, id and name.
    last: Option<usize>,
}

#[derive(Debug, Default)]
struct PartialCall {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
    extra: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawPiece<'a> {
    #[serde(borrow)]
    index: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    function: Option<&'a RawValue>,
    extra_content: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawFunction<'a> {
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    arguments: Option<&'a RawValue>,
}

impl Calls {
    /// Takes the pieces of a delta or a message.
    pub(super) fn take(&mut self, pieces: Option<&RawValue>) {
        for piece in event::list(pieces) {
            self.piece(piece);
        }
    }

    fn piece(&mut self, raw: &RawValue) {
        let Some(piece) = event::read::<RawPiece<'_>>(Some(raw)) else {
            return;
        };
        let function = piece.function.unwrap_or(raw);
        let function: RawFunction<'_> = event::read(Some(function)).unwrap_or_default();
        let text = |member| {
            let text = event::text(member).unwrap_or_default();
            short(&text).to_owned()
        };
        let (id, name) = (text(piece.id), text(function.name));
        let index = piece.index.and_then(|index| index.get().parse().ok());
        self.last = self.place(index, &id, &name);
        let Some(part) = self.last.and_then(|place| self.parts.get_mut(place)) else {
            return;
        };
        if part.id.is_empty() {
            part.id = id;
        }
        if part.name.is_empty() {
            part.name = name;
        }
        match (event::text(function.arguments), function.arguments) {
            (Some(words), _) => part.append(&words),
            (None, Some(whole)) if whole.get().starts_with('{') => part.append(whole.get()),
            _ => {}
        }
        let extra = piece.extra_content.map(RawValue::get);
        if let Some(extra) = extra.filter(|extra| extra.len() <= EXTRA_LIMIT) {
            part.extra = Some(extra.to_owned());
        }
    }

    /// The call that a piece belongs to; none if there is no room for another.
    fn place(&mut self, index: Option<u64>, id: &str, name: &str) -> Option<usize> {
        let known = match index {
            Some(_) => self.parts.iter().rposition(|part| part.index == index),
            None if !id.is_empty() => self.parts.iter().rposition(|part| part.id == id),
            None if !name.is_empty() => None,
            None => return self.last,
        };
        let goes_on = known.filter(|place| {
            let part = self.parts.get(*place);
            part.is_some_and(|part| part.goes_on(id, name))
        });
        if goes_on.is_some() {
            return goes_on;
        }
        if self.parts.len() == MOST_CALLS {
            return None;
        }
        self.parts.push(PartialCall {
            index,
            ..PartialCall::default()
        });
        self.parts.len().checked_sub(1)
    }

    /// The finished calls. A call without a name is dropped.
    pub(super) fn finish(self) -> Vec<ToolCall> {
        let mut calls: Vec<ToolCall> = Vec::new();
        for (number, part) in self.parts.into_iter().enumerate() {
            // The name goes back to the endpoint, so it keeps only characters that are allowed
            // there.
            let lawful = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            let name: String = part.name.chars().filter(lawful).take(NAME_LIMIT).collect();
            if name.is_empty() {
                continue;
            }
            let is_free = |id: &String| calls.iter().all(|call| call.id != *id);
            // Nine letters and digits: some endpoints accept nothing else.
            let own = (number..).map(|number| format!("call{number:05}"));
            let given = Some(part.id).filter(|id| !id.is_empty());
            let Some(id) = given.into_iter().chain(own).find(is_free) else {
                continue;
            };
            calls.push(ToolCall {
                id,
                name,
                arguments: part.arguments,
                extra: part.extra,
            });
        }
        calls
    }
}

impl PartialCall {
    /// Whether a piece with this id and name, either of which may be empty, continues this call.
    fn goes_on(&self, id: &str, name: &str) -> bool {
        if !id.is_empty() && !self.id.is_empty() {
            return id == self.id;
        }
        // A name after complete arguments begins a new call: some endpoints use one index for all.
        name.is_empty() || self.name.is_empty() || !is_object(&self.arguments)
    }

    fn append(&mut self, words: &str) {
        for letter in words.chars() {
            if self.arguments.len() + letter.len_utf8() > ARGUMENTS_LIMIT {
                return;
            }
            self.arguments.push(letter);
        }
    }
}

/// Truncates to a length that may be stored.
pub(super) fn short(name: &str) -> &str {
    const LONGEST: usize = 128;
    name.char_indices()
        .nth(LONGEST)
        .and_then(|(end, _)| name.get(..end))
        .unwrap_or(name)
}

pub(super) fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok()
}
