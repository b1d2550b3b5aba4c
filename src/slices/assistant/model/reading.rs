//! Reads an answer from the bytes of a response: text, tool calls, end, usage, or what went wrong.
//!
//! A pure state machine without clock and network. The first byte tells a stream from a document,
//! because endpoints get the content type wrong.
//!
//! # Invariants
//!
//! - The result does not depend on how the bytes are split.
//! - An answer is whole only when it says so; a broken connection never looks like an end.
//! - Everything that is kept has a limit.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::call_error::{self, CallError};
use super::calls::{Calls, ToolCall, short};
use super::sse::Events;
use super::surrogates::SurrogateJoiner;
use crate::slices::assistant::question::{Reason, Usage};

/// A hundred times the longest answer, in bytes.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

const TEXT_LIMIT: usize = 256 * 1024;

/// Beyond this, no reasoning is kept.
const REASONING_LIMIT: usize = 256 * 1024;

/// Ends a stream.
const DONE: &str = "[DONE]";

const NANO: f64 = 1e9;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub text: String,
    /// The tools that the model wants to call before it answers.
    pub calls: Vec<ToolCall>,
    /// Goes back unchanged with the calls: signed reasoning. Without it some models refuse the
    /// result.
    pub reasoning: Vec<Value>,
    /// As the endpoint reports it.
    pub usage: Usage,
    /// Why there is no answer. `None` if the text is the answer, or if there are calls.
    pub error: Option<CallError>,
}

/// The parser, between two portions.
#[derive(Debug)]
pub struct Reading {
    retry_after: Option<Duration>,
    body: BodyForm,
    bytes: usize,
    said: AnswerSoFar,
}

#[derive(Debug)]
enum BodyForm {
    /// Only white space so far.
    Unknown,
    Stream(Events),
    Document(Vec<u8>),
}

#[derive(Debug, Default)]
struct AnswerSoFar {
    text: String,
    surrogates: SurrogateJoiner,
    calls: Calls,
    reasoning: Vec<Value>,
    reasoning_bytes: usize,
    usage: Usage,
    /// Something arrived that belongs to an answer.
    begun: bool,
    finish: Option<String>,
    done: bool,
    error: Option<CallError>,
}

impl Reading {
    /// `retry_after` is the wait that the response's head asks for.
    #[must_use]
    pub fn new(retry_after: Option<Duration>) -> Self {
        Self {
            retry_after,
            body: BodyForm::Unknown,
            bytes: 0,
            said: AnswerSoFar::default(),
        }
    }

    #[must_use]
    pub(crate) fn text(&self) -> &str {
        &self.said.text
    }

    /// Reads a portion; false when no more is needed.
    pub fn take(&mut self, mut bytes: &[u8]) -> bool {
        if self.said.is_over() {
            return false;
        }
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > BODY_LIMIT {
            self.said.error = Some(Reason::Unreadable.into());
            return false;
        }
        if let BodyForm::Unknown = self.body {
            bytes = bytes.trim_ascii_start();
            match bytes.first() {
                None => return true,
                Some(b'{') => self.body = BodyForm::Document(Vec::new()),
                Some(_) => self.body = BodyForm::Stream(Events::default()),
            }
        }
        match &mut self.body {
            BodyForm::Unknown => {}
            BodyForm::Document(document) => document.extend_from_slice(bytes),
            BodyForm::Stream(events) => {
                let (said, retry_after) = (&mut self.said, self.retry_after);
                let mut take = |data: &str| said.event(data, retry_after);
                if events.push(bytes, &mut take).is_err() {
                    self.said.error = Some(Reason::Unreadable.into());
                }
            }
        }
        !self.said.is_over()
    }

    /// The body is over. `broken` says why, if it was not complete.
    #[must_use]
    pub fn end(mut self, broken: Option<Reason>) -> Ended {
        if !self.said.is_over() {
            match &mut self.body {
                BodyForm::Stream(events) if broken.is_none() => {
                    let (said, retry_after) = (&mut self.said, self.retry_after);
                    // An incomplete event means that the answer was cut there.
                    events.end(&mut |data| !is_whole(data) || said.event(data, retry_after));
                }
                BodyForm::Document(document) if broken.is_none() => {
                    match self
                        .said
                        .surrogates
                        .read(&String::from_utf8_lossy(document))
                    {
                        Ok(document) => self.said.document(&document, self.retry_after),
                        Err(err) if err.is_eof() => self.said.error = Some(Reason::Cut.into()),
                        Err(_) => self.said.error = Some(Reason::Unreadable.into()),
                    }
                }
                _ => {}
            }
        }
        let calls = std::mem::take(&mut self.said.calls).finish();
        let error = self.said.verdict(broken, self.bytes > 0, !calls.is_empty());
        Ended {
            text: self.said.text,
            calls,
            reasoning: self.said.reasoning,
            usage: self.said.usage,
            error,
        }
    }
}

impl AnswerSoFar {
    fn is_over(&self) -> bool {
        self.done || self.error.is_some()
    }

    /// Takes the data of an event; false when no more is needed.
    fn event(&mut self, data: &str, retry_after: Option<Duration>) -> bool {
        let data = data.trim();
        if data == DONE {
            self.done = true;
        } else if !data.is_empty() {
            match self.surrogates.read(data) {
                Ok(event) => self.absorb(&event, retry_after),
                Err(_) => self.error = Some(Reason::Unreadable.into()),
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
        if let Some(error) = call_error::error_in(value)
            .or_else(|| choice?.get("error").filter(|error| !error.is_null()))
        {
            self.error = Some(call_error::of_error(error, retry_after));
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
            self.error = Some(Reason::TooLong.into());
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
        // Incomplete reasoning is worse than none.
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

    fn verdict(&self, broken: Option<Reason>, any_bytes: bool, asks: bool) -> Option<CallError> {
        if self.error.is_some() {
            return self.error;
        }
        let reason = match self.finish.as_deref() {
            Some("error") => Reason::Unavailable,
            Some("content_filter") => Reason::Refused,
            None if !self.done => match broken {
                Some(reason) => reason,
                // Something other than an answer arrived, for example a proxy's page.
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

/// Appends a text, or the texts in a list of parts.
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

/// A number, or a string that contains one.
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
    // Sums are stored as signed numbers, so an absurd number must not overflow them.
    number.clamp(0.0, 1e15) as u64
}
