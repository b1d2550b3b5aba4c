//! An answer while it is made, as server-sent events: a snapshot, what is added, the end.
//!
//! What is added comes from memory, the snapshot's state and the end from the database. Must stay true: the last event is
//! there only when the question is closed; a stream never outlives its question, the stop of the program, or its client by
//! more than [`LOOK_PERIOD`].

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderName, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{Stream, unfold};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::Desk;
use super::documents::Status;
use crate::http_server::Bearer;
use crate::slices::assistant::live::Progress;
use crate::slices::assistant::question::Question;
use crate::slices::assistant::store;

/// How often a stream in which nothing comes says that it is alive; proxies close silent ones after a minute or less. It is an
/// event and no comment, because a page does not hear of comments and could not tell silence from a connection that is dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often the database is asked whether the question is over, beside what memory tells.
const LOOK_PERIOD: Duration = Duration::from_secs(15);

/// Tells proxies to pass each event on at once.
const NO_BUFFER: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// Words that are added to an answer.
#[derive(Debug, Serialize)]
struct Delta<'a> {
    text: &'a str,
}

/// The answer to a client that looks on.
pub(super) fn of(
    desk: Desk,
    bearer: Bearer,
    question: &Question,
    place: OwnedSemaphorePermit,
) -> Response {
    let follower = Follower {
        progress: desk.parts.live.follow(question.id),
        desk,
        bearer,
        id: question.id,
        public_id: question.public_id.clone(),
        shown: Shown::Nothing,
        _place: place,
    };
    let mut response = kept_alive(follower.events());
    let (name, value) = NO_BUFFER;
    let headers = response.headers_mut();
    headers.insert(name, header::HeaderValue::from_static(value));
    response
}

/// The answer that brings these events, and others where none come.
fn kept_alive(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let alive = Event::default().event("alive").data("{}");
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).event(alive);
    Sse::new(events).keep_alive(keep_alive).into_response()
}

/// What a client has seen.
#[derive(Debug, Clone, Copy)]
enum Shown {
    Nothing,
    /// So many bytes of the text of this attempt.
    Part {
        attempt: u32,
        bytes: usize,
    },
    /// The last event.
    End,
}

struct Follower {
    desk: Desk,
    bearer: Bearer,
    id: i64,
    public_id: String,
    progress: watch::Receiver<Progress>,
    shown: Shown,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(self, async |mut follower| {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        })
    }

    /// The next event; none: the stream is over.
    async fn next(&mut self) -> Option<Event> {
        if let Shown::Nothing = self.shown {
            return self.snapshot().await;
        }
        loop {
            let Shown::Part { attempt, bytes } = self.shown else {
                return None;
            };
            tokio::select! {
                () = self.desk.stop.cancelled() => return None,
                changed = self.progress.changed() => {
                    if changed.is_err() {
                        return self.end_if_over().await;
                    }
                }
                () = tokio::time::sleep(LOOK_PERIOD) => {
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
                self.shown = Shown::Part { attempt, bytes };
                return Some(event("delta", bytes, &Delta { text }));
            }
        }
    }

    /// How the question stands, with the text so far.
    async fn snapshot(&mut self) -> Option<Event> {
        // The text before the state: when it is over by then, the end comes next.
        let progress = self.progress.borrow_and_update().clone();
        let question = self.question().await?;
        let (attempt, bytes) = (progress.attempt, progress.text.len());
        self.shown = Shown::Part { attempt, bytes };
        if question.state.is_closed() {
            // Nobody ends the entry that this stream may have begun.
            self.desk.parts.live.close(self.id);
        }
        let text = match question.state.is_closed() {
            true => question.answer.clone(),
            false => progress.text,
        };
        let status = Status::of(&question, text);
        Some(event("snapshot", bytes, &status))
    }

    /// The last event, where the question is closed. One that was forgotten, or cannot be read, ends without it.
    async fn end_if_over(&mut self) -> Option<Event> {
        self.shown = Shown::End;
        let question = self.question().await;
        let question = question.filter(|question| question.state.is_closed())?;
        self.desk.parts.live.close(self.id);
        let (kind, text) = (question.state.word(), question.answer.clone());
        Some(event(kind, text.len(), &Status::of(&question, text)))
    }

    async fn question(&self) -> Option<Question> {
        let (person, public_id) = (self.bearer.person_id, self.public_id.clone());
        let read = self
            .desk
            .parts
            .db
            .read(move |c| store::get(c, person, &public_id));
        read.await.unwrap_or_else(|err| {
            tracing::error!("a question that is followed could not be read: {err:#}");
            None
        })
    }
}

/// An event whose id is the length of the text it leads to, in bytes.
fn event(kind: &'static str, bytes: usize, data: &impl Serialize) -> Event {
    // These documents hold nothing that JSON cannot.
    let data = serde_json::to_string(data).unwrap_or_default();
    Event::default()
        .event(kind)
        .id(bytes.to_string())
        .data(data)
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn silence_says_that_it_is_alive_before_a_page_gives_it_up() {
        let silent = kept_alive(futures_util::stream::pending());
        let mut said = silent.into_body().into_data_stream();
        let began = Instant::now();
        for _ in 0..2 {
            let event = said.next().await.unwrap().unwrap();
            assert_eq!(event, "event: alive\ndata: {}\n\n");
        }
        let page = include_str!("page/question.js");
        assert!(page.contains("SILENCE_MS = 20_000"));
        assert!(began.elapsed() / 2 < Duration::from_millis(20_000));
    }
}
