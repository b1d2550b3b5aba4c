//! The answers of the pretend endpoint, and how they can be cut short.
//!
//! # Invariants
//! - An answer depends on the call alone, so a test can tell whose answer came.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::{KEY, ModelCall};
use crate::demo::steps::Step;
use crate::demo::wire::{self, Answer};

/// One way to answer a call.
#[derive(Clone, Debug)]
pub enum ModelReply {
    /// The answer in portions, its end, its usage, `[DONE]`.
    Stream,
    /// The same with a pause before each portion.
    Slow(Duration),
    /// The first portion, and the rest when answers are released.
    Held,
    /// That many comments with a pause before each, then the answer.
    KeptAlive(usize, Duration),
    /// The answer in one document, though a stream was requested.
    Plain,
    /// That many portions, then the end of the connection.
    CutAfter(usize),
    /// That many portions, then nothing more.
    SilentAfter(usize),
    /// The connection is accepted and nothing ever comes.
    Hang,
    /// The connection is reset.
    Reset,
    /// An error with its status, a document, and `Retry-After` unless empty.
    Refuse {
        status: u16,
        /// The error's code: a number or a word.
        code: Value,
        /// Seconds or a date.
        retry_after: String,
    },
    /// Status 200 and the document of an error with this code.
    ErrorAsSuccess(Value),
    /// That many portions, then an error with this code within the stream.
    ErrorInside(usize, Value),
    /// The end of an answer without any words.
    Empty,
    /// Status 200 and these bytes.
    Raw(Vec<u8>),
    /// The same, then nothing more.
    RawAndSilent(Vec<u8>),
    /// Calls these tools with these arguments, and answers with their results.
    Reads(Vec<(String, String)>),
    /// The same with a pause before each portion of the tool calls.
    ReadsSlowly(Duration, Vec<(String, String)>),
    /// Calls these tools again and again until tools are forbidden.
    ReadsForEver(Vec<(String, String)>),
    /// An error with this status and these words for every call with tools.
    KnowsNoTools(u16, String),
    /// This status and this body for every call with a part of that name. *system* is the role.
    Without(Vec<(&'static str, u16, Vec<u8>)>),
    /// These words, in portions of so many characters, and why the answer ended.
    Says {
        words: String,
        portion: usize,
        finish: &'static str,
    },
    /// Thoughts in this member, then the answer; or only the thoughts, and why they ended.
    Thinks(&'static str, Option<&'static str>),
}

impl ModelReply {
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Refuse {
            status,
            code: status.into(),
            retry_after: String::new(),
        }
    }

    /// Calls one tool and answers with its result.
    #[must_use]
    pub fn reads(tool: &str, arguments: &Value) -> Self {
        Self::Reads(vec![(tool.to_owned(), arguments.to_string())])
    }
}

/// The usual answer to a question.
#[must_use]
pub fn answer_to(question: &str) -> String {
    format!("You asked: «{question}». That is all I know — and it is true.")
}

impl ModelCall {
    fn has(&self, name: &str) -> bool {
        let messages = self.body.get("messages").and_then(Value::as_array);
        let mut roles = messages
            .into_iter()
            .flatten()
            .map(|message| message.get("role"));
        self.body.get(name).is_some() || roles.any(|role| role == Some(&name.into()))
    }

