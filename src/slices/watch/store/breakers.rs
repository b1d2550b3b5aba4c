//! The sites left alone after repeated failures, as last reported by the watch thread.
//!
//! The rows are for display only.
//!
//! # Invariants
//! - The rows are exactly the open breakers of the gates; there are none after a start.

use std::collections::BTreeMap;

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    pub since: UnixMs,
    /// Nothing is sent before this moment; then one probe tries the site.
    pub trial_at: UnixMs,
    /// How the last probe failed: a machine key.
    pub reason: String,
}

/// The open breakers, by the keys of their sites.
pub(crate) type Breakers = BTreeMap<String, Breaker>;

/// Replaces the stored breakers.
pub fn set_breakers(tx: &WriteTx<'_>, open: &Breakers) -> anyhow::Result<()> {
    let context = "write down which breakers are open";
    tx.execute("DELETE FROM site_breaker", [])
        .context(context)?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO site_breaker (site, since, trial_at, reason) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (site, breaker) in open {
        let Breaker {
            since,
            trial_at,
            reason,
        } = breaker;
        let row = params![site, since.0, trial_at.0, reason];
        statement.execute(row).context(context)?;
    }
    Ok(())
}

pub(crate) fn breakers(connection: &Connection) -> anyhow::Result<Breakers> {
    let mut statement =
        connection.prepare("SELECT site, since, trial_at, reason FROM site_breaker")?;
    let rows = statement.query_map([], |row| {
        let breaker = Breaker {
            since: UnixMs(row.get(1)?),
            trial_at: UnixMs(row.get(2)?),
            reason: row.get(3)?,
        };
        Ok((row.get(0)?, breaker))
    })?;
    rows.collect::<Result<_, _>>()
        .context("read which breakers are open")
}
