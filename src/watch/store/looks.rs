//! A run's work: pages of accounts that wait for it, and its results.

use anyhow::Context as _;
use rusqlite::{Connection, named_params, params};

use super::accounts::insert_transition;
use super::{ACCOUNT_COLUMNS, account_from_row};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::watch::account::{Account, Counts, Scope, Verdict};

/// An account that waits for a run to look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// The name to look for.
    pub username: String,
    /// The run that last looked; with `id` the place in the queue.
    pub last_run: i64,
    /// A run has said since the wait began that it is missing.
    pub was_missing: bool,
}

/// The next accounts of a site, the longest unseen first, after a place in that order.
///
/// # Errors
/// When the database fails.
pub fn next_page(
    connection: &Connection,
    scope: Scope,
    site: &str,
    run_id: i64,
    after: (i64, i64),
    limit: usize,
) -> anyhow::Result<Vec<Waiting>> {
    let narrowed = match scope {
        Scope::All => "",
        Scope::Owner(_) => "AND owner_id = :owner",
        Scope::Account(_) => "AND id = :account",
    };
    let sql = format!(
        "SELECT id, username, last_run, seen_missing FROM account INDEXED BY account_pending
         WHERE state = 'pending' AND site = :site AND last_run < :run AND (last_run, id) > (:last_run, :id) {narrowed}
         ORDER BY last_run, id LIMIT :limit"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut params: Vec<(&str, &dyn rusqlite::ToSql)> = vec![
        (":site", &site),
        (":run", &run_id),
        (":last_run", &after.0),
        (":id", &after.1),
        (":limit", &limit),
    ];
    let (owner, account) = (scope.owner_column(), scope.account_column());
    match scope {
        Scope::All => {}
        Scope::Owner(_) => params.push((":owner", &owner)),
        Scope::Account(_) => params.push((":account", &account)),
    }
    let rows = statement.query_map(params.as_slice(), |row| {
        Ok(Waiting {
            id: row.get(0)?,
            username: row.get(1)?,
            last_run: row.get(2)?,
            was_missing: row.get(3)?,
        })
    })?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("read the next accounts of {site}"))
}

/// What a look at an account gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The account.
    pub account_id: i64,
    /// Its site, for the count of errors.
    pub site: String,
    /// What is reported.
    pub verdict: Verdict,
    /// Why we could not look: a machine key; empty otherwise.
    pub reason: &'static str,
    /// Found, but not to be said before it is known how many of its site were found with it.
    pub held: bool,
}

/// Writes looks down: verdicts, transitions and the run's counts. Returns the owners for whom something was found.
///
/// An account that was removed, paused or looked at meanwhile is passed over and not counted. One that is held is counted
/// when it is known what becomes of it.
///
/// # Errors
/// When the database fails; then nothing of it is written.
pub fn apply(
    tx: &WriteTx<'_>,
    now: UnixMs,
    run_id: i64,
    looks: &[Look],
) -> anyhow::Result<Vec<i64>> {
    let mut counts = Counts::default();
    let mut owners = Vec::new();
    for look in looks {
        if !apply_one(tx, now, run_id, look)? || look.held {
            continue;
        }
        counts.add(look.verdict);
        match look.verdict {
            Verdict::Found => {
                insert_transition(
                    tx,
                    now,
                    look.account_id,
                    Some(run_id),
                    None,
                    "pending",
                    "done",
                )?;
                owners.push(owner_of(tx, look.account_id)?);
            }
            Verdict::Error => count_errors(tx, run_id, &look.site, look.reason, 1)?,
            Verdict::NotFound => {}
        }
    }
    count(tx, run_id, counts)?;
    owners.sort_unstable();
    owners.dedup();
    Ok(owners)
}

/// Adds to what a run has counted.
pub(super) fn count(tx: &WriteTx<'_>, run_id: i64, counts: Counts) -> anyhow::Result<()> {
    tx.prepare_cached(
        "UPDATE run SET found = found + :found, not_found = not_found + :not_found, errors = errors + :errors
         WHERE id = :run AND state = 'running'",
    )?
    .execute(named_params! {
        ":run": run_id,
        ":found": counts.found,
        ":not_found": counts.not_found,
        ":errors": counts.errors,
    })
    .with_context(|| format!("count the looks of run {run_id}"))?;
    Ok(())
}

