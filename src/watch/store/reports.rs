//! What each chat wants to hear of runs, and the sums of the daily digest.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::watch::account::{Counts, Notify};

/// What a chat wants to hear of runs; none while it has not chosen.
///
/// # Errors
/// When the database fails.
pub fn notify_of(connection: &Connection, chat_id: i64) -> anyhow::Result<Option<Notify>> {
    let word: Option<String> = connection
        .prepare_cached("SELECT notify FROM chat WHERE id = ?1")?
        .query_row([chat_id], |row| row.get(0))
        .optional()
        .with_context(|| format!("look up what chat {chat_id} wants to hear"))?;
    Ok(word.as_deref().and_then(Notify::from_word))
}

/// Chooses what a chat hears of runs.
///
/// # Errors
/// When the database fails.
pub fn set_notify(tx: &WriteTx<'_>, chat_id: i64, notify: Notify) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat SET notify = ?2 WHERE id = ?1",
        params![chat_id, notify.word()],
    )
    .with_context(|| format!("choose what chat {chat_id} hears"))?;
    Ok(())
}

/// Sums of the runs over everybody's accounts that ended after a moment.
///
/// # Errors
/// When the database fails.
pub fn digest(connection: &Connection, after: UnixMs) -> anyhow::Result<(u64, Counts)> {
    connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(found), 0), coalesce(sum(not_found), 0), coalesce(sum(errors), 0)
             FROM run WHERE ended_at > ?1 AND owner_id IS NULL AND account_id IS NULL",
        )?
        .query_row([after.0], |row| {
            let counts = Counts {
                found: row.get(1)?,
                not_found: row.get(2)?,
                errors: row.get(3)?,
            };
            Ok((row.get(0)?, counts))
        })
        .context("sum up the runs")
}

/// When a chat last got a digest.
///
/// # Errors
/// When the database fails.
pub fn digest_at(connection: &Connection, chat_id: i64) -> anyhow::Result<UnixMs> {
    let at: Option<i64> = connection
        .prepare_cached("SELECT digest_at FROM chat WHERE id = ?1")?
        .query_row([chat_id], |row| row.get(0))
        .optional()
        .with_context(|| format!("look up the last digest of chat {chat_id}"))?;
    Ok(UnixMs(at.unwrap_or(0)))
}

/// Notes that a chat got a digest.
///
/// # Errors
/// When the database fails.
pub fn set_digest_at(tx: &WriteTx<'_>, chat_id: i64, at: UnixMs) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat SET digest_at = ?2 WHERE id = ?1",
        params![chat_id, at.0],
    )
    .with_context(|| format!("note the digest of chat {chat_id}"))?;
    Ok(())
}
