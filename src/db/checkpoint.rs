//! The checkpoint thread: copies the write-ahead log into the file and flushes it while the writer
//! goes on.
//!
//! The log starts again from its beginning with the first commit that finds all of it copied. When
//! commits come too fast for that, the writer's own checkpoint at a longer log copies the rest. So
//! the log of a burst grows to that length, 64 MB, and no further. When the writer is idle after a
//! burst, the remainder is copied, and the next commit shrinks the file to its ordinary size.
//!
//! # Invariants
//! - The thread never takes the writer's lock (passive checkpoints only), so no request waits for
//!   it.

use std::fs::File;
use std::io;
use std::path::Path;

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;

use super::BUSY_TIMEOUT;
use super::durability::Durability;
use crate::tasks::{Tasks, give_way};

/// Pages in the log before they are carried over. A page that was changed many times is copied
/// once, so a log of 16 MB saves work beside one of 4 MB, which is what SQLite does by default.
pub(super) const PAGES: i64 = 4_000;

/// Pages written without a sync before the thread flushes them. The next synced commit would have
/// to, and somebody waits for that one.
const UNSYNCED_PAGES: i64 = 64;

/// What the thread is called for.
#[derive(Debug, Clone, Copy)]
enum Call {
    CarryOver,
    Flush,
}

/// The writer's side: says when there is something to do.
pub(super) struct Checkpoints {
    due: Sender<Call>,
    // Pages that were in the log when the thread was last called to carry it over.
    called_at: i64,
    // Pages that were in the log when it was last synced, or the thread called to do it.
    synced_at: i64,
    // The thread was called to carry the log over, and may have left what came meanwhile.
    is_long: bool,
}

/// Starts the thread. It ends when the returned value is dropped.
pub(super) fn start(path: &Path, tasks: &Tasks) -> anyhow::Result<Checkpoints> {
    let path = path.to_owned();
    let (due, calls) = crossbeam_channel::bounded(1);
    tasks.thread("db-checkpoint", move || run(&path, &calls))?;
    Ok(Checkpoints {
        due,
        called_at: 0,
        synced_at: 0,
        is_long: false,
    })
}

impl Checkpoints {
    /// Looks at the length of the log after a commit.
    pub(super) fn committed(&mut self, connection: &Connection, durability: Durability) {
        // NOOP copies nothing; it only says how long the log is.
        let pages = connection
            .prepare_cached("PRAGMA wal_checkpoint(NOOP)")
            .and_then(|mut noop| noop.query_row([], |row| row.get(1)));
        let Ok(pages) = pages else { return };
        if pages < self.called_at {
            self.called_at = 0;
        }
        if pages < self.synced_at || durability == Durability::Synced {
            self.synced_at = pages;
        }
        // A call that waits already covers this one, or this one comes again with the next commit.
        if pages - self.called_at >= PAGES {
            if self.due.try_send(Call::CarryOver).is_ok() {
                self.called_at = pages;
                self.is_long = true;
            }
        } else if pages - self.synced_at >= UNSYNCED_PAGES {
            self.synced_at = pages;
            self.due.try_send(Call::Flush).ok();
        }
    }

    /// The writer has nothing to do: what a burst left is carried over, so that the next commit
    /// begins a log anew.
    pub(super) fn idle(&mut self) {
        if self.is_long && self.due.try_send(Call::CarryOver).is_ok() {
            self.is_long = false;
        }
    }
}

fn run(path: &Path, calls: &Receiver<Call>) {
    give_way();
    // Opened with the first call: a bot with little to do never needs them.
    let mut connection = None;
    let mut log = None;
    for call in calls {
        let done = match call {
            Call::CarryOver => carry_over(path, &mut connection)
                .map_err(|err| format!("could not be carried over: {err}")),
            Call::Flush => {
                flush(path, &mut log).map_err(|err| format!("could not be flushed: {err}"))
            }
        };
        if let Err(problem) = done {
            tracing::warn!("the write-ahead log {problem}");
        }
    }
}

/// The file of the log is the same as long as the database is open.
fn flush(path: &Path, log: &mut Option<File>) -> io::Result<()> {
    let log = match log {
        Some(log) => log,
        None => {
            let mut name = path.as_os_str().to_owned();
            name.push("-wal");
            log.insert(File::open(name)?)
        }
    };
    log.sync_data()
}

fn carry_over(path: &Path, connection: &mut Option<Connection>) -> rusqlite::Result<()> {
    let connection = match connection {
        Some(connection) => connection,
        None => {
            let opened = Connection::open(path)?;
            opened.busy_timeout(BUSY_TIMEOUT)?;
            connection.insert(opened)
        }
    };
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}
