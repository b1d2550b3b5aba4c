//! Totals of runs by site and day, for charts, statistics and the slowest sites.
//!
//! # Invariants
//! - An account is counted for its run and day in one transaction, so interruptions lose nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::retention::CHUNK;
use crate::slices::watch::model::account::{RunCounts, SiteTally};
use crate::zone::Zone;

/// One site on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteDay {
    /// The day: `2026-11-21`.
    pub day: String,
    /// Key of the site.
    pub site: String,
    pub tally: SiteTally,
}

/// Adds tallies of sites to a day ([`Zone::day`] of the time of writing).
pub(crate) fn count_day<'s>(
    tx: &WriteTx<'_>,
    day: &str,
    tallies: impl IntoIterator<Item = (&'s str, SiteTally)>,
) -> anyhow::Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO site_day (day, site, found, not_found, errors, looks, looking_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (day, site) DO UPDATE SET found = found + excluded.found, not_found = not_found + excluded.not_found,
             errors = errors + excluded.errors, looks = looks + excluded.looks, looking_ms = looking_ms + excluded.looking_ms",
    )?;
    for (site, tally) in tallies {
        let RunCounts {
            found,
            not_found,
            errors,
        } = tally.counts;
        if tally.counts.checked() == 0 && tally.probes == 0 {
            continue;
        }
        let looking_ms = u64::try_from(tally.probing.as_millis()).unwrap_or(u64::MAX);
        statement
            .execute(params![
                day,
                site,
                found,
                not_found,
                errors,
                tally.probes,
                looking_ms
            ])
            .with_context(|| format!("count the probes of {site}"))?;
    }
    Ok(())
}

/// Totals since a day, that day included, ordered by day and site.
pub fn days(connection: &Connection, since: &str) -> anyhow::Result<Vec<SiteDay>> {
    let mut statement = connection.prepare_cached(
        "SELECT day, site, found, not_found, errors, looks, looking_ms FROM site_day WHERE day >= ?1 ORDER BY day, site",
    )?;
    let rows = statement.query_map([since], |row| {
        Ok(SiteDay {
            day: row.get(0)?,
            site: row.get(1)?,
            tally: SiteTally {
                counts: RunCounts {
                    found: row.get(2)?,
                    not_found: row.get(3)?,
                    errors: row.get(4)?,
                },
                probes: row.get(5)?,
                probing: Duration::from_millis(row.get(6)?),
            },
        })
    })?;
    rows.collect::<Result<_, _>>()
        .context("read what was done by day")
}

/// Sums up days by site.
#[must_use]
pub(crate) fn by_site(days: Vec<SiteDay>) -> BTreeMap<String, SiteTally> {
    let mut sums: BTreeMap<String, SiteTally> = BTreeMap::new();
    for day in days {
        sums.entry(day.site).or_default().add(day.tally);
    }
    sums
}

/// Deletes days that ended before a moment.
pub(super) fn prune(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.execute(
        "DELETE FROM site_day WHERE (day, site) IN (SELECT day, site FROM site_day WHERE day < ?1 ORDER BY day LIMIT ?2)",
        params![Zone::UTC.day(before), CHUNK],
    )
    .context("forget old days")
}

#[cfg(test)]
#[path = "tests/days.rs"]
mod tests;
