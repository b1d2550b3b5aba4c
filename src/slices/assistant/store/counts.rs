//! The state of the queue, in numbers.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::{DAY, UnixMs};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct QueueCounts {
    pub(crate) open: u64,
    /// How long the oldest open question has waited.
    pub(crate) oldest: Duration,
    /// Failed within 24 hours; stopped ones do not count.
    pub(crate) failed: u64,
}

pub(crate) fn counts(connection: &Connection, now: UnixMs) -> anyhow::Result<QueueCounts> {
    connection
        .prepare_cached(
            "SELECT count(*), min(created_at),
                 (SELECT count(*) FROM question WHERE closed_at > ?1 AND state = 'failed' AND reason <> 'stopped')
             FROM (SELECT created_at FROM question WHERE state = 'pending'
                   UNION ALL SELECT created_at FROM question WHERE state = 'processing')",
        )?
        .query_row(params![now.minus(DAY).0], |row| {
            let oldest: Option<i64> = row.get(1)?;
            Ok(QueueCounts {
                open: row.get(0)?,
                oldest: oldest.map_or(Duration::ZERO, |at| now.since(UnixMs(at))),
                failed: row.get(2)?,
            })
        })
        .context("count questions")
}
