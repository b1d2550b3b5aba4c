//! The writer thread: the only place that changes the database.
//!
//! The thread owns the one writing connection and drains a bounded crossbeam channel. All waiting
//! requests run in one IMMEDIATE transaction with a savepoint each; requests that need no sync run
//! as a second group. Between requests the thread watches for commits of other processes (the
//! command line beside a running bot) and rings for them.
//!
//! # Invariants
//! - A request hears of its success only after the commit.
//! - A request that fails or panics rolls back its own changes only.

use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::DbError;
use super::checkpoint::Checkpoints;
use super::durability::Durability;
use crate::activation::Activator;

/// Maximum number of requests in one transaction: enough to make a commit cheap, few enough to
/// answer within milliseconds.
const GROUP_LIMIT: usize = 256;

/// How often to look for commits of other processes. The bot notices a request of the command line
/// within this time.
const FOREIGN_WRITE_PERIOD: Duration = Duration::from_millis(500);

/// The right to change the database, given to one request inside the transaction. It derefs to a
/// connection. Functions that write take a `&WriteTx`, so that they cannot be called on a reader.
#[derive(Debug)]
pub struct WriteTx<'c>(&'c Connection);

impl std::ops::Deref for WriteTx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

/// One request; its answer is kept until the group is committed.
pub(super) trait Request: Send {
    fn durability(&self) -> Durability;
    /// Does the work; returns true if its changes are to be kept.
    fn run(&mut self, tx: &WriteTx<'_>) -> bool;
    /// Answers the caller: the kept answer, or why the whole group failed.
    fn answer(self: Box<Self>, commit: Result<(), &str>);
}

/// A closure with the channel for its answer.
pub(super) struct Job<F, T> {
    work: Option<F>,
    durability: Durability,
    result: Option<anyhow::Result<T>>,
    reply: oneshot::Sender<anyhow::Result<T>>,
    // The permit of the queue.
    place: OwnedSemaphorePermit,
}

impl<F, T> Job<F, T> {
    pub(super) fn new(
        work: F,
        durability: Durability,
        reply: oneshot::Sender<anyhow::Result<T>>,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            work: Some(work),
            durability,
            result: None,
            reply,
            place,
        }
    }
}

impl<F, T> Request for Job<F, T>
where
    F: FnOnce(&WriteTx<'_>) -> anyhow::Result<T> + Send,
    T: Send,
{
    fn durability(&self) -> Durability {
        self.durability
    }

    fn run(&mut self, tx: &WriteTx<'_>) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        let result = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|_| Err(DbError::Panicked.into()));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, commit: Result<(), &str>) {
        let result = match (commit, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(DbError::Panicked.into()),
            // A request that failed by itself keeps its own reason.
            (Err(_), Some(Err(own))) => Err(own),
            (Err(why), _) => Err(DbError::Commit(why.to_owned()).into()),
        };
        // The answer is ready, so the request leaves the queue.
        drop(self.place);
        // The caller may be gone; the request was carried out all the same.
        self.reply.send(result).ok();
    }
}

/// Serves requests until every sender is gone, then checkpoints.
pub(super) fn run(
    connection: &Connection,
    requests: &Receiver<Box<dyn Request>>,
    foreign_write: &Activator,
    checkpoints: Checkpoints,
    fault: &Mutex<Option<String>>,
) {
    let mut writer = Writer {
        connection,
        current: Durability::Synced,
        checkpoints,
        fault,
    };
    let mut watcher = ForeignWrites::new(connection);
    loop {
        match requests.recv_timeout(FOREIGN_WRITE_PERIOD) {
            Ok(first) => {
                let waiting = iter::once(first)
                    .chain(requests.try_iter())
                    .take(GROUP_LIMIT);
                let (synced, replayable) =
                    waiting.partition(|request| request.durability() == Durability::Synced);
                writer.serve(Durability::Synced, synced);
                writer.serve(Durability::WithNext, replayable);
            }
            Err(RecvTimeoutError::Timeout) => writer.checkpoints.idle(),
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if watcher.seen(connection) {
            foreign_write.ring();
        }
    }
    if let Err(err) = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        tracing::warn!("the database could not be checkpointed: {err}");
    }
}

struct Writer<'c> {
    connection: &'c Connection,
    current: Durability,
    checkpoints: Checkpoints,
    fault: &'c Mutex<Option<String>>,
}

