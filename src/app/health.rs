//! Collects the facts for `/healthz` and `/metrics`. `http_server` judges and shows them.
//!
//! # Invariants
//! - A check always ends, even if the database does not answer: then that is the fact.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

use crate::clock::{Clock, UnixMs};
use crate::db::{self, Connection, Db};
use crate::http_server::Check;
use crate::http_server::health::{PollSign, Signs, StoredSigns, WriterSign};
use crate::slice::Slices;
use crate::telegram::{PollStatus, inbox_counts, outbox};

/// How long to wait for the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// The sources of the facts.
#[derive(Debug)]
pub(super) struct ProcessHealth {
    db: Db,
    clock: Clock,
    poll: Receiver<PollStatus>,
    slices: Slices,
    started_at: UnixMs,
}

impl ProcessHealth {
    /// Polls and runs that have not happened yet count from now.
    #[must_use]
    pub(super) fn new(db: Db, clock: Clock, poll: Receiver<PollStatus>, slices: Slices) -> Self {
        let started_at = clock.now();
        Self {
            db,
            clock,
            poll,
            slices,
            started_at,
        }
    }

    /// The check in the server's form.
    #[must_use]
    pub(super) fn into_check(self) -> Check {
        let health = Arc::new(self);
        Arc::new(move || {
            let health = Arc::clone(&health);
            Box::pin(async move { health.check().await })
        })
    }

    async fn check(self: Arc<Self>) -> Signs {
        let now = self.clock.now();
        let (writer, stored) = tokio::join!(self.writer(), Arc::clone(&self).stored(now));
        Signs {
            poll: self.poll(now),
            writer,
            stored,
        }
    }

    fn poll(&self, now: UnixMs) -> PollSign {
        let status = self.poll.borrow();
        PollSign {
            age: now.since(status.last_success.unwrap_or(self.started_at)),
            problem: status.problem.clone(),
        }
    }

    /// The duration of a write now. The write changes nothing, so the disk does not sync for it.
    async fn writer(&self) -> WriterSign {
        let waiting = self.db.writes_waiting();
        let asked = Instant::now();
        let write = tokio::time::timeout(PATIENCE, self.db.write(|_| Ok(()))).await;
        if let Ok(Err(err)) = &write {
            tracing::warn!("a check of the writer failed: {err:#}");
        }
        let is_well = matches!(write, Ok(Ok(()))) && self.db.fault().is_none();
        WriterSign {
            waiting,
            lag: is_well.then(|| asked.elapsed()),
        }
    }

    async fn stored(self: Arc<Self>, now: UnixMs) -> Option<StoredSigns> {
        let db = self.db.clone();
        let read = db.read(move |connection| {
            let missing = self.db.missing_file();
            anyhow::ensure!(missing.is_none(), "{missing:?} was deleted or replaced");
            self.read(connection, now)
        });
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(signs)) => Some(signs),
            Ok(Err(err)) => {
                tracing::warn!("a check of the database failed: {err:#}");
                None
            }
            Err(_) => None,
        }
    }

    fn read(&self, connection: &Connection, now: UnixMs) -> anyhow::Result<StoredSigns> {
        let backlog = outbox::backlog(connection, now)?;
        Ok(StoredSigns {
            outbox_pending: backlog.pending,
            outbox_unconfirmed: backlog.unconfirmed,
            outbox_oldest: backlog
                .oldest_due
                .map_or(Duration::ZERO, |due| now.since(due)),
            inbox_waiting: inbox_counts(connection)?.waiting,
            database_bytes: db::size_bytes(connection)?,
            free_bytes: self.db.free_bytes().context("look at the disk")?,
            slices: self.slices.health(connection, now, self.started_at)?,
        })
    }
}
