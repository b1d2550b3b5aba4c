//! Facts about sites: which are muted, why probes failed lately, and since when controls have been
//! failing.

use std::collections::BTreeMap;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::watch::model::account::ControlFault;

/// A site that no run probes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SiteMute {
    pub since: UnixMs,
    /// None: until an admin unmutes the site.
    pub until: Option<UnixMs>,
}

pub(crate) fn muted(
    connection: &Connection,
    now: UnixMs,
) -> anyhow::Result<BTreeMap<String, SiteMute>> {
    let mut statement = connection.prepare_cached(
        "SELECT site, since, until FROM site_mute WHERE until IS NULL OR until > ?1",
    )?;
    let rows = statement.query_map([now.0], |row| {
        let mute = SiteMute {
            since: UnixMs(row.get(1)?),
            until: row.get::<_, Option<i64>>(2)?.map(UnixMs),
        };
        Ok((row.get(0)?, mute))
    })?;
    rows.collect::<Result<_, _>>()
        .context("read which sites are muted")
}

/// Mutes a site, or changes its mute. Deletes expired mutes.
pub(crate) fn mute(
    tx: &WriteTx<'_>,
    now: UnixMs,
    site: &str,
    until: Option<UnixMs>,
) -> anyhow::Result<()> {
    tx.execute("DELETE FROM site_mute WHERE until <= ?1", [now.0])
        .context("forget mutes that are over")?;
    tx.execute(
        "INSERT INTO site_mute (site, until, since) VALUES (?1, ?2, ?3)
         ON CONFLICT (site) DO UPDATE SET until = excluded.until, since = excluded.since",
        params![site, until.map(|until| until.0), now.0],
    )
    .with_context(|| format!("mute {site}"))?;
    Ok(())
}

/// Lets runs probe a site again.
pub(crate) fn unmute(tx: &WriteTx<'_>, site: &str) -> anyhow::Result<()> {
    tx.execute("DELETE FROM site_mute WHERE site = ?1", [site])
        .with_context(|| format!("unmute {site}"))?;
    Ok(())
}

/// The sites where an owner has accounts that wait.
pub(crate) fn sites_of_owner(connection: &Connection, owner: i64) -> anyhow::Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT site FROM account WHERE owner_id = ?1 AND state = 'pending' ORDER BY site",
    )?;
    let rows = statement.query_map([owner], |row| row.get(0))?;
    rows.collect::<Result<_, _>>()
        .context("list the owner's sites")
}

/// Why probes of a site failed in runs that began after a moment, with counts. The most common
/// reason comes first.
pub(crate) fn errors_since(
    connection: &Connection,
    site: &str,
    since: UnixMs,
) -> anyhow::Result<Vec<(String, u64)>> {
    // Runs begin in the order of their numbers, so this only scans the wanted runs.
    let before: i64 = connection
        .prepare_cached("SELECT id FROM run WHERE started_at < ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([since.0], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    let mut statement = connection.prepare_cached(
        "SELECT reason, sum(count) AS n FROM run_error WHERE run_id > ?1 AND site = ?2 GROUP BY reason ORDER BY n DESC",
    )?;
    let rows = statement.query_map(params![before, site], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("read why probes of {site} failed"))
}

/// The fault of a site's controls (none if the result was good) and since when. None if they never
/// failed.
pub(crate) fn control(
    connection: &Connection,
    site: &str,
) -> anyhow::Result<Option<(Option<ControlFault>, UnixMs)>> {
    connection
        .prepare_cached("SELECT fault, changed_at FROM site_control WHERE site = ?1")?
        .query_row([site], |row| {
            let fault = ControlFault::from_word(row.get_ref(0)?.as_str()?);
            Ok((fault, UnixMs(row.get(1)?)))
        })
        .optional()
        .with_context(|| format!("read the controls of {site}"))
}
