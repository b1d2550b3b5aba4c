//! Broadcasts: one row of the outbox for each person, made a page at a time.
//!
//! # Invariants
//!
//! - Everybody who was a member when a broadcast began gets it once, over any number of restarts.
//! - A page takes the writer milliseconds.
//! - No answer or notice waits for a broadcast: its rows are always sent as a crowd, even if few.

use anyhow::Context as _;
use rusqlite::{OptionalExtension as _, params};

use crate::clock::{UnixMs, days};
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::people::NOBODY;
use crate::retention::{CHUNK, Rule};
use crate::telegram::Outgoing;
use crate::telegram::outbox::{self, Delivered};

/// A broadcast's author and number of recipients are kept for as long as runs are.
pub(super) const KEPT: [Rule; 1] = [Rule {
    what: "broadcasts",
    table: "broadcast",
    keep: days(90),
    prune,
}];

/// An unfinished broadcast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broadcast {
    pub(super) id: i64,
    /// The author; 0 for a forgotten person.
    pub(super) by: i64,
    /// The text as typed; empty once everybody has their row.
    pub(super) text: String,
    /// True once everybody has their row, or the broadcast was stopped.
    pub(super) is_filled: bool,
    pub(super) is_stopped: bool,
    after_person: i64,
}

/// The number of recipients of somebody's broadcast: all members except the author.
pub(super) fn audience(connection: &Connection, by: i64) -> anyhow::Result<u64> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM person WHERE role IN ('user', 'admin', 'owner') AND id <> ?1",
        )?
        .query_row([by], |row| row.get(0))
        .context("count the people to tell")
}

/// Begins a broadcast; returns its number.
pub(super) fn begin(tx: &WriteTx<'_>, now: UnixMs, by: i64, text: &str) -> anyhow::Result<i64> {
    tx.execute(
        "INSERT INTO broadcast (by_person, text, state, created_at) VALUES (?1, ?2, 'filling', ?3)",
        params![by, text, now.0],
    )
    .context("begin a broadcast")?;
    Ok(tx.last_insert_rowid())
}

/// The oldest unfinished broadcast.
pub(super) fn open(connection: &Connection) -> anyhow::Result<Option<Broadcast>> {
    connection
        .prepare_cached(
            "SELECT id, by_person, text, state, after_person FROM broadcast WHERE ended_at IS NULL ORDER BY id LIMIT 1",
        )?
        .query_row([], |row| {
            let state = row.get_ref(3)?.as_str()?;
            Ok(Broadcast {
                id: row.get(0)?,
                by: row.get(1)?,
                is_filled: state != "filling",
                is_stopped: state == "stopped",
                text: row.get(2)?,
                after_person: row.get(4)?,
            })
        })
        .optional()
        .context("look for a broadcast")
}

/// Makes the rows of the next people, at most `limit`.
///
/// # Errors
/// When the text is too long, or the database fails.
pub(super) fn fill(
    tx: &WriteTx<'_>,
    now: UnixMs,
    broadcast: &Broadcast,
    html: &Html,
    limit: usize,
) -> anyhow::Result<()> {
    // Somebody may have stopped the broadcast since it was read.
    let goes_on = tx
        .prepare_cached("SELECT 1 FROM broadcast WHERE id = ?1 AND state = 'filling'")?
        .exists([broadcast.id])
        .context("look whether a broadcast goes on")?;
    if !goes_on {
        return Ok(());
    }
    let mut statement = tx.prepare_cached(
        "SELECT id FROM person WHERE id > ?1 AND role IN ('user', 'admin', 'owner') AND id <> ?2 ORDER BY id LIMIT ?3",
    )?;
    let args = params![broadcast.after_person, broadcast.by, limit];
    let rows = statement.query_map(args, |row| row.get(0))?;
    let people: Vec<i64> = rows
        .collect::<Result<_, _>>()
        .context("list the people to tell")?;
    for person in &people {
        let key = format!("{}:{person}", key(broadcast.id));
        outbox::insert(
            tx,
            now,
            &Outgoing::notice(*person, html.clone())
                .among(usize::MAX)
                .dedupe(key),
        )?;
    }
    let last = people.last().copied().unwrap_or(broadcast.after_person);
    let is_all = people.len() < limit;
    tx.execute(
        "UPDATE broadcast SET after_person = ?2, people = people + ?3,
             state = iif(?4, 'sending', state), text = iif(?4, '', text)
         WHERE id = ?1 AND state = 'filling'",
        params![broadcast.id, last, people.len(), is_all],
    )
    .context("note who was told")?;
    Ok(())
}

/// Stops a broadcast and withdraws its unsent messages. False if it was already finished or
/// stopped.
pub(super) fn stop(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<bool> {
    let stopped = tx
        .execute(
            "UPDATE broadcast SET state = 'stopped', text = '' WHERE id = ?1 AND state IN ('filling', 'sending')",
            [id],
        )
        .context("stop a broadcast")?;
    if stopped > 0 {
        outbox::withdraw(tx, &key(id)).context("take back what was not sent")?;
    }
    Ok(stopped > 0)
}

/// The delivery results of a broadcast so far.
pub(super) fn delivered(connection: &Connection, id: i64) -> anyhow::Result<Delivered> {
    outbox::delivered(connection, &key(id))
}

/// Ends a broadcast with no waiting messages.
pub(super) fn close(tx: &WriteTx<'_>, now: UnixMs, id: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE broadcast SET ended_at = ?2, state = iif(state = 'stopped', state, 'done') WHERE id = ?1",
        params![id, now.0],
    )
    .context("end a broadcast")?;
    Ok(())
}

fn prune(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.execute(
        "DELETE FROM broadcast WHERE id IN (SELECT id FROM broadcast WHERE ended_at < ?1 LIMIT ?2)",
        params![before.0, CHUNK],
    )
    .context("forget old broadcasts")
}

/// A forgotten person's broadcasts stay, without their author.
pub(super) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE broadcast SET by_person = ?2 WHERE by_person = ?1",
        [person, NOBODY],
    )
    .context("forget who said something to everybody")?;
    Ok(())
}

/// The prefix of its rows' keys.
fn key(id: i64) -> String {
    format!("broadcast:{id}")
}

#[cfg(test)]
#[path = "tests/store.rs"]
mod tests;
