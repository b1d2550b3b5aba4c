//! Linked accounts over HTTP: link one, see how it stands, read with it; and the part of the page.
//!
//! A token of scope `telegram`, or a browser session made from one, says who asks. Whatever asks
//! Telegram goes through [`AccountsProxy`], so no handler blocks.
//!
//! # Invariants
//!
//! - Without authentication every path answers 401 as a document, never with a redirect.
//! - Only admins and owners link; everybody sees only accounts that they linked themselves.
//! - Every path works below `/api/telegram/` and `/telegram/`, with and without a trailing slash.

mod asking;
mod documents;
mod linking;
mod page;
mod reading;
mod refusals;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::Uri;
use axum::routing::{delete, get, post};
use tokio::sync::{Semaphore, oneshot};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::asking::{Asker, Query, not_understood, refused};
use self::documents::{Account, ApiDocument, LoggedOut, LoginStatus, SessionStatus, is_authorized};
use self::refusals::Refusals;
use super::AccountsProxy;
use super::model::{LinkedAccount, Refusal};
use super::proxy::Request;
use super::store;
use crate::clock::Clock;
use crate::db::Db;
use crate::http_server::openapi::Json;
use crate::http_server::{Problem, Routes};
use crate::i18n::{self, Lang};

/// How long a route may take: a little longer than Telegram's answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(35);

/// Maximum number of requests that look up who asks at once. Further ones wait here, because in the
/// database's queue they would delay Telegram's replies.
const CROWD: usize = 32;

/// Maximum length of an id, a cursor, a code or a name, in characters.
const WORD_LIMIT: usize = 255;

/// Where the paths are described, and where they are as well.
const PLACES: [&str; 2] = ["/api/telegram", "/telegram"];

#[derive(Clone)]
struct ApiState {
    db: Db,
    clock: Clock,
    proxy: AccountsProxy,
    crowd: Arc<Semaphore>,
}

pub(crate) fn routes(db: Db, clock: Clock, proxy: AccountsProxy) -> Routes {
    let api = ApiState {
        db,
        clock,
        proxy,
        crowd: Arc::new(Semaphore::new(CROWD)),
    };
    let (router, _) = documented();
    let router = router
        .route("/session", get(session).delete(log_out))
        .route("/auth/phone", post(linking::start_phone))
        .route("/auth/verify", post(linking::verify))
        .route(
            "/auth/qr",
            post(linking::start_qr).get(linking::start_qr_by_get),
        )
        .route("/auth/qr/status", get(linking::qr_status))
        .route("/auth/{login_id}", delete(linking::cancel))
        .route("/chats", get(reading::chats))
        .route("/messages", get(reading::messages))
        .route("/user", get(reading::user))
        .route("/devices", get(reading::devices))
        .route("/devices/{hash}", delete(reading::end_device))
        .with_state(api);
    let everywhere = PLACES.iter().fold(axum::Router::new(), |all, place| {
        all.nest(place, router.clone())
    });
    Routes::new(everywhere, described(), page::PART).within(ANSWER_LIMIT)
}

/// The description of the routes.
pub(crate) fn described() -> utoipa::openapi::OpenApi {
    let (_, api) = documented();
    let [place, _] = PLACES;
    ApiDocument::openapi().nest(place, api)
}

/// The routes with a trailing slash, and the document that describes them.
fn documented() -> (axum::Router<ApiState>, utoipa::openapi::OpenApi) {
    OpenApiRouter::new()
        .routes(routes!(session, log_out))
        .routes(routes!(linking::start_phone))
        .routes(routes!(linking::verify))
        .routes(routes!(linking::start_qr, linking::start_qr_by_get))
        .routes(routes!(linking::qr_status))
        .routes(routes!(linking::cancel))
        .routes(routes!(reading::chats))
        .routes(routes!(reading::messages))
        .routes(routes!(reading::user))
        .routes(routes!(reading::devices))
        .routes(routes!(reading::end_device))
        .split_for_parts()
}

