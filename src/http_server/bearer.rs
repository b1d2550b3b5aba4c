//! The person behind a request: behind a token, or behind a session opened with one.
//!
//! # Invariants
//! - Scopes and the role are read at every request: a revoked right is gone at once.

use anyhow::Context as _;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::tokens::{self, Scope};
use super::{Problem, cookie};
use crate::clock::UnixMs;
use crate::db::Db;
use crate::people::{self, Role};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub token_id: i64,
    pub person_id: i64,
    pub role: Role,
}

impl Bearer {
    /// Identifies the person behind a request.
    ///
    /// # Errors
    /// The answer for a request without a token or session, or with one that lacks the right.
    pub(crate) async fn of(
        db: &Db,
        now: UnixMs,
        request: &Parts,
        scope: Scope,
    ) -> Result<Self, Problem> {
        let (bearer, _) = Self::with_any(db, now, request, &[scope]).await?;
        Ok(bearer)
    }

    /// As [`Self::of`], for a request that changes something whatever its method: a session counts
    /// only from our own page.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(crate) async fn changing(
        db: &Db,
        now: UnixMs,
        request: &Parts,
        scope: Scope,
    ) -> Result<Self, Problem> {
        let headers = &request.headers;
        if !headers.contains_key(header::AUTHORIZATION) && cookie::given(headers).is_some() {
            cookie::demand_ours(headers)?;
        }
        Self::of(db, now, request, scope).await
    }

    /// Identifies the person, and tells which of these scopes they have: at least one.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(super) async fn with_any(
        db: &Db,
        now: UnixMs,
        request: &Parts,
        wanted: &[Scope],
    ) -> Result<(Self, Vec<Scope>), Problem> {
        let proof = Proof::of(request)?;
        let found = db.read(move |c| look_up(c, now, &proof)).await;
        let (bearer, scopes) = match found {
            Ok(Some(found)) => found,
            Ok(None) => {
                return Err(tokens::unauthorized(
                    "there is no such token or session; it may have been revoked, or be over",
                ));
            }
            Err(err) => {
                tracing::error!("a token could not be looked up: {err:#}");
                return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE));
            }
        };
        let refusal = Problem::new(StatusCode::FORBIDDEN);
        if !bearer.role.is_member() {
            return Err(refusal
                .code("person")
                .detail("the person this token belongs to may not use the bot"));
        }
        let has = |scope: &Scope| scopes.split(' ').any(|word| word == scope.word());
        let had: Vec<Scope> = wanted.iter().copied().filter(has).collect();
        if had.is_empty() {
            let wanted: Vec<String> = wanted
                .iter()
                .map(|scope| format!("{:?}", scope.word()))
                .collect();
            let detail = format!("the token has no scope {}", wanted.join(" or "));
            return Err(refusal.code("scope").detail(detail));
        }
        Ok((bearer, had))
    }
}

/// The hash that a request proves its person with.
enum Proof {
    Token(Vec<u8>),
    Session(Vec<u8>),
}

impl Proof {
    /// Reads the proof from a request. A session counts only without an `Authorization` header, and
    /// only from our own page.
    fn of(request: &Parts) -> Result<Self, Problem> {
        let headers = &request.headers;
        if headers.contains_key(header::AUTHORIZATION) {
            let token = tokens::given(headers).map(|token| Self::Token(tokens::hash(token)));
            return token.ok_or_else(|| tokens::unauthorized("this is no token of ours"));
        }
        let Some(session) = cookie::given(headers) else {
            return Err(tokens::unauthorized(
                "send a token: Authorization: Bearer vakhta_…; `vakhta tokens add` makes one",
            ));
        };
        cookie::demand_own_page(request)?;
        Ok(Self::Session(session))
    }
}

/// The token's person, and its scopes.
fn look_up(
    connection: &Connection,
    now: UnixMs,
    proof: &Proof,
) -> anyhow::Result<Option<(Bearer, String)>> {
    let of_row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
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
    let Some((token_id, person_id, scopes)) = found else {
        return Ok(None);
    };
    let person = people::get(connection, person_id)?;
    let bearer = Bearer {
        token_id,
        person_id,
        role: person.map_or(Role::Stranger, |person| person.role),
    };
    Ok(Some((bearer, scopes)))
}
