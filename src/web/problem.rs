//! Errors as documents: `application/problem+json` (RFC 9457).
//!
//! Whatever goes wrong between a client and a route (no such path, another method, a body that is too long or not what
//! the route reads) leaves as a [`Problem`], because [`of_error`] stands around all routes.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

const MEDIA_TYPE: &str = "application/problem+json";

/// An error for a client: a status, a sentence, and further members.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    detail: Option<String>,
    members: Map<String, Value>,
}

impl Problem {
    /// A problem that says no more than its status.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            detail: None,
            members: Map::new(),
        }
    }

    /// With a sentence about this occurrence.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With members beside the standard ones.
    #[must_use]
    pub fn members(mut self, members: Map<String, Value>) -> Self {
        self.members = members;
        self
    }

    fn into_json(self) -> String {
        let mut members = self.members;
        members.insert("type".to_owned(), "about:blank".into());
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
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, MEDIA_TYPE)];
        (self.status, headers, self.into_json()).into_response()
    }
}

/// Gives an error that is no document yet the form of one. What it says in its headers, such as the methods that are
/// allowed, stays.
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
