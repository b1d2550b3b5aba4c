//! Sessions: what stands for a token in a browser, where a page can neither keep one out of reach of scripts nor send it along
//! with a stream of events.
//!
//! A token is exchanged for a cookie; the database holds the hash of the cookie's value, the token it stands for, and its end.
//! Must stay true: a session can do no more than its token and ends with it; it does not prolong itself; what changes something
//! is taken only from our own pages, because a browser sends cookies along for whoever asks it to.

use std::time::Duration;

use anyhow::Context as _;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rusqlite::params;

use super::Problem;
use super::tokens::{self, Scope};
use crate::clock::{UnixMs, days};
use crate::db::{Db, WriteTx};
use crate::random;

/// The cookie's name.
const COOKIE: &str = "vakhta";

/// Bytes of chance in the cookie's value.
const VALUE_BYTES: usize = 32;

/// How long nobody has to sign in again.
const LASTS: Duration = days(30);

/// Sessions of a token at most; one more ends the oldest. More browsers than a person has, and nobody fills the table.
const MOST: u32 = 20;

/// Exchanges the token of a request for a session: the cookie. A session that the browser has already ends.
///
/// # Errors
/// The answer for who brings no token, or one that may not do this.
pub async fn open(
    db: &Db,
    now: UnixMs,
    request: &Parts,
    scope: Scope,
) -> Result<HeaderValue, Problem> {
    if !request.headers.contains_key(header::AUTHORIZATION) {
        return Err(tokens::unauthorized("a session is opened with a token"));
    }
    let bearer = tokens::bearer(db, now, request, scope).await?;
    let before = given(&request.headers);
    let opened = db.write(move |tx| {
        if let Some(before) = before {
            end(tx, &before)?;
        }
        begin(tx, now, bearer.token_id)
    });
    let value = opened.await.map_err(|err| not_stored(&err))?;
    cookie(&request.headers, &value, LASTS)
}

/// Ends the session of a request, where it has one: the cookie without a value.
///
/// # Errors
/// The answer for a request that another site made.
pub async fn close(db: &Db, request: &Parts) -> Result<HeaderValue, Problem> {
    if let Some(hash) = given(&request.headers) {
        demand_own_page(request)?;
        let ended = db.write(move |tx| end(tx, &hash));
        ended.await.map_err(|err| not_stored(&err))?;
    }
    cookie(&request.headers, "", Duration::ZERO)
}

/// The hash of the session that a request brings; none when it is not of our form.
pub(super) fn given(headers: &HeaderMap) -> Option<Vec<u8>> {
    let cookies = headers.get_all(header::COOKIE).into_iter();
    let mut pairs = cookies
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'));
    let value = pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    (value.len() == 2 * VALUE_BYTES).then(|| tokens::hash(value))
}

/// Refuses what changes something and was made by the page of another site.
///
/// # Errors
/// The answer for such a request.
pub(super) fn demand_own_page(request: &Parts) -> Result<(), Problem> {
    if matches!(request.method, Method::GET | Method::HEAD) || is_of_own_page(&request.headers) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN)
        .code("origin")
        .detail("a session is accepted only from the page of this server"))
}

/// Browsers say in `Sec-Fetch-Site` who asks, but not over plain http beyond loopback; there `Origin` is what they say. The first
/// is asked first because a proxy may change `Host`.
fn is_of_own_page(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    let host = text(header::HOST);
    matches!((origin, host), (Some((_, origin)), Some(host)) if origin.eq_ignore_ascii_case(host))
}

fn begin(tx: &WriteTx<'_>, now: UnixMs, token_id: i64) -> anyhow::Result<String> {
    tx.prepare_cached(
        "DELETE FROM session WHERE id IN
             (SELECT id FROM session WHERE token_id = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![token_id, MOST - 1])
    .context("end the oldest sessions of a token")?;
    let value = random::hex::<VALUE_BYTES>()?;
    tx.prepare_cached("INSERT INTO session (hash, token_id, ends_at) VALUES (?1, ?2, ?3)")?
        .execute(params![tokens::hash(&value), token_id, now.plus(LASTS).0])
        .context("store a session")?;
    Ok(value)
}

fn end(tx: &WriteTx<'_>, hash: &[u8]) -> anyhow::Result<()> {
    tx.execute("DELETE FROM session WHERE hash = ?1", [hash])
        .context("end a session")?;
    Ok(())
}

/// The header that sets the cookie. Where a proxy says that the browser came by https, the cookie is never sent by anything
/// else; on loopback and behind an ssh tunnel there is only http, and a browser would drop a cookie that wants more.
fn cookie(headers: &HeaderMap, value: &str, lasts: Duration) -> Result<HeaderValue, Problem> {
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

fn not_stored(err: &anyhow::Error) -> Problem {
    tracing::error!("a session could not be stored or ended: {err:#}");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE)
}
