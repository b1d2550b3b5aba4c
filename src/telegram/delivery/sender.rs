//! The sender: takes due rows of the outbox and has them delivered.
//!
//! # Invariants
//! - One row per chat is on its way at a time, so a chat keeps its order.
//! - Nothing is sent that is not a row first.
//! - What cannot be delivered by the end of the stop stays as rows.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::activation::Activator;
use crate::backoff::Backoff;

use super::deliver::Delivery;
use super::makers::FilePermit;
use crate::telegram::message::priority::Urgency;
use crate::telegram::outbox::{self, Head};
use crate::telegram::suspects::{Suspects, Turn};

/// Maximum number of calls on their way. At 25 calls a second and 50 to 300 ms each, more would not
/// be used.
const AT_ONCE: usize = 10;

/// Maximum number of notices among these calls. The rest is for answers, so slow or lost notices
/// never use up all calls.
const NOTICES_AT_ONCE: usize = 8;

/// Rows considered at once. Chats that wait for their own limit come before others, and at most 25
/// a second can join them, for at most 3 s each.
const LOOK: usize = 128;

/// How often the outbox is read without a ring: a row from another process waits at most this long.
const FALLBACK: Duration = Duration::from_secs(15);

/// How long deliveries may take after the stop.
pub(crate) const DRAIN_LIMIT: Duration = Duration::from_secs(3);

pub(crate) struct Sender {
    pub(crate) delivery: Delivery,
    pub(crate) bell: Activator,
    pub(crate) drain: CancellationToken,
    notices: Arc<Semaphore>,
    suspects: Suspects,
}

/// Held by a row until its delivery has ended.
#[derive(Default)]
struct Permits {
    notice: Option<OwnedSemaphorePermit>,
    file: Option<FilePermit>,
    turn: Turn,
}

impl Sender {
    pub(crate) fn new(
        delivery: Delivery,
        bell: Activator,
        suspects: Suspects,
        drain: CancellationToken,
    ) -> Self {
        Self {
            delivery,
            bell,
            drain,
            notices: Arc::new(Semaphore::new(NOTICES_AT_ONCE)),
            suspects,
        }
    }

    pub(crate) async fn run(self) {
        if !self.recover().await {
            return;
        }
        let mut on_the_way = JoinSet::new();
        let mut trouble = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        let mut end: Option<Instant> = None;
        loop {
            if end.is_none() && self.drain.is_cancelled() {
                end = Some(Instant::now() + DRAIN_LIMIT);
            }
            let wake = match self.send_out(&mut on_the_way).await {
                Ok(wake) => {
                    trouble.reset();
                    wake
                }
                Err(err) => {
                    tracing::error!("the outbox cannot be used, trying again: {err:#}");
                    Instant::now() + trouble.next()
                }
            };
            if end.is_some_and(|end| on_the_way.is_empty() && wake >= end) {
                return;
            }
            // The bell keeps a ring that came during the read, so no ring is missed.
            tokio::select! {
                () = self.bell.rung() => {}
                Some(delivered) = on_the_way.join_next() => {
                    if delivered.is_err() {
                        tracing::error!("a delivery panicked; its row is unconfirmed after the next start");
                    }
                }
                () = tokio::time::sleep_until(wake) => {}
                () = self.drain.cancelled(), if end.is_none() => {}
                () = tokio::time::sleep_until(end.unwrap_or(wake)), if end.is_some() => {
                    tracing::info!(on_the_way = on_the_way.len(), "the rest of the messages stays in the outbox");
                    if let Err(err) = self.delivery.db.write(outbox::give_back_files).await {
                        tracing::warn!("files that are being made were not given back: {err:#}");
                    }
                    return;
                }
            }
        }
    }

    /// Recovers the rows that a crash left. False when the stop came first.
    async fn recover(&self) -> bool {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        loop {
            match self.delivery.db.write(outbox::recover_crashed).await {
                Ok((0, 0)) => return true,
                Ok((edits, messages)) => {
                    tracing::warn!(
                        edits,
                        messages,
                        "the last end cut deliveries short; the messages are unconfirmed"
                    );
                    return true;
                }
                Err(err) => {
                    tracing::error!("the outbox cannot be taken over, trying again: {err:#}");
                }
            }
            tokio::select! {
                () = self.drain.cancelled() => return false,
                () = tokio::time::sleep(backoff.next()) => {}
            }
        }
    }

    /// Sends the rows that may leave now; returns the latest moment of the next read.
    async fn send_out(&self, on_the_way: &mut JoinSet<()>) -> anyhow::Result<Instant> {
        let mut wake = Instant::now() + FALLBACK;
        let mut free = AT_ONCE.saturating_sub(on_the_way.len());
        if free == 0 || self.delivery.fatal.get().is_some() {
            return Ok(wake);
        }
        let now = self.delivery.clock.now();
        let db = &self.delivery.db;
        let heads = db.read(move |c| outbox::heads(c, now, LOOK)).await?;
        let mut ids = Vec::new();
        let mut permits = HashMap::new();
        for head in heads {
            if free == 0 {
                break;
            }
            let Some(permit) = self.permits(head) else {
                // Its turn comes when a row of its kind has left.
                continue;
            };
            match self.delivery.rates.take(head.chat_id, head.urgency) {
                Ok(()) => {
                    ids.push(head.id);
                    permits.insert(head.id, permit);
                    free -= 1;
                }
                Err(slot) => wake = wake.min(slot),
            }
        }
        if ids.is_empty() {
            if let Some(due) = db.read(move |c| outbox::next_due(c, now)).await? {
                wake = wake.min(Instant::now() + due.since(now).min(FALLBACK));
            }
            return Ok(wake);
        }
        let asked = ids.len();
        let rows = db.write(move |tx| outbox::claim(tx, now, &ids)).await?;
        if rows.len() < asked {
            // A row was closed instead of claimed; another row behind it may be due.
            wake = Instant::now();
        }
        for row in rows {
            let permits = permits.remove(&row.id).unwrap_or_default();
            let delivery = self.delivery.clone();
            on_the_way.spawn(async move {
                delivery.run(row, permits.file).await;
                drop((permits.notice, permits.turn));
            });
        }
        Ok(wake)
    }

    /// The permits that a row needs; `None` while one of them is taken.
    fn permits(&self, head: Head) -> Option<Permits> {
        let mut permits = Permits::default();
        if head.urgency == Urgency::Notice {
            permits.notice = Some(Arc::clone(&self.notices).try_acquire_owned().ok()?);
        }
        if head.carries_file {
            permits.file = Some(self.delivery.makers.permit()?);
            permits.turn = self.suspects.try_turn(head.deaths)?;
        }
        Some(permits)
    }
}
