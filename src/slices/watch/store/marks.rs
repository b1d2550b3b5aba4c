//! What runs remember: which sites' controls failed, which sites the admins are being asked about,
//! and since when our own network has been down.

use std::collections::HashSet;

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::UnixMs;
use crate::db::{WriteTx, facts};
use crate::slices::watch::model::account::ControlFault;

/// The fact that our own network is down. Its value is the start time.
const OFFLINE: &str = "offline-since";

/// Open issues of sites, by their keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// Sites whose controls failed at the last probe.
    pub distrusted: HashSet<String>,
    /// Sites with an open question about a mass change.
    pub asked_about: HashSet<String>,
    /// Sites of whose accounts the last run did not reach all.
    pub behind: HashSet<String>,
}

/// A change in the state of a site's controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ControlNews {
    /// Key of the site.
    pub site: String,
    /// None if the controls recovered.
    pub fault: Option<ControlFault>,
}

pub(crate) fn marks(connection: &Connection) -> anyhow::Result<Marks> {
    let keys = |sql: &str| -> anyhow::Result<HashSet<String>> {
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()
            .context("read what is open about sites")
    };
    Ok(Marks {
        distrusted: keys("SELECT site FROM site_control WHERE fault <> ''")?,
        asked_about: keys("SELECT site FROM mass_change")?,
        behind: keys("SELECT site FROM round")?,
    })
}

/// Records changes in sites' controls; true if any of them is new.
pub(crate) fn note_controls(
    tx: &WriteTx<'_>,
    now: UnixMs,
    run_id: i64,
    news: &[ControlNews],
) -> anyhow::Result<bool> {
    let mut changed = 0;
    for one in news {
        let sql = match one.fault {
            Some(_) => {
                "INSERT INTO site_control (site, fault, run_id, changed_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (site) DO UPDATE SET fault = ?2, run_id = ?3, changed_at = ?4 WHERE site_control.fault = ''"
            }
            None => {
                "UPDATE site_control SET fault = ?2, run_id = ?3, changed_at = ?4 WHERE site = ?1 AND fault <> ''"
            }
        };
        let fault = one.fault.map_or("", ControlFault::word);
        changed += tx
            .execute(sql, params![one.site, fault, run_id, now.0])
            .with_context(|| format!("note the controls of {}", one.site))?;
    }
    Ok(changed > 0)
}

pub(crate) fn control_news(
    connection: &Connection,
    run_id: i64,
) -> anyhow::Result<Vec<ControlNews>> {
    let mut statement = connection
        .prepare_cached("SELECT site, fault FROM site_control WHERE run_id = ?1 ORDER BY site")?;
    let rows = statement.query_map([run_id], |row| {
        Ok(ControlNews {
            site: row.get(0)?,
            fault: ControlFault::from_word(row.get_ref(1)?.as_str()?),
        })
    })?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("list the controls that changed in run {run_id}"))
}

/// Since when our own network has been down.
pub(crate) fn offline_since(connection: &Connection) -> anyhow::Result<Option<UnixMs>> {
    let since = facts::get(connection, OFFLINE)?;
    Ok(since.map(|since| read_moment(&since)))
}

/// Records that our own network is down; false if that was already known.
pub(crate) fn note_offline(tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<bool> {
    facts::set_once(tx, OFFLINE, &now.0.to_string())
}

/// Records that our own network is up. Returns since when it was down, if it was.
pub(crate) fn note_online(tx: &WriteTx<'_>) -> anyhow::Result<Option<UnixMs>> {
    let since = facts::take(tx, OFFLINE)?;
    Ok(since.map(|since| read_moment(&since)))
}

fn read_moment(text: &str) -> UnixMs {
    UnixMs(text.parse().unwrap_or(0))
}
