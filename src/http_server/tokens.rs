//! API tokens: they authenticate a program as a person.
//!
//! A token is shown once, when it is made; the database holds its hash.
//!
//! # Invariants
//! - A token can do no more than its scopes and its person's role allow.
//! - Tokens have enough entropy that a lookup by hash leaks nothing through timing.

use anyhow::Context as _;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use rusqlite::{Connection, params};

use super::Problem;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::random;
use crate::words::words;

/// The prefix of a token, so that people and secret scanners recognise it.
const PREFIX: &str = "vakhta_";

const TOKEN_BYTES: usize = 32;

words! {
    /// What a token may be used for; the word is stored and named on the command line.
    pub enum Scope {
        /// Asking the assistant.
        Chat = "chat",
        /// Linking Telegram accounts and reading with them.
        Telegram = "telegram",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub id: i64,
    /// The operator's name for the token.
    pub name: String,
    /// The words of its scopes, separated by spaces.
    pub scopes: String,
    /// The person it acts for.
    pub person_id: i64,
    pub created_at: UnixMs,
}

/// A new token, which nothing knows yet.
///
/// # Errors
/// When the system's source of randomness fails.
pub fn make() -> anyhow::Result<String> {
    Ok(format!("{PREFIX}{}", random::hex::<TOKEN_BYTES>()?))
}

/// Makes a new token valid, for a person known to the bot. Returns its row.
///
/// # Errors
/// When the database fails.
pub fn add(
    tx: &WriteTx<'_>,
    now: UnixMs,
    token: &str,
    name: &str,
    person_id: i64,
    scopes: &[Scope],
) -> anyhow::Result<i64> {
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
    tx.execute(
        "INSERT INTO token (name, hash, scopes, person_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![name, hash(token), scopes.join(" "), person_id, now.0],
    )
    .context("store a token")?;
    Ok(tx.last_insert_rowid())
}

/// All tokens in the order of their creation.
pub(crate) fn list(connection: &Connection) -> anyhow::Result<Vec<Token>> {
    let mut statement = connection
        .prepare_cached("SELECT id, name, scopes, person_id, created_at FROM token ORDER BY id")?;
    let rows = statement.query_map([], |row| {
        Ok(Token {
            id: row.get(0)?,
            name: row.get(1)?,
            scopes: row.get(2)?,
            person_id: row.get(3)?,
            created_at: UnixMs(row.get(4)?),
        })
    })?;
    rows.collect::<Result<_, _>>().context("list tokens")
}

/// Revokes a token; true if it existed.
pub fn revoke(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<bool> {
    let gone = tx.execute("DELETE FROM token WHERE id = ?1", [id]);
    Ok(gone.with_context(|| format!("revoke token {id}"))? > 0)
}

/// The token in a request; `None` if it is not in our format.
pub(super) fn given(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    let is_ours = token.starts_with(PREFIX) && token.len() == PREFIX.len() + 2 * TOKEN_BYTES;
    (scheme.eq_ignore_ascii_case("bearer") && is_ours).then_some(token)
}

pub(super) fn unauthorized(detail: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED)
        .code("token")
        .detail(detail)
        .header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"vakhta\""),
        )
}

pub(super) fn hash(token: &str) -> Vec<u8> {
    let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
    digest.as_ref().to_vec()
}
