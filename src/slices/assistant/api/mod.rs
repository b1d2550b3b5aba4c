//! The assistant over HTTP: ask, read the status, follow the answer, go on, stop; and its part of
//! the web page.
//!
//! A token of scope `chat`, or a browser session made from one, says who asks. They see only the
//! questions of their person. Every error is a problem document.
//!
//! # Invariants
//!
//! - 202 is sent only after the question is committed.
//! - Every path works with and without a trailing slash.
//! - Routes and their OpenAPI description come from the same code.

mod documents;
mod page;
mod stream;

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

use self::documents::{ApiDocument, NewMessage, Taken};
use self::stream::StreamPlaces;
use super::AssistantContext;
use super::notices;
use super::question::{Prompt, Question, Reason};
use super::store::{self, AskLimits, AskOutcome, NewQuestion};
use crate::http_server::openapi::{Json, ProblemDocument};
use crate::http_server::tokens::Scope;
use crate::http_server::{Bearer, Pace, Problem, Routes};

/// How long a client should wait before it first reads the status of a new question.
const FIRST_STATUS: Duration = Duration::from_secs(1);

/// `Retry-After` when a person has too many open questions: an answer takes some seconds.
const RETRY_LATER: Duration = Duration::from_secs(5);

/// Maximum number of requests that use the database at once. Further ones wait here, because in the
/// database's queue they would delay Telegram's replies.
const CROWD: usize = 32;

/// Maximum length of an `Idempotency-Key`, in characters.
const KEY_LIMIT: usize = 255;

#[derive(Clone)]
struct ApiState {
    context: AssistantContext,
    pace: Pace,
    streams: StreamPlaces,
    crowd: Arc<Semaphore>,
    stop: CancellationToken,
}

/// The description of the routes.
#[cfg(test)]
pub(crate) fn described() -> utoipa::openapi::OpenApi {
    documented().1
}

/// `shutdown` ends the open streams.
pub(crate) fn routes(context: AssistantContext, shutdown: CancellationToken) -> Routes {
    let (router, described) = documented();
    let api = ApiState {
        pace: Pace::per_minute(context.config.per_minute),
        streams: StreamPlaces::default(),
        crowd: Arc::new(Semaphore::new(CROWD)),
        context,
        stop: shutdown,
    };
    let router = router
        .route("/api/chat", post(ask))
        .route("/api/chat-continue/{request_id}", post(go_on))
        .route("/api/chat-status/{request_id}", get(status))
        .route("/api/chat-stream/{request_id}", get(follow))
        .route("/api/chat/{request_id}", delete(stop))
        .with_state(api);
    Routes::new(router, described, page::PART)
}

/// The routes with a trailing slash, and the document that describes them.
fn documented() -> (axum::Router<ApiState>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(ApiDocument::openapi())
        .routes(routes!(ask))
        .routes(routes!(go_on))
        .routes(routes!(status))
        .routes(routes!(follow))
        .routes(routes!(stop))
        .split_for_parts()
}

/// Ask a question
#[utoipa::path(
    description = "The answer is made afterwards: look at `status_url`, or follow `stream_url`. With an \
        `Idempotency-Key`, asking the same again\n\
        gives the same question.",
    post, path = "/api/chat/", tag = "chat", operation_id = "ask", request_body = NewMessage,
    params(("Idempotency-Key" = Option<String>, Header, description = "The client's own name for this question, up to 255 characters")),
    responses(
        (status = 202, description = "It is stored and will be answered", body = Taken,
            headers(("Location" = String, description = "Where its status is"), ("Retry-After" = u64, description = "Seconds until the first look"))),
        (status = 400, description = "The body is not such a document", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "No token, or none that there is", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "There is nothing to answer, or the key stands for another question", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Too often, too many open questions, or the day's budget is used up", body = ProblemDocument, content_type = "application/problem+json",
            headers(("Retry-After" = u64, description = "Seconds"))),
    ),
    security(("token" = []), ("session" = []))
)]
async fn ask(
    State(api): State<ApiState>,
    bearer: Bearer,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    api.keep_pace(bearer)?;
    let prompt = Prompt::of(&documents::read_message(&body)?);
    api.take(bearer, client_key(&headers)?, prompt).await
}

