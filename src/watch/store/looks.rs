//! A run's work: pages of accounts that wait for it, and its results.

use std::collections::BTreeMap;
use std::iter;
use std::sync::{Arc, LazyLock};

use anyhow::Context as _;
use rusqlite::{Connection, named_params, params};

use super::accounts::insert_transition;
use super::mass;
use super::silences::silence;
use super::{ACCOUNT_COLUMNS, Stretch, account_from_row};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::watch::account::{Account, Counts, Scope, Verdict};

/// Looks written down by one statement: with this many it costs little beside its rows.
const TOGETHER: usize = 64;

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

/// Writes looks down: verdicts, transitions, the run's counts, and how long sites want to be left alone. Returns the owners
/// for whom something was found.
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
    let mut missing = Vec::new();
    // By site and reason.
    let mut failed: BTreeMap<(&str, &str), Vec<i64>> = BTreeMap::new();
    for look in looks {
        let id = look.account_id;
        if let Some(until) = look.silent_until {
            silence(tx, now, &look.site, until)?;
        }
        match look.verdict {
            // Until somebody has decided, nothing more is known than that we cannot say.
            _ if look.held => {
                if write(tx, now, run_id, Verdict::Error, mass::REASON, &[id])? > 0 {
                    hold(tx, id)?;
                }
            }
            Verdict::Found => {
                if write(tx, now, run_id, Verdict::Found, "", &[id])? > 0 {
                    counts.found += 1;
                    owners.push(found(tx, now, run_id, id)?);
                }
            }
            Verdict::NotFound => missing.push(id),
            Verdict::Error => {
                let alike = failed.entry((&look.site, look.reason));
                alike.or_default().push(id);
            }
        }
    }
    counts.not_found = write(tx, now, run_id, Verdict::NotFound, "", &missing)?;
    for ((site, reason), ids) in failed {
        let written = write(tx, now, run_id, Verdict::Error, reason, &ids)?;
        if written > 0 {
            count_errors(tx, run_id, site, reason, written)?;
            counts.errors += written;
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

/// Writes down looks that gave the same; returns how many of the accounts still waited for this run.
///
/// This is what a run costs the database, so it does no more than it must: narrow rows that stand in no index, as many as
/// there is room for by one statement.
fn write(
    tx: &WriteTx<'_>,
    now: UnixMs,
    run_id: i64,
    verdict: Verdict,
    reason: &str,
    ids: &[i64],
) -> anyhow::Result<u64> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let places = vec!["?"; TOGETHER].join(", ");
        format!(
            "UPDATE look SET run_id = ?1, verdict = ?2, reason = ?3, at = ?4, was_missing = max(was_missing, ?5)
             WHERE account_id IN ({places}) AND run_id < ?1 AND pending = 1"
        )
    });
    let mut statement = tx.prepare_cached(&SQL)?;
    statement.raw_bind_parameter(1, run_id)?;
    statement.raw_bind_parameter(2, verdict.word())?;
    statement.raw_bind_parameter(3, reason)?;
    statement.raw_bind_parameter(4, now.0)?;
    statement.raw_bind_parameter(5, verdict == Verdict::NotFound)?;
    let mut written = 0;
    for part in ids.chunks(TOGETHER) {
        // A place that is left empty is NULL, which no account is.
        let places = part.iter().map(|id| Some(*id)).chain(iter::repeat(None));
        for (place, id) in (6..).zip(places.take(TOGETHER)) {
            statement.raw_bind_parameter(place, id)?;
        }
        let rows = statement.raw_execute();
        written += u64::try_from(rows.context("write down what looks gave")?)?;
    }
    Ok(written)
}

fn hold(tx: &WriteTx<'_>, account_id: i64) -> anyhow::Result<()> {
    tx.prepare_cached("UPDATE account SET state = 'held' WHERE id = ?1")?
        .execute([account_id])
        .with_context(|| format!("account {account_id} is held"))?;
    Ok(())
}

/// The wait of an account is over; returns its owner.
fn found(tx: &WriteTx<'_>, now: UnixMs, run_id: i64, account_id: i64) -> anyhow::Result<i64> {
    tx.prepare_cached(
        "UPDATE account SET state = 'done', done_at = ?2, remind_at = NULL WHERE id = ?1",
    )?
    .execute(params![account_id, now.0])
    .with_context(|| format!("account {account_id} is found"))?;
    insert_transition(tx, now, account_id, Some(run_id), None, "pending", "done")?;
    owner_of(tx, account_id)
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
