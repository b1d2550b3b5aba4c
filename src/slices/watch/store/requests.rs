//! Requests for checks, and the runs that answer them.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::watch::model::account::RunScope;

/// Requests a check; returns the request's number.
pub fn ask(
    tx: &WriteTx<'_>,
    now: UnixMs,
    scope: RunScope,
    chat_id: Option<i64>,
) -> anyhow::Result<i64> {
    tx.execute(
        "INSERT INTO check_request (owner_id, account_id, chat_id, created_at) VALUES (?1, ?2, ?3, ?4)",
        params![scope.owner_column(), scope.account_column(), chat_id, now.0],
    )
    .context("ask for a check")?;
    Ok(tx.last_insert_rowid())
}

/// Withdraws a request that no run has taken yet; true if it was still open.
pub(crate) fn withdraw(tx: &WriteTx<'_>, request: i64) -> anyhow::Result<bool> {
    let deleted = tx
        .execute(
            "DELETE FROM check_request WHERE id = ?1 AND run_id IS NULL",
            [request],
        )
        .with_context(|| format!("withdraw request {request}"))?;
    Ok(deleted > 0)
}

/// The run that answers a request, once one has taken it.
pub fn request_run(connection: &Connection, request: i64) -> anyhow::Result<Option<i64>> {
    let run: Option<Option<i64>> = connection
        .query_row(
            "SELECT run_id FROM check_request WHERE id = ?1",
            [request],
            |row| row.get(0),
        )
        .optional()
        .with_context(|| format!("look up request {request}"))?;
    Ok(run.flatten())
}

/// The scopes of open requests, the oldest first, each once.
pub fn open_requests(connection: &Connection) -> anyhow::Result<Vec<RunScope>> {
    let mut statement = connection.prepare_cached(
        "SELECT owner_id, account_id FROM check_request WHERE run_id IS NULL
         GROUP BY owner_id, account_id ORDER BY min(id) LIMIT 100",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(RunScope::from_columns(row.get(0)?, row.get(1)?))
    })?;
    rows.collect::<Result<_, _>>().context("list open requests")
}

/// Requests made in the bot go back to the queue unless an admin stopped this run. The command line
/// waits for its own run, so its request is not requeued.
pub(super) fn reopen(tx: &WriteTx<'_>, run_id: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE check_request SET run_id = NULL WHERE run_id = ?1 AND chat_id IS NOT NULL
             AND (SELECT stopped_by FROM run WHERE id = ?1) IS NULL",
        [run_id],
    )
    .with_context(|| format!("reopen the requests of run {run_id}"))?;
    Ok(())
}

/// A group got a new id, so requests made there are answered under that id.
pub(crate) fn move_requests(tx: &WriteTx<'_>, from: i64, to: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE check_request SET chat_id = ?2 WHERE chat_id = ?1",
        (from, to),
    )?;
    Ok(())
}
