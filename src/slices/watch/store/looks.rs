//! A run's work: pages of accounts that wait for it, and its results.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use anyhow::Context as _;
use rusqlite::{Connection, named_params, params};

use super::Stretch;
use super::days::count_day;
use super::mass;
use super::news::{self, waiter};
use super::silences::silence;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::watch::model::account::{Counts, Scope, SiteTally, Until, Verdict};
use crate::slices::watch::model::past::Looks;
use crate::slices::watch::verdict::Sighting;

/// Writes one look, or the same look at each account in a row.
static WRITE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE look SET run_id = ?1, reason = ?2, at = ?3, known = coalesce(?4, known),
             seen_at = coalesce(?5, seen_at), history = (history << 2 & {}) | ?6
         WHERE account_id BETWEEN ?7 AND ?8 AND run_id < ?1 AND pending = 1",
        Looks::MASK
    )
});

/// An account that waits for a run to look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// The name to look for.
    pub username: String,
    /// What it is waited for.
    pub until: Until,
    /// What runs have said of it since the wait began.
    pub known: Option<Sighting>,
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
        "SELECT account.id, account.username, account.until, look.known
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
            until: super::word(row, 2, Until::from_word)?,
            known: super::known(row, 3)?,
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
    /// What it means for the account.
    pub bearing: Bearing,
}

/// What a look means for the account beside its verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearing {
    /// Nothing: the wait goes on.
    Plain,
    /// It is what the account is waited for.
    News,
    /// The same, but not to be said before it is known how many of its site changed with it.
    Held,
}

/// Writes looks down: verdicts, transitions, what the run and the day count, and how long sites want to be left alone.
/// `asked` are the requests by site that the day does not know of yet. Returns the owners for whom there is news.
///
/// An account that was removed, paused or looked at meanwhile is passed over and not counted. One that is held is counted
/// when it is known what becomes of it.
///
/// # Errors
/// When the database fails; then nothing of it is written.
pub fn apply(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    run_id: i64,
    looks: &[Look],
    asked: &[(Arc<str>, SiteTally)],
) -> anyhow::Result<Vec<i64>> {
    let asked = asked.iter().map(|(site, tally)| (&**site, *tally));
    let mut tallies: Tallies<'_> = asked.collect();
    let mut owners = Vec::new();
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    // By site and reason.
    let mut failed: BTreeMap<(&str, &str), Vec<&Look>> = BTreeMap::new();
    for look in looks {
        let id = look.account_id;
        if let Some(until) = look.silent_until {
            silence(tx, now, &look.site, until)?;
        }
        match (look.bearing, look.verdict) {
            // Until somebody has decided, nothing more is known than that we cannot say.
            (Bearing::Held, _) => {
                if write(tx, now, run_id, Verdict::Error, mass::REASON, &[look])? > 0 {
                    hold(tx, id)?;
                }
            }
            (Bearing::News, verdict) => {
                let Some(waiter) = waiter(tx, id)? else {
                    continue;
                };
                if write(tx, now, run_id, verdict, "", &[look])? > 0 {
                    let tally = tallies.entry(&look.site).or_default();
                    tally.counts.add(verdict);
                    owners.extend(news::tell(tx, now, id, waiter, verdict, run_id)?);
                }
            }
            (Bearing::Plain, Verdict::Found) => found.push(look),
            (Bearing::Plain, Verdict::NotFound) => missing.push(look),
            (Bearing::Plain, Verdict::Error) => {
                let alike = failed.entry((&look.site, look.reason));
                alike.or_default().push(look);
            }
        }
    }
    for (verdict, looks) in [(Verdict::Found, found), (Verdict::NotFound, missing)] {
        let written = write(tx, now, run_id, verdict, "", &looks)?;
        add_written(tx, run_id, &looks, written, &mut tallies)?;
    }
    for ((site, reason), looks) in failed {
        let written = write(tx, now, run_id, Verdict::Error, reason, &looks)?;
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

/// What was done, by site.
pub(super) type Tallies<'a> = BTreeMap<&'a str, SiteTally>;

/// Adds to the counts of their sites those of the looks that were written down.
fn add_written<'a>(
    tx: &WriteTx<'_>,
    run_id: i64,
    looks: &[&'a Look],
    written: u64,
    tallies: &mut Tallies<'a>,
) -> anyhow::Result<()> {
    let all = u64::try_from(looks.len()) == Ok(written);
    for look in looks {
        // Somebody removed or paused accounts meanwhile, which is rare: only then the rows are asked.
        if all || was_looked_at(tx, run_id, look.account_id)? {
            let tally = tallies.entry(&look.site).or_default();
            tally.counts.add(look.verdict);
        }
    }
    Ok(())
}

fn was_looked_at(tx: &WriteTx<'_>, run_id: i64, account_id: i64) -> anyhow::Result<bool> {
    let sql = "SELECT 1 FROM look WHERE account_id = ?1 AND run_id = ?2";
    Ok(tx.prepare_cached(sql)?.exists([account_id, run_id])?)
}

/// Adds to what a run and its day have counted: always both.
pub(super) fn count(
    tx: &WriteTx<'_>,
    day: &str,
    run_id: i64,
    tallies: Tallies<'_>,
) -> anyhow::Result<()> {
    let mut sum = SiteTally::default();
    for tally in tallies.values() {
        sum.add(*tally);
    }
    let counts: Counts = sum.counts;
    count_day(tx, day, tallies)?;
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
/// This is what a run costs the database, so it does no more than it must: narrow rows that stand in no index, and one
/// statement for all that follow each other. The numbers come in their order.
fn write(
    tx: &WriteTx<'_>,
    now: UnixMs,
    run_id: i64,
    verdict: Verdict,
    reason: &str,
    looks: &[&Look],
) -> anyhow::Result<u64> {
    let bits = Looks::bits(verdict);
    let seen_at = (verdict == Verdict::Found).then_some(now.0);
    let mut statement = tx.prepare_cached(&WRITE)?;
    statement.raw_bind_parameter(1, run_id)?;
    statement.raw_bind_parameter(2, reason)?;
    statement.raw_bind_parameter(3, now.0)?;
    statement.raw_bind_parameter(4, verdict.sighting().map(|_| bits))?;
    statement.raw_bind_parameter(5, seen_at)?;
    statement.raw_bind_parameter(6, bits | Looks::WIDTH)?;
    let mut written = 0;
    for row in looks.chunk_by(|before, look| before.account_id + 1 == look.account_id) {
        statement.raw_bind_parameter(7, row.first().map(|look| look.account_id))?;
        statement.raw_bind_parameter(8, row.last().map(|look| look.account_id))?;
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
