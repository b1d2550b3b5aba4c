//! The client of a language model: one streamed call to any endpoint with OpenAI's API.
//!
//! [`Conversation`] builds the request, `dialect` adapts it, [`Reading`] parses the
//! response, [`CallError`] says what went wrong. This file has the network and the time limits.
//!
//! # Invariants
//!
//! - Every call ends: by itself, after too long a silence, or at its time limit.
//! - The key and people's words reach no error and no log.
//! - A client is used only on the runtime that made it.

mod call_error;
mod calls;
mod conversation;
mod dialect;
mod endpoint_info;
mod event;
mod reading;
mod sse;
mod surrogates;
#[cfg(test)]
mod tests;
mod thoughts;

use std::time::Duration;

use anyhow::Context as _;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

pub(crate) use call_error::CallError;
pub(crate) use calls::ToolCall;
pub(crate) use conversation::Conversation;
pub(crate) use dialect::Parameter;
pub(crate) use endpoint_info::{EndpointError, EndpointInfo};
pub use reading::{Ended, Reading};

use self::dialect::{Dialects, Request};
use super::question::Reason;
use crate::clock::UnixMs;
use crate::http_client;
use crate::http_client::retry_after;

const ERROR_LIMIT: usize = 64 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// Base address, without a slash at the end.
    pub(crate) url: String,
    /// Some self-hosted endpoints need none.
    pub(crate) key: Option<SecretString>,
    /// Sent before every question; may be empty.
    pub(crate) instructions: String,
    /// Maximum number of tokens in an answer.
    pub(crate) max_tokens: u32,
    /// The longest silence before the first byte and between two bytes.
    pub(crate) silence: Duration,
    /// Time limit of an attempt, with all its rounds.
    pub(crate) longest: Duration,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct ModelRequest<'a> {
    pub(crate) model: &'a str,
    pub(crate) conversation: &'a Conversation,
    /// Whether the model may ask for tools.
    pub(crate) may_read: bool,
    /// The deadline of the call.
    pub(crate) end: Instant,
    /// Compared with a `Retry-After` date when the response has no date of its own.
    pub(crate) now: UnixMs,
}

#[derive(Debug)]
pub(crate) struct Model {
    http: reqwest::Client,
    endpoint: Endpoint,
    authorization: Option<HeaderValue>,
    dialects: Dialects,
}

impl Model {
    /// Creates the client for the current runtime.
    ///
    /// # Errors
    /// If the HTTP client cannot be created, or the key is not a valid header value.
    pub(crate) fn new(endpoint: Endpoint) -> anyhow::Result<Self> {
        let authorization = endpoint.key.as_ref().map(authorization).transpose()?;
        Ok(Self {
            http: http_client::model_client()?,
            endpoint,
            authorization,
            dialects: Dialects::default(),
        })
    }

    /// Calls a model. `heard` gets each part of the text as it arrives; only [`Ended::text`] is the
    /// answer, because thoughts may be recognised late.
    ///
    /// What the endpoint refuses by name is renamed or left out. Without tools, the caller has to
    /// ask, because the instructions speak of them.
    pub(crate) async fn ask(&self, call: ModelRequest<'_>, heard: impl FnMut(&str)) -> Ended {
        self.ask_within(self.endpoint.max_tokens, call, heard).await
    }

    async fn ask_within(
        &self,
        max_tokens: u32,
        call: ModelRequest<'_>,
        mut heard: impl FnMut(&str),
    ) -> Ended {
        let mut dialect = self.dialects.of(call.model);
        loop {
            let request =
                call.conversation
                    .request(call.model, max_tokens, call.may_read, &dialect);
            let ended = self.call(&call, &request, &mut heard).await;
            match ended.refused(&request) {
                Some(Parameter::Tools) => {
                    // What was refused before is no longer: the endpoint has gone on to the tools.
                    self.dialects.remember(call.model, &dialect);
                    return ended;
                }
                Some(parameter) => dialect.refuse(parameter),
                None => {
                    let reason = ended.error.as_ref().map(|error| error.reason);
                    // The model may well have nothing to say.
                    if matches!(reason, None | Some(Reason::Empty | Reason::Thoughts)) {
                        self.dialects.remember(call.model, &dialect);
                    }
                    return ended;
                }
            }
        }
    }

