//! A scan: look up, count and log in one transaction.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{CARD_COLUMNS, CARD_WIDTH, alarm, card_from_row};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::people::{self, Actor};
use crate::slices::cards::card::{Card, Claim, CodeState, Outcome, Scan};
use crate::slices::cards::code::{Code, Mistyped};

/// Within this time the same person's look at the same code is shown and not counted.
pub const GRACE: Duration = Duration::from_secs(10 * 60);

/// Codes that do not exist which a person may try within ten minutes; then nothing is looked up for them for as long.
pub const MOST_ASTRAY: u32 = 10;

/// See [`MOST_ASTRAY`].
const ASTRAY_TIME: Duration = Duration::from_secs(10 * 60);

/// A code as stored.
struct Known {
    code_id: i64,
    state: CodeState,
    checks: u64,
    first_at: Option<UnixMs>,
    suspicious: bool,
    /// The thing's number in its batch; none for a code that things share.
    serial: Option<u32>,
    claim: Claim,
    card: Card,
}

/// What a code, or what was typed instead, stands for; noted and, when it is genuine, counted. `day` is today in the
/// configured zone.
///
/// # Errors
/// When the database fails.
pub fn scan(
    tx: &WriteTx<'_>,
    actor: &Actor,
    read: &Result<Code, Mistyped>,
    day: &str,
) -> anyhow::Result<Scan> {
    let known = match read {
        _ if strays(tx, actor)? => Err(Outcome::Refused),
        Err(_) => Err(Outcome::Mistyped),
        Ok(code) => look_up(tx, actor, code)?.ok_or(Outcome::Unknown),
    };
    let known = match known {
        Ok(known) => known,
        Err(outcome) => {
            log(tx, actor, None, outcome)?;
            let too_many = outcome != Outcome::Refused && strays(tx, actor)?;
            return Ok(Scan::Astray { outcome, too_many });
        }
    };
    let outcome = judge(tx, actor, &known)?;
    log(tx, actor, Some(&known), outcome)?;
    let (mut checks, mut first_at, mut alarm) = (known.checks, known.first_at, None);
    if outcome == Outcome::Genuine {
        count(tx, actor, &known, day)?;
        checks += 1;
        first_at = first_at.or(Some(actor.now));
        // A code that things share is scanned by many: that is popularity.
        if let Some(serial) = known.serial {
            alarm = alarm::raise(tx, actor.now, known.code_id, serial, known.claim)?;
        }
    }
    Ok(Scan::Known {
        card: Box::new(known.card),
        outcome,
        checks,
        first_at,
        suspicious: known.suspicious,
        claim: known.claim,
        alarm,
    })
}

/// True for somebody who tries codes.
fn strays(tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<bool> {
    let tries: u32 = tx
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM scan WHERE person_id = ?1 AND code_id IS NULL AND at > ?2 LIMIT ?3)",
        )?
        .query_row(
            params![actor.id, actor.now.minus(ASTRAY_TIME).0, MOST_ASTRAY],
            |row| row.get(0),
        )
        .context("count codes that do not exist")?;
    Ok(tries >= MOST_ASTRAY)
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
            // The schema's CHECK allows no other word; a word of a newer program is no reason to call a thing genuine.
            state: CodeState::from_word(word).unwrap_or(CodeState::Inactive),
            checks: row.get(CARD_WIDTH + 2)?,
            first_at: row.get::<_, Option<i64>>(CARD_WIDTH + 3)?.map(UnixMs),
            suspicious: row.get(CARD_WIDTH + 4)?,
            serial,
            claim: match claimed_by {
                _ if serial.is_none() => Claim::Shared,
                None => Claim::Free { code_id },
                Some(person) if person == actor.id => Claim::Own(claimed_at),
                Some(_) => Claim::Others(claimed_at),
            },
            card: card_from_row(row)?,
        })
    };
    tx.prepare_cached(&sql)?
        .query_row([code.as_str()], known)
        .optional()
        .context("look up a code")
}

fn judge(tx: &WriteTx<'_>, actor: &Actor, known: &Known) -> anyhow::Result<Outcome> {
    let outcome = match known.state {
        CodeState::Recalled => Outcome::Recalled,
        CodeState::Stolen => Outcome::Stolen,
        CodeState::Inactive => Outcome::Inactive,
        CodeState::Active if !known.card.active => Outcome::Inactive,
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
                Outcome::Repeat
            } else {
                Outcome::Genuine
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
    outcome: Outcome,
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
