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
use crate::http_server::health::{PollSign, QuestionSign, RunSign, Signs, StoredSigns, WriterSign};
use crate::slices::assistant;
use crate::slices::watch::{Schedule, store};
use crate::telegram::{PollStatus, inbox_counts, outbox};

/// How long to wait for the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// The sources of the facts.
#[derive(Debug)]
pub(super) struct ProcessHealth {
    db: Db,
    clock: Clock,
    poll: Receiver<PollStatus>,
    schedule: Schedule,
    asks: bool,
    started_at: UnixMs,
}

impl ProcessHealth {
    /// `asks`: there is an assistant. Polls and runs that have not happened yet count from now.
    #[must_use]
    pub(super) fn new(
        db: Db,
        clock: Clock,
        poll: Receiver<PollStatus>,
        schedule: Schedule,
        asks: bool,
    ) -> Self {
        let started_at = clock.now();
        Self {
            db,
            clock,
            poll,
            schedule,
            asks,
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
        let last = store::last(connection)?.map(|last| last.progress);
        let backlog = outbox::backlog(connection, now)?;
        Ok(StoredSigns {
            late: self.late(last.as_ref(), now),
            period: self.schedule.period_after(now),
            run: last.map(|run| run_sign(&run, now)),
            outbox_pending: backlog.pending,
            outbox_unconfirmed: backlog.unconfirmed,
            outbox_oldest: backlog
                .oldest_due
                .map_or(Duration::ZERO, |due| now.since(due)),
            inbox_waiting: inbox_counts(connection)?.waiting,
            questions: self.questions(connection, now)?,
            database_bytes: db::size_bytes(connection)?,
            free_bytes: self.db.free_bytes().context("look at the disk")?,
        })
    }

    fn questions(
        &self,
        connection: &Connection,
        now: UnixMs,
    ) -> anyhow::Result<Option<QuestionSign>> {
        if !self.asks {
            return Ok(None);
        }
        let counts = assistant::store::counts(connection, now)?;
        Ok(Some(QuestionSign {
            open: counts.open,
            oldest: counts.oldest,
        }))
    }

    /// How long a run has been overdue. While a run goes on nothing is late, because its ticks are
    /// skipped.
    fn late(&self, last: Option<&store::RunProgress>, now: UnixMs) -> Duration {
        let ended_at = match last {
            Some(run) => match run.ended_at {
                None => return Duration::ZERO,
                Some(ended_at) => ended_at,
            },
            None => self.started_at,
        };
        let due = self.schedule.next_after(ended_at.max(self.started_at));
        due.map_or(Duration::ZERO, |due| now.since(due))
    }
}

fn run_sign(run: &store::RunProgress, now: UnixMs) -> RunSign {
    RunSign {
        state: run.state.word(),
        age: now.since(run.ended_at.unwrap_or(run.started_at)),
        took: run.ended_at.unwrap_or(now).since(run.started_at),
        total: run.total,
        found: run.counts.found,
        not_found: run.counts.not_found,
        errors: run.counts.errors,
        skipped: run.skipped,
    }
}
