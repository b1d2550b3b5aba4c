//! The way to a language model: one streamed call of any endpoint that speaks as OpenAI's does.
//!
//! [`Conversation`] says what is sent, [`Reading`] what the bytes mean, `trouble` what errors mean; here are the network and the
//! time. Must stay true: every call ends, by its own end, by silence or by the longest time; the key and the words of people
//! reach no error and no log; a client is used on the runtime it was made on.

mod about;
mod calls;
mod conversation;
mod reading;
mod sse;
mod surrogates;
#[cfg(test)]
mod tests;
mod trouble;

use std::time::Duration;

use anyhow::Context as _;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

pub use about::{About, NotAsked};
pub use calls::ToolCall;
pub use conversation::Conversation;
pub use reading::{Ended, Reading};
pub use trouble::Trouble;

use super::question::Reason;
use crate::clock::UnixMs;
use crate::http_client;
use crate::http_client::retry_after;

/// Bytes of an error's document that are read.
const ERROR_LIMIT: usize = 64 * 1024;

/// The endpoint and how it is spoken to.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its base address, without a slash at the end.
    pub url: String,
    /// Our key; some endpoints of one's own need none.
    pub key: Option<SecretString>,
    /// What the model is told before every question; may be empty.
    pub instructions: String,
    /// Tokens of an answer at most.
    pub max_tokens: u32,
    /// How long it may say nothing: before its first byte and between two.
    pub silence: Duration,
    /// How long an attempt may take in all, with everything that is read for it.
    pub longest: Duration,
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The model.
    pub model: &'a str,
    /// What it is told.
    pub conversation: &'a Conversation,
    /// Whether it may ask for tools again.
    pub may_read: bool,
    /// When the call has to be over.
    pub end: Instant,
    /// What a `Retry-After` date is held against where the answer has no date of its own.
    pub now: UnixMs,
}

/// A client of one endpoint.
#[derive(Debug)]
pub struct Model {
    http: reqwest::Client,
    endpoint: Endpoint,
    authorization: Option<HeaderValue>,
}

impl Model {
    /// A client for the runtime on which it is made.
    ///
    /// # Errors
    /// When the HTTP client cannot be made, or the key cannot stand in a header.
    pub fn new(endpoint: Endpoint) -> anyhow::Result<Self> {
        let authorization = endpoint.key.as_ref().map(authorization).transpose()?;
        Ok(Self {
            http: http_client::model_client()?,
            endpoint,
            authorization,
        })
    }

    /// Asks a model. `heard` is given each part of the text as it comes, and in the end has been given all of it.
    pub async fn ask(&self, call: Call<'_>, mut heard: impl FnMut(&str)) -> Ended {
        let limits = Limits {
            silence: self.endpoint.silence,
            end: call.end,
        };
        let response = match limits.within(self.request(&call).send()).await {
            Ok(Ok(response)) => response,
            // Nothing was answered: no address, no connection, or it was closed at once.
            Ok(Err(_)) => return ended(Reason::Unavailable.into()),
            Err(reason) => return ended(reason.into()),
        };
        let asked_to_wait = retry_after::read(response.headers(), call.now);
        let status = response.status();
        if !status.is_success() {
            let body = error_body(response, &limits).await;
            return ended(trouble::of_answer(status.as_u16(), &body, asked_to_wait));
        }
        let mut reading = Reading::new(asked_to_wait);
        let broken = read(response, &limits, &mut reading, &mut heard).await;
        let before = reading.text().len();
        let ended = reading.end(broken);
        // Of one document nothing is read before its end.
        hear(&mut heard, &ended.text, before);
        ended
    }

    fn request(&self, call: &Call<'_>) -> reqwest::RequestBuilder {
        let Endpoint {
            url, max_tokens, ..
        } = &self.endpoint;
        let document = call
            .conversation
            .request(call.model, *max_tokens, call.may_read);
        let mut request = self
            .http
            .post(format!("{url}/chat/completions"))
            .json(&document);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        request
    }
}

/// Gives what a text has beyond a place, if anything.
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

/// Reads the body to its end, or says why it broke off.
async fn read(
    mut response: reqwest::Response,
    limits: &Limits,
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

/// The document of an error, as far as it can be had.
async fn error_body(mut response: reqwest::Response, limits: &Limits) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Ok(Some(bytes))) = limits.within(response.chunk()).await {
        if body.len() + bytes.len() > ERROR_LIMIT {
            break;
        }
        body.extend_from_slice(&bytes);
    }
    body
}

fn ended(trouble: Trouble) -> Ended {
    Ended {
        text: String::new(),
        calls: Vec::new(),
        reasoning: Vec::new(),
        usage: super::question::Usage::default(),
        trouble: Some(trouble),
    }
}

/// The two limits of a call.
struct Limits {
    silence: Duration,
    end: Instant,
}

impl Limits {
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
