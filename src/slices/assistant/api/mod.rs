//! The assistant over HTTP: ask, look, look on, stop, and a page that does so for people.
//!
//! Who asks is told by a token of scope `chat`, or by a session that a browser got for one, and sees only questions of the
//! token's person. Every error is a problem document. Must stay true: a question is answered with 202 only after it is stored for good; paths work with and without
//! their last slash; routes and the document that describes them are made from the same lines.

mod documents;
mod page;
mod session;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::documents::{Api, Json, NewMessage, Taken};
use super::notices;
use super::question::{Question, Reason};
use super::store::{self, Asked, Limits, NewQuestion};
use super::worker::WorkerParts;
use crate::http_server::tokens::Scope;
use crate::http_server::{Bearer, Pace, Problem};

/// How often a client is to look at a question that was just taken.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// When it makes sense to ask again after too many open questions: an answer takes some seconds.
const PLACE_WAIT: Duration = Duration::from_secs(5);

/// Answers that are looked on at the same time at most: half of the connections that the server has.
const STREAMS: usize = 128;

/// Requests that wait for the database at the same time, to be let in or to be stored. The others of a crowd wait here and not
/// there, where the answers to people in Telegram would stand behind all of them.
const CROWD: usize = 32;

/// Characters of a client's own name for a question at most.
const KEY_LIMIT: usize = 255;

/// What the routes work with.
#[derive(Clone)]
struct Desk {
    parts: WorkerParts,
    pace: Pace,
    streams: Arc<Semaphore>,
    crowd: Arc<Semaphore>,
    stop: CancellationToken,
}

/// The routes. `stop` ends streams, which have no end of their own.
pub fn routes(parts: WorkerParts, stop: CancellationToken) -> axum::Router {
    let (router, api) = described();
    let document = Bytes::from(documents::printed(&api));
    let desk = Desk {
        pace: Pace::per_minute(parts.config.per_minute),
        streams: Arc::new(Semaphore::new(STREAMS)),
        crowd: Arc::new(Semaphore::new(CROWD)),
        parts,
        stop,
    };
    router
        .route("/api/chat", post(ask))
        .route("/api/chat-status/{request_id}", get(look))
        .route("/api/chat-stream/{request_id}", get(look_on))
        .route("/api/chat/{request_id}", delete(end))
        .route(
            "/api/session",
            get(session::look)
                .post(session::open)
                .delete(session::close),
        )
        .merge(page::routes())
        .with_state(desk)
        .route("/api/openapi.json", get(async || Json(document)))
}

/// The routes with a slash at their end, and the document that describes them.
fn described() -> (axum::Router<Desk>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(ask))
        .routes(routes!(look))
        .routes(routes!(look_on))
        .routes(routes!(end))
        .routes(routes!(session::look, session::open, session::close))
        .split_for_parts()
}

/// Ask a question
///
/// The answer is made afterwards: look at `status_url`, or follow `stream_url`. With an `Idempotency-Key`, asking the same again
/// gives the same question.
#[utoipa::path(
    post, path = "/api/chat/", tag = "chat", operation_id = "ask", request_body = NewMessage,
    params(("Idempotency-Key" = Option<String>, Header, description = "The client's own name for this question, up to 255 characters")),
    responses(
        (status = 202, description = "It is stored and will be answered", body = Taken,
            headers(("Location" = String, description = "Where its status is"), ("Retry-After" = u64, description = "Seconds until the first look"))),
        (status = 400, description = "The body is not such a document", body = documents::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or none that there is", body = documents::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = documents::Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = documents::Problem, content_type = "application/problem+json"),
        (status = 422, description = "There is nothing to answer, or the key stands for another question", body = documents::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too often, too many open questions, or the day's budget is used up", body = documents::Problem, content_type = "application/problem+json",
            headers(("Retry-After" = u64, description = "Seconds"))),
    ),
    security(("token" = []), ("session" = []))
)]
async fn ask(
    State(desk): State<Desk>,
    bearer: Bearer,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    desk.pace.take(bearer.token_id).map_err(|wait| {
        Problem::new(StatusCode::TOO_MANY_REQUESTS)
            .code("too-often")
            .detail(format!(
                "a token may ask {} questions a minute",
                desk.parts.config.per_minute
            ))
            .retry_after(wait)
    })?;
    let question = NewQuestion {
        person_id: bearer.person_id,
        token_id: Some(bearer.token_id),
        client_key: client_key(&headers)?,
        spot: None,
        text: documents::read_message(&body)?,
    };
    let public_id = desk.take(question).await?;
    let taken = Taken::of(&public_id);
    let head = [
        (header::LOCATION, taken.status_url.clone()),
        (header::RETRY_AFTER, FIRST_LOOK.as_secs().to_string()),
    ];
    Ok((StatusCode::ACCEPTED, head, Json::of(&taken)).into_response())
}

/// Look at a question
#[utoipa::path(
    get, path = "/api/chat-status/{request_id}/", tag = "chat", operation_id = "look",
    params(("request_id" = String, Path, description = "As it was given when it was asked")),
    responses(
        (status = 200, description = "How it stands, whatever that is", body = documents::Status),
        (status = 401, description = "No token, or none that there is", body = documents::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = documents::Problem, content_type = "application/problem+json"),
        (status = 404, description = "This person has no such question", body = documents::Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []), ("session" = []))
)]
async fn look(
    State(desk): State<Desk>,
    bearer: Bearer,
    Path(request_id): Path<String>,
) -> Result<Response, Problem> {
    let question = desk.question(bearer, request_id).await?;
    Ok(Json::of(&desk.status(&question)).into_response())
}

