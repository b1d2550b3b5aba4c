//! Long polling: from Telegram's queue into the inbox.
//!
//! # Invariants
//! - A batch is in the database before the poll that confirms it to Telegram.
//! - An unreadable update never delays the others.
//! - Only a refused token ends the loop, and no fault makes it spin.

use std::time::Duration;

use serde_json::value::RawValue;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::activation::Activator;
use crate::backoff::Backoff;
use crate::clock::{Clock, UnixMs};
use crate::counters;
use crate::db::Db;

use super::envelope::{Envelope, Unreadable};
use super::inbox::{self, Arrived};
use crate::telegram::api::client::{Api, POLL_SECONDS};
use crate::telegram::api::error::ApiError;
use crate::telegram::api::fatal::FatalCell;
use crate::telegram::api::methods::{BATCH_LIMIT, Me};
use crate::telegram::outbox;
use crate::telegram::priority_gate::PriorityGate;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Maximum number of updates waiting in the inbox before polling pauses. Telegram keeps the rest,
/// for up to a day.
const WAITING_LIMIT: u64 = 10_000;

/// An empty answer sooner than this did not come from a long poll; polling again at once would
/// spin.
const SHORTEST_EMPTY_POLL: Duration = Duration::from_millis(500);

const CONFIRM_LIMIT: Duration = Duration::from_secs(2);

/// The state of polling, for `/status` and health.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PollStatus {
    /// When the last poll was answered and stored.
    pub last_success: Option<UnixMs>,
    /// Why the last poll failed, if it did.
    pub problem: Option<String>,
}

pub(crate) struct Poller {
    pub(crate) api: Api,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
    pub(crate) fatal: FatalCell,
    pub(crate) dispatcher: Activator,
    pub(crate) sender_bell: Activator,
    pub(crate) priority_gate: PriorityGate,
    pub(crate) status: watch::Sender<PollStatus>,
    pub(crate) me: watch::Sender<Option<Me>>,
}

/// The offset of the next poll, and the last offset sent to Telegram.
#[derive(Debug, Default)]
struct Offset {
    next: Option<i64>,
    given: Option<i64>,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error("the updates could not be stored: {0:#}")]
    Storage(anyhow::Error),
    #[error("a batch without a single readable number")]
    NoNumbers,
}

impl Poller {
    pub(crate) async fn run(self) {
        let mut offset = Offset::default();
        let asked_to_stop = tokio::select! {
            biased;
            () = self.stop.cancelled() => true,
            () = self.keep_polling(&mut offset) => false,
        };
        // The dropped poll has confirmed its offset; sending the same offset again would be held
        // for 3 s.
        if asked_to_stop && offset.next != offset.given {
            let confirm = self.api.poll(offset.next, 1, 0);
            if !matches!(
                tokio::time::timeout(CONFIRM_LIMIT, confirm).await,
                Ok(Ok(_))
            ) {
                tracing::info!(
                    "the last updates were not confirmed; they are recognised if they come again"
                );
            }
        }
    }

    /// Ends only when the token is refused.
    async fn keep_polling(&self, offset: &mut Offset) {
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        loop {
            match self.round(offset).await {
                Ok(()) => {
                    backoff.reset();
                    self.succeeded().await;
                }
                Err(Problem::Api(err)) if err.is_unauthorized() => {
                    self.fatal.unauthorized();
                    return;
                }
                Err(problem) => {
                    let pause = self.pause_after(&problem, &mut backoff).await;
                    self.failed(&problem, pause);
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    async fn round(&self, offset: &mut Offset) -> Result<(), Problem> {
        if self.me.borrow().is_none() {
            let me = self.api.introduce().await?;
            self.me.send_replace(Some(me));
        }
        offset.given = offset.next;
        let asked = Instant::now();
        let batch = self
            .api
            .poll(offset.next, BATCH_LIMIT, POLL_SECONDS)
            .await?;
        if batch.is_empty() {
            if asked.elapsed() < SHORTEST_EMPTY_POLL {
                tokio::time::sleep(SHORTEST_EMPTY_POLL).await;
            }
            return Ok(());
        }
        self.priority_gate.open();
        let (arrived, unreadable) = sort(&batch);
        // The highest number of this batch, not of all time: after a week of silence the numbers
        // restart at random.
        let read = arrived.iter().map(|a| a.update_id);
        let highest = read
            .chain(unreadable.iter().filter_map(|(u, _)| u.update_id))
            .max();
        for (what, _) in &unreadable {
            what.warn();
        }
        let now = self.clock.now();
        let mut waiting = self
            .db
            .write(move |tx| inbox::store(tx, now, &arrived, &unreadable))
            .await
            .map_err(Problem::Storage)?;
        counters::updates(batch.len() as u64);
        self.dispatcher.ring();
        let highest = highest.ok_or(Problem::NoNumbers)?;
        offset.next = Some(highest.saturating_add(1));
        while waiting > WAITING_LIMIT {
            tracing::warn!(
                waiting,
                "too many updates wait for their effect; polling pauses"
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
            waiting = self
                .db
                .read(inbox::waiting)
                .await
                .map_err(Problem::Storage)?;
        }
        Ok(())
    }

    async fn pause_after(&self, problem: &Problem, backoff: &mut Backoff) -> Duration {
        let Problem::Api(err) = problem else {
            return backoff.next();
        };
        if err.is_webhook_conflict()
            && let Err(err) = self.api.drop_webhook().await
        {
            tracing::warn!("the webhook could not be removed: {err}");
        }
        // Telegram's request is obeyed exactly, however long.
        err.retry_after().unwrap_or_else(|| backoff.next())
    }

    async fn succeeded(&self) {
        let now = self.clock.now();
        let before = self.status.send_replace(PollStatus {
            last_success: Some(now),
            problem: None,
        });
        if before.problem.is_none() {
            return;
        }
        tracing::info!("polling works again");
        match self.db.write(move |tx| outbox::retry_now(tx, now)).await {
            Ok(0) => {}
            Ok(_) => self.sender_bell.ring(),
            Err(err) => tracing::warn!("waiting messages were not hurried: {err:#}"),
        }
    }

    /// Logs a problem once, not at every repetition.
    fn failed(&self, problem: &Problem, pause: Duration) {
        counters::poll_failed();
        let text = problem.to_string();
        let known = self.status.borrow().problem.as_ref() == Some(&text);
        let pause = pause.as_secs_f32();
        if known {
            tracing::debug!(pause, "polling still fails: {text}");
        } else if matches!(problem, Problem::Api(err) if err.is_conflict()) {
            tracing::warn!(
                pause,
                "another program polls with this token, or a webhook is set: {text}"
            );
        } else {
            tracing::warn!(pause, "polling failed: {text}");
        }
        self.status
            .send_modify(|status| status.problem = Some(text));
    }
}

/// The updates for the inbox, and those whose envelope cannot be read.
fn sort(batch: &[Box<RawValue>]) -> (Vec<Arrived>, Vec<(Unreadable, String)>) {
    let mut arrived = Vec::with_capacity(batch.len());
    let mut unreadable = Vec::new();
    for raw in batch {
        let body = raw.get().to_owned();
        match Envelope::read(&body) {
            Ok(Envelope { update_id, chat_id }) => arrived.push(Arrived {
                update_id,
                chat_id,
                body,
            }),
            Err(what) => unreadable.push((what, body)),
        }
    }
    (arrived, unreadable)
}