/// Ask for the rest of an answer
#[utoipa::path(
    description = "For an answer that is `truncated`. The rest is the answer of a new question. With an `Idempotency-Key`,\n\
        asking for it again gives the same question.",
    post, path = "/api/chat-continue/{request_id}/", tag = "chat", operation_id = "goOn",
    params(
        ("request_id" = String, Path, description = "As it was given when it was asked"),
        ("Idempotency-Key" = Option<String>, Header, description = "The client's own name for the new question, up to 255 characters")
    ),
    responses(
        (status = 202, description = "It is stored and will be answered", body = Taken,
            headers(("Location" = String, description = "Where its status is"), ("Retry-After" = u64, description = "Seconds until the first look"))),
        (status = 400, description = "The key is malformed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "No token, or none that there is", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "This person has no such question", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Its answer is not truncated", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key stands for another question", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Too often, too many open questions, or the day's budget is used up", body = ProblemDocument, content_type = "application/problem+json",
            headers(("Retry-After" = u64, description = "Seconds"))),
    ),
    security(("token" = []), ("session" = []))
)]
async fn go_on(
    State(api): State<ApiState>,
    bearer: Bearer,
    headers: HeaderMap,
    Path(request_id): Path<String>,
) -> Result<Response, Problem> {
    api.keep_pace(bearer)?;
    let question = api.question(bearer, request_id).await?;
    if !question.is_truncated {
        return Err(Problem::new(StatusCode::CONFLICT)
            .code("not-truncated")
            .detail("this answer is whole, or not there yet"));
    }
    let prompt = api.context.db.read(move |c| store::prompt(c, question.id));
    let prompt = prompt.await.map_err(not_stored)?.going_on(&question.answer);
    api.take(bearer, client_key(&headers)?, prompt).await
}

/// Look at a question
#[utoipa::path(
    get, path = "/api/chat-status/{request_id}/", tag = "chat", operation_id = "look",
    params(("request_id" = String, Path, description = "As it was given when it was asked")),
    responses(
        (status = 200, description = "How it stands, whatever that is", body = documents::Status),
        (status = 401, description = "No token, or none that there is", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "This person has no such question", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("token" = []), ("session" = []))
)]
async fn status(
    State(api): State<ApiState>,
    bearer: Bearer,
    Path(request_id): Path<String>,
) -> Result<Response, Problem> {
    let question = api.question(bearer, request_id).await?;
    Ok(Json::of(&api.status(&question)).into_response())
}

/// Follow an answer while it is made
#[utoipa::path(
    description = "Server-sent events: `snapshot` (a status) at first and whenever the answer begins anew, \
        `delta` (`{\"text\": …}`, to be added to\n\
        it), `alive` (`{}`) every fifteen seconds in which nothing else comes, and at the end `completed` or \
        `failed` (a status). A stream\n\
        that ends without one of these two is to be opened again.",
    get, path = "/api/chat-stream/{request_id}/", tag = "chat", operation_id = "follow",
    params(("request_id" = String, Path, description = "As it was given when it was asked")),
    responses(
        (status = 200, description = "The events", body = String, content_type = "text/event-stream"),
        (status = 401, description = "No token, or none that there is", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "This person has no such question", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "The token follows 8 already", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Too many are followed already: look at the status instead", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("token" = []), ("session" = []))
)]
async fn follow(
    State(api): State<ApiState>,
    bearer: Bearer,
    Path(request_id): Path<String>,
) -> Result<Response, Problem> {
    let question = api.question(bearer, request_id).await?;
    let place = api.streams.place(bearer).map_err(|full| {
        Problem::new(full)
            .code("too-many-streams")
            .detail("too many answers are followed already; look at the status instead")
            .retry_after(RETRY_LATER)
    })?;
    Ok(stream::of(api, bearer, &question, place))
}