/// See how an account stands
#[utoipa::path(
    get, path = "/session/", tag = "telegram", operation_id = "telegramSession",
    description = "Asks Telegram at most once a minute, and only about one account.",
    params(
        ("account" = Option<i64>, Query, minimum = 1, description = "One of several accounts"),
        ("check" = Option<bool>, Query, description = "`false`: say what is known, and do not ask Telegram")
    ),
    responses((status = 200, description = "How it stands", body = SessionStatus), Refusals),
    security(("token" = []), ("session" = []))
)]
async fn session(
    State(api): State<ApiState>,
    Asker(person): Asker,
    uri: Uri,
) -> Result<Json, Problem> {
    let query = Query::read(&uri, &["account", "check"])?;
    let mut caller = query.caller(person)?;
    let checks = match query.text("check") {
        None | Some("true") => true,
        Some("false") => false,
        Some(_) => return Err(not_understood("check is true or false")),
    };
    let mut accounts = api.accounts(person).await?;
    let login = api.ask(|reply| Request::Pending(person, reply)).await?;
    if let ([only], None) = (accounts.as_slice(), caller.account) {
        caller.account = Some(only.id);
    }
    if let (true, Some(_)) = (checks, caller.account) {
        match api.proxy.ask(|reply| Request::Check(caller, reply)).await {
            // A log-out is what was asked about, not an error.
            Ok(_) | Err(Refusal::NotLinked(_)) => accounts = api.accounts(person).await?,
            Err(refusal) => return Err(refused(refusal)),
        }
    }
    let account = accounts
        .iter()
        .find(|account| Some(account.id) == caller.account);
    if let (Some(_), None) = (caller.account, account) {
        return Err(refused(Refusal::Unknown("account")));
    }
    let authorized = match (account, caller.account) {
        (Some(account), _) => is_authorized(account),
        _ => accounts.iter().any(is_authorized),
    };
    let pending = login.map(|login| LoginStatus::of(&login, &accounts));
    Ok(Json::of(&SessionStatus {
        authorized,
        account: account.map(Account::of),
        accounts: accounts.iter().map(Account::of).collect(),
        pending: pending.transpose().map_err(internal)?,
    }))
}

/// Log out
///
/// The keys are wiped here even if Telegram cannot be reached; the answer says so.
#[utoipa::path(
    delete, path = "/session/", tag = "telegram", operation_id = "telegramLogOut",
    params(("account" = Option<i64>, Query, minimum = 1, description = "One of several accounts")),
    responses((status = 200, description = "It is no longer linked", body = LoggedOut), Refusals),
    security(("token" = []), ("session" = []))
)]
async fn log_out(
    State(api): State<ApiState>,
    Asker(person): Asker,
    uri: Uri,
) -> Result<Json, Problem> {
    let caller = Query::read(&uri, &["account"])?.caller(person)?;
    let told = api.ask(|reply| Request::LogOut(caller, reply)).await?;
    let key = match told {
        true => "mtproto-logged-out",
        false => "mtproto-logged-out-alone",
    };
    Ok(Json::of(&LoggedOut {
        wiped: true,
        telegram_told: told,
        detail: i18n::label(Lang::En, key),
    }))
}

impl ApiState {
    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Request,
    ) -> Result<T, Problem> {
        self.proxy.ask(request).await.map_err(refused)
    }

    async fn accounts(&self, person: i64) -> Result<Vec<LinkedAccount>, Problem> {
        let _permit = self.crowd.acquire().await;
        let read = self.db.read(move |c| store::accounts_of(c, person));
        read.await.map_err(|err| {
            tracing::error!("linked accounts could not be read: {err:#}");
            refused(Refusal::Busy)
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn internal(err: anyhow::Error) -> Problem {
    tracing::error!("the step of a login could not be shown: {err:#}");
    refused(Refusal::Internal)
}

/// Refuses a text that is empty or too long.
fn within(name: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.is_empty() || text.chars().count() > most {
        let allowed = format!("{name} has 1 to {most} characters");
        return Err(not_understood(allowed));
    }
    Ok(())
}
