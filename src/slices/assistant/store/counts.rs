//! How the queue is, in numbers.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::{DAY, UnixMs};

/// Questions that wait or are worked on, and what failed lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Questions that are not closed.
    pub open: u64,
    /// How long the oldest of them has waited.
    pub oldest: Duration,
    /// Questions that came to nothing within 24 hours, but for those that were stopped.
    pub failed: u64,
}

/// Counts the questions.
///
/// # Errors
/// When the database fails.
pub fn counts(connection: &Connection, now: UnixMs) -> anyhow::Result<Counts> {
    connection
        .prepare_cached(
            "SELECT count(*), min(created_at),
                 (SELECT count(*) FROM question WHERE closed_at > ?1 AND state = 'failed' AND reason <> 'stopped')
             FROM (SELECT created_at FROM question WHERE state = 'pending'
                   UNION ALL SELECT created_at FROM question WHERE state = 'processing')",
        )?
        .query_row(params![now.minus(DAY).0], |row| {
            let oldest: Option<i64> = row.get(1)?;
            Ok(Counts {
                open: row.get(0)?,
                oldest: oldest.map_or(Duration::ZERO, |at| now.since(UnixMs(at))),
                failed: row.get(2)?,
            })
        })
        .context("count questions")
}
