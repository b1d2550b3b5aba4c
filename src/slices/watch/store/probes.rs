//! The work of a run: pages of waiting accounts, and results.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::Stretch;
use super::mass;
use super::news::{self, waiter};
use super::silences::silence;
use super::tallies::{Tallies, count, count_errors};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::watch::model::account::{RunScope, SiteTally, Until};
use crate::slices::watch::model::past::ProbeHistory;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::model::verdict::Verdict;

/// Writes one result, or the same result for consecutive account numbers.
static WRITE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE look SET run_id = ?1, reason = ?2, at = ?3, known = coalesce(?4, known),
             seen_at = coalesce(?5, seen_at), history = (history << 2 & {}) | ?6
         WHERE account_id BETWEEN ?7 AND ?8 AND run_id < ?1 AND pending = 1",
        ProbeHistory::MASK
    )
});

/// An account that waits for a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub id: i64,
    pub username: String,
    pub until: Until,
    /// What runs have seen since the wait began.
    pub known: Option<Sighting>,
}

/// The next accounts of a site in a stretch, ordered by number.
pub(crate) fn next_page(
    connection: &Connection,
    scope: RunScope,
    site: &str,
    stretch: Stretch,
    limit: usize,
) -> anyhow::Result<Vec<Waiting>> {
    let (index, condition) = narrowed(scope);
    let sql = format!(
        "SELECT account.id, account.username, account.until, look.known
         FROM account {index} CROSS JOIN look ON look.account_id = account.id
         WHERE account.state = 'pending' AND account.site = :site AND account.id > :after {condition}
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
    let rows = statement.query_map(params.as_slice(), waiting_from_row)?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("read the next accounts of {site}"))
}

/// The index that finds a scope's accounts of one site, and the condition on `:subject`.
pub(super) fn narrowed(scope: RunScope) -> (&'static str, &'static str) {
    match scope {
        RunScope::All => ("INDEXED BY account_pending", ""),
        RunScope::Owner(_) => (
            "INDEXED BY account_of_owner",
            "AND account.owner_id = :subject",
        ),
        RunScope::Account(_) => ("", "AND account.id = :subject"),
    }
}

/// From the number, the name, what is waited for and what is known.
pub(super) fn waiting_from_row(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    Ok(Waiting {
        id: row.get(0)?,
        username: row.get(1)?,
        until: super::word(row, 2, Until::from_word)?,
        known: super::known(row, 3)?,
    })
}

/// The result of an account in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProbeResult {
    pub account_id: i64,
    /// Its site, for the count of errors.
    pub site: Arc<str>,
    pub verdict: Verdict,
    /// Why we could not look: a machine key, otherwise empty.
    pub reason: &'static str,
    /// Until when the site asked us to wait, if it did.
    pub silent_until: Option<UnixMs>,
    pub bearing: Bearing,
    /// The site's own id of who has the name, if an eye has read it; else empty.
    pub identity: String,
}

/// Whom another eye looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub username: String,
    /// What an eye saw last; empty before.
    pub identity: String,
}

/// The name and identity of an account; none if it was removed during the run.
pub(crate) fn subject(connection: &Connection, account_id: i64) -> anyhow::Result<Option<Subject>> {
    connection
        .prepare_cached("SELECT username, identity FROM account WHERE id = ?1")?
        .query_row([account_id], |row| {
            Ok(Subject {
                username: row.get(0)?,
                identity: row.get(1)?,
            })
        })
        .optional()
        .with_context(|| format!("look up whom account {account_id} means"))
}

/// What a result means for the account, besides the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearing {
    /// Nothing: the wait goes on.
    Plain,
    /// The awaited event happened.
    News,
    /// The same, but held until it is known how many accounts of the site changed.
    Held,
}