    fn may_use_tools(&self) -> bool {
        self.body.get("tools").is_some() && self.body.get("tool_choice") != Some(&"none".into())
    }
}

impl ModelReply {
    /// Refuses calls with a part of that name, in OpenAI's words.
    #[must_use]
    pub fn without(names: &[&'static str]) -> Self {
        let refusals = names.iter().map(|name| {
            let (param, what) = match *name {
                "system" => (
                    "messages[0].role",
                    "Unsupported value: 'messages[0].role' does not support",
                ),
                name => (name, "Unsupported parameter:"),
            };
            let message = format!("{what} '{name}' with this model.");
            let error = json!({ "message": message, "type": "invalid_request_error", "param": param,
                "code": "unsupported_parameter" });
            (
                *name,
                400,
                json!({ "error": error }).to_string().into_bytes(),
            )
        });
        Self::Without(refusals.collect())
    }

    /// These words at once, as a whole answer or as one that is cut for its length.
    #[must_use]
    pub fn says(words: &str, finish: &'static str) -> Self {
        let words = words.to_owned();
        Self::Says {
            portion: words.len().max(1),
            words,
            finish,
        }
    }

    /// The refusal of that call, if it has a part that this endpoint does not take.
    fn refused(&self, call: &ModelCall) -> Option<Answer> {
        match self {
            Self::KnowsNoTools(status, words) if call.has("tools") => {
                Some(refusal(*status, &(*status).into(), words, ""))
            }
            Self::Without(refusals) => {
                let (_, status, body) = refusals.iter().find(|(name, ..)| call.has(name))?;
                Some(Answer::Plain {
                    status: *status,
                    headers: Vec::new(),
                    body: body.clone(),
                })
            }
            _ => None,
        }
    }

    /// The whole stream that answers that call, in its portions.
    fn portions(&self, call: &ModelCall) -> Vec<Vec<u8>> {
        match self {
            Self::Reads(tools) | Self::ReadsSlowly(_, tools) if call.results.is_empty() => {
                asking(call, tools)
            }
            Self::ReadsForEver(tools) if call.may_use_tools() => asking(call, tools),
            Self::Says {
                words,
                portion,
                finish,
            } => saying(call, words, *portion, finish),
            Self::Thinks(member, finish) => {
                let mut thought = serde_json::Map::new();
                thought.insert((*member).to_owned(), "Hm, let me see.".into());
                let mut said = vec![chunk(call, &thought.into(), None)];
                match finish {
                    Some(finish) => said.extend(ends(call, finish)),
                    None => said.extend(portions(call)),
                }
                said
            }
            _ => portions(call),
        }
    }

    /// The bytes on the wire for that call.
    pub(super) fn answer(&self, call: &ModelCall, let_go: &watch::Sender<bool>) -> Answer {
        if let Some(refused) = self.refused(call) {
            return refused;
        }
        let portions = self.portions(call);
        let begun = |n: usize| portions.iter().take(n).cloned().map(Step::Bytes);
        let mut steps = vec![Step::Bytes(wire::head(200, &stream_headers(), None))];
        match self {
            Self::Without(_) if call.body.get("stream").is_none() => {
                return document(200, &plain(call), "");
            }
            Self::Stream
            | Self::Reads(_)
            | Self::ReadsForEver(_)
            | Self::KnowsNoTools(..)
            | Self::Without(_)
            | Self::Says { .. }
            | Self::Thinks(..) => steps.extend(begun(usize::MAX)),
            Self::Slow(pause) | Self::ReadsSlowly(pause, _) => {
                steps.extend(begun(usize::MAX).flat_map(|part| [Step::Pause(*pause), part]));
            }
            Self::Held => {
                steps.extend(begun(1));
                steps.push(Step::Until(let_go.subscribe()));
                steps.extend(begun(usize::MAX).skip(1));
            }
            Self::KeptAlive(times, pause) => {
                let comment = Step::Bytes(b": OPENROUTER PROCESSING\n\n".to_vec());
                for _ in 0..*times {
                    steps.extend([Step::Pause(*pause), comment.clone()]);
                }
                steps.extend(begun(usize::MAX));
            }
            Self::CutAfter(n) => steps.extend(begun(*n)),
            Self::SilentAfter(n) => {
                steps.extend(begun(*n));
                steps.push(Step::Hang);
            }
            Self::ErrorInside(n, code) => {
                steps.extend(begun(*n));
                let error = json!({ "id": "gen-1", "error": { "code": code, "message": KEY },
                    "choices": [{ "index": 0, "delta": { "content": "" }, "finish_reason": "error" }] });
                steps.push(Step::Bytes(event(&error)));
            }
            Self::Empty => {
                steps.push(Step::Bytes(event(
                    &json!({ "choices": [{ "delta": {}, "finish_reason": "stop" }] }),
                )));
                steps.push(Step::Bytes(b"data: [DONE]\n\n".to_vec()));
            }
            Self::Raw(bytes) => steps.push(Step::Bytes(bytes.clone())),
            Self::RawAndSilent(bytes) => {
                steps.extend([Step::Bytes(bytes.clone()), Step::Hang]);
            }
            Self::Plain => return document(200, &plain(call), ""),
            Self::ErrorAsSuccess(code) => {
                return document(
                    200,
                    &json!({ "error": { "code": code, "message": KEY } }),
                    "",
                );
            }
            Self::Refuse {
                status,
                code,
                retry_after,
            } => return refusal(*status, code, KEY, retry_after),
            Self::Hang => return Answer::hang(),
            Self::Reset => return Answer::Reset,
        }
        Answer::Steps(steps)
    }
}

fn stream_headers() -> Vec<(&'static str, String)> {
    vec![("content-type", "text/event-stream".to_owned())]
}

/// An answer in its portions: a comment and the words, the end, the usage, the last mark.
fn portions(call: &ModelCall) -> Vec<Vec<u8>> {
    let answer = answer(call);
    let words = answer.split_inclusive(' ').map(|words| {
        let mut portion = b": OPENROUTER PROCESSING\n\n".to_vec();
        portion.extend(chunk(call, &json!({ "content": words }), None));
        portion
    });
    words.chain(ends(call, "stop")).collect()
}

/// These words in portions of so many characters, and the end.
fn saying(call: &ModelCall, words: &str, portion: usize, finish: &str) -> Vec<Vec<u8>> {
    let letters: Vec<char> = words.chars().collect();
    let said = letters.chunks(portion).map(|letters| {
        let words: String = letters.iter().collect();
        chunk(call, &json!({ "content": words }), None)
    });
    said.chain(ends(call, finish)).collect()
}

/// Tool calls in portions: the arguments come in pieces.
fn asking(call: &ModelCall, tools: &[(String, String)]) -> Vec<Vec<u8>> {
    let mut portions = Vec::new();
    for (index, (name, arguments)) in tools.iter().enumerate() {
        let begins = json!({ "index": index, "id": format!("call_{index}"), "type": "function",
            "function": { "name": name, "arguments": "" } });
        portions.push(chunk(call, &json!({ "tool_calls": [begins] }), None));
        let letters: Vec<char> = arguments.chars().collect();
        for piece in letters.chunks((letters.len() / 4).max(3)) {
            let piece: String = piece.iter().collect();
            let goes_on = json!({ "index": index, "function": { "arguments": piece } });
            portions.push(chunk(call, &json!({ "tool_calls": [goes_on] }), None));
        }
    }
    portions.extend(ends(call, "tool_calls"));
    portions
}

fn chunk(call: &ModelCall, delta: &Value, finish: Option<&str>) -> Vec<u8> {
    event(
        &json!({ "id": "gen-1", "object": "chat.completion.chunk", "model": call.model,
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] }),
    )
}

fn ends(call: &ModelCall, finish: &str) -> [Vec<u8>; 3] {
    [
        chunk(call, &json!({}), Some(finish)),
        event(&json!({ "id": "gen-1", "model": call.model, "choices": [], "usage": usage() })),
        b"data: [DONE]\n\n".to_vec(),
    ]
}

/// The answer to the question, followed by the tool results.
fn answer(call: &ModelCall) -> String {
    let mut answer = answer_to(&call.question);
    for result in &call.results {
        answer.push_str("\n\n");
        answer.push_str(result);
    }
    answer
}

fn plain(call: &ModelCall) -> Value {
    json!({ "id": "gen-1", "object": "chat.completion", "model": call.model, "usage": usage(),
        "choices": [{ "index": 0, "finish_reason": "stop",
            "message": { "role": "assistant", "content": answer(call) } }] })
}

fn usage() -> Value {
    json!({ "prompt_tokens": 11, "completion_tokens": 31, "total_tokens": 42, "cost": 0.000_021 })
}

fn event(value: &Value) -> Vec<u8> {
    format!("data: {value}\n\n").into_bytes()
}

pub(super) fn refusal(status: u16, code: &Value, message: &str, retry_after: &str) -> Answer {
    let error = json!({ "error": { "code": code, "message": message } });
    document(status, &error, retry_after)
}

pub(super) fn document(status: u16, value: &Value, retry_after: &str) -> Answer {
    let mut headers = vec![("content-type", "application/json".to_owned())];
    if !retry_after.is_empty() {
        headers.push(("retry-after", retry_after.to_owned()));
    }
    Answer::Plain {
        status,
        headers,
        body: value.to_string().into_bytes(),
    }
}
