//! The clone alarm: a code for one thing that too many people scan, or somebody else than whose it is.

use anyhow::Context as _;
use rusqlite::params;

use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::slices::cards::card::{Alarm, Claim};
use crate::words::words;

/// Different people who may scan one thing within a day, and ever, before its owner is told.
const MOST_IN_A_DAY: u32 = 3;
const MOST_EVER: u32 = 5;

/// The alarm that a counted scan of a unit code raises, once a day at most; none once the owner said to ignore it.
pub(super) fn raise(
    tx: &WriteTx<'_>,
    now: UnixMs,
    code_id: i64,
    serial: u32,
    claim: Claim,
) -> anyhow::Result<Option<Alarm>> {
    let context = || format!("count who scanned code {code_id}");
    // Asked first: a thing that is copied is scanned very often, and its scans are counted only when there is something to say.
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
    let claimed = matches!(claim, Claim::Others(_));
    if !claimed && in_a_day <= MOST_IN_A_DAY && ever <= MOST_EVER {
        return Ok(None);
    }
    tx.prepare_cached("UPDATE card_code SET alarmed_at = ?2 WHERE id = ?1")?
        .execute(params![code_id, now.0])
        .with_context(context)?;
    Ok(Some(Alarm {
        code_id,
        serial,
        in_a_day,
        ever,
        claimed,
    }))
}

words! {
    /// What the owner decides about an alarm.
    pub enum Decision {
        /// It means nothing; nothing is said of this code again.
        Ignore = "ignore",
        /// Whoever scans it is warned.
        Suspicious = "suspicious",
        /// The thing is recalled.
        Recall = "recall",
        /// Neither of the first two holds any longer.
        Watch = "watch",
    }
}

/// Carries out what was decided about a code; false when the code is gone.
///
/// # Errors
/// When the database fails.
pub fn decide(tx: &WriteTx<'_>, code_id: i64, decision: Decision) -> anyhow::Result<bool> {
    let sql = match decision {
        Decision::Ignore => "UPDATE card_code SET watched = 0, suspicious = 0 WHERE id = ?1",
        Decision::Suspicious => "UPDATE card_code SET suspicious = 1 WHERE id = ?1",
        Decision::Recall => "UPDATE card_code SET state = 'recalled' WHERE id = ?1",
        Decision::Watch => "UPDATE card_code SET watched = 1, suspicious = 0 WHERE id = ?1",
    };
    let changed = tx
        .execute(sql, [code_id])
        .with_context(|| format!("decide about code {code_id}"))?;
    Ok(changed > 0)
}
