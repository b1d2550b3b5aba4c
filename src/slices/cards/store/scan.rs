//! A scan: look up, count and log, in one transaction.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{CARD_COLUMNS, CARD_WIDTH, alarm, card_from_row};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::people::{self, Actor};
use crate::slices::cards::card::{Card, CodeState, Ownership, Scan, ScanOutcome};
use crate::slices::cards::code::{Code, Mistyped};

/// Another scan of the same code by the same person within this time is shown, but not counted.
pub(crate) const GRACE: Duration = Duration::from_secs(10 * 60);

/// Codes that could exist and do not, which a person may try within ten minutes. Further scans are
/// refused until the time is over. Typing mistakes are no tries: the check symbols find them.
pub(crate) const MOST_UNMATCHED: u32 = 10;

/// See [`MOST_UNMATCHED`].
const UNMATCHED_WINDOW: Duration = Duration::from_secs(10 * 60);

struct Known {
    code_id: i64,
    state: CodeState,
    checks: u64,
    first_at: Option<UnixMs>,
    suspicious: bool,
    /// The number in the batch; none for the shared code.
    serial: Option<u32>,
    ownership: Ownership,
    card: Card,
}

/// Looks up a code, logs the scan and, if the code is genuine, counts it. `day` is today in the
/// configured zone.
pub fn scan(
    tx: &WriteTx<'_>,
    actor: &Actor,
    read: &Result<Code, Mistyped>,
    day: &str,
) -> anyhow::Result<Scan> {
    let known = match read {
        _ if tries_too_many(tx, actor)? => Err(ScanOutcome::Refused),
        Err(_) => Err(ScanOutcome::Mistyped),
        Ok(code) => look_up(tx, actor, code)?.ok_or(ScanOutcome::Unknown),
    };
    let known = match known {
        Ok(known) => known,
        Err(outcome) => {
            log(tx, actor, None, outcome)?;
            let too_many = outcome != ScanOutcome::Refused && tries_too_many(tx, actor)?;
            return Ok(Scan::Unmatched { outcome, too_many });
        }
    };
    let outcome = judge(tx, actor, &known)?;
    log(tx, actor, Some(&known), outcome)?;
    let (mut checks, mut first_at, mut alarm) = (known.checks, known.first_at, None);
    if outcome == ScanOutcome::Genuine {
        count(tx, actor, &known, day)?;
        checks += 1;
        first_at = first_at.or(Some(actor.now));
        // Many people scan a shared code, so that is no sign of copies.
        if let Some(serial) = known.serial {
            alarm = alarm::raise(tx, actor, known.code_id, serial, known.ownership)?;
        }
    }
    Ok(Scan::Known {
        card: Box::new(known.card),
        outcome,
        checks,
        first_at,
        suspicious: known.suspicious,
        ownership: known.ownership,
        alarm,
    })
}

/// Whether a person has tried too many wrong codes.
fn tries_too_many(tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<bool> {
    let tries: u32 = tx
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM scan
                 WHERE person_id = ?1 AND code_id IS NULL AND at > ?2 AND result = 'unknown' LIMIT ?3)",
        )?
        .query_row(
            params![actor.id, actor.now.minus(UNMATCHED_WINDOW).0, MOST_UNMATCHED],
            |row| row.get(0),
        )
        .context("count codes that do not exist")?;
    Ok(tries >= MOST_UNMATCHED)
}

