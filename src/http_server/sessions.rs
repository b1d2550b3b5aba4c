//! Sessions: a browser exchanges its token for a cookie that scripts cannot read.
//!
//! The database holds the hash of the cookie's value, the token behind it, and when it ends.
//!
//! # Invariants
//! - A session can do no more than its token, and ends with it.
//! - A session does not prolong itself.

use std::time::Duration;

use anyhow::Context as _;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use rusqlite::params;

use super::tokens::{self, Scope};
use super::{Bearer, Problem, cookie};
use crate::clock::{UnixMs, days};
use crate::db::{Db, WriteTx};
use crate::random;

/// How long a session lasts.
const LASTS: Duration = days(30);

/// Maximum number of sessions per token; one more ends the oldest. No person has more browsers, and
/// nobody can fill the table.
const MOST: u32 = 20;

/// Exchanges the token of a request, which has one of these scopes, for a session and returns the
/// cookie. Ends the session that the browser already has.
///
/// # Errors
/// The answer for a request without a token, or with one that lacks the right.
pub(crate) async fn open(
    db: &Db,
    now: UnixMs,
    request: &Parts,
    scopes: &[Scope],
) -> Result<HeaderValue, Problem> {
    if !request.headers.contains_key(header::AUTHORIZATION) {
        return Err(tokens::unauthorized("a session is opened with a token"));
    }
    let (bearer, _) = Bearer::with_any(db, now, request, scopes).await?;
    let before = cookie::given(&request.headers);
    let opened = db.write(move |tx| {
        if let Some(before) = before {
            end(tx, &before)?;
        }
        begin(tx, now, bearer.token_id)
    });
    let value = opened.await.map_err(|err| not_stored(&err))?;
    cookie::set(&request.headers, &value, LASTS)
}

/// Ends the session of a request, if it has one; returns the empty cookie.
///
/// # Errors
/// The answer for a request made by another site.
pub(crate) async fn close(db: &Db, request: &Parts) -> Result<HeaderValue, Problem> {
    if let Some(hash) = cookie::given(&request.headers) {
        cookie::demand_own_page(request)?;
        let ended = db.write(move |tx| end(tx, &hash));
        ended.await.map_err(|err| not_stored(&err))?;
    }
    cookie::set(&request.headers, "", Duration::ZERO)
}

fn begin(tx: &WriteTx<'_>, now: UnixMs, token_id: i64) -> anyhow::Result<String> {
    tx.prepare_cached(
        "DELETE FROM session WHERE id IN
             (SELECT id FROM session WHERE token_id = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![token_id, MOST - 1])
    .context("end the oldest sessions of a token")?;
    let value = random::hex::<{ cookie::VALUE_BYTES }>()?;
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

fn not_stored(err: &anyhow::Error) -> Problem {
    tracing::error!("a session could not be stored or ended: {err:#}");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE)
}
