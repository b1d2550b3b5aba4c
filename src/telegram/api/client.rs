//! The client of the Bot API: one HTTP call, and the meaning of its answer.
//!
//! [`Api`] implements frankenstein's async trait over a `reqwest::Client` of the app (redirects
//! off). We need the HTTP status, a `retry_after` over 18 hours, uploads from memory and errors
//! without secrets. The methods that we call are in [`super::methods`].
//!
//! # Invariants
//! - Neither the token nor a body gets into an error, a `Debug` or a log.
//! - Every call has a time limit.
//! - An error says whether the call may have had an effect.

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use frankenstein::AsyncTelegramApi;
use reqwest::multipart::Form;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{ApiError, refusal};
use crate::redaction::Redactor;

/// How long the server is asked to hold a poll, in seconds. Telegram allows no more.
pub(crate) const POLL_SECONDS: u32 = 50;

/// How long a poll may take beyond [`POLL_SECONDS`] before it counts as lost.
const POLL_MARGIN: Duration = Duration::from_secs(15);

/// The limit of an ordinary call. Telegram answers in milliseconds; beyond this the connection is
/// dead.
const CALL_LIMIT: Duration = Duration::from_secs(30);

/// The limit of an upload: 10 MB at 1 Mbit/s take 80 s.
const UPLOAD_LIMIT: Duration = Duration::from_secs(120);

/// The limit of a download: 20 MB at 2 Mbit/s take 80 s.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(120);

/// The longest answer to an ordinary call, in bytes: a message that answers another, both with the
/// longest text in escapes, their entities and their buttons, takes 200 KB.
const BODY_LIMIT: usize = 1024 * 1024;

/// The longest answer to a poll, in bytes. A hundred updates of the longest texts in escapes, each
/// answering a message as long, are about 6 MB. They are kept as the text that they are.
const POLL_LIMIT: usize = 8 * 1024 * 1024;

/// A handle to the Bot API of one bot. Clones share the connections. Use it only on the runtime
/// that its HTTP client was made for.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    api_url: String,
    token: SecretString,
    // A server or a library may repeat our address, which contains the token.
    redactor: Redactor,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Api(***)")
    }
}

impl Api {
    /// A handle for the bot with this token at the server `api_url`.
    ///
    /// `http` must not follow redirects: a POST would become a GET and look like success.
    #[must_use]
    pub fn new(http: reqwest::Client, api_url: &str, token: SecretString) -> Self {
        Self {
            http,
            api_url: api_url.trim_end_matches('/').to_owned(),
            redactor: Redactor::new([token.expose_secret()]),
            token,
        }
    }

    /// The bot's id, the first part of its token; 0 if that is not a number.
    pub(crate) fn bot_id(&self) -> i64 {
        let token = self.token.expose_secret();
        let id = token.split_once(':').and_then(|(id, _)| id.parse().ok());
        id.unwrap_or(0)
    }

    /// Calls a method with a form, for uploads from memory.
    pub(crate) async fn upload<Output: DeserializeOwned>(
        &self,
        method: &str,
        form: Form,
    ) -> Result<Output, ApiError> {
        let request = self.http.post(self.url(method)).multipart(form);
        self.exchange(request.timeout(UPLOAD_LIMIT), BODY_LIMIT)
            .await
    }

    /// Downloads the file at a path from `getFile`; `None` if it is larger than `at_most` bytes.
    pub(crate) async fn download(
        &self,
        path: &str,
        at_most: usize,
    ) -> Result<Option<Bytes>, ApiError> {
        let token = self.token.expose_secret();
        let url = format!("{}/file/bot{token}/{path}", self.api_url);
        let request = self.http.get(url).timeout(DOWNLOAD_LIMIT);
        let mut response = request.send().await.map_err(|err| self.not_answered(err))?;
        let status = response.status();
        let limit = if status.is_success() {
            at_most
        } else {
            BODY_LIMIT
        };
        // Allocate once: a growing buffer holds a large file twice.
        let told = response
            .content_length()
            .and_then(|n| usize::try_from(n).ok());
        let mut body = BytesMut::with_capacity(told.unwrap_or(0).min(limit));
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|err| ApiError::Unknown(self.reason(err)))?
        {
            if body.len().saturating_add(chunk.len()) > limit {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(Some(body.freeze()));
        }
        let refused = refusal(status.as_u16(), &body);
        Err(refused.unwrap_or_else(|| unreadable(status.as_u16(), &body)))
    }

