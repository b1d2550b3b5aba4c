//! How long statements take on all connections of a database, according to SQLite's trace of their
//! begin and end.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use vakhta::testing::db::Db;

/// Reading connections of the program.
const READERS: usize = 3;

/// Nanoseconds in statements since the last query.
static SPENT: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// When the outermost statement on this thread began, and how many are open: one may run while
    /// another returns rows.
    static OPEN: Cell<(Option<Instant>, u32)> = const { Cell::new((None, 0)) };
}

/// Counts from now on, on every connection.
pub(crate) async fn listen(db: &Db) -> anyhow::Result<()> {
    // Readers that wait for each other occupy every connection.
    let together = Arc::new(Barrier::new(READERS));
    let readers = (0..READERS).map(|_| {
        let together = Arc::clone(&together);
        db.read(move |connection| {
            together.wait();
            count(connection);
            Ok(())
        })
    });
    futures_util::future::try_join_all(readers).await?;
    db.write(|tx| {
        count(tx);
        Ok(())
    })
    .await
}

/// Time in statements since the last call.
pub(crate) fn spent() -> Duration {
    Duration::from_nanos(SPENT.swap(0, Ordering::Relaxed))
}

fn count(connection: &Connection) {
    let both = TraceEventCodes::SQLITE_TRACE_STMT | TraceEventCodes::SQLITE_TRACE_PROFILE;
    connection.trace_v2(both, Some(note));
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "SQLite's hook is such a function"
)]
fn note(event: TraceEvent<'_>) {
    let (began, open) = OPEN.get();
    match event {
        // Triggers are traced too, as comments.
        TraceEvent::Stmt(_, sql) if !sql.starts_with("--") => {
            OPEN.set((began.or_else(|| Some(Instant::now())), open + 1));
        }
        TraceEvent::Profile(..) if open > 1 => OPEN.set((began, open - 1)),
        TraceEvent::Profile(..) => {
            let took = began.map_or(Duration::ZERO, |began| began.elapsed());
            let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
            SPENT.fetch_add(nanoseconds, Ordering::Relaxed);
            OPEN.set((None, 0));
        }
        _ => {}
    }
}
