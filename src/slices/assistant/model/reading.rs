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

use super::call_error::{self, CallError};
use super::calls::{Calls, ToolCall, short};
use super::event::{self, RawEvent, RawMessage, RawUsage};
use super::sse::Events;
use super::surrogates::SurrogateJoiner;
use super::thoughts::ThoughtFilter;
use crate::slices::assistant::question::{Reason, Usage};

/// Maximum size of a stream in bytes, a hundred times the longest answer. Of a stream, only the
/// present event is held.
const STREAM_LIMIT: usize = 16 * 1024 * 1024;

/// Maximum size of an answer in one document: the longest text, with each letter escaped.
const DOCUMENT_LIMIT: usize = 1024 * 1024;

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
    /// Goes back unchanged with the calls: signed reasoning, as JSON. Without it some models refuse
    /// the result.
    pub reasoning: Vec<String>,
    /// The answer stopped at the limit of its length.
    pub is_truncated: bool,
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
    thoughts: ThoughtFilter,
    surrogates: SurrogateJoiner,
    calls: Calls,
    reasoning: Vec<String>,
    reasoning_bytes: usize,
    /// The model thought, wherever that was told.
    has_thought: bool,
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
        if let BodyForm::Unknown = self.body {
            bytes = bytes.trim_ascii_start();
            match bytes.first() {
                None => return true,
                // Some endpoints put an error into a list.
                Some(b'{' | b'[') => self.body = BodyForm::Document(Vec::new()),
                Some(_) => self.body = BodyForm::Stream(Events::default()),
            }
        }
        let limit = match self.body {
            BodyForm::Document(_) => DOCUMENT_LIMIT,
            BodyForm::Stream(_) | BodyForm::Unknown => STREAM_LIMIT,
        };
        if self.bytes > limit {
            self.said.error = Some(Reason::Unreadable.into());
            return false;
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
                    let document = String::from_utf8_lossy(document);
                    self.said.document(&document, self.retry_after);
                }
                _ => {}
            }
        }
        let calls = std::mem::take(&mut self.said.calls).finish();
        self.said.thoughts.end(&mut self.said.text);
        self.said.has_thought |= self.said.thoughts.has_thoughts;
        let error = self.said.verdict(broken, self.bytes > 0, !calls.is_empty());
        Ended {
            is_truncated: error.is_none() && self.said.is_at_limit(),
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
            let json = self.surrogates.whole(data);
            match RawEvent::read(&json) {
                Ok(event) => self.absorb(&event, &json, retry_after),
                Err(_) => self.error = Some(Reason::Unreadable.into()),
            }
        }
        !self.is_over()
    }

    /// A whole answer in one document.
    fn document(&mut self, document: &str, retry_after: Option<Duration>) {
        let json = self.surrogates.whole(document);
        match RawEvent::read(&json) {
            Ok(document) => {
                self.absorb(&document, &json, retry_after);
                self.done = self.begun;
            }
            Err(err) if err.is_eof() => self.error = Some(Reason::Cut.into()),
            Err(_) => self.error = Some(Reason::Unreadable.into()),
        }
    }

    /// `json` is the whole event.
    fn absorb(&mut self, event: &RawEvent<'_>, json: &str, retry_after: Option<Duration>) {
        if let Some(model) = event::text(event.model) {
            short(&model).clone_into(&mut self.usage.model);
        }
        if let Some(id) = event::text(event.id) {
            short(&id).clone_into(&mut self.usage.generation);
        }
        if let Some(usage) = event::read(event.usage) {
            self.note_usage(&usage);
        }
        let choice = event.choice();
        if let Some(error) = event.error(json, choice.as_ref()) {
            self.error = Some(call_error::of_error(&error, retry_after));
            return;
        }
        let Some(choice) = choice else { return };
        self.begun = true;
        let messages: Vec<RawMessage<'_>> = choice.messages().collect();
        let spoken = messages.iter().find_map(|message| message.content);
        let words = event::words(spoken.or(choice.text));
        self.thoughts.take(&words, &mut self.text);
        for message in &messages {
            self.calls.take(message.tool_calls);
            self.has_thought |= message.has_thoughts();
            self.note_reasoning(message);
        }
        if self.text.len() > TEXT_LIMIT {
            self.error = Some(Reason::TooLong.into());
        }
        self.finish = event::text(choice.finish_reason).or(self.finish.take());
    }

    fn note_reasoning(&mut self, message: &RawMessage<'_>) {
        for detail in event::list(message.reasoning_details) {
            self.reasoning_bytes = self.reasoning_bytes.saturating_add(detail.get().len());
            // Incomplete reasoning is worse than none.
            match self.reasoning_bytes > REASONING_LIMIT {
                true => self.reasoning.clear(),
                false => self.reasoning.push(detail.get().to_owned()),
            }
        }
    }

    fn note_usage(&mut self, usage: &RawUsage<'_>) {
        let whole = |member| event::number(member).map(to_whole);
        self.usage.prompt_tokens = whole(usage.prompt_tokens).unwrap_or(self.usage.prompt_tokens);
        self.usage.completion_tokens =
            whole(usage.completion_tokens).unwrap_or(self.usage.completion_tokens);
        let cost = event::number(usage.cost);
        self.usage.cost_nanousd = cost.map_or(self.usage.cost_nanousd, nano);
    }

    /// Whether the endpoint says that the length has ended the answer; each has its own word, from
    /// `length` to `maxPredictedTokensReached`. No other end has these.
    fn is_at_limit(&self) -> bool {
        let finish = self.finish.as_deref().unwrap_or_default();
        let finish = finish.to_ascii_lowercase();
        ["length", "max", "limit"]
            .iter()
            .any(|word| finish.contains(word))
    }

    fn verdict(&self, broken: Option<Reason>, any_bytes: bool, asks: bool) -> Option<CallError> {
        if self.error.is_some() {
            return self.error.clone();
        }
        let finish = self.finish.as_deref().map(str::to_ascii_lowercase);
        let reason = match finish.as_deref() {
            Some("error") => Reason::Unavailable,
            Some("content_filter" | "safety" | "prohibited_content") => Reason::Refused,
            None if !self.done => match broken {
                Some(reason) => reason,
                // Something other than an answer arrived, for example a proxy's page.
                None if any_bytes && !self.begun => Reason::Unreadable,
                None => Reason::Cut,
            },
            _ if self.text.trim().is_empty() && !asks => {
                // Some endpoints keep thoughts to themselves and only say that there was no room.
                match self.has_thought || self.is_at_limit() {
                    true => Reason::Thoughts,
                    false => Reason::Empty,
                }
            }
            _ => return None,
        };
        Some(reason.into())
    }
}

fn is_whole(data: &str) -> bool {
    data.trim() == DONE || serde_json::from_str::<IgnoredAny>(data).is_ok()
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
