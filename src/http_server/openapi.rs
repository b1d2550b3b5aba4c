//! The OpenAPI document: what the server itself has, and what every slice adds to it.
//!
//! The doc comments of schema types are part of the document.

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vakhta",
        description = "Every error is `application/problem+json` (RFC 9457).",
        license(name = "MIT")
    ),
    modifiers(&Proofs),
    tags((name = "session", description = "A cookie for browsers instead of a token"))
)]
pub(super) struct Whole;

struct Proofs;

impl Modify for Proofs {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("`vakhta tokens add` makes one"))
            .build();
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
        let cookie = ApiKeyValue::with_description(
            "vakhta",
            "A session; what changes something is to come from a page of this server",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

pub(super) fn printed(api: &utoipa::openapi::OpenApi) -> String {
    api.to_pretty_json().unwrap_or_default() + "\n"
}

/// An error (RFC 9457)
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "it only describes what `Problem` writes")]
pub(crate) struct ProblemDocument {
    /// `about:blank`, or a name of its own
    #[schema(example = "urn:vakhta:problem:too-often")]
    r#type: String,
    /// The HTTP status in words
    title: String,
    /// The HTTP status
    status: u16,
    /// The end of `type`: a word for programs
    code: Option<String>,
    /// A sentence for people
    detail: Option<String>,
}

/// A document as JSON.
pub(crate) struct Json(pub(crate) Bytes);

impl Json {
    pub(crate) fn of(document: &impl Serialize) -> Self {
        // Serializing cannot fail: these types hold only strings and numbers.
        Self(serde_json::to_vec(document).unwrap_or_default().into())
    }
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}
