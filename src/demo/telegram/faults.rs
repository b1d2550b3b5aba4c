//! Faults on demand: what can go wrong with an answer on its way.

use std::time::Duration;

use serde_json::{Map, Value};

use super::rules::Refusal;
use crate::demo::wire::{self, Answer};

/// One way to spoil an answer. Unless it is [`Fault::AfterDelivery`] or [`Fault::Slow`], the work
/// is not done.
#[derive(Clone, Debug)]
pub enum Fault {
    /// A refusal as Telegram words it.
    Status {
        /// The HTTP status, also used as `error_code`.
        code: u16,
        description: String,
        /// Seconds to wait, for 429.
        retry_after: Option<u64>,
        /// The new id of a group, for 400.
        migrate_to: Option<i64>,
    },
    /// A gateway's HTML page with status 502.
    Html502,
    /// Status 200 and a JSON text that breaks off.
    BrokenJson,
    /// Status 200 and an empty body.
    EmptyBody,
    /// Fewer bytes than announced, then the end of the connection.
    CutBody,
    /// The connection is reset without an answer.
    Reset,
    /// The server never answers.
    Hang,
    /// The work is done and answered after a pause.
    Slow(Duration),
    /// The connection is reset at once, and the work is done after a pause: a cut call that takes
    /// effect later.
    Late(Duration),
    /// The work is done, then the answer is spoiled: the caller cannot know what happened.
    AfterDelivery(Box<Fault>),
}

impl Fault {
    /// A refusal without parameters.
    pub fn status(code: u16, description: &str) -> Self {
        Self::Status {
            code,
            description: description.to_owned(),
            retry_after: None,
            migrate_to: None,
        }
    }

    /// The 429 of a flood limit.
    pub fn too_many(retry_after: u64) -> Self {
        let description = format!("Too Many Requests: retry after {retry_after}");
        Self::Status {
            code: 429,
            description,
            retry_after: Some(retry_after),
            migrate_to: None,
        }
    }

    /// Wraps the fault so that the work is done before it.
    #[must_use]
    pub fn after_delivery(self) -> Self {
        Self::AfterDelivery(Box::new(self))
    }

    /// The bytes sent instead of the answer; `None` if the answer itself is sent.
    pub(super) fn answer(&self) -> Option<Answer> {
        let ok = "{\"ok\":true,\"result\":{\"message_id\":1,\"da";
        Some(match self {
            Self::Status {
                code,
                description,
                retry_after,
                migrate_to,
            } => {
                let parameters = [
                    ("retry_after", retry_after.map(Value::from)),
                    ("migrate_to_chat_id", migrate_to.map(Value::from)),
                ];
                let parameters: Map<String, Value> = parameters
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                    .collect();
                let mut refusal = Refusal::new(*code, description.clone());
                refusal.parameters = (!parameters.is_empty()).then_some(Value::Object(parameters));
                json_answer(*code, refusal.body())
            }
            Self::Html502 => Answer::Plain {
                status: 502,
                headers: vec![("content-type", "text/html".to_owned())],
                body: b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
                    .to_vec(),
            },
            Self::BrokenJson => json_answer(200, ok.to_owned()),
            Self::EmptyBody => json_answer(200, String::new()),
            Self::CutBody => {
                let mut bytes = wire::head(
                    200,
                    &[("content-type", "application/json".to_owned())],
                    Some(4096),
                );
                bytes.extend_from_slice(ok.as_bytes());
                Answer::cut(bytes)
            }
            Self::Reset | Self::Late(_) => Answer::Reset,
            Self::Hang => Answer::hang(),
            Self::Slow(_) => return None,
            Self::AfterDelivery(inner) => return inner.answer(),
        })
    }

    /// Whether the method still does its work.
    pub(super) fn delivers(&self) -> bool {
        matches!(self, Self::Slow(_) | Self::AfterDelivery(_))
    }

    /// How long the answer is held back.
    pub(super) fn pause(&self) -> Duration {
        match self {
            Self::Slow(pause) => *pause,
            Self::AfterDelivery(inner) => inner.pause(),
            _ => Duration::ZERO,
        }
    }
}

/// An answer with a JSON body.
pub(super) fn json_answer(status: u16, body: String) -> Answer {
    let headers = vec![("content-type", "application/json".to_owned())];
    Answer::Plain {
        status,
        headers,
        body: body.into_bytes(),
    }
}