/// Writes results: verdicts, transitions, the counts of run and day, and the waits that sites asked
/// for. `requests` counts requests by site that the day does not include yet. Returns the owners
/// for whom there is news.
///
/// An account that was removed, paused or probed meanwhile is skipped and not counted. A held
/// account is counted once it is decided.
pub(crate) fn apply(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    run_id: i64,
    results: &[ProbeResult],
    asked: &[(Arc<str>, SiteTally)],
) -> anyhow::Result<Vec<i64>> {
    let asked = asked.iter().map(|(site, tally)| (&**site, *tally));
    let mut tallies: Tallies<'_> = asked.collect();
    let mut owners = Vec::new();
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    // By site and reason.
    let mut failed: BTreeMap<(&str, &str), Vec<&ProbeResult>> = BTreeMap::new();
    for result in results {
        let id = result.account_id;
        if let Some(until) = result.silent_until {
            silence(tx, now, &result.site, until)?;
        }
        match (result.bearing, result.verdict) {
            // Until an admin decides, the account has no verdict.
            (Bearing::Held, _) => {
                if write(tx, now, run_id, Verdict::Error, mass::REASON, &[result])? > 0 {
                    hold(tx, id)?;
                }
            }
            (Bearing::News, verdict) => {
                let Some(waiter) = waiter(tx, id)? else {
                    continue;
                };
                if write(tx, now, run_id, verdict, "", &[result])? > 0 {
                    let tally = tallies.entry(&result.site).or_default();
                    tally.counts.add(verdict);
                    let seen = (verdict, result.identity.as_str());
                    owners.extend(news::tell(tx, now, id, waiter, seen, run_id)?);
                }
            }
            (Bearing::Plain, Verdict::Found) => found.push(result),
            (Bearing::Plain, Verdict::NotFound) => missing.push(result),
            (Bearing::Plain, Verdict::Error) => {
                let alike = failed.entry((&result.site, result.reason));
                alike.or_default().push(result);
            }
        }
    }
    for (verdict, results) in [(Verdict::Found, found), (Verdict::NotFound, missing)] {
        let written = write(tx, now, run_id, verdict, "", &results)?;
        add_written(tx, run_id, &results, written, &mut tallies)?;
    }
    for ((site, reason), results) in failed {
        let written = write(tx, now, run_id, Verdict::Error, reason, &results)?;
        if written > 0 {
            count_errors(tx, run_id, site, reason, written)?;
            tallies.entry(site).or_default().counts.errors += written;
        }
    }
    count(tx, day, run_id, tallies)?;
    owners.sort_unstable();
    owners.dedup();
    Ok(owners)
}

/// Adds the results that were written to the counts of their sites.
fn add_written<'a>(
    tx: &WriteTx<'_>,
    run_id: i64,
    results: &[&'a ProbeResult],
    written: u64,
    tallies: &mut Tallies<'a>,
) -> anyhow::Result<()> {
    let all = u64::try_from(results.len()) == Ok(written);
    for result in results {
        // The rows are read only if accounts were removed or paused meanwhile, which is rare.
        if all || was_probed(tx, run_id, result.account_id)? {
            let tally = tallies.entry(&result.site).or_default();
            tally.counts.add(result.verdict);
        }
    }
    Ok(())
}

fn was_probed(tx: &WriteTx<'_>, run_id: i64, account_id: i64) -> anyhow::Result<bool> {
    let sql = "SELECT 1 FROM look WHERE account_id = ?1 AND run_id = ?2";
    Ok(tx.prepare_cached(sql)?.exists([account_id, run_id])?)
}

/// Writes equal results; returns how many of the accounts were still waiting for this run.
///
/// This is a run's main cost in the database, so it does as little as possible: narrow rows outside
/// any index, and one statement for consecutive numbers. `results` are sorted by number.
fn write(
    tx: &WriteTx<'_>,
    now: UnixMs,
    run_id: i64,
    verdict: Verdict,
    reason: &str,
    results: &[&ProbeResult],
) -> anyhow::Result<u64> {
    let bits = ProbeHistory::bits(verdict);
    let seen_at = (verdict == Verdict::Found).then_some(now.0);
    let mut statement = tx.prepare_cached(&WRITE)?;
    statement.raw_bind_parameter(1, run_id)?;
    statement.raw_bind_parameter(2, reason)?;
    statement.raw_bind_parameter(3, now.0)?;
    statement.raw_bind_parameter(4, verdict.sighting().map(|_| bits))?;
    statement.raw_bind_parameter(5, seen_at)?;
    statement.raw_bind_parameter(6, bits | ProbeHistory::WIDTH)?;
    let mut written = 0;
    for row in results.chunk_by(|before, result| before.account_id + 1 == result.account_id) {
        statement.raw_bind_parameter(7, row.first().map(|result| result.account_id))?;
        statement.raw_bind_parameter(8, row.last().map(|result| result.account_id))?;
        let rows = statement.raw_execute();
        written += u64::try_from(rows.context("write down results")?)?;
    }
    Ok(written)
}

fn hold(tx: &WriteTx<'_>, account_id: i64) -> anyhow::Result<()> {
    tx.prepare_cached("UPDATE account SET state = 'held' WHERE id = ?1")?
        .execute([account_id])
        .with_context(|| format!("account {account_id} is held"))?;
    Ok(())
}

/// Pending accounts in a scope that a run has not probed, counted by site.
pub(crate) fn unreached(
    connection: &Connection,
    scope: RunScope,
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
