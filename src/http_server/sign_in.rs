//! Signing in and out of the page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::openapi::ProblemDocument;
use super::tokens::Scope;
use super::{Bearer, Problem, sessions};
use crate::clock::Clock;
use crate::db::Db;

/// Names the scopes of a session, so that the page shows what they open.
const SCOPES: HeaderName = HeaderName::from_static("vakhta-scopes");

/// What signing in needs.
#[derive(Debug, Clone)]
pub(super) struct Entrance {
    pub(super) db: Db,
    pub(super) clock: Clock,
    /// What the parts of the page need.
    pub(super) scopes: Arc<[Scope]>,
}

/// Exchange a token for a session
#[utoipa::path(
    description = "For pages in a browser: the cookie stands for the token in every other request, \
        for thirty days or until the token is revoked.",
    post, path = "/api/session/", tag = "session", operation_id = "signIn",
    responses(
        (status = 204, description = "The cookie is set", headers(("Set-Cookie" = String, description = "The session; scripts cannot read it"))),
        (status = 401, description = "No token, or none that there is", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("token" = []))
)]
pub(super) async fn open(
    State(entrance): State<Entrance>,
    request: Parts,
) -> Result<Response, Problem> {
    let (db, now) = (&entrance.db, entrance.clock.now());
    let cookie = sessions::open(db, now, &request, &entrance.scopes).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// See whether a session lasts
#[utoipa::path(
    get, path = "/api/session/", tag = "session", operation_id = "whetherSignedIn",
    responses(
        (status = 204, description = "It does", headers(("Vakhta-Scopes" = String, description = "The scopes of its token, separated by spaces"))),
        (status = 401, description = "It is over, or there is none", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Its token may not do this", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn check(
    State(entrance): State<Entrance>,
    request: Parts,
) -> Result<Response, Problem> {
    let (db, now) = (&entrance.db, entrance.clock.now());
    let (_, scopes) = Bearer::with_any(db, now, &request, &entrance.scopes).await?;
    let words: Vec<&str> = scopes.into_iter().map(Scope::word).collect();
    Ok((StatusCode::NO_CONTENT, [(SCOPES, words.join(" "))]).into_response())
}

/// End the session
///
/// A browser without one is signed out already.
#[utoipa::path(
    delete, path = "/api/session/", tag = "session", operation_id = "signOut",
    responses(
        (status = 204, description = "It is over", headers(("Set-Cookie" = String, description = "A cookie without a value"))),
        (status = 403, description = "Another site's page asked for it", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn close(
    State(entrance): State<Entrance>,
    request: Parts,
) -> Result<Response, Problem> {
    let cookie = sessions::close(&entrance.db, &request).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