    async fn call<Params, Output>(
        &self,
        method: &str,
        params: Option<Params>,
    ) -> Result<Output, ApiError>
    where
        Params: Serialize + Send,
        Output: DeserializeOwned,
    {
        let (limit, at_most) = if method == "getUpdates" {
            let held = Duration::from_secs(POLL_SECONDS.into());
            (held + POLL_MARGIN, POLL_LIMIT)
        } else {
            (CALL_LIMIT, BODY_LIMIT)
        };
        let mut request = self.http.post(self.url(method)).timeout(limit);
        if let Some(params) = params {
            request = request.json(&params);
        }
        self.exchange(request, at_most).await
    }

    async fn exchange<Output: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
        at_most: usize,
    ) -> Result<Output, ApiError> {
        let mut response = request.send().await.map_err(|err| self.not_answered(err))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) <= at_most => {
                    body.extend_from_slice(&chunk);
                }
                Ok(None) => break,
                Ok(Some(_)) => return Err(unreadable(status, &body)),
                // A 2xx says that the server took the call; only its answer was lost.
                Err(err) if (200..300).contains(&status) => {
                    return Err(ApiError::Unknown(self.reason(err)));
                }
                Err(_) => return Err(unreadable(status, &body)),
            }
        }
        Self::read(status, &body)
    }

    fn read<Output: DeserializeOwned>(status: u16, body: &[u8]) -> Result<Output, ApiError> {
        if let Some(refusal) = refusal(status, body) {
            return Err(refusal);
        }
        serde_json::from_slice(body).map_err(|_| unreadable(status, body))
    }

    fn not_answered(&self, err: reqwest::Error) -> ApiError {
        // A connect error may be a time-out; nothing was sent then either.
        if err.is_connect() || err.is_builder() {
            ApiError::NotSent(self.reason(err))
        } else {
            ApiError::Unknown(self.reason(err))
        }
    }

    /// The whole chain of a transport error, without the URL, which contains the token.
    fn reason(&self, err: reqwest::Error) -> String {
        let err = err.without_url();
        let mut text = err.to_string();
        let mut source = std::error::Error::source(&err);
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        self.redactor.hide(&text)
    }

    fn url(&self, method: &str) -> String {
        format!(
            "{}/bot{}/{method}",
            self.api_url,
            self.token.expose_secret()
        )
    }
}

/// An unreadable answer that begins like a success had its effect; any other is not from Telegram.
fn unreadable(status: u16, body: &[u8]) -> ApiError {
    let start: Vec<u8> = body
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .take(10)
        .collect();
    if start == br#"{"ok":true"# {
        return ApiError::Unknown("the answer says success but cannot be read".to_owned());
    }
    ApiError::Unreadable {
        status,
        len: body.len(),
    }
}

/// The return type of the trait's async methods.
type CallFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send + 'a>>;

// The trait is made with `async_trait`; these signatures are what its macro writes.
impl AsyncTelegramApi for Api {
    type Error = ApiError;

    fn request<'life0, 'life1, 'async_trait, Params, Output>(
        &'life0 self,
        method: &'life1 str,
        params: Option<Params>,
    ) -> CallFuture<'async_trait, Output>
    where
        Params: Serialize + fmt::Debug + Send + 'async_trait,
        Output: DeserializeOwned + 'async_trait,
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.call(method, params))
    }

    /// Refuses uploads by path: what we send is in memory.
    fn request_with_form_data<'life0, 'life1, 'life2, 'async_trait, Params, Output>(
        &'life0 self,
        method: &'life1 str,
        _params: Params,
        _files: Vec<(&'life2 str, PathBuf)>,
    ) -> CallFuture<'async_trait, Output>
    where
        Params: Serialize + fmt::Debug + Send + 'async_trait,
        Output: DeserializeOwned + 'async_trait,
        'life0: 'async_trait,
        'life1: 'async_trait,
        'life2: 'async_trait,
        Self: 'async_trait,
    {
        let problem = format!("{method}: files are sent from memory, not by path");
        Box::pin(async move { Err(ApiError::NotSent(problem)) })
    }
}
