//! The refusals that every route of the slice may answer with, for its description.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// The statuses of refusals, and what they mean.
const MEANINGS: [(&str, &str); 11] = [
    (
        "400",
        "What was given is wrong; `detail` says what is right",
    ),
    (
        "401",
        "No token or session (`login_required`), or the account is not linked (`telegram_not_linked`)",
    ),
    (
        "403",
        "The token may not do this, only admins link, or the number is banned",
    ),
    (
        "404",
        "There is no such account, login, chat, device or person",
    ),
    ("409", "Not at this step, or not now"),
    ("413", "The body is too long"),
    ("429", "Telegram asks to wait; see `Retry-After`"),
    ("500", "A fault of the program"),
    ("502", "Telegram cannot be reached"),
    (
        "503",
        "The operator has to do something, or too many requests wait",
    ),
    ("504", "Telegram did not answer in time"),
];

/// An error (RFC 9457)
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what `Problem` writes")]
pub(super) struct Refused {
    /// `about:blank`, or a name of its own
    #[schema(example = "urn:vakhta:problem:telegram_not_linked")]
    r#type: String,
    /// The HTTP status in words
    title: String,
    /// The HTTP status
    status: u16,
    /// A word for programs
    code: Option<String>,
    /// A sentence that says what to do
    detail: Option<String>,
    /// The same sentence
    error: Option<String>,
    /// True without a token or a session
    requires_login: Option<bool>,
    /// Telegram's word for why an account is not linked any longer; may be empty
    reason: Option<String>,
    /// What there is none of
    what: Option<String>,
}

pub(super) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let of = |(status, meaning): (&str, &str)| {
            let content = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Refused")))
                .build();
            let response = ResponseBuilder::new()
                .description(meaning)
                .content("application/problem+json", content);
            (status.to_owned(), response.build().into())
        };
        MEANINGS.into_iter().map(of).collect()
    }
}
