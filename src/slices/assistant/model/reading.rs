//! An answer, read from its bytes: text, what it asks to read, end, use, or what went wrong.
//!
//! A pure state machine: no clock, no network. Whether a body is a stream or one document is told by its first byte, not by
//! its header, which endpoints get wrong. Must stay true: the same bytes mean the same however they are cut; an answer is whole
//! only when it says so, so a broken connection never looks like an end; everything held has a limit.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::calls::{Calls, ToolCall};
use super::sse::Events;
use super::surrogates::Halves;
use super::trouble::{self, Trouble};
use crate::slices::assistant::question::{Reason, Usage};

/// Bytes of a body at most: a hundred times the longest answer.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Bytes of an answer's text at most.
const TEXT_LIMIT: usize = 256 * 1024;

/// Bytes of what an endpoint wants back with its calls; beyond that nothing of it is kept.
const REASONING_LIMIT: usize = 256 * 1024;

/// What a stream says when nothing more comes.
const DONE: &str = "[DONE]";

/// Billionths in one.
const NANO: f64 = 1e9;

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The text, as far as it came.
    pub text: String,
    /// What the model asks to read before it answers.
    pub calls: Vec<ToolCall>,
    /// What the endpoint wants back unchanged with these calls: signed thoughts, without which some models refuse the result.
    pub reasoning: Vec<Value>,
    /// What the endpoint says that it used.
    pub usage: Usage,
    /// Why the text is not the answer; none: it is, or the calls are.
    pub trouble: Option<Trouble>,
}

/// An answer that is being read.
#[derive(Debug)]
pub struct Reading {
    retry_after: Option<Duration>,
    body: Body,
    bytes: usize,
    said: Said,
}

#[derive(Debug)]
enum Body {
    /// Nothing but space so far.
    Unknown,
    Stream(Events),
    Document(Vec<u8>),
}

/// What was said so far.
#[derive(Debug, Default)]
struct Said {
    text: String,
    halves: Halves,
    calls: Calls,
    reasoning: Vec<Value>,
    reasoning_bytes: usize,
    usage: Usage,
    /// Something came that belongs to an answer.
    begun: bool,
    finish: Option<String>,
    done: bool,
    trouble: Option<Trouble>,
}

impl Reading {
    /// The body of a successful answer, with the wait its head asks for, if it does.
    #[must_use]
    pub fn new(retry_after: Option<Duration>) -> Self {
        Self {
            retry_after,
            body: Body::Unknown,
            bytes: 0,
            said: Said::default(),
        }
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.said.text
    }

    /// Reads a portion; true while more is wanted.
    pub fn take(&mut self, mut bytes: &[u8]) -> bool {
        if self.said.is_over() {
            return false;
        }
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > BODY_LIMIT {
            self.said.trouble = Some(Reason::Unreadable.into());
            return false;
        }
        if let Body::Unknown = self.body {
            bytes = bytes.trim_ascii_start();
            match bytes.first() {
                None => return true,
                Some(b'{') => self.body = Body::Document(Vec::new()),
                Some(_) => self.body = Body::Stream(Events::default()),
            }
        }
        match &mut self.body {
            Body::Unknown => {}
            Body::Document(document) => document.extend_from_slice(bytes),
            Body::Stream(events) => {
                let (said, retry_after) = (&mut self.said, self.retry_after);
                let mut take = |data: &str| said.event(data, retry_after);
                if events.push(bytes, &mut take).is_err() {
                    self.said.trouble = Some(Reason::Unreadable.into());
                }
            }
        }
        !self.said.is_over()
    }

    /// Nothing more comes. `broken` says why, where that is not the end of the body.
    #[must_use]
    pub fn end(mut self, broken: Option<Reason>) -> Ended {
        if !self.said.is_over() {
            match &mut self.body {
                Body::Stream(events) if broken.is_none() => {
                    let (said, retry_after) = (&mut self.said, self.retry_after);
                    // Half an event is no event: the answer was cut there.
                    events.end(&mut |data| !is_whole(data) || said.event(data, retry_after));
                }
                Body::Document(document) if broken.is_none() => {
                    match self.said.halves.read(&String::from_utf8_lossy(document)) {
                        Ok(document) => self.said.document(&document, self.retry_after),
                        Err(err) if err.is_eof() => self.said.trouble = Some(Reason::Cut.into()),
                        Err(_) => self.said.trouble = Some(Reason::Unreadable.into()),
                    }
                }
                _ => {}
            }
        }
        let calls = std::mem::take(&mut self.said.calls).finish();
        let trouble = self.said.verdict(broken, self.bytes > 0, !calls.is_empty());
        Ended {
            text: self.said.text,
            calls,
            reasoning: self.said.reasoning,
            usage: self.said.usage,
            trouble,
        }
    }
}

impl Said {
    fn is_over(&self) -> bool {
        self.done || self.trouble.is_some()
    }

