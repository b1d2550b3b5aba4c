//! The clone alarm: too many people scan the code of one thing, or somebody scans a thing that
//! another person owns.

use anyhow::Context as _;
use rusqlite::params;

use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::slices::cards::card::{CloneAlarm, Ownership};
use crate::words::words;

/// Different people who may scan one thing (within a day, and in total) before the card's owner is
/// told.
const MOST_IN_A_DAY: u32 = 3;
const MOST_EVER: u32 = 5;

/// The alarm for a counted scan of a unit code, at most once a day; none once the owner chose to
/// ignore it.
pub(super) fn raise(
    tx: &WriteTx<'_>,
    now: UnixMs,
    code_id: i64,
    serial: u32,
    ownership: Ownership,
) -> anyhow::Result<Option<CloneAlarm>> {
    let context = || format!("count who scanned code {code_id}");
    // Checked first: a copied thing is scanned very often, and counting people pays only if an
    // alarm may be raised.
    let is_due: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM card_code WHERE id = ?1 AND watched = 1 AND (alarmed_at IS NULL OR alarmed_at <= ?2))",
        )?
        .query_row(params![code_id, now.minus(DAY).0], |row| row.get(0))
        .with_context(context)?;
    if !is_due {
        return Ok(None);
    }
    let (in_a_day, ever) = tx
        .prepare_cached(
            "SELECT count(DISTINCT person_id) FILTER (WHERE at > ?2), count(DISTINCT person_id) FROM scan
             WHERE code_id = ?1 AND result = 'genuine'",
        )?
        .query_row(params![code_id, now.minus(DAY).0], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .with_context(context)?;
    let claimed = matches!(ownership, Ownership::Others(_));
    if !claimed && in_a_day <= MOST_IN_A_DAY && ever <= MOST_EVER {
        return Ok(None);
    }
    tx.prepare_cached("UPDATE card_code SET alarmed_at = ?2 WHERE id = ?1")?
        .execute(params![code_id, now.0])
        .with_context(context)?;
    Ok(Some(CloneAlarm {
        code_id,
        serial,
        in_a_day,
        ever,
        claimed,
    }))
}

words! {
    pub(crate) enum AlarmDecision {
        /// A false alarm: no further alarms for this code.
        Ignore = "ignore",
        /// Everybody who scans the code is warned.
        Suspicious = "suspicious",
        Recall = "recall",
        /// Undoes the first two.
        Watch = "watch",
    }
}

/// Carries out a decision; false if the code no longer exists.
pub(crate) fn decide(
    tx: &WriteTx<'_>,
    code_id: i64,
    decision: AlarmDecision,
) -> anyhow::Result<bool> {
    let sql = match decision {
        AlarmDecision::Ignore => "UPDATE card_code SET watched = 0, suspicious = 0 WHERE id = ?1",
        AlarmDecision::Suspicious => "UPDATE card_code SET suspicious = 1 WHERE id = ?1",
        AlarmDecision::Recall => "UPDATE card_code SET state = 'recalled' WHERE id = ?1",
        AlarmDecision::Watch => "UPDATE card_code SET watched = 1, suspicious = 0 WHERE id = ?1",
    };
    let changed = tx
        .execute(sql, [code_id])
        .with_context(|| format!("decide about code {code_id}"))?;
    Ok(changed > 0)
}