/// Follow an answer while it is made
///
/// Server-sent events: `snapshot` (a status) at first and whenever the answer begins anew, `delta` (`{"text": …}`, to be added to
/// it), `alive` (`{}`) every fifteen seconds in which nothing else comes, and at the end `completed` or `failed` (a status). A stream
/// that ends without one of these two is to be opened again.
#[utoipa::path(
    get, path = "/api/chat-stream/{request_id}/", tag = "chat", operation_id = "follow",
    params(("request_id" = String, Path, description = "As it was given when it was asked")),
    responses(
        (status = 200, description = "The events", body = String, content_type = "text/event-stream"),
        (status = 401, description = "No token, or none that there is", body = documents::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = documents::Problem, content_type = "application/problem+json"),
        (status = 404, description = "This person has no such question", body = documents::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many are followed already: look at the status instead", body = documents::Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []), ("session" = []))
)]
async fn look_on(
    State(desk): State<Desk>,
    bearer: Bearer,
    Path(request_id): Path<String>,
) -> Result<Response, Problem> {
    let question = desk.question(bearer, request_id).await?;
    let Ok(place) = Arc::clone(&desk.streams).try_acquire_owned() else {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE)
            .code("too-many-streams")
            .detail("too many answers are followed already; look at the status instead")
            .retry_after(PLACE_WAIT));
    };
    Ok(stream::of(desk, bearer, &question, place))
}

/// Stop a question
///
/// What was there of the answer is kept. A question that is over stays as it is.
#[utoipa::path(
    delete, path = "/api/chat/{request_id}/", tag = "chat", operation_id = "stop",
    params(("request_id" = String, Path, description = "As it was given when it was asked")),
    responses(
        (status = 200, description = "It is over", body = documents::Status),
        (status = 401, description = "No token, or none that there is", body = documents::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = documents::Problem, content_type = "application/problem+json"),
        (status = 404, description = "This person has no such question", body = documents::Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []), ("session" = []))
)]
async fn end(
    State(desk): State<Desk>,
    bearer: Bearer,
    Path(request_id): Path<String>,
) -> Result<Response, Problem> {
    let question = desk.question(bearer, request_id.clone()).await?;
    if !question.state.is_closed() {
        let (now, language) = (desk.parts.clock.now(), desk.parts.language);
        let partial = desk.parts.live.text(question.id);
        let stopped = desk.parts.db.write(move |tx| {
            let stopped = store::end(tx, now, question.id, Reason::Stopped, &partial)?;
            Ok(stopped && notices::answer(tx, now, language, question.id)?)
        });
        if stopped.await.map_err(not_stored)? {
            desk.parts.proxy.ring();
        }
        desk.parts.live.close(question.id);
    }
    let question = desk.question(bearer, request_id).await?;
    Ok(Json::of(&desk.status(&question)).into_response())
}

impl FromRequestParts<Desk> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let (db, clock) = (&desk.parts.db, &desk.parts.clock);
        let _place = desk.crowd.acquire().await;
        Bearer::of(db, clock.now(), request, Scope::Chat).await
    }
}

impl Desk {
    /// Stores a question; its public name.
    async fn take(&self, question: NewQuestion) -> Result<String, Problem> {
        let (now, zone) = (self.parts.clock.now(), &self.parts.zone);
        let limits = Limits {
            most_open: self.parts.config.most_open,
            budget: self.parts.config.budget,
            day: zone.day(now),
        };
        let _place = self.crowd.acquire().await;
        let asked = self
            .parts
            .db
            .write(move |tx| store::ask(tx, now, &question, &limits));
        let too_many = Problem::new(StatusCode::TOO_MANY_REQUESTS);
        match asked.await.map_err(not_stored)? {
            Asked::Is(public_id) => {
                self.parts.bell.ring();
                Ok(public_id)
            }
            Asked::OtherText => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
                .code("key-used")
                .detail("this Idempotency-Key stands for another question")),
            Asked::TooManyOpen => Err(too_many
                .code("too-many-open")
                .detail("wait until one of your questions is answered")
                .retry_after(PLACE_WAIT)),
            Asked::OverBudget => Err(too_many
                .code("budget")
                .detail("what a day allows is used up")
                .retry_after(zone.next_hour(now, 0).since(now))),
        }
    }

    async fn question(&self, bearer: Bearer, request_id: String) -> Result<Question, Problem> {
        let found = self
            .parts
            .db
            .read(move |c| store::get(c, bearer.person_id, &request_id));
        let found = found.await.map_err(not_stored)?;
        found.ok_or_else(|| {
            Problem::new(StatusCode::NOT_FOUND)
                .code("no-such-question")
                .detail("there is no such question; they are forgotten after a month")
        })
    }

    /// How a question stands, with what is there of its answer.
    fn status(&self, question: &Question) -> documents::Status {
        let text = match question.state.is_closed() {
            true => question.answer.clone(),
            false => self.parts.live.text(question.id),
        };
        documents::Status::of(question, text)
    }
}

/// The client's own name for a question.
fn client_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = key.to_str().ok().map(str::trim);
    let lawful = key.filter(|key| (1..=KEY_LIMIT).contains(&key.len()));
    lawful.map(|key| Some(key.to_owned())).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST)
            .code("key")
            .detail(format!(
                "an Idempotency-Key has 1 to {KEY_LIMIT} characters of ASCII"
            ))
    })
}

/// A storage error is no answer to the question; nothing of it is told but that it may pass.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn not_stored(err: anyhow::Error) -> Problem {
    tracing::error!("a request to the assistant met an error of the database: {err:#}");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE).retry_after(PLACE_WAIT)
}
