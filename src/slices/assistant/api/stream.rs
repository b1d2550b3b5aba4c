//! An answer as server-sent events while the model writes it: a snapshot, deltas, the end.
//!
//! Deltas come from memory. The state in the snapshot and the end come from the database.
//!
//! # Invariants
//!
//! - The last event is sent only when the question is closed.
//! - A stream ends with its question, with the program, or within [`CHECK_PERIOD`] after its client
//!   leaves.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{Stream, unfold};
use serde::Serialize;
use tokio::sync::watch;

use super::ApiState;
use super::documents::Status;
use crate::http_server::Bearer;
use crate::slices::assistant::progress::AnswerProgress;
use crate::slices::assistant::question::Question;
use crate::slices::assistant::store;

/// How often a silent stream sends an `alive` event; proxies close silent connections after a
/// minute or less. A comment would not do: the page cannot see comments, and could not tell silence
/// from a dead connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often the database is asked whether the question is closed, in case memory missed it.
const CHECK_PERIOD: Duration = Duration::from_secs(15);

/// Tells proxies to pass each event on at once.
const NO_BUFFER: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// Maximum number of open streams: half of the server's connections.
const STREAMS: usize = 128;

/// Maximum number of open streams per token: more answers than anybody reads at once.
const PER_TOKEN: usize = 8;

/// The open streams of each token.
#[derive(Debug, Clone, Default)]
pub(super) struct StreamPlaces(Arc<Mutex<HashMap<i64, usize>>>);

/// The place of one stream; dropping it frees the place.
pub(super) struct StreamPlace {
    places: StreamPlaces,
    token_id: i64,
}

impl StreamPlaces {
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more stream, or the status that says why there is none.
    pub(super) fn place(&self, bearer: Bearer) -> Result<StreamPlace, StatusCode> {
        let mut open = self.lock();
        if open.values().sum::<usize>() >= STREAMS {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        let own = open.entry(bearer.token_id).or_default();
        if *own >= PER_TOKEN {
            return Err(StatusCode::TOO_MANY_REQUESTS);
        }
        *own += 1;
        Ok(StreamPlace {
            places: self.clone(),
            token_id: bearer.token_id,
        })
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut open = self.places.lock();
        if let Some(own) = open.get_mut(&self.token_id) {
            *own -= 1;
        }
        open.retain(|_, own| *own > 0);
    }
}

#[derive(Debug, Serialize)]
struct Delta<'a> {
    text: &'a str,
}

pub(super) fn of(
    api: ApiState,
    bearer: Bearer,
    question: &Question,
    place: StreamPlace,
) -> Response {
    let follower = Follower {
        progress: api.context.progress.follow(question.id),
        api,
        bearer,
        id: question.id,
        public_id: question.public_id.clone(),
        shown: Position::Nothing,
        _place: place,
    };
    let mut response = kept_alive(follower.events());
    let (name, value) = NO_BUFFER;
    let headers = response.headers_mut();
    headers.insert(name, header::HeaderValue::from_static(value));
    response
}

/// The response with these events, and `alive` events in between.
fn kept_alive(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let alive = Event::default().event("alive").data("{}");
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).event(alive);
    Sse::new(events).keep_alive(keep_alive).into_response()
}

/// What the client has received.
#[derive(Debug, Clone, Copy)]
enum Position {
    Nothing,
    /// This many bytes of this attempt's text.
    Part {
        attempt: u32,
        bytes: usize,
    },
    End,
}

struct Follower {
    api: ApiState,
    bearer: Bearer,
    id: i64,
    public_id: String,
    progress: watch::Receiver<AnswerProgress>,
    shown: Position,
    _place: StreamPlace,
}

impl Follower {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(self, async |mut follower| {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        })
    }

    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        if let Position::Nothing = self.shown {
            return self.snapshot().await;
        }
        loop {
            let Position::Part { attempt, bytes } = self.shown else {
                return None;
            };
            tokio::select! {
                () = self.api.stop.cancelled() => return None,
                changed = self.progress.changed() => {
                    if changed.is_err() {
                        return self.end_if_over().await;
                    }
                }
                () = tokio::time::sleep(CHECK_PERIOD) => {
                    match self.question().await {
                        Some(question) if !question.state.is_closed() => continue,
                        _ => return self.end_if_over().await,
                    }
                }
            }
            let progress = self.progress.borrow_and_update().clone();
            if progress.attempt != attempt {
                return self.snapshot().await;
            }
            if let Some(text) = progress.text.get(bytes..).filter(|text| !text.is_empty()) {
                let bytes = progress.text.len();
                self.shown = Position::Part { attempt, bytes };
                return Some(event("delta", bytes, &Delta { text }));
            }
        }
    }

    async fn snapshot(&mut self) -> Option<Event> {
        // The text is read before the state: if the question closes in between, the end event
        // follows.
        let progress = self.progress.borrow_and_update().clone();
        let question = self.question().await?;
        let (attempt, bytes) = (progress.attempt, progress.text.len());
        self.shown = Position::Part { attempt, bytes };
        if question.state.is_closed() {
            // This stream may have created the entry, and nothing else would remove it.
            self.api.context.progress.close(self.id);
        }
        let text = match question.state.is_closed() {
            true => question.answer.clone(),
            false => progress.text,
        };
        let status = Status::of(&question, text);
        Some(event("snapshot", bytes, &status))
    }

    /// The last event of a closed question. A forgotten or unreadable question ends without one.
    async fn end_if_over(&mut self) -> Option<Event> {
        self.shown = Position::End;
        let question = self.question().await;
        let question = question.filter(|question| question.state.is_closed())?;
        self.api.context.progress.close(self.id);
        let (kind, text) = (question.state.word(), question.answer.clone());
        Some(event(kind, text.len(), &Status::of(&question, text)))
    }

    async fn question(&self) -> Option<Question> {
        let (person, public_id) = (self.bearer.person_id, self.public_id.clone());
        let read = self
            .api
            .context
            .db
            .read(move |c| store::get(c, person, &public_id));
        read.await.unwrap_or_else(|err| {
            tracing::error!("a question that is followed could not be read: {err:#}");
            None
        })
    }
}

/// The event's id is the length of the text so far, in bytes.
fn event(kind: &'static str, bytes: usize, data: &impl Serialize) -> Event {
    // Serializing cannot fail: these types hold only strings and numbers.
    let data = serde_json::to_string(data).unwrap_or_default();
    Event::default()
        .event(kind)
        .id(bytes.to_string())
        .data(data)
}

#[cfg(test)]
#[path = "tests/stream.rs"]
mod tests;
