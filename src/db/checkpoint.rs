//! The checkpointer thread: carries the write-ahead log over into the file while the writer goes on.
//!
//! Must stay true: it never takes the writer's lock (a passive checkpoint copies what is there and leaves the rest), so
//! no request waits for it. The log starts again from its beginning with the first commit that finds all of it copied;
//! when commits come too fast for that, the writer's own checkpoint at a longer log copies the little that is left.

use std::path::Path;

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;

use super::BUSY_TIMEOUT;
use crate::tasks::{Tasks, give_way};

/// Pages in the log before they are carried over. A page that was changed many times is copied once, so a log of 16 MB
/// saves work beside one of 4 MB, which is what SQLite does by default.
const PAGES: i64 = 4_000;

/// The writer's side: says when there is something to carry over.
pub(super) struct Checkpoints {
    due: Sender<()>,
    // Pages that were in the log when the thread was last called.
    called_at: i64,
}

/// Starts the thread. It ends when the returned value is dropped.
pub(super) fn start(path: &Path, tasks: &Tasks) -> anyhow::Result<Checkpoints> {
    let path = path.to_owned();
    let (due, calls) = crossbeam_channel::bounded(1);
    tasks.thread("db-checkpoint", move || run(&path, &calls))?;
    Ok(Checkpoints { due, called_at: 0 })
}

impl Checkpoints {
    /// Looks at the length of the log after a commit.
    pub(super) fn committed(&mut self, connection: &Connection) {
        // NOOP copies nothing; it only says how long the log is.
        let pages = connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1));
        let Ok(pages) = pages else { return };
        if pages < self.called_at {
            self.called_at = 0;
        }
        if pages - self.called_at >= PAGES {
            self.called_at = pages;
            // A call that waits already covers this one.
            self.due.try_send(()).ok();
        }
    }
}

fn run(path: &Path, calls: &Receiver<()>) {
    give_way();
    // Opened with the first call: a bot with little to do never needs it.
    let mut connection = None;
    for () in calls {
        if let Err(err) = carry_over(path, &mut connection) {
            tracing::warn!("the write-ahead log could not be carried over: {err}");
        }
    }
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
