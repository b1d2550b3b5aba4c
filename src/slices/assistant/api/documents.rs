//! The documents of the API, and their description in OpenAPI.
//!
//! The doc comments of schema types are part of the description.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::http_server;
use crate::slices::assistant::question::{Question, QuestionState, Reason};

const MESSAGE_LIMIT: usize = 16_000;

#[derive(OpenApi)]
#[openapi(tags((
    name = "chat",
    description = "Questions to a language model. A question always gets its answer or a reason"
)))]
pub(super) struct ApiDocument;

/// A question
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMessage {
    /// What is asked
    #[schema(
        min_length = 1,
        max_length = 16000,
        example = "What does a lighthouse keeper do?"
    )]
    message: String,
}

/// A question that was taken
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Taken {
    /// Its name
    request_id: String,
    /// `pending`
    #[schema(example = "pending")]
    status: &'static str,
    /// Where its status is
    pub(super) status_url: String,
    /// Where its answer can be followed
    stream_url: String,
}

impl Taken {
    pub(super) fn of(public_id: &str) -> Self {
        Self {
            request_id: public_id.to_owned(),
            status: QuestionState::Pending.word(),
            status_url: format!("/api/chat-status/{public_id}/"),
            stream_url: format!("/api/chat-stream/{public_id}/"),
        }
    }
}

/// How a question stands
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    /// Its name
    request_id: String,
    /// `pending`, `processing`, `completed` or `failed`
    #[schema(example = "completed")]
    status: &'static str,
    /// The answer when it is completed; else what is there of it, which may be empty
    answer: String,
    /// Whether the answer stopped at the limit of its length, so that there is more to ask for
    truncated: bool,
    /// The number of the attempt, from 1
    attempt: u32,
    /// Why it failed, or why the last attempt did
    reason: Option<Cause>,
    /// When it was asked, in milliseconds since 1970
    created_at_ms: i64,
    /// When it was completed or failed
    closed_at_ms: Option<i64>,
}

/// Why there is no answer
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Cause {
    /// A word for programs
    #[schema(example = "busy")]
    code: &'static str,
    /// A sentence for people
    detail: &'static str,
    /// Whether it may help to ask the same again
    retry: bool,
}

impl Status {
    pub(super) fn of(question: &Question, answer: String) -> Self {
        // The reason of a failed attempt no longer matters once there is an answer.
        let reason = question
            .reason
            .filter(|_| question.state != QuestionState::Completed);
        Self {
            request_id: question.public_id.clone(),
            status: question.state.word(),
            answer,
            truncated: question.is_truncated,
            attempt: match question.state {
                QuestionState::Failed => question.failures.max(1),
                _ => question.failures + 1,
            },
            reason: reason.map(Cause::of),
            created_at_ms: question.created_at.0,
            closed_at_ms: question.closed_at.map(|at| at.0),
        }
    }
}

impl Cause {
    fn of(reason: Reason) -> Self {
        Self {
            code: reason.word(),
            detail: detail(reason),
            retry: reason.helps_to_ask_again(),
        }
    }
}

const fn detail(reason: Reason) -> &'static str {
    match reason {
        Reason::Stopped => "You stopped it.",
        Reason::Interrupted => "The program ended in the middle of it.",
        Reason::Busy => "The model server has too much to do.",
        Reason::Unavailable => "The model server cannot be reached or fails.",
        Reason::Silent => "The model server said nothing for too long.",
        Reason::Slow => "The answer took too long.",
        Reason::Cut => "The answer broke off.",
        Reason::Empty => "The model answered without a word.",
        Reason::Thoughts => "The model thought and did not get to an answer.",
        Reason::Unreadable => "The model server said something that nobody understands.",
        Reason::Refused => "The model does not want to answer this.",
        Reason::TooLong => "The question or its answer is too long.",
        Reason::Key => "The model server does not accept the operator's key.",
        Reason::Credits => "The operator's account at the model server is empty.",
        Reason::NoModel => "The model server does not know the model.",
        Reason::Rejected => "The model server does not accept our request.",
        Reason::Budget => "What a day allows is used up.",
        Reason::Off => "The operator has switched the assistant off.",
        Reason::NotAllowed => "You may not ask any longer.",
    }
}

pub(super) fn read_message(body: &[u8]) -> Result<String, http_server::Problem> {
    // Serde would take a list of the members' values for the object.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    let read = match is_object {
        true => serde_json::from_slice::<NewMessage>(body),
        false => Err(serde::de::Error::custom("no object")),
    };
    let read = read.map_err(|err| {
        // Names the position only: the body itself must not appear in an error.
        http_server::Problem::new(StatusCode::BAD_REQUEST)
            .code("body")
            .detail(format!(
                "the body is to be {{\"message\": \"…\"}}; it is not at line {}, column {}",
                err.line(),
                err.column()
            ))
    })?;
    let text = read.message.trim();
    if text.is_empty() || text.chars().count() > MESSAGE_LIMIT {
        return Err(http_server::Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
            .code("message")
            .detail(format!("a message has 1 to {MESSAGE_LIMIT} characters")));
    }
    Ok(text.to_owned())
}