fn look_up(tx: &WriteTx<'_>, actor: &Actor, code: &Code) -> anyhow::Result<Option<Known>> {
    let sql = format!(
        "SELECT {CARD_COLUMNS}, card_code.id, card_code.state, card_code.checks, card_code.first_at, card_code.suspicious,
             CASE WHEN card_code.batch <> '' THEN card_code.serial END, card_code.claimed_by, card_code.claimed_at
         FROM card_code JOIN card ON card.id = card_code.card_id WHERE card_code.code = ?1"
    );
    let known = |row: &Row<'_>| {
        let word = row.get_ref(CARD_WIDTH + 1)?.as_str()?;
        let code_id = row.get(CARD_WIDTH)?;
        let serial: Option<u32> = row.get(CARD_WIDTH + 5)?;
        let claimed_by: Option<i64> = row.get(CARD_WIDTH + 6)?;
        let claimed_at = UnixMs(row.get::<_, Option<i64>>(CARD_WIDTH + 7)?.unwrap_or(0));
        Ok(Known {
            code_id,
            // The schema's CHECK allows no other word. An unknown word, from a newer program, must
            // not make a thing genuine.
            state: CodeState::from_word(word).unwrap_or(CodeState::Inactive),
            checks: row.get(CARD_WIDTH + 2)?,
            first_at: row.get::<_, Option<i64>>(CARD_WIDTH + 3)?.map(UnixMs),
            suspicious: row.get(CARD_WIDTH + 4)?,
            serial,
            ownership: match claimed_by {
                _ if serial.is_none() => Ownership::Shared,
                None => Ownership::Free { code_id },
                Some(person) if person == actor.id => Ownership::Own(claimed_at),
                Some(_) => Ownership::Others(claimed_at),
            },
            card: card_from_row(row)?,
        })
    };
    tx.prepare_cached(&sql)?
        .query_row([code.as_str()], known)
        .optional()
        .context("look up a code")
}

fn judge(tx: &WriteTx<'_>, actor: &Actor, known: &Known) -> anyhow::Result<ScanOutcome> {
    let outcome = match known.state {
        CodeState::Recalled => ScanOutcome::Recalled,
        CodeState::Stolen => ScanOutcome::Stolen,
        CodeState::Inactive => ScanOutcome::Inactive,
        CodeState::Active if !known.card.active => ScanOutcome::Inactive,
        CodeState::Active => {
            let since = actor.now.minus(GRACE).0;
            let counted: bool = tx
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM scan
                         WHERE code_id = ?1 AND person_id = ?2 AND at > ?3 AND result = 'genuine')",
                )?
                .query_row(params![known.code_id, actor.id, since], |row| row.get(0))
                .context("look for the scan before")?;
            if counted {
                ScanOutcome::Repeat
            } else {
                ScanOutcome::Genuine
            }
        }
    };
    Ok(outcome)
}

fn count(tx: &WriteTx<'_>, actor: &Actor, known: &Known, day: &str) -> anyhow::Result<()> {
    let card = known.card.id;
    let context = || format!("count a scan of card {card}");
    tx.prepare_cached(
        "UPDATE card_code SET checks = checks + 1, first_at = coalesce(first_at, ?2) WHERE id = ?1",
    )?
    .execute(params![known.code_id, actor.now.0])
    .with_context(context)?;
    let mut meet = tx.prepare_cached("INSERT OR IGNORE INTO card_person VALUES (?1, ?2)")?;
    meet.execute(params![0, actor.id]).with_context(context)?;
    let is_new = meet
        .execute(params![card, actor.id])
        .with_context(context)?;
    tx.prepare_cached("UPDATE card SET checks = checks + 1, people = people + ?2 WHERE id = ?1")?
        .execute(params![card, is_new])
        .with_context(context)?;
    tx.prepare_cached(
        "INSERT INTO card_day (day, card_id, checks) VALUES (?1, ?2, 1)
         ON CONFLICT (day, card_id) DO UPDATE SET checks = checks + 1",
    )?
    .execute(params![day, card])
    .with_context(context)?;
    Ok(())
}

fn log(
    tx: &WriteTx<'_>,
    actor: &Actor,
    known: Option<&Known>,
    outcome: ScanOutcome,
) -> anyhow::Result<()> {
    let username = people::get(tx, actor.id)?.map_or_else(String::new, |person| person.username);
    tx.prepare_cached(
        "INSERT INTO scan (code_id, person_id, name, username, result, at, card_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        known.map(|known| known.code_id),
        actor.id,
        actor.name,
        username,
        outcome.word(),
        actor.now.0,
        known.map(|known| known.card.id)
    ])
    .context("note a scan")?;
    Ok(())
}
