//! The clone alarm: too many people scan the code of one thing, or somebody scans a thing that
//! another person owns.

use anyhow::Context as _;
use rusqlite::params;

use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::people::Actor;
use crate::slices::cards::card::{CloneAlarm, Ownership};
use crate::words::words;

/// Different people who may scan one thing (within a day, and in total) before the card's owner is
/// told.
const MOST_IN_A_DAY: u32 = 3;
const MOST_EVER: u32 = 5;

/// The alarm for a counted scan of a unit code. Too many people are told of at most once a day, and
/// no more once the owner chose to ignore it. A person who scans what another one has claimed is
/// told of once, whatever was told or ignored before; a crowd of them counts as too many people.
pub(super) fn raise(
    tx: &WriteTx<'_>,
    actor: &Actor,
    code_id: i64,
    serial: u32,
    ownership: Ownership,
) -> anyhow::Result<Option<CloneAlarm>> {
    let context = || format!("count who scanned code {code_id}");
    let now = actor.now;
    let claimed = match ownership {
        Ownership::Others(since) => is_news(tx, actor, code_id, since)?,
        _ => false,
    };
    // Checked first: a copied thing is scanned very often, and counting people pays only if an
    // alarm may be raised.
    let is_due: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM card_code WHERE id = ?1 AND watched = 1 AND (alarmed_at IS NULL OR alarmed_at <= ?2))",
        )?
        .query_row(params![code_id, now.minus(DAY).0], |row| row.get(0))
        .with_context(context)?;
    if !is_due && !claimed {
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
    let crowd = is_due && (in_a_day > MOST_IN_A_DAY || ever > MOST_EVER);
    if !claimed && !crowd {
        return Ok(None);
    }
    if crowd {
        tx.prepare_cached("UPDATE card_code SET alarmed_at = ?2 WHERE id = ?1")?
            .execute(params![code_id, now.0])
            .with_context(context)?;
    }
    Ok(Some(CloneAlarm {
        code_id,
        serial,
        in_a_day,
        ever,
        claimed,
    }))
}

/// True for a person's first counted scan of a thing since another one claimed it, until that many
/// people have scanned it within a day that they are a crowd.
fn is_news(tx: &WriteTx<'_>, actor: &Actor, code_id: i64, since: UnixMs) -> anyhow::Result<bool> {
    let count = |sql: &str, parameters: [i64; 3]| -> anyhow::Result<u32> {
        tx.prepare_cached(sql)?
            .query_row(parameters, |row| row.get(0))
            .with_context(|| format!("count who scanned code {code_id} since its claim"))
    };
    let own = count(
        "SELECT count(*) FROM scan WHERE code_id = ?1 AND person_id = ?2 AND at > ?3 AND result = 'genuine'",
        [code_id, actor.id, since.0],
    )?;
    let people = count(
        "SELECT count(DISTINCT person_id) FROM scan
         WHERE code_id = ?1 AND at > max(?2, ?3) AND result = 'genuine'",
        [code_id, since.0, actor.now.minus(DAY).0],
    )?;
    // This scan is among them.
    Ok(own <= 1 && people <= MOST_IN_A_DAY)
}

words! {
    pub(crate) enum AlarmDecision {
        /// A false alarm: no further alarms for this code that too many people scan it.
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