    /// Whether nothing is known against offering tools to this model.
    pub(crate) fn takes_tools(&self, model: &str) -> bool {
        self.dialects.of(model).takes(Parameter::Tools)
    }

    pub(crate) fn remember_toolless(&self, model: &str) {
        let mut dialect = self.dialects.of(model);
        dialect.refuse(Parameter::Tools);
        self.dialects.remember(model, &dialect);
    }

    async fn call(
        &self,
        call: &ModelRequest<'_>,
        request: &Request,
        heard: &mut impl FnMut(&str),
    ) -> Ended {
        let limits = CallLimits {
            silence: self.endpoint.silence,
            end: call.end,
        };
        let response = match limits.within(self.post(request).send()).await {
            Ok(Ok(response)) => response,
            // No address, no connection, or the connection was closed without a response.
            Ok(Err(_)) => return ended(Reason::Unavailable.into()),
            Err(reason) => return ended(reason.into()),
        };
        let asked_to_wait = retry_after::read(response.headers(), call.now);
        let status = response.status();
        if !status.is_success() {
            let body = error_body(response, &limits).await;
            return ended(call_error::of_answer(status.as_u16(), &body, asked_to_wait));
        }
        let mut reading = Reading::new(asked_to_wait);
        let broken = read(response, &limits, &mut reading, heard).await;
        let before = reading.text().len();
        let ended = reading.end(broken);
        // A response in one document yields its text only at the end.
        hear(heard, &ended.text, before);
        ended
    }

    fn post(&self, document: &Request) -> reqwest::RequestBuilder {
        let url = format!("{}/chat/completions", self.endpoint.url);
        let mut request = self.http.post(url).json(document);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        request
    }
}

impl Ended {
    /// The part of this request that the endpoint refuses; none if the answer had begun.
    fn refused(&self, request: &Request) -> Option<Parameter> {
        let error = self.error.as_ref().filter(|_| self.text.is_empty())?;
        let mut named = error.named.iter().copied();
        named.find(|parameter| request.holds(*parameter))
    }
}

/// Passes on the text after byte `from`.
fn hear(heard: &mut impl FnMut(&str), text: &str, from: usize) {
    if let Some(new) = text.get(from..).filter(|new| !new.is_empty()) {
        heard(new);
    }
}

fn authorization(key: &SecretString) -> anyhow::Result<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()))
        .ok()
        .context("the key of the assistant has characters that no key has")?;
    value.set_sensitive(true);
    Ok(value)
}

/// Reads the body to its end; returns why it broke off.
async fn read(
    mut response: reqwest::Response,
    limits: &CallLimits,
    reading: &mut Reading,
    heard: &mut impl FnMut(&str),
) -> Option<Reason> {
    loop {
        let bytes = match limits.within(response.chunk()).await {
            Ok(Ok(Some(bytes))) => bytes,
            Ok(Ok(None)) => return None,
            Ok(Err(_)) => return Some(Reason::Cut),
            Err(reason) => return Some(reason),
        };
        let before = reading.text().len();
        let more = reading.take(&bytes);
        hear(heard, reading.text(), before);
        if !more {
            return None;
        }
    }
}

/// The body, as far as it fits the limits.
async fn error_body(mut response: reqwest::Response, limits: &CallLimits) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Ok(Some(bytes))) = limits.within(response.chunk()).await {
        if body.len() + bytes.len() > ERROR_LIMIT {
            break;
        }
        body.extend_from_slice(&bytes);
    }
    body
}

fn ended(error: CallError) -> Ended {
    Ended {
        text: String::new(),
        calls: Vec::new(),
        reasoning: Vec::new(),
        is_truncated: false,
        usage: super::question::Usage::default(),
        error: Some(error),
    }
}

struct CallLimits {
    silence: Duration,
    end: Instant,
}

impl CallLimits {
    async fn within<T>(&self, step: impl Future<Output = T>) -> Result<T, Reason> {
        let silent_at = Instant::now() + self.silence;
        let (until, reason) = if silent_at < self.end {
            (silent_at, Reason::Silent)
        } else {
            (self.end, Reason::Slow)
        };
        tokio::time::timeout_at(until, step)
            .await
            .map_err(|_| reason)
    }
}
