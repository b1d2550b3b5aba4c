//! The screens of runs that admins have open. They are updated during a run.
//!
//! # Invariants
//! - At most one screen per chat is open.
//! - A press on the message closes the screen, in the transaction that shows something else there.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;

/// How long a screen is updated after its reader last asked for it. A reader who still needs it
/// presses again.
const OPEN_FOR: Duration = Duration::from_secs(10 * 60);

/// Maximum number of screens updated at once. With this many, each update takes less than a tenth
/// of Telegram's limit for that time.
const OPEN_AT_ONCE: usize = 8;

/// Records that a message shows the screen of runs.
pub(crate) fn open_screen(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    message_id: i64,
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO open_screen (chat_id, message_id, until) VALUES (?1, ?2, ?3)
         ON CONFLICT (chat_id) DO UPDATE SET message_id = excluded.message_id, until = excluded.until",
    )?
    .execute(params![chat_id, message_id, now.plus(OPEN_FOR).0])
    .context("note that a screen is open")?;
    Ok(())
}

/// Records that the message shows something else now.
pub(crate) fn leave_screen(tx: &WriteTx<'_>, chat_id: i64, message_id: i64) -> anyhow::Result<()> {
    tx.prepare_cached("DELETE FROM open_screen WHERE chat_id = ?1 AND message_id = ?2")?
        .execute([chat_id, message_id])
        .context("note that a screen is left")?;
    Ok(())
}

/// The open screens as chat and message, the most recently requested first.
pub(crate) fn open_screens(
    connection: &Connection,
    now: UnixMs,
) -> anyhow::Result<Vec<(i64, i64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT chat_id, message_id FROM open_screen WHERE until > ?1 ORDER BY until DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![now.0, OPEN_AT_ONCE], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    rows.collect::<Result<_, _>>()
        .context("read which screens are open")
}

/// True while the message shows the screen of runs.
pub(crate) fn is_open(
    connection: &Connection,
    now: UnixMs,
    chat_id: i64,
    message_id: i64,
) -> anyhow::Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM open_screen WHERE chat_id = ?1 AND message_id = ?2 AND until > ?3",
        )?
        .exists(params![chat_id, message_id, now.0])
        .context("ask whether a screen is open")
}
