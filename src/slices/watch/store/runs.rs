//! Runs: their beginning, progress and end.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::requests;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::retention::CHUNK;
use crate::slices::watch::model::account::{Run, RunCounts, RunScope, RunState, Trigger};
use crate::slices::watch::model::past::ProbeHistory;
use crate::slices::watch::model::verdict::Verdict;

pub(crate) fn count_pending_by_site(
    connection: &Connection,
    scope: RunScope,
) -> anyhow::Result<Vec<(String, u64)>> {
    let sql = match scope {
        RunScope::All => {
            "SELECT site, count(*) FROM account WHERE state = 'pending' AND ?1 IS NULL GROUP BY site"
        }
        RunScope::Owner(_) => {
            "SELECT site, count(*) FROM account WHERE state = 'pending' AND owner_id = ?1 GROUP BY site"
        }
        RunScope::Account(_) => "SELECT site, 1 FROM account WHERE state = 'pending' AND id = ?1",
    };
    let subject = scope.owner_column().or(scope.account_column());
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([subject], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect::<Result<_, _>>()
        .context("count pending accounts")
}

/// Begins a run, which takes the open requests of its scope.
///
/// # Errors
/// If the database fails, or another run is going on.
pub(crate) fn begin(
    tx: &WriteTx<'_>,
    now: UnixMs,
    trigger: Trigger,
    scope: RunScope,
    total: u64,
) -> anyhow::Result<Run> {
    tx.execute(
        "INSERT INTO run (trigger, owner_id, account_id, state, started_at, total)
         VALUES (?1, ?2, ?3, 'running', ?4, ?5)",
        params![
            trigger.word(),
            scope.owner_column(),
            scope.account_column(),
            now.0,
            total
        ],
    )
    .context("begin a run")?;
    let id = tx.last_insert_rowid();
    let mut statement = tx.prepare_cached(
        "UPDATE check_request SET run_id = ?1 WHERE run_id IS NULL AND owner_id IS ?2 AND account_id IS ?3
         RETURNING chat_id",
    )?;
    let rows = statement.query_map(
        params![id, scope.owner_column(), scope.account_column()],
        |row| row.get(0),
    )?;
    let chats: Vec<Option<i64>> = rows
        .collect::<Result<_, _>>()
        .context("take the requests")?;
    let mut actors: Vec<i64> = chats.into_iter().flatten().collect();
    actors.sort_unstable();
    actors.dedup();
    Ok(Run {
        id,
        trigger,
        scope,
        started_at: now,
        total,
        actors,
    })
}

pub(crate) fn counts(connection: &Connection, run_id: i64) -> anyhow::Result<RunCounts> {
    connection
        .prepare_cached("SELECT found, not_found, errors FROM run WHERE id = ?1")?
        .query_row([run_id], |row| {
            Ok(RunCounts {
                found: row.get(0)?,
                not_found: row.get(1)?,
                errors: row.get(2)?,
            })
        })
        .with_context(|| format!("read the counts of run {run_id}"))
}

/// Ends a run in a state. A later run answers the requests of an interrupted one.
pub(crate) fn end(
    tx: &WriteTx<'_>,
    now: UnixMs,
    run_id: i64,
    state: RunState,
    skipped: u64,
    missed_ticks: u64,
) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE run SET state = :state, ended_at = :now, skipped = :skipped, missed_ticks = :missed
         WHERE id = :id AND state = 'running'",
        named_params! {
            ":id": run_id, ":state": state.word(), ":now": now.0, ":skipped": skipped, ":missed": missed_ticks,
        },
    )
    .with_context(|| format!("end run {run_id}"))?;
    if state == RunState::Interrupted {
        requests::reopen(tx, run_id)?;
    }
    Ok(())
}

/// Closes runs that a crash left open; returns their numbers. A database has one watch thread, so
/// between runs every open run is a leftover.
pub(crate) fn close_crashed(tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<Vec<i64>> {
    let mut statement = tx.prepare_cached(
        "UPDATE run SET state = 'interrupted', ended_at = ?1 WHERE state = 'running' RETURNING id",
    )?;
    let rows = statement.query_map([now.0], |row| row.get(0))?;
    let ids: Vec<i64> = rows
        .collect::<Result<_, _>>()
        .context("close crashed runs")?;
    for id in &ids {
        requests::reopen(tx, *id)?;
    }
    Ok(ids)
}

/// The newest interrupted runs.
pub(crate) fn last_unfinished(connection: &Connection, limit: usize) -> anyhow::Result<Vec<i64>> {
    // Only the newest rows: older interrupted runs have no messages in flight.
    let mut statement = connection.prepare_cached(
        "SELECT id FROM (SELECT id, state FROM run ORDER BY id DESC LIMIT ?1)
         WHERE state IN ('interrupted', 'offline')",
    )?;
    let rows = statement.query_map([limit], |row| row.get(0))?;
    rows.collect::<Result<_, _>>()
        .context("list the runs that were cut short")
}

/// A run's progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunProgress {
    pub trigger: Trigger,
    /// Pending accounts when the run began.
    pub total: u64,
    pub counts: RunCounts,
    /// Accounts not reached in time.
    pub skipped: u64,
    pub started_at: UnixMs,
    /// None while the run goes on.
    pub ended_at: Option<UnixMs>,
    pub state: RunState,
    /// The admin who stopped the run.
    pub stopped_by: Option<i64>,
}

