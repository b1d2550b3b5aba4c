//! Errors as documents: `application/problem+json` (RFC 9457).
//!
//! A [`Problem`] with a code has its own `type`, by which programs recognise it; the others only
//! have their status. [`of_error`] wraps all routes. So every error outside a route (no such path,
//! wrong method, a body that is too long or unreadable) also becomes a [`Problem`].

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

const MEDIA_TYPE: &str = "application/problem+json";

/// An error for a client: a status, a sentence, and further members.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    code: Option<&'static str>,
    detail: Option<String>,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem that only states its status.
    #[must_use]
    pub(crate) fn new(status: StatusCode) -> Self {
        Self {
            status,
            code: None,
            detail: None,
            members: Map::new(),
            headers: Vec::new(),
        }
    }

    /// Adds the code by which programs tell it from other problems of the same status.
    #[must_use]
    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds a sentence about this occurrence.
    #[must_use]
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// Names the sentence `error`, too, for clients that look for it there.
    #[must_use]
    pub(crate) fn with_error(mut self) -> Self {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let error = self.detail.get_or_insert_with(|| title.to_owned()).clone();
        self.member("error", error)
    }

    /// Adds a member to the standard ones.
    #[must_use]
    pub(crate) fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds members to the standard ones.
    #[must_use]
    pub(crate) fn members(mut self, members: Map<String, Value>) -> Self {
        self.members = members;
        self
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds the time after which a retry makes sense, in whole seconds.
    #[must_use]
    pub(crate) fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.header(header::RETRY_AFTER, seconds)
    }

    fn into_json(self) -> String {
        let mut members = self.members;
        let kind = match self.code {
            Some(code) => {
                members.insert("code".to_owned(), code.into());
                format!("urn:vakhta:problem:{code}")
            }
            None => "about:blank".to_owned(),
        };
        members.insert("type".to_owned(), kind.into());
        let title = self.status.canonical_reason().unwrap_or("Error");
        members.insert("title".to_owned(), title.into());
        members.insert("status".to_owned(), self.status.as_u16().into());
        if let Some(detail) = self.detail {
            members.insert("detail".to_owned(), detail.into());
        }
        Value::Object(members).to_string()
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let (status, headers) = (self.status, std::mem::take(&mut self.headers));
        let form = [(header::CONTENT_TYPE, MEDIA_TYPE)];
        let mut response = (status, form, self.into_json()).into_response();
        response.headers_mut().extend(headers);
        response
    }
}

/// Turns an error response that is not a document yet into one. Its headers stay, such as the list
/// of allowed methods.
pub(super) fn of_error(response: Response) -> Response {
    let status = response.status();
    let form = response.headers().get(header::CONTENT_TYPE);
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || form.is_some_and(|form| form == MEDIA_TYPE) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let form = HeaderValue::from_static(MEDIA_TYPE);
    parts.headers.insert(header::CONTENT_TYPE, form);
    Response::from_parts(parts, Body::from(Problem::new(status).into_json()))
}
