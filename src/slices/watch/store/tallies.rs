//! Counts of a run and its day.

use std::collections::BTreeMap;

use anyhow::Context as _;
use rusqlite::{named_params, params};

use super::days::count_day;
use crate::db::WriteTx;
use crate::slices::watch::model::account::{RunCounts, SiteTally};

pub(super) type Tallies<'a> = BTreeMap<&'a str, SiteTally>;

/// Adds to the counts of a run and of its day.
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
    let counts: RunCounts = sum.counts;
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
    .with_context(|| format!("count the probes of run {run_id}"))?;
    Ok(())
}

/// Counts failed probes of a run by site and reason.
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
