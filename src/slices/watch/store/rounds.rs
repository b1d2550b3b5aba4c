//! Where a run that reads by number continues at a site if earlier runs did not reach all of its
//! accounts. Slow sites are read in turns instead (`turns`).
//!
//! A round is one probe of every account of a site, over as many runs as needed. Ordering by the
//! last probe would need an index that every probe rewrites. A round needs one row per site, and
//! only if a run was interrupted. If a site has more than a page to probe, the run records a round,
//! so that a crash is no setback. It settles the round at its end.
//!
//! # Invariants
//! - By number, no account is probed twice in a round before every other one has been probed.

use std::collections::HashSet;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::db::WriteTx;
use crate::slices::watch::model::account::RunScope;

/// The accounts of a site whose last run is in `since..before`, with numbers above `after`. Without
/// any run an account counts as run 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub since: i64,
    /// The run after the last one.
    pub before: i64,
    /// The number of the last account already read.
    pub after: i64,
}

/// What a run probes first at a site: the rest of an open round, otherwise everything. A run over
/// part of the accounts belongs to no round.
pub(crate) fn first_stretch(
    connection: &Connection,
    scope: RunScope,
    site: &str,
    run_id: i64,
) -> anyhow::Result<Stretch> {
    let round: Option<i64> = match scope {
        RunScope::All => connection
            .prepare_cached("SELECT run_id FROM round WHERE site = ?1")?
            .query_row([site], |row| row.get(0))
            .optional()
            .with_context(|| format!("look up the round of {site}"))?,
        RunScope::Owner(_) | RunScope::Account(_) => None,
    };
    Ok(Stretch {
        since: 0,
        before: round.unwrap_or(run_id),
        after: 0,
    })
}

pub(crate) fn begin_round(tx: &WriteTx<'_>, site: &str, run_id: i64) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO round (site, run_id) VALUES (?1, ?2)
         ON CONFLICT (site) DO UPDATE SET run_id = excluded.run_id",
    )?
    .execute(params![site, run_id])
    .with_context(|| format!("begin the round of {site}"))?;
    Ok(())
}

/// Settles the rounds at the end of a run over all accounts. Sites with accounts left continue
/// their round, or begin one with this run. All other sites are done, and their next run starts
/// over.
pub(crate) fn settle_rounds(
    tx: &WriteTx<'_>,
    run_id: i64,
    unreached: &[(String, u64)],
) -> anyhow::Result<()> {
    let left: HashSet<&str> = unreached.iter().map(|(site, _)| site.as_str()).collect();
    let mut statement = tx.prepare_cached("SELECT site FROM round")?;
    let noted = statement.query_map([], |row| row.get(0))?;
    let noted: HashSet<String> = noted
        .collect::<Result<_, _>>()
        .context("list the rounds of sites")?;
    for site in noted.iter().filter(|site| !left.contains(site.as_str())) {
        tx.prepare_cached("DELETE FROM round WHERE site = ?1")?
            .execute([site])
            .with_context(|| format!("end the round of {site}"))?;
    }
    for site in left.into_iter().filter(|site| !noted.contains(*site)) {
        begin_round(tx, site, run_id)?;
    }
    Ok(())
}