/// # Errors
/// If the database fails or has no such run.
pub fn progress(connection: &Connection, run_id: i64) -> anyhow::Result<RunProgress> {
    connection
        .prepare_cached(
            "SELECT trigger, total, found, not_found, errors, skipped, started_at, ended_at, state, stopped_by
             FROM run WHERE id = ?1",
        )?
        .query_row([run_id], |row| {
            Ok(RunProgress {
                trigger: super::word(row, 0, Trigger::from_word)?,
                total: row.get(1)?,
                counts: RunCounts {
                    found: row.get(2)?,
                    not_found: row.get(3)?,
                    errors: row.get(4)?,
                },
                skipped: row.get(5)?,
                started_at: UnixMs(row.get(6)?),
                ended_at: row.get::<_, Option<i64>>(7)?.map(UnixMs),
                state: super::word(row, 8, RunState::from_word)?,
                stopped_by: row.get(9)?,
            })
        })
        .with_context(|| format!("read run {run_id}"))
}

/// A run over everybody's accounts, the current one included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    pub id: i64,
    pub progress: RunProgress,
}

/// The newest run over everybody's accounts.
pub fn last(connection: &Connection) -> anyhow::Result<Option<LastRun>> {
    let id: Option<i64> = connection
        .query_row(
            "SELECT id FROM run WHERE owner_id IS NULL AND account_id IS NULL ORDER BY id DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
        .context("look for the last run")?;
    id.map(|id| {
        Ok(LastRun {
            id,
            progress: progress(connection, id)?,
        })
    })
    .transpose()
}

/// The newest runs over everybody's accounts, the newest first.
pub(crate) fn recent(connection: &Connection, limit: usize) -> anyhow::Result<Vec<LastRun>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM run WHERE owner_id IS NULL AND account_id IS NULL ORDER BY id DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| row.get(0))?;
    let ids: Vec<i64> = rows
        .collect::<Result<_, _>>()
        .context("list the last runs")?;
    let runs = ids.into_iter().map(|id| {
        Ok(LastRun {
            id,
            progress: progress(connection, id)?,
        })
    });
    runs.collect()
}

/// Calls `each` with every stored run, the oldest first.
pub fn export_runs(
    connection: &Connection,
    mut each: impl FnMut(i64, &RunProgress) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut statement = connection.prepare("SELECT id FROM run ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        each(id, &progress(connection, id)?)?;
    }
    Ok(())
}

/// Asks the watch thread to stop a run; false if the run is over or already being stopped.
pub(crate) fn stop(tx: &WriteTx<'_>, by: i64, run_id: i64) -> anyhow::Result<bool> {
    let asked = tx
        .execute(
            "UPDATE run SET stopped_by = ?2 WHERE id = ?1 AND state = 'running' AND stopped_by IS NULL",
            [run_id, by],
        )
        .with_context(|| format!("ask run {run_id} to stop"))?;
    Ok(asked > 0)
}

/// True if an admin wants the run to stop.
///
/// # Errors
/// If the database fails or has no such run.
pub(crate) fn is_stopped(connection: &Connection, run_id: i64) -> anyhow::Result<bool> {
    connection
        .prepare_cached("SELECT stopped_by IS NOT NULL FROM run WHERE id = ?1")?
        .query_row([run_id], |row| row.get(0))
        .with_context(|| format!("ask whether run {run_id} is to stop"))
}

/// A verdict of a run on one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunAccount {
    /// Key of the site.
    pub site: String,
    pub username: String,
    pub verdict: Verdict,
    /// Why the run could not look, otherwise empty.
    pub reason: String,
}

/// A run's verdicts. Accounts that a later run has probed are left out.
pub(crate) fn accounts_of_run(
    connection: &Connection,
    run_id: i64,
    mut each: impl FnMut(RunAccount) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut statement = connection.prepare(
        "SELECT site, username, history, reason FROM look JOIN account ON account.id = look.account_id
         WHERE look.run_id = ?1 ORDER BY account_id",
    )?;
    let mut rows = statement.query([run_id])?;
    while let Some(row) = rows.next()? {
        let Some(verdict) = ProbeHistory::stored(row.get(2)?).last() else {
            continue;
        };
        each(RunAccount {
            site: row.get(0)?,
            username: row.get(1)?,
            verdict,
            reason: row.get(3)?,
        })?;
    }
    Ok(())
}

/// The sites that gave errors in a run, the worst first: site, reason, count.
pub(crate) fn errors_of_run(
    connection: &Connection,
    run_id: i64,
    limit: usize,
) -> anyhow::Result<Vec<(String, String, u64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT site, reason, count FROM run_error WHERE run_id = ?1 ORDER BY count DESC, site, reason LIMIT ?2",
    )?;
    let rows = statement.query_map(params![run_id, limit], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("list the errors of run {run_id}"))
}

/// Deletes runs that ended before a moment, with their errors and requests; returns their number.
/// Accounts keep the number of their last run, which is only compared.
pub(super) fn prune(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    // Runs end in the order of their numbers, so only the oldest rows are searched.
    tx.execute(
        "DELETE FROM run WHERE id IN (SELECT id FROM run ORDER BY id LIMIT ?2) AND ended_at < ?1",
        params![before.0, CHUNK],
    )
    .context("forget old runs")
}

/// True while a run goes on.
pub fn is_running(connection: &Connection) -> anyhow::Result<bool> {
    connection
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM run WHERE state = 'running')",
            [],
            |row| row.get(0),
        )
        .context("look for a run going on")
}
