//! Retention: scans are kept for a year. A person can have their names removed.

use anyhow::Context as _;
use rusqlite::params;

use crate::clock::{UnixMs, days};
use crate::db::WriteTx;
use crate::retention::{CHUNK, Rule};

/// Cards, their codes and their counts are kept.
pub(crate) const KEPT: [Rule; 1] = [Rule {
    what: "scans",
    table: "scan",
    keep: days(365),
    prune,
}];

fn prune(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.prepare_cached(
        "DELETE FROM scan WHERE id IN (SELECT id FROM scan WHERE at < ?1 ORDER BY at LIMIT ?2)",
    )?
    .execute(params![before.0, CHUNK])
    .context("forget old scans")
}

/// Removes a person's id and names from scans, cards and codes. The counts stay.
pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    for sql in [
        "UPDATE scan SET person_id = 0, name = '', username = '' WHERE person_id = ?1",
        "DELETE FROM card_person WHERE person_id = ?1",
        "UPDATE card SET owner_id = 0 WHERE owner_id = ?1",
        "UPDATE card_code SET claimed_by = 0 WHERE claimed_by = ?1 AND claimed_by > 0",
    ] {
        tx.execute(sql, [person])
            .with_context(|| format!("forget the scans of person {person}"))?;
    }
    Ok(())
}