    /// Takes the data of an event; true while more is wanted.
    fn event(&mut self, data: &str, retry_after: Option<Duration>) -> bool {
        let data = data.trim();
        if data == DONE {
            self.done = true;
        } else if !data.is_empty() {
            match self.halves.read(data) {
                Ok(event) => self.absorb(&event, retry_after),
                Err(_) => self.trouble = Some(Reason::Unreadable.into()),
            }
        }
        !self.is_over()
    }

    /// A whole answer in one document.
    fn document(&mut self, document: &Value, retry_after: Option<Duration>) {
        self.absorb(document, retry_after);
        self.done = self.begun;
    }

    fn absorb(&mut self, value: &Value, retry_after: Option<Duration>) {
        if let Some(model) = value.get("model").and_then(Value::as_str) {
            short(model).clone_into(&mut self.usage.model);
        }
        if let Some(id) = value.get("id").and_then(Value::as_str) {
            short(id).clone_into(&mut self.usage.generation);
        }
        if let Some(usage) = value.get("usage") {
            self.note_usage(usage);
        }
        let choice = value.get("choices").and_then(|choices| choices.get(0));
        if let Some(error) = trouble::error_in(value)
            .or_else(|| choice?.get("error").filter(|error| !error.is_null()))
        {
            self.trouble = Some(trouble::of_error(error, retry_after));
            return;
        }
        let Some(choice) = choice else { return };
        self.begun = true;
        let message = ["delta", "message"].map(|key| choice.get(key));
        let messages = || message.into_iter().flatten();
        let spoken = messages().find_map(|message| message.get("content"));
        if let Some(spoken) = spoken.or_else(|| choice.get("text")) {
            append(&mut self.text, spoken);
        }
        for message in messages() {
            self.calls.take(message);
            self.note_reasoning(message);
        }
        if self.text.len() > TEXT_LIMIT {
            self.trouble = Some(Reason::TooLong.into());
        }
        if let Some(finish) = choice.get("finish_reason").and_then(Value::as_str) {
            self.finish = Some(finish.to_owned());
        }
    }

    fn note_reasoning(&mut self, message: &Value) {
        let details = message.get("reasoning_details").and_then(Value::as_array);
        for detail in details.into_iter().flatten() {
            self.reasoning_bytes = self
                .reasoning_bytes
                .saturating_add(detail.to_string().len());
            self.reasoning.push(detail.clone());
        }
        // Half of it would be worse than nothing.
        if self.reasoning_bytes > REASONING_LIMIT {
            self.reasoning.clear();
        }
    }

    fn note_usage(&mut self, usage: &Value) {
        let whole = |key| usage.get(key).and_then(whole_number);
        self.usage.prompt_tokens = whole("prompt_tokens").unwrap_or(self.usage.prompt_tokens);
        self.usage.completion_tokens =
            whole("completion_tokens").unwrap_or(self.usage.completion_tokens);
        let cost = usage.get("cost").and_then(number);
        self.usage.cost_nanousd = cost.map_or(self.usage.cost_nanousd, nano);
    }

    fn verdict(&self, broken: Option<Reason>, any_bytes: bool, asks: bool) -> Option<Trouble> {
        if self.trouble.is_some() {
            return self.trouble;
        }
        let reason = match self.finish.as_deref() {
            Some("error") => Reason::Unavailable,
            Some("content_filter") => Reason::Refused,
            None if !self.done => match broken {
                Some(reason) => reason,
                // Something came, and it was no answer at all: a page of a proxy.
                None if any_bytes && !self.begun => Reason::Unreadable,
                None => Reason::Cut,
            },
            _ if self.text.trim().is_empty() && !asks => Reason::Empty,
            _ => return None,
        };
        Some(reason.into())
    }
}

fn is_whole(data: &str) -> bool {
    data.trim() == DONE || serde_json::from_str::<IgnoredAny>(data).is_ok()
}

/// Adds what was spoken: a text, or parts of which some are texts.
fn append(text: &mut String, spoken: &Value) {
    match spoken {
        Value::String(words) => text.push_str(words),
        Value::Array(parts) => {
            let words = parts.iter().filter_map(|part| part.get("text")?.as_str());
            words.for_each(|words| text.push_str(words));
        }
        _ => {}
    }
}

/// Names that an endpoint gives are stored, so they have a length.
pub(super) fn short(name: &str) -> &str {
    const LONGEST: usize = 128;
    name.char_indices()
        .nth(LONGEST)
        .and_then(|(end, _)| name.get(..end))
        .unwrap_or(name)
}

/// A number, or one in digits.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| number(value).map(to_whole))
}

fn nano(one: f64) -> u64 {
    to_whole((one * NANO).round())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast stays within the type's range, and what is no number becomes 0"
)]
fn to_whole(number: f64) -> u64 {
    // Sums of these are stored as signed numbers: a nonsensical one must not overflow them.
    number.clamp(0.0, 1e15) as u64
}
