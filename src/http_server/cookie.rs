//! The session cookie: reading it, deciding when it counts, setting it.
//!
//! # Invariants
//! - A request that changes something counts only from our own page: browsers send cookies along
//!   for other sites too.

use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::Problem;
use super::tokens::hash;

const COOKIE: &str = "vakhta";

pub(super) const VALUE_BYTES: usize = 32;

/// The hash of the session in a request; `None` if the cookie is not in our format.
pub(super) fn given(headers: &HeaderMap) -> Option<Vec<u8>> {
    let cookies = headers.get_all(header::COOKIE).into_iter();
    let mut pairs = cookies
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'));
    let value = pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    (value.len() == 2 * VALUE_BYTES).then(|| hash(value))
}

/// Refuses a request that changes something and comes from another site's page.
///
/// # Errors
/// The answer for such a request.
pub(super) fn demand_own_page(request: &Parts) -> Result<(), Problem> {
    match request.method {
        Method::GET | Method::HEAD => Ok(()),
        _ => demand_ours(&request.headers),
    }
}

/// Refuses a request that comes from another site's page, or from none.
///
/// # Errors
/// The answer for such a request.
pub(super) fn demand_ours(headers: &HeaderMap) -> Result<(), Problem> {
    if is_of_own_page(headers) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN)
        .code("origin")
        .detail("a session is accepted only from the page of this server"))
}

/// Browsers name the requesting site in `Sec-Fetch-Site`, but not over plain http beyond loopback;
/// there they only send `Origin`. `Sec-Fetch-Site` is read first because a proxy may change `Host`.
fn is_of_own_page(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    let host = text(header::HOST);
    matches!((origin, host), (Some((_, origin)), Some(host)) if origin.eq_ignore_ascii_case(host))
}

/// The header that sets the cookie. If a proxy says that the browser used https, the cookie is
/// `Secure`. On loopback and behind an ssh tunnel there is only http, and a browser would drop a
/// `Secure` cookie.
pub(super) fn set(
    headers: &HeaderMap,
    value: &str,
    lasts: Duration,
) -> Result<HeaderValue, Problem> {
    let by_https = headers
        .get("x-forwarded-proto")
        .is_some_and(|scheme| scheme == "https");
    let secure = if by_https { "; Secure" } else { "" };
    let seconds = lasts.as_secs();
    let cookie =
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    cookie
        .parse()
        .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR))
}
