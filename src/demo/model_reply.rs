//! What the pretend endpoint of models sends for each way to answer.

use serde_json::{Value, json};
use tokio::sync::watch;

use super::model::{KEY, ModelCall, ModelReply, answer_to};
use super::steps::Step;
use super::wire::{self, Answer};

impl ModelReply {
    /// What goes over the wire for that call.
    pub(super) fn answer(&self, call: &ModelCall, let_go: &watch::Sender<bool>) -> Answer {
        let portions = portions(call);
        let begun = |n: usize| portions.iter().take(n).cloned().map(Step::Bytes);
        let mut steps = vec![Step::Bytes(wire::head(200, &stream_headers(), None))];
        match self {
            Self::Stream => steps.extend(begun(usize::MAX)),
            Self::Slow(pause) => {
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
            Self::Hang => return Answer::Hang,
            Self::Reset => return Answer::Reset,
        }
        Answer::Steps(steps)
    }
}

fn stream_headers() -> Vec<(&'static str, String)> {
    vec![("content-type", "text/event-stream".to_owned())]
}

/// An answer in its portions: a comment and the words, the end, the use, the last mark.
fn portions(call: &ModelCall) -> Vec<Vec<u8>> {
    let answer = answer_to(&call.question);
    let mut portions = Vec::new();
    let chunk = |delta: Value, finish: Value| {
        event(
            &json!({ "id": "gen-1", "object": "chat.completion.chunk", "model": call.model,
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] }),
        )
    };
    for words in answer.split_inclusive(' ') {
        let mut portion = b": OPENROUTER PROCESSING\n\n".to_vec();
        portion.extend(chunk(json!({ "content": words }), Value::Null));
        portions.push(portion);
    }
    portions.push(chunk(json!({}), "stop".into()));
    portions.push(event(
        &json!({ "id": "gen-1", "model": call.model, "choices": [], "usage": usage() }),
    ));
    portions.push(b"data: [DONE]\n\n".to_vec());
    portions
}

fn plain(call: &ModelCall) -> Value {
    json!({ "id": "gen-1", "object": "chat.completion", "model": call.model, "usage": usage(),
        "choices": [{ "index": 0, "finish_reason": "stop",
            "message": { "role": "assistant", "content": answer_to(&call.question) } }] })
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
