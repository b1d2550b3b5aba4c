//! What a request asks: who, with which parameters and body; and how a refusal is told.
//!
//! # Invariants
//!
//! - Who asks is known before anything else of a request is read.
//! - Phones, codes and passwords are read into secrets, and never told back.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use zeroize::Zeroize as _;

use super::ApiState;
use crate::http_server::tokens::Scope;
use crate::http_server::{Bearer, Problem};
use crate::i18n::{self, Lang};
use crate::slices::mtproto::model::{AccountId, Caller, Refusal, Unlinked};

/// When to come back if too many requests wait.
const COME_BACK: Duration = Duration::from_secs(1);

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker(pub(super) i64);

/// Who links an account: an admin or an owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Linker(pub(super) i64);

impl FromRequestParts<ApiState> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, api: &ApiState) -> Result<Self, Problem> {
        let _permit = api.crowd.acquire().await;
        let bearer = Bearer::of(&api.db, api.clock.now(), request, Scope::Telegram).await;
        bearer.map(|bearer| Self(bearer.person_id)).map_err(told)
    }
}

impl FromRequestParts<ApiState> for Linker {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, api: &ApiState) -> Result<Self, Problem> {
        let _permit = api.crowd.acquire().await;
        let bearer = Bearer::changing(&api.db, api.clock.now(), request, Scope::Telegram).await;
        let bearer = bearer.map_err(told)?;
        if !bearer.role.is_admin() {
            return Err(Problem::new(StatusCode::FORBIDDEN)
                .code("admins_only")
                .detail(i18n::label(Lang::En, "mtproto-admins-only"))
                .with_error());
        }
        Ok(Self(bearer.person_id))
    }
}

/// A problem of who asks, as clients of these endpoints know it.
fn told(problem: Problem) -> Problem {
    if problem.status() == StatusCode::UNAUTHORIZED {
        return problem
            .code("login_required")
            .with_error()
            .member("requires_login", true);
    }
    problem.with_error()
}

/// A refusal as a document.
pub(super) fn refused(refusal: Refusal) -> Problem {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or_default();
    let problem = Problem::new(status)
        .code(refusal.code())
        .detail(sentence(&refusal))
        .with_error();
    match refusal {
        Refusal::Flood(wait) => problem.retry_after(wait),
        Refusal::Busy => problem.retry_after(COME_BACK),
        Refusal::NotLinked(Unlinked(reason)) => problem.member("reason", reason),
        Refusal::Unknown(what) => problem.member("what", what),
        _ => problem,
    }
}

/// What to do about a refusal, in words.
pub(super) fn sentence(refusal: &Refusal) -> String {
    i18n::label(Lang::En, &format!("mtproto-refusal-{}", refusal.code()))
}

/// A request that cannot be understood; `allowed` says what could.
pub(super) fn not_understood(allowed: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST)
        .code("bad_request")
        .detail(allowed)
        .with_error()
}

/// The parameters of an address.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the parameters; none may be there that is not allowed, and none twice.
    pub(super) fn read(uri: &Uri, allowed: &[&str]) -> Result<Self, Problem> {
        let query = uri.query().unwrap_or_default();
        let mut read: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let is_new = read.iter().all(|(known, _)| *known != name);
            if !is_new || !allowed.contains(&name.as_ref()) {
                let names = match allowed {
                    [] => "no parameters".to_owned(),
                    names => format!("each at most once: {}", names.join(", ")),
                };
                return Err(not_understood(format!("this address takes {names}")));
            }
            read.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(read))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        let (_, value) = pairs.find(|(known, _)| known == name)?;
        Some(value)
    }

    pub(super) fn number<T>(
        &self,
        name: &str,
        range: RangeInclusive<T>,
    ) -> Result<Option<T>, Problem>
    where
        T: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            not_understood(format!("{name} is a number from {least} to {most}"))
        })
    }

    /// The person, and the account that they name.
    pub(super) fn caller(&self, person_id: i64) -> Result<Caller, Problem> {
        let account = self.number("account", 1..=i64::MAX)?;
        Ok(Caller {
            person_id,
            account: account.map(AccountId),
        })
    }
}

/// A text of a body that nobody else may see.
#[derive(Debug, ToSchema)]
#[schema(value_type = String)]
pub(super) struct Secret(pub(super) SecretString);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(SecretString::from(text)))
    }
}

/// Reads a body, and wipes it where nothing else holds it. `form` says how it should look.
pub(super) fn read_body<T: DeserializeOwned>(body: Bytes, form: &str) -> Result<T, Problem> {
    // Serde would take a list of the members' values for the object.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    let read = match is_object {
        true => serde_json::from_slice(&body),
        false => Err(serde::de::Error::custom("no object")),
    };
    if let Ok(mut bytes) = body.try_into_mut() {
        bytes.as_mut().zeroize();
    }
    // The error names the position only: the body itself must not appear in it.
    read.map_err(|err| {
        let (line, column) = (err.line(), err.column());
        not_understood(format!(
            "the body is to be {form}; it is not at line {line}, column {column}"
        ))
    })
}