impl Writer<'_> {
    fn serve(&mut self, durability: Durability, mut group: Vec<Box<dyn Request>>) {
        if group.is_empty() {
            return;
        }
        let before = self.connection.total_changes();
        let committed = self.commit(durability, &mut group);
        let has_changed = self.connection.total_changes() != before;
        if has_changed || committed.is_err() {
            let fault = committed.as_ref().err().map(|err| format!("{err:#}"));
            *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
        }
        match committed {
            Ok(()) => {
                for request in group {
                    request.answer(Ok(()));
                }
            }
            Err(err) => {
                let why = format!("{err:#}");
                for request in group {
                    request.answer(Err(&why));
                }
            }
        }
        self.checkpoints.committed(self.connection, durability);
    }

    fn commit(
        &mut self,
        durability: Durability,
        group: &mut [Box<dyn Request>],
    ) -> anyhow::Result<()> {
        let connection = self.connection;
        if self.current != durability {
            durability
                .set(connection)
                .context("set how commits are synced")?;
            self.current = durability;
        }
        execute(connection, "BEGIN IMMEDIATE").context("begin to write")?;
        let done = run_all(connection, group).and_then(|keep| {
            execute(connection, if keep { "COMMIT" } else { "ROLLBACK" })
                .context("commit to the database")
        });
        if done.is_err() && !connection.is_autocommit() {
            connection
                .execute_batch("ROLLBACK")
                .context("roll back after a failed commit")?;
        }
        done
    }
}

/// Runs one of the few statements around every group; these are cached.
fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

/// Runs a group; returns true if the transaction is to be kept.
fn run_all(connection: &Connection, group: &mut [Box<dyn Request>]) -> anyhow::Result<bool> {
    let tx = WriteTx(connection);
    // A request alone in its transaction needs no savepoint, which copies every changed page.
    if let [alone] = group {
        let keep = alone.run(&tx);
        check_transaction(connection)?;
        return Ok(keep);
    }
    for request in group {
        execute(connection, "SAVEPOINT request")?;
        let end = if request.run(&tx) {
            "RELEASE request"
        } else {
            "ROLLBACK TO request; RELEASE request"
        };
        check_transaction(connection)?;
        connection.execute_batch(end)?;
    }
    Ok(true)
}

/// A full disk may have rolled back the whole transaction already; then nothing of the group is
/// kept.
fn check_transaction(connection: &Connection) -> anyhow::Result<()> {
    if connection.is_autocommit() {
        return Err(anyhow!(
            "the transaction was taken back by the database (disk full?)"
        ));
    }
    Ok(())
}

/// Notices commits of other processes by `PRAGMA data_version`, which costs no disk access.
struct ForeignWrites {
    version: Option<i64>,
    looked_at: Instant,
}

impl ForeignWrites {
    fn new(connection: &Connection) -> Self {
        Self {
            version: data_version(connection),
            looked_at: Instant::now(),
        }
    }

    fn seen(&mut self, connection: &Connection) -> bool {
        if self.looked_at.elapsed() < FOREIGN_WRITE_PERIOD {
            return false;
        }
        self.looked_at = Instant::now();
        let version = data_version(connection);
        let changed = version != self.version;
        self.version = version;
        changed
    }
}

fn data_version(connection: &Connection) -> Option<i64> {
    connection
        .pragma_query_value(None, "data_version", |row| row.get(0))
        .ok()
}
