//! Signing in and out of the page.

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::{ApiState, documents};
use crate::http_server::tokens::Scope;
use crate::http_server::{Bearer, Problem, sessions};

/// Exchange a token for a session
#[utoipa::path(
    description = "For pages in a browser: the cookie stands for the token in every other request, \
        for thirty days or until the token is revoked.",
    post, path = "/api/session/", tag = "session", operation_id = "signIn",
    responses(
        (status = 204, description = "The cookie is set", headers(("Set-Cookie" = String, description = "The session; scripts cannot read it"))),
        (status = 401, description = "No token, or none that there is", body = documents::ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = documents::ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("token" = []))
)]
pub(super) async fn open(State(api): State<ApiState>, request: Parts) -> Result<Response, Problem> {
    let (db, now) = (&api.context.db, api.context.clock.now());
    let cookie = sessions::open(db, now, &request, Scope::Chat).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// See whether a session lasts
#[utoipa::path(
    get, path = "/api/session/", tag = "session", operation_id = "whetherSignedIn",
    responses(
        (status = 204, description = "It does"),
        (status = 401, description = "It is over, or there is none", body = documents::ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Its token may not do this", body = documents::ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn check(_: Bearer) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// End the session
///
/// A browser without one is signed out already.
#[utoipa::path(
    delete, path = "/api/session/", tag = "session", operation_id = "signOut",
    responses(
        (status = 204, description = "It is over", headers(("Set-Cookie" = String, description = "A cookie without a value"))),
        (status = 403, description = "Another site's page asked for it", body = documents::ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn close(
    State(api): State<ApiState>,
    request: Parts,
) -> Result<Response, Problem> {
    let cookie = sessions::close(&api.context.db, &request).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