/// Stop a question
///
/// What was there of the answer is kept. A question that is over stays as it is.
#[utoipa::path(
    delete, path = "/api/chat/{request_id}/", tag = "chat", operation_id = "stop",
    params(("request_id" = String, Path, description = "As it was given when it was asked")),
    responses(
        (status = 200, description = "It is over", body = documents::Status),
        (status = 401, description = "No token, or none that there is", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "The token may not do this", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "This person has no such question", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("token" = []), ("session" = []))
)]
async fn stop(
    State(api): State<ApiState>,
    bearer: Bearer,
    Path(request_id): Path<String>,
) -> Result<Response, Problem> {
    let question = api.question(bearer, request_id.clone()).await?;
    if !question.state.is_closed() {
        let (now, language) = (api.context.clock.now(), api.context.language);
        let partial = api.context.progress.text(question.id);
        let stopped = api.context.db.write(move |tx| {
            let stopped = store::end(tx, now, question.id, Reason::Stopped, &partial)?;
            Ok(stopped && notices::answer(tx, now, language, question.id)?)
        });
        if stopped.await.map_err(not_stored)? {
            api.context.proxy.ring();
        }
        api.context.progress.close(question.id);
    }
    let question = api.question(bearer, request_id).await?;
    Ok(Json::of(&api.status(&question)).into_response())
}

impl FromRequestParts<ApiState> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, api: &ApiState) -> Result<Self, Problem> {
        let (db, clock) = (&api.context.db, &api.context.clock);
        let _permit = api.crowd.acquire().await;
        Bearer::of(db, clock.now(), request, Scope::Chat).await
    }
}

impl ApiState {
    fn keep_pace(&self, bearer: Bearer) -> Result<(), Problem> {
        self.pace.take(bearer.token_id).map_err(|wait| {
            let per_minute = self.context.config.per_minute;
            Problem::new(StatusCode::TOO_MANY_REQUESTS)
                .code("too-often")
                .detail(format!("a token may ask {per_minute} questions a minute"))
                .retry_after(wait)
        })
    }

    /// Stores a question.
    async fn take(
        &self,
        bearer: Bearer,
        client_key: Option<String>,
        prompt: Prompt,
    ) -> Result<Response, Problem> {
        let question = NewQuestion {
            person_id: bearer.person_id,
            token_id: Some(bearer.token_id),
            client_key,
            origin: None,
            prompt,
        };
        let (now, zone) = (self.context.clock.now(), &self.context.zone);
        let limits = AskLimits {
            most_open: self.context.config.most_open,
            budget: self.context.config.budget,
            day: zone.day(now),
        };
        let _permit = self.crowd.acquire().await;
        let asked = self
            .context
            .db
            .write(move |tx| store::ask(tx, now, &question, &limits));
        let too_many = Problem::new(StatusCode::TOO_MANY_REQUESTS);
        match asked.await.map_err(not_stored)? {
            AskOutcome::Is(public_id) => {
                self.context.bell.ring();
                let taken = Taken::of(&public_id);
                let head = [
                    (header::LOCATION, taken.status_url.clone()),
                    (header::RETRY_AFTER, FIRST_STATUS.as_secs().to_string()),
                ];
                Ok((StatusCode::ACCEPTED, head, Json::of(&taken)).into_response())
            }
            AskOutcome::OtherText => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
                .code("key-used")
                .detail("this Idempotency-Key stands for another question")),
            AskOutcome::TooManyOpen => Err(too_many
                .code("too-many-open")
                .detail("wait until one of your questions is answered")
                .retry_after(RETRY_LATER)),
            AskOutcome::OverBudget => Err(too_many
                .code("budget")
                .detail("what a day allows is used up")
                .retry_after(zone.next_hour(now, 0).since(now))),
        }
    }

    async fn question(&self, bearer: Bearer, request_id: String) -> Result<Question, Problem> {
        let found = self
            .context
            .db
            .read(move |c| store::get(c, bearer.person_id, &request_id));
        let found = found.await.map_err(not_stored)?;
        found.ok_or_else(|| {
            Problem::new(StatusCode::NOT_FOUND)
                .code("no-such-question")
                .detail("there is no such question; they are forgotten after a month")
        })
    }

    fn status(&self, question: &Question) -> documents::Status {
        let text = match question.state.is_closed() {
            true => question.answer.clone(),
            false => self.context.progress.text(question.id),
        };
        documents::Status::of(question, text)
    }
}

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

/// Clients are only told to try again later. The log has the error.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn not_stored(err: anyhow::Error) -> Problem {
    tracing::error!("a request to the assistant met an error of the database: {err:#}");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE).retry_after(RETRY_LATER)
}
