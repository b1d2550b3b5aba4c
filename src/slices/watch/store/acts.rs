//! People's actions on an account: pause, wait again, extend, note, choose the wait, remove and
//! restore.
//!
//! # Invariants
//! - Each UPDATE names the expected state in its WHERE clause, so a second press of a button does
//!   nothing.
//! - Every change is in the account's history with the person who made it.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::accounts::first_reminder;
use super::transitions::Transition;
use crate::clock::{DAY, UnixMs, days};
use crate::db::WriteTx;
use crate::retention::{CHUNK, Rule};
use crate::slices::watch::model::account::{AccountState, Until};
use crate::slices::watch::model::past::{Change, ProbeHistory};

/// How long a removed account can be restored.
const REMOVED_LIFE: Duration = days(7);

/// Deletes removed accounts after a while.
pub(super) const KEPT_REMOVED: Rule = Rule {
    what: "removed",
    table: "account",
    keep: REMOVED_LIFE,
    prune: prune_removed,
};

/// Pauses or resumes an account; true if that changed it.
pub(crate) fn set_paused(
    tx: &WriteTx<'_>,
    now: UnixMs,
    by: i64,
    id: i64,
    paused: bool,
) -> anyhow::Result<bool> {
    let (what, from, to) = if paused {
        (Change::Paused, AccountState::Pending, AccountState::Paused)
    } else {
        (Change::Resumed, AccountState::Paused, AccountState::Pending)
    };
    let changed = tx
        .execute(
            "UPDATE account SET state = ?3 WHERE id = ?1 AND state = ?2",
            params![id, from.word(), to.word()],
        )
        .with_context(|| format!("pause or resume account {id}"))?;
    if changed > 0 {
        Transition::new(id, what, Some(from), to)
            .by(by)
            .note(tx, now)?;
    }
    Ok(changed > 0)
}

/// Restarts a finished wait with the same agreed days; true if that changed it.
pub(crate) fn again(tx: &WriteTx<'_>, now: UnixMs, by: i64, id: i64) -> anyhow::Result<bool> {
    let days: Option<u32> = tx
        .query_row(
            "SELECT period_days FROM account WHERE id = ?1 AND state = 'done'",
            [id],
            |row| row.get(0),
        )
        .optional()?;
    let Some(days) = days else {
        return Ok(false);
    };
    let ends_at = now.plus(DAY * days);
    tx.execute(
        "UPDATE account SET state = 'pending', epoch = epoch + 1, started_at = :now, ends_at = :ends, done_at = NULL,
             remind_at = :remind
         WHERE id = :id",
        named_params! {
            ":id": id, ":now": now.0, ":ends": ends_at.0, ":remind": first_reminder(now, ends_at).0,
        },
    )
    .with_context(|| format!("wait again for account {id}"))?;
    tx.execute(
        "UPDATE look SET history = (history << 2 & ?2) | ?3, reason = '', known = 0 WHERE account_id = ?1",
        params![id, ProbeHistory::MASK, ProbeHistory::WIDTH],
    )?;
    let turn = Transition::new(
        id,
        Change::Again,
        Some(AccountState::Done),
        AccountState::Pending,
    );
    turn.by(by).note(tx, now)?;
    Ok(true)
}

/// Extends the agreed time of a wait; true if that changed it. Reminders start over, because their
/// days moved.
pub(crate) fn extend(
    tx: &WriteTx<'_>,
    now: UnixMs,
    by: i64,
    id: i64,
    days: u32,
) -> anyhow::Result<bool> {
    let longer = tx
        .query_row(
            "UPDATE account SET period_days = min(period_days + :days, 3650), epoch = epoch + 1,
                 ends_at = started_at + min(period_days + :days, 3650) * 86400000
             WHERE id = :id AND state NOT IN ('done', 'removed') AND period_days < 3650 RETURNING ends_at, state",
            named_params! { ":id": id, ":days": days },
            |row| Ok((row.get(0)?, super::word(row, 1, AccountState::from_word)?)),
        )
        .optional()
        .with_context(|| format!("extend account {id}"))?;
    let Some((ends_at, state)) = longer else {
        return Ok(false);
    };
    tx.execute(
        "UPDATE account SET remind_at = ?2 WHERE id = ?1",
        params![id, first_reminder(now, UnixMs(ends_at)).0],
    )?;
    let days = days.to_string();
    let turn = Transition::new(id, Change::Extended, Some(state), state);
    turn.by(by).detail(&days).note(tx, now)?;
    Ok(true)
}

