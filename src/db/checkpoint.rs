//! The checkpoint thread: copies the write-ahead log into the file and flushes it while the writer
//! goes on.
//!
//! The log restarts from its beginning with the first commit after all of it was copied. When
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
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;

use super::durability::Durability;
use super::place::Place;
use super::{BUSY_TIMEOUT, OPEN_EXISTING};
use crate::tasks::{Tasks, give_way};

/// Pages in the log before they are copied. A page that changed many times is copied once, so a log
/// of 16 MB saves work compared with SQLite's default of 4 MB.
pub(super) const PAGES: i64 = 4_000;

/// Pages written without a sync before the thread flushes them. Otherwise the next synced commit
/// must flush them while somebody waits for it.
const UNSYNCED_PAGES: i64 = 64;

/// A request to the thread.
#[derive(Debug, Clone, Copy)]
enum Call {
    CarryOver,
    Flush,
}

/// The writer's side: tells the thread when there is work.
pub(super) struct Checkpoints {
    due: Sender<Call>,
    // Pages in the log when the thread was last asked to copy it.
    called_at: i64,
    // Pages in the log when it was last synced, or when the thread was asked to sync it.
    synced_at: i64,
    // The thread was asked to copy the log, and may have left pages written meanwhile.
    is_long: bool,
}

/// Starts the thread. It ends when the returned value is dropped.
pub(super) fn start(path: &Path, place: &Arc<Place>, tasks: &Tasks) -> anyhow::Result<Checkpoints> {
    let (path, place) = (path.to_owned(), Arc::clone(place));
    let (due, calls) = crossbeam_channel::bounded(1);
    tasks.thread("db-checkpoint", move || run(&path, &place, &calls))?;
    Ok(Checkpoints {
        due,
        called_at: 0,
        synced_at: 0,
        is_long: false,
    })
}

impl Checkpoints {
    /// Checks the length of the log after a commit.
    pub(super) fn committed(&mut self, connection: &Connection, durability: Durability) {
        // NOOP copies nothing; it only reports the log's length.
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
        // A waiting request already covers this one; otherwise the next commit asks again.
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

    /// The writer is idle: copies what a burst left, so that the next commit restarts the log.
    pub(super) fn idle(&mut self) {
        if self.is_long && self.due.try_send(Call::CarryOver).is_ok() {
            self.is_long = false;
        }
    }
}

fn run(path: &Path, place: &Place, calls: &Receiver<Call>) {
    give_way();
    // Opened on the first request: a bot with little to do never needs them.
    let mut connection = None;
    let mut log = None;
    for call in calls {
        let done = match call {
            Call::CarryOver => carry_over(path, place, &mut connection)
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

/// The log file stays the same as long as the database is open.
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

fn carry_over(
    path: &Path,
    place: &Place,
    connection: &mut Option<Connection>,
) -> rusqlite::Result<()> {
    let connection = match connection {
        Some(connection) => connection,
        None => {
            let opened = Connection::open_with_flags(path, OPEN_EXISTING)?;
            place.demand()?;
            opened.busy_timeout(BUSY_TIMEOUT)?;
            connection.insert(opened)
        }
    };
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}