/// Changes one account's row; false when it no longer waits for this run.
///
/// This is what a run costs the database, so it does no more than it must: no column of the indexes by owner and by
/// reminder unless something was found, and no RETURNING, for which SQLite makes a temporary table each time.
fn apply_one(tx: &WriteTx<'_>, now: UnixMs, run_id: i64, look: &Look) -> anyhow::Result<bool> {
    let sql = match look.verdict {
        // Until somebody has decided, nothing more is known than that we cannot say.
        Verdict::Found if look.held => {
            "UPDATE account SET last_run = ?2, verdict = 'error', reason = 'mass-change', checked_at = ?5, state = 'held'
             WHERE id = ?1 AND state = 'pending' AND last_run < ?2"
        }
        Verdict::Found => {
            "UPDATE account SET last_run = ?2, verdict = ?3, reason = ?4, checked_at = ?5,
                 state = 'done', done_at = ?5, remind_at = NULL
             WHERE id = ?1 AND state = 'pending' AND last_run < ?2"
        }
        Verdict::NotFound => {
            "UPDATE account SET last_run = ?2, verdict = ?3, reason = ?4, checked_at = ?5, seen_missing = 1
             WHERE id = ?1 AND state = 'pending' AND last_run < ?2"
        }
        Verdict::Error => {
            "UPDATE account SET last_run = ?2, verdict = ?3, reason = ?4, checked_at = ?5
             WHERE id = ?1 AND state = 'pending' AND last_run < ?2"
        }
    };
    let changed = tx
        .prepare_cached(sql)?
        .execute(params![
            look.account_id,
            run_id,
            look.verdict.word(),
            look.reason,
            now.0
        ])
        .with_context(|| format!("write down the look at account {}", look.account_id))?;
    Ok(changed > 0)
}

fn owner_of(tx: &WriteTx<'_>, account_id: i64) -> anyhow::Result<i64> {
    tx.prepare_cached("SELECT owner_id FROM account WHERE id = ?1")?
        .query_row([account_id], |row| row.get(0))
        .with_context(|| format!("look up the owner of account {account_id}"))
}

/// Adds to what a run counts of why looks failed.
pub(super) fn count_errors(
    tx: &WriteTx<'_>,
    run_id: i64,
    site: &str,
    reason: &str,
    n: u64,
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO run_error (run_id, site, reason, count) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (run_id, site, reason) DO UPDATE SET count = count + excluded.count",
    )?
    .execute(params![run_id, site, reason, n])
    .with_context(|| format!("count the errors of run {run_id}"))?;
    Ok(())
}

/// How many accounts of an owner a run found.
///
/// # Errors
/// When the database fails.
pub fn n_found_in_run(connection: &Connection, run_id: i64, owner: i64) -> anyhow::Result<usize> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM transition JOIN account ON account.id = transition.account_id
             WHERE transition.run_id = ?1 AND transition.to_state = 'done' AND account.owner_id = ?2",
        )?
        .query_row([run_id, owner], |row| row.get(0))
        .with_context(|| format!("count what run {run_id} found"))
}

/// The first accounts of an owner that a run found.
///
/// # Errors
/// When the database fails.
pub fn found_in_run(
    connection: &Connection,
    run_id: i64,
    owner: i64,
    limit: usize,
) -> anyhow::Result<Vec<Account>> {
    let sql = format!(
        "SELECT {ACCOUNT_COLUMNS} FROM transition JOIN account ON account.id = transition.account_id
         WHERE transition.run_id = ?1 AND transition.to_state = 'done' AND account.owner_id = ?2
         ORDER BY account.id LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![run_id, owner, limit], account_from_row)?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("list what run {run_id} found"))
}

/// Pending accounts in a scope that a run has not looked at.
///
/// # Errors
/// When the database fails.
pub fn count_unreached(connection: &Connection, scope: Scope, run_id: i64) -> anyhow::Result<u64> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM account WHERE state = 'pending' AND last_run < ?1
                 AND (?2 IS NULL OR owner_id = ?2) AND (?3 IS NULL OR id = ?3)
                 AND created_at <= (SELECT started_at FROM run WHERE id = ?1)",
        )?
        .query_row(
            params![run_id, scope.owner_column(), scope.account_column()],
            |row| row.get(0),
        )
        .with_context(|| format!("count what run {run_id} did not reach"))
}
