//! A run's work: pages of accounts that wait for it, and its results.

use std::sync::Arc;

use anyhow::Context as _;
use rusqlite::{CachedStatement, Connection, named_params, params};

use super::accounts::insert_transition;
use super::mass;
use super::silences::silence;
use super::{ACCOUNT_COLUMNS, Stretch, account_from_row};
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
    /// A run has said since the wait began that it is missing.
    pub was_missing: bool,
}

/// The next accounts of a site in a stretch, in the order of their numbers.
///
/// # Errors
/// When the database fails.
pub fn next_page(
    connection: &Connection,
    scope: Scope,
    site: &str,
    stretch: Stretch,
    limit: usize,
) -> anyhow::Result<Vec<Waiting>> {
    let (index, narrowed) = match scope {
        Scope::All => ("INDEXED BY account_pending", ""),
        Scope::Owner(_) => (
            "INDEXED BY account_of_owner",
            "AND account.owner_id = :subject",
        ),
        Scope::Account(_) => ("", "AND account.id = :subject"),
    };
    let sql = format!(
        "SELECT account.id, account.username, look.was_missing
         FROM account {index} CROSS JOIN look ON look.account_id = account.id
         WHERE account.state = 'pending' AND account.site = :site AND account.id > :after {narrowed}
             AND look.run_id >= :since AND look.run_id < :before
         ORDER BY account.id LIMIT :limit"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut params: Vec<(&str, &dyn rusqlite::ToSql)> = vec![
        (":site", &site),
        (":after", &stretch.after),
        (":since", &stretch.since),
        (":before", &stretch.before),
        (":limit", &limit),
    ];
    let subject = scope.owner_column().or(scope.account_column());
    if subject.is_some() {
        params.push((":subject", &subject));
    }
    let rows = statement.query_map(params.as_slice(), |row| {
        Ok(Waiting {
            id: row.get(0)?,
            username: row.get(1)?,
            was_missing: row.get(2)?,
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
    pub site: Arc<str>,
    /// What is reported.
    pub verdict: Verdict,
    /// Why we could not look: a machine key; empty otherwise.
    pub reason: &'static str,
    /// Until when the site wants to be left alone, where it said so.
    pub silent_until: Option<UnixMs>,
    /// Found, but not to be said before it is known how many of its site were found with it.
    pub held: bool,
}

/// Writes looks down: verdicts, transitions, the run's counts, and how long sites want to be left alone. Returns the owners for whom something was found.
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
    let mut write = tx.prepare_cached(
        "UPDATE look SET run_id = ?2, verdict = ?3, reason = ?4, at = ?5, was_missing = max(was_missing, ?6)
         WHERE account_id = ?1 AND run_id < ?2 AND pending = 1",
    )?;
    for look in looks {
        if let Some(until) = look.silent_until {
            silence(tx, now, &look.site, until)?;
        }
        if !apply_one(tx, &mut write, now, run_id, look)? || look.held {
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

/// Writes down one look; false when the account no longer waits for this run.
///
/// This is what a run costs the database, so it does no more than it must: one narrow row that stands in no index, and the
/// account's own row only when something was found.
fn apply_one(
    tx: &WriteTx<'_>,
    write: &mut CachedStatement<'_>,
    now: UnixMs,
    run_id: i64,
    look: &Look,
) -> anyhow::Result<bool> {
    let (verdict, reason) = if look.held {
        // Until somebody has decided, nothing more is known than that we cannot say.
        (Verdict::Error, mass::REASON)
    } else {
        (look.verdict, look.reason)
    };
    let written = write
        .execute(params![
            look.account_id,
            run_id,
            verdict.word(),
            reason,
            now.0,
            verdict == Verdict::NotFound,
        ])
        .with_context(|| format!("write down the look at account {}", look.account_id))?;
    if written > 0 && look.held {
        tx.prepare_cached("UPDATE account SET state = 'held' WHERE id = ?1")?
            .execute([look.account_id])
            .with_context(|| format!("account {} is held", look.account_id))?;
    } else if written > 0 && look.verdict == Verdict::Found {
        tx.prepare_cached(
            "UPDATE account SET state = 'done', done_at = ?2, remind_at = NULL WHERE id = ?1",
        )?
        .execute(params![look.account_id, now.0])
        .with_context(|| format!("account {} is found", look.account_id))?;
    }
    Ok(written > 0)
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

/// The accounts of an owner that a run found, as far as they do not wait again: how many, and the first of them.
///
/// # Errors
/// When the database fails.
pub fn found_in_run(
    connection: &Connection,
    run_id: i64,
    owner: i64,
    limit: usize,
) -> anyhow::Result<(usize, Vec<Account>)> {
    let found = "account JOIN look ON look.account_id = account.id
         WHERE account.owner_id = ?1 AND account.state = 'done' AND look.run_id = ?2 AND look.verdict = 'found'";
    let sql = format!("SELECT {ACCOUNT_COLUMNS} FROM {found} ORDER BY account.id LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![owner, run_id, limit], account_from_row)?;
    let first: Vec<Account> = rows
        .collect::<Result<_, _>>()
        .with_context(|| format!("list what run {run_id} found"))?;
    if first.len() < limit {
        return Ok((first.len(), first));
    }
    let total = connection
        .prepare_cached(&format!("SELECT count(*) FROM {found}"))?
        .query_row([owner, run_id], |row| row.get(0))
        .with_context(|| format!("count what run {run_id} found"))?;
    Ok((total, first))
}

/// Pending accounts in a scope that a run has not looked at: how many of which sites.
///
/// # Errors
/// When the database fails.
pub fn unreached(
    connection: &Connection,
    scope: Scope,
    run_id: i64,
) -> anyhow::Result<Vec<(String, u64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT account.site, count(*) FROM account JOIN look ON look.account_id = account.id
         WHERE state = 'pending' AND look.run_id < ?1
             AND (?2 IS NULL OR owner_id = ?2) AND (?3 IS NULL OR id = ?3)
             AND created_at <= (SELECT started_at FROM run WHERE id = ?1)
         GROUP BY account.site",
    )?;
    let args = params![run_id, scope.owner_column(), scope.account_column()];
    let rows = statement.query_map(args, |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("count what run {run_id} did not reach"))
}
