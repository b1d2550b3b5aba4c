//! How long sites asked us to wait (`Retry-After`), stored so that a restart does not forget it.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;

/// Records until when a site asked us to wait, and deletes expired rows.
pub(super) fn silence(
    tx: &WriteTx<'_>,
    now: UnixMs,
    site: &str,
    until: UnixMs,
) -> anyhow::Result<()> {
    tx.execute("DELETE FROM site_silence WHERE until <= ?1", [now.0])
        .context("forget which sites wanted to be left alone")?;
    tx.prepare_cached(
        "INSERT INTO site_silence (site, until) VALUES (?1, ?2)
         ON CONFLICT (site) DO UPDATE SET until = max(until, excluded.until)",
    )?
    .execute(params![site, until.0])
    .with_context(|| format!("note that {site} wants to be left alone"))?;
    Ok(())
}

/// The sites that asked us to wait, and how much longer.
pub(crate) fn silences(
    connection: &Connection,
    now: UnixMs,
) -> anyhow::Result<Vec<(String, Duration)>> {
    let mut statement =
        connection.prepare("SELECT site, until FROM site_silence WHERE until > ?1")?;
    let rows = statement.query_map([now.0], |row| {
        Ok((row.get(0)?, UnixMs(row.get(1)?).since(now)))
    })?;
    rows.collect::<Result<_, _>>()
        .context("read which sites want to be left alone")
}
