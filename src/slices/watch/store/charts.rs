//! Numbers over time, for charts.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::UnixMs;

/// Start and end of one wait; no end means that it goes on.
pub(crate) type Wait = (UnixMs, Option<UnixMs>);

pub(crate) fn waits_of_owner(connection: &Connection, owner: i64) -> anyhow::Result<Vec<Wait>> {
    let mut statement = connection.prepare_cached(
        "SELECT created_at, iif(state = 'done', done_at, NULL) FROM account
         WHERE owner_id = ?1 AND state <> 'removed'",
    )?;
    let rows = statement.query_map([owner], |row| {
        let until: Option<i64> = row.get(1)?;
        Ok((UnixMs(row.get(0)?), until.map(UnixMs)))
    })?;
    rows.collect::<Result<_, _>>()
        .context("list how long accounts were waited for")
}

/// The ends and durations of the newest `limit` complete runs over all accounts, the oldest first.
pub(crate) fn durations(
    connection: &Connection,
    since: UnixMs,
    limit: usize,
) -> anyhow::Result<Vec<(UnixMs, Duration)>> {
    let mut statement = connection.prepare_cached(
        "SELECT started_at, ended_at FROM
             (SELECT * FROM run WHERE owner_id IS NULL AND account_id IS NULL ORDER BY id DESC LIMIT ?2)
         WHERE state = 'done' AND total > 0 AND ended_at >= ?1 ORDER BY id DESC",
    )?;
    let rows = statement.query_map(params![since.0, limit], |row| {
        let (started_at, ended_at) = (UnixMs(row.get(0)?), UnixMs(row.get(1)?));
        Ok((ended_at, ended_at.since(started_at)))
    })?;
    let mut runs: Vec<_> = rows
        .collect::<Result<_, _>>()
        .context("list how long runs took")?;
    runs.reverse();
    Ok(runs)
}
