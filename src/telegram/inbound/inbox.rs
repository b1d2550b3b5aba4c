//! The table of updates from Telegram, from receipt to effect.
//!
//! # Invariants
//! - An update is stored before it is confirmed to Telegram.
//! - An update is marked as done in the transaction of its effect, so a crash before that replays
//!   it.
//! - An attempt is counted before it begins; one that ends without an effect is taken back.
//! - Rows stay two days to recognise repeats: after a week of silence Telegram's numbers restart at
//!   random.

use std::time::Duration;

use rusqlite::Connection;

use crate::clock::{UnixMs, days};
use crate::db::WriteTx;
use crate::html::cut;
use crate::retention::CHUNK;

use super::envelope::Unreadable;

/// Maximum number of rows of one chat read at once.
const AT_ONCE: u32 = 16;

/// How much of an unreadable update is kept, in bytes.
const QUARANTINE_BODY: usize = 16 * 1024;

/// How long done updates are kept.
pub(crate) const KEEP_DONE: Duration = days(2);

/// How long unreadable updates are kept for the operator.
pub(crate) const KEEP_QUARANTINE: Duration = days(7);

/// An update as received.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) update_id: i64,
    /// The chat whose order it belongs to; 0 for none.
    pub(crate) chat_id: i64,
    pub(crate) body: String,
}

/// Stores a batch without the updates that are already stored; returns how many rows wait now.
pub(crate) fn store(
    tx: &WriteTx<'_>,
    now: UnixMs,
    arrived: &[Arrived],
    unreadable: &[(Unreadable, String)],
) -> anyhow::Result<u64> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO inbox (update_id, chat_id, body, received_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (update_id) DO NOTHING",
    )?;
    for update in arrived {
        insert.execute((update.update_id, update.chat_id, &update.body, now.0))?;
    }
    for (what, body) in unreadable {
        quarantine(tx, now, what, body)?;
    }
    waiting(tx)
}

/// Keeps an unreadable update, or one that was put aside, for the operator, once.
pub(crate) fn quarantine(
    tx: &WriteTx<'_>,
    now: UnixMs,
    what: &Unreadable,
    body: &str,
) -> anyhow::Result<()> {
    let mut end = body.len().min(QUARANTINE_BODY);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    tx.execute(
        "INSERT INTO quarantine (update_id, kind, problem, body, received_at)
         SELECT ?1, ?2, ?3, ?4, ?5
         WHERE NOT EXISTS (SELECT 1 FROM quarantine WHERE update_id = ?1 AND body = ?4)",
        (
            what.update_id.unwrap_or(0),
            &what.kind,
            cut(&what.problem, 300),
            body.get(..end).unwrap_or_default(),
            now.0,
        ),
    )?;
    Ok(())
}

/// Counts the updates that have had no effect yet.
pub(crate) fn waiting(connection: &Connection) -> anyhow::Result<u64> {
    let sql = "SELECT count(*) FROM inbox WHERE done_at IS NULL";
    let count: i64 = connection
        .prepare_cached(sql)?
        .query_row((), |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// At most `limit` chats with waiting rows, longest waiting first.
fn chats_waiting(connection: &Connection, limit: usize) -> anyhow::Result<Vec<i64>> {
    let mut query = connection.prepare_cached(
        "SELECT chat_id FROM inbox WHERE done_at IS NULL GROUP BY chat_id ORDER BY min(update_id) LIMIT ?1",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query.query_map((limit,), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A waiting update.
#[derive(Debug)]
pub(crate) struct WaitingUpdate {
    pub(crate) update_id: i64,
    pub(crate) body: String,
    /// Deaths of the program with this update in hand.
    pub(crate) deaths: u32,
}

/// The chats to work on and their first rows: of the `look` chats waiting longest, at most `limit`
/// that are `free`.
pub(crate) fn work(
    connection: &Connection,
    look: usize,
    free: impl Fn(i64) -> bool,
    limit: usize,
) -> anyhow::Result<Vec<(i64, Vec<WaitingUpdate>)>> {
    let chats = chats_waiting(connection, look)?;
    let chats = chats.into_iter().filter(|chat| free(*chat)).take(limit);
    chats
        .map(|chat| Ok((chat, next(connection, chat)?)))
        .collect()
}

/// The next waiting rows of a chat, in order.
pub(crate) fn next(connection: &Connection, chat_id: i64) -> anyhow::Result<Vec<WaitingUpdate>> {
    let mut query = connection.prepare_cached(
        "SELECT update_id, body, attempts FROM inbox WHERE done_at IS NULL AND chat_id = ?1 ORDER BY update_id LIMIT ?2",
    )?;
    let rows = query.query_map((chat_id, AT_ONCE), |row| {
        Ok(WaitingUpdate {
            update_id: row.get(0)?,
            body: row.get(1)?,
            deaths: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Counts an attempt that is about to begin.
pub(crate) fn begin(tx: &WriteTx<'_>, update_id: i64) -> anyhow::Result<()> {
    let sql = "UPDATE inbox SET attempts = attempts + 1 WHERE update_id = ?1";
    tx.prepare_cached(sql)?.execute((update_id,))?;
    Ok(())
}

/// Takes an attempt back that ended without an effect.
pub(crate) fn give_back(tx: &WriteTx<'_>, update_id: i64) -> anyhow::Result<()> {
    let sql = "UPDATE inbox SET attempts = attempts - 1
         WHERE update_id = ?1 AND done_at IS NULL AND attempts > 0";
    tx.prepare_cached(sql)?.execute((update_id,))?;
    Ok(())
}

/// Marks an update as done. False if it was done already: its effect must not happen again.
pub(crate) fn mark_done(tx: &WriteTx<'_>, now: UnixMs, update_id: i64) -> anyhow::Result<bool> {
    let sql = "UPDATE inbox SET done_at = ?2, body = '' WHERE update_id = ?1 AND done_at IS NULL";
    Ok(tx.prepare_cached(sql)?.execute((update_id, now.0))? == 1)
}

pub(crate) fn prune_done(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    Ok(tx.execute(
        "DELETE FROM inbox WHERE update_id IN (SELECT update_id FROM inbox WHERE done_at < ?1 LIMIT ?2)",
        (before.0, CHUNK),
    )?)
}

pub(crate) fn prune_quarantine(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    Ok(tx.execute(
        "DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine WHERE received_at < ?1 LIMIT ?2)",
        (before.0, CHUNK),
    )?)
}

/// The state of the inbox, for `/status` and health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InboxCounts {
    /// Updates that have had no effect yet.
    pub waiting: u64,
    /// Updates of the last seven days that could not be read, or were put aside.
    pub quarantined: u64,
}

pub fn counts(connection: &Connection) -> anyhow::Result<InboxCounts> {
    let quarantined: i64 =
        connection.query_row("SELECT count(*) FROM quarantine", (), |row| row.get(0))?;
    Ok(InboxCounts {
        waiting: waiting(connection)?,
        quarantined: u64::try_from(quarantined).unwrap_or(0),
    })
}

/// Removes a person's data from the inbox. Done updates have no text; they keep only a number, by
/// which a repeat is recognised. A waiting update stays, because the person wrote it after they
/// asked to be forgotten.
pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE inbox SET chat_id = 0 WHERE done_at IS NOT NULL AND chat_id = ?1",
        (person,),
    )?;
    let id = person.to_string();
    tx.execute("DELETE FROM quarantine WHERE instr(body, ?1) > 0", (&id,))?;
    Ok(())
}

#[cfg(test)]
#[path = "tests/inbox.rs"]
mod tests;
