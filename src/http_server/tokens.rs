//! Tokens: with what programs prove to the HTTP server on whose behalf they ask.
//!
//! A token is shown once, when it is made; the database holds its hash. It belongs to a person and can do no more than its
//! scopes and that person's role allow. Must stay true: both are read at every request, so whatever is taken away is gone at
//! once; a token has so much chance in it that looking up its hash tells nobody anything.

use anyhow::Context as _;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Problem, sessions};
use crate::clock::UnixMs;
use crate::db::{Db, WriteTx};
use crate::people;
use crate::random;
use crate::words::words;

/// What a token begins with, so that people and scanners of secrets know what it is.
const PREFIX: &str = "vakhta_";

/// Bytes of chance in a token.
const TOKEN_BYTES: usize = 32;

words! {
    /// What a token may be used for; the word is stored and named on the command line.
    pub enum Scope {
        /// Asking the assistant.
        Chat = "chat",
    }
}

/// A token as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its row.
    pub id: i64,
    /// What the operator calls it.
    pub name: String,
    /// Words of its scopes, with spaces between them.
    pub scopes: String,
    /// On whose behalf it asks.
    pub person_id: i64,
    /// When it was made.
    pub created_at: UnixMs,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// The token's row.
    pub token_id: i64,
    /// The person it belongs to.
    pub person_id: i64,
}

/// Makes a token for a person whom the bot knows; its row and the token itself, which nobody ever sees again.
///
/// # Errors
/// When the database or the system's source of chance fails.
pub fn add(
    tx: &WriteTx<'_>,
    now: UnixMs,
    name: &str,
    person_id: i64,
    scopes: &[Scope],
) -> anyhow::Result<(i64, String)> {
    let token = format!("{PREFIX}{}", random::hex::<TOKEN_BYTES>()?);
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
    tx.execute(
        "INSERT INTO token (name, hash, scopes, person_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![name, hash(&token), scopes.join(" "), person_id, now.0],
    )
    .context("store a token")?;
    Ok((tx.last_insert_rowid(), token))
}

/// All tokens, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn list(connection: &Connection) -> anyhow::Result<Vec<Token>> {
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

/// Ends a token; true when there was one.
///
/// # Errors
/// When the database fails.
pub fn revoke(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<bool> {
    let gone = tx.execute("DELETE FROM token WHERE id = ?1", [id]);
    Ok(gone.with_context(|| format!("revoke token {id}"))? > 0)
}

/// With what a request proves whose it is: a hash.
enum Proof {
    Token(Vec<u8>),
    Session(Vec<u8>),
}

impl Proof {
    /// What a request brings. A session counts only where nothing else is tried, and only from our own page.
    fn of(request: &Parts) -> Result<Self, Problem> {
        let headers = &request.headers;
        if headers.contains_key(header::AUTHORIZATION) {
            let token = given(headers).map(|token| Self::Token(hash(token)));
            return token.ok_or_else(|| unauthorized("this is no token of ours"));
        }
        let Some(session) = sessions::given(headers) else {
            return Err(unauthorized(
                "send a token: Authorization: Bearer vakhta_…; `vakhta tokens add` makes one",
            ));
        };
        sessions::demand_own_page(request)?;
        Ok(Self::Session(session))
    }
}

/// Whose request it is.
///
/// # Errors
/// The answer for who has neither token nor session, or one that may not do this.
pub async fn bearer(
    db: &Db,
    now: UnixMs,
    request: &Parts,
    scope: Scope,
) -> Result<Bearer, Problem> {
    let proof = Proof::of(request)?;
    let found = db.read(move |c| look_up(c, now, &proof)).await;
    match found {
        Ok(Some((bearer, scopes, true))) if scopes.split(' ').any(|word| word == scope.word()) => {
            Ok(bearer)
        }
        Ok(Some((_, _, true))) => Err(Problem::new(StatusCode::FORBIDDEN)
            .code("scope")
            .detail(format!("the token has no scope {:?}", scope.word()))),
        Ok(Some(_)) => Err(Problem::new(StatusCode::FORBIDDEN)
            .code("person")
            .detail("the person this token belongs to may not use the bot")),
        Ok(None) => Err(unauthorized(
            "there is no such token or session; it may have been revoked, or be over",
        )),
        Err(err) => {
            tracing::error!("a token could not be looked up: {err:#}");
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE))
        }
    }
}

/// The token that a request brings; none when it is not of our form.
fn given(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    let is_ours = token.starts_with(PREFIX) && token.len() == PREFIX.len() + 2 * TOKEN_BYTES;
    (scheme.eq_ignore_ascii_case("bearer") && is_ours).then_some(token)
}

/// Whose the token is that is proven, its scopes, and whether they are let in.
fn look_up(
    connection: &Connection,
    now: UnixMs,
    proof: &Proof,
) -> anyhow::Result<Option<(Bearer, String, bool)>> {
    let of_row = |row: &Row<'_>| {
        let bearer = Bearer {
            token_id: row.get(0)?,
            person_id: row.get(1)?,
        };
        Ok((bearer, row.get(2)?))
    };
    let found = match proof {
        Proof::Token(hash) => connection
            .prepare_cached("SELECT id, person_id, scopes FROM token WHERE hash = ?1")?
            .query_row([hash], of_row),
        Proof::Session(hash) => connection
            .prepare_cached(
                "SELECT token.id, person_id, scopes FROM session JOIN token ON token.id = token_id
                 WHERE session.hash = ?1 AND ends_at > ?2",
            )?
            .query_row(params![hash, now.0], of_row),
    };
    let found = found.optional().context("look up a token")?;
    let Some((bearer, scopes)) = found else {
        return Ok(None);
    };
    let is_member = people::is_member(connection, bearer.person_id)?;
    Ok(Some((bearer, scopes, is_member)))
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