/// Writes the note of an account; an empty note removes it. True if that changed it. `before` is
/// the note that the person saw: a newer note is not overwritten.
pub(crate) fn set_note(
    tx: &WriteTx<'_>,
    now: UnixMs,
    by: i64,
    id: i64,
    before: &str,
    note: &str,
) -> anyhow::Result<bool> {
    let sql = "UPDATE account SET note = ?3 WHERE id = ?1 AND note = ?2 AND note <> ?3 AND state <> 'removed' RETURNING state";
    stay(
        tx,
        now,
        id,
        sql,
        params![id, before, note],
        Transition::new(id, Change::Noted, None, AccountState::Pending).by(by),
    )
}

/// Changes what a pending account waits for; true if that changed it. `before` is the choice that
/// the person saw. A wait for changes begins without a baseline, because the earlier wait may have
/// noted what a single probe saw.
pub(crate) fn set_until(
    tx: &WriteTx<'_>,
    now: UnixMs,
    by: i64,
    id: i64,
    before: Until,
    until: Until,
) -> anyhow::Result<bool> {
    let sql = "UPDATE account SET until = ?3 WHERE id = ?1 AND until = ?2 AND until <> ?3
               AND state IN ('pending', 'paused') RETURNING state";
    let turn = Transition::new(id, Change::Until, None, AccountState::Pending).by(by);
    let is_set = stay(
        tx,
        now,
        id,
        sql,
        params![id, before.word(), until.word()],
        turn.detail(until.word()),
    )?;
    if is_set && until == Until::Change {
        tx.execute("UPDATE look SET known = 0 WHERE account_id = ?1", [id])
            .with_context(|| format!("forget what was seen of account {id}"))?;
    }
    Ok(is_set)
}

/// If the statement `sql` changes a row, records a change that leaves the account's state as it is.
fn stay(
    tx: &WriteTx<'_>,
    now: UnixMs,
    id: i64,
    sql: &str,
    params: &[&dyn rusqlite::ToSql],
    change: Transition<'_>,
) -> anyhow::Result<bool> {
    let state = tx
        .query_row(sql, params, |row| {
            super::word(row, 0, AccountState::from_word)
        })
        .optional()
        .with_context(|| format!("change account {id}"))?;
    let Some(state) = state else {
        return Ok(false);
    };
    change.in_state(state).note(tx, now)?;
    Ok(true)
}

/// Removes an account: it is hidden everywhere and can be restored for a while. True if that
/// changed it.
pub(crate) fn remove(tx: &WriteTx<'_>, now: UnixMs, by: i64, id: i64) -> anyhow::Result<bool> {
    let from = state_of(tx, id)?.filter(|state| *state != AccountState::Removed);
    let Some(from) = from else {
        return Ok(false);
    };
    tx.execute(
        "UPDATE account SET state = 'removed', removed_at = ?2 WHERE id = ?1",
        params![id, now.0],
    )
    .with_context(|| format!("remove account {id}"))?;
    let turn = Transition::new(id, Change::Removed, Some(from), AccountState::Removed);
    turn.by(by).note(tx, now)?;
    Ok(true)
}

/// Restores a removed account as it was; true if that changed it. A held account waits again,
/// because the question about it may have been answered meanwhile.
pub(crate) fn restore(tx: &WriteTx<'_>, now: UnixMs, by: i64, id: i64) -> anyhow::Result<bool> {
    let before = tx
        .query_row(
            "SELECT from_state FROM transition WHERE account_id = ?1 AND to_state = 'removed' ORDER BY id DESC LIMIT 1",
            [id],
            |row| super::word(row, 0, AccountState::from_word),
        )
        .optional()
        .with_context(|| format!("look up what account {id} was"))?;
    let to = match before {
        Some(AccountState::Held) | None => AccountState::Pending,
        Some(state) => state,
    };
    let changed = tx
        .execute(
            "UPDATE account SET state = ?2, removed_at = NULL WHERE id = ?1 AND state = 'removed'",
            params![id, to.word()],
        )
        .with_context(|| format!("bring account {id} back"))?;
    if changed > 0 {
        let turn = Transition::new(id, Change::Restored, Some(AccountState::Removed), to);
        turn.by(by).note(tx, now)?;
    }
    Ok(changed > 0)
}

fn state_of(connection: &Connection, id: i64) -> anyhow::Result<Option<AccountState>> {
    connection
        .prepare_cached("SELECT state FROM account WHERE id = ?1")?
        .query_row([id], |row| super::word(row, 0, AccountState::from_word))
        .optional()
        .with_context(|| format!("look up the state of account {id}"))
}

fn prune_removed(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.prepare_cached(
        "DELETE FROM account WHERE id IN
             (SELECT id FROM account WHERE removed_at IS NOT NULL AND removed_at < ?1 LIMIT ?2)",
    )?
    .execute(params![before.0, CHUNK])
    .context("forget removed accounts")
}
