//! Tool calls, put together from the pieces of a stream.
//!
//! Endpoints differ: pieces or whole calls, with or without index and id, all calls under one
//! index, arguments as a text or as an object.
//!
//! # Invariants
//!
//! - Pieces of different calls are never mixed if anything tells them apart.
//! - Everything that is kept has a limit.

use serde_json::{Map, Value};

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
    /// What the endpoint wants back unchanged with the call.
    pub extra: Option<Value>,
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
    extra: Option<Value>,
}

impl Calls {
    /// Takes the pieces of a delta or a message.
    pub(super) fn take(&mut self, spoken: &Value) {
        let pieces = spoken.get("tool_calls").and_then(Value::as_array);
        for piece in pieces.into_iter().flatten() {
            self.piece(piece);
        }
    }

    fn piece(&mut self, piece: &Value) {
        let function = piece.get("function").unwrap_or(piece);
        let text = |value: &Value, key: &str| -> String {
            let text = value.get(key).and_then(Value::as_str);
            short(text.unwrap_or_default()).to_owned()
        };
        let (id, name) = (text(piece, "id"), text(function, "name"));
        let index = piece.get("index").and_then(Value::as_u64);
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
        match function.get("arguments") {
            Some(Value::String(words)) => part.append(words),
            Some(whole @ Value::Object(_)) => part.append(&whole.to_string()),
            _ => {}
        }
        let extra = piece.get("extra_content").filter(|extra| !extra.is_null());
        if let Some(extra) = extra.filter(|extra| extra.to_string().len() <= EXTRA_LIMIT) {
            part.extra = Some(extra.clone());
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
    serde_json::from_str::<Map<String, Value>>(text).is_ok()
}
