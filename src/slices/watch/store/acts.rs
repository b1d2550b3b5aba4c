//! What people do with an account: pause, wait again, extend, note, choose what is waited for, remove and bring back.
//!
//! What must stay true: whatever is done names in its statement what the account must be for it, so that the second of
//! two presses changes nothing; every change stands in the account's history with who did it.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::accounts::first_reminder;
use crate::clock::{DAY, UnixMs, days};
use crate::db::WriteTx;
use crate::retention::{CHUNK, Rule};
use crate::slices::watch::model::account::{State, Until};
use crate::slices::watch::model::past::{By, Change, Looks, Past};

/// How long what was removed can be brought back.
const REMOVED_LIFE: Duration = days(7);

/// Accounts that were removed are forgotten after a while.
pub(super) const KEPT_REMOVED: Rule = Rule {
    what: "removed",
    table: "account",
    keep: REMOVED_LIFE,
    prune: prune_removed,
};

/// A change for an account's history.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn<'a> {
    account_id: i64,
    what: Change,
    from: Option<State>,
    to: State,
    run_id: Option<i64>,
    by: Option<i64>,
    detail: &'a str,
}

impl<'a> Turn<'a> {
    pub(super) fn new(account_id: i64, what: Change, from: Option<State>, to: State) -> Self {
        Self {
            account_id,
            what,
            from,
            to,
            run_id: None,
            by: None,
            detail: "",
        }
    }

    /// A person did it.
    pub(super) fn by(mut self, person: i64) -> Self {
        self.by = Some(person);
        self
    }

    /// A run did it.
    pub(super) fn in_run(mut self, run_id: i64) -> Self {
        self.run_id = Some(run_id);
        self
    }

    fn detail(mut self, detail: &'a str) -> Self {
        self.detail = detail;
        self
    }
}

/// Notes a change.
pub(super) fn note_turn(tx: &WriteTx<'_>, now: UnixMs, turn: &Turn<'_>) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO transition (account_id, run_id, by_person, from_state, to_state, at, what, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        turn.account_id,
        turn.run_id,
        turn.by,
        turn.from.map_or("", State::word),
        turn.to.word(),
        now.0,
        turn.what.word(),
        turn.detail
    ])
    .with_context(|| format!("note the change of account {}", turn.account_id))?;
    Ok(())
}

/// The last changes of an account, the newest first.
///
/// # Errors
/// When the database fails.
pub fn history(connection: &Connection, id: i64, limit: usize) -> anyhow::Result<Vec<Past>> {
    let mut statement = connection.prepare_cached(
        "SELECT what, detail, by_person, at FROM transition WHERE account_id = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![id, limit], |row| {
        Ok(Past {
            what: super::word(row, 0, Change::from_word)?,
            detail: row.get(1)?,
            by: match row.get(2)? {
                None => By::Run,
                Some(0) => By::Nobody,
                Some(person) => By::Person(person),
            },
            at: UnixMs(row.get(3)?),
        })
    })?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("read the history of account {id}"))
}

/// Pauses or resumes an account; true when that changed it.
///
/// # Errors
/// When the database fails.
pub fn set_paused(
    tx: &WriteTx<'_>,
    now: UnixMs,
    by: i64,
    id: i64,
    paused: bool,
) -> anyhow::Result<bool> {
    let (what, from, to) = if paused {
        (Change::Paused, State::Pending, State::Paused)
    } else {
        (Change::Resumed, State::Paused, State::Pending)
    };
    let changed = tx
        .execute(
            "UPDATE account SET state = ?3 WHERE id = ?1 AND state = ?2",
            params![id, from.word(), to.word()],
        )
        .with_context(|| format!("pause or resume account {id}"))?;
    if changed > 0 {
        note_turn(tx, now, &Turn::new(id, what, Some(from), to).by(by))?;
    }
    Ok(changed > 0)
}

/// Begins a wait that is over anew with the same agreed days; true when that changed it.
///
/// # Errors
/// When the database fails.
pub fn again(tx: &WriteTx<'_>, now: UnixMs, by: i64, id: i64) -> anyhow::Result<bool> {
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
        params![id, Looks::MASK, Looks::WIDTH],
    )?;
    let turn = Turn::new(id, Change::Again, Some(State::Done), State::Pending);
    note_turn(tx, now, &turn.by(by))?;
    Ok(true)
}

/// Makes the agreed time of a wait that goes on longer; true when that changed it. Reminders start anew, because their
/// days moved.
///
/// # Errors
/// When the database fails.
pub fn extend(tx: &WriteTx<'_>, now: UnixMs, by: i64, id: i64, days: u32) -> anyhow::Result<bool> {
    let longer = tx
        .query_row(
            "UPDATE account SET period_days = min(period_days + :days, 3650), epoch = epoch + 1,
                 ends_at = started_at + min(period_days + :days, 3650) * 86400000
             WHERE id = :id AND state NOT IN ('done', 'removed') AND period_days < 3650 RETURNING ends_at, state",
            named_params! { ":id": id, ":days": days },
            |row| Ok((row.get(0)?, super::word(row, 1, State::from_word)?)),
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
    let turn = Turn::new(id, Change::Extended, Some(state), state);
    note_turn(tx, now, &turn.by(by).detail(&days))?;
    Ok(true)
}

/// Writes the note of an account, or removes it with an empty one; true when that changed it. `before` is the note as it
/// was shown to who changes it: what somebody else wrote since is not overwritten.
///
/// # Errors
/// When the database fails.
pub fn set_note(
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
        sql,
        params![id, before, note],
        Turn::new(id, Change::Noted, None, State::Pending).by(by),
    )
}

/// Chooses what an account is waited for while no run has seen it happen; true when that changed it. `before` is what was shown.
///
/// # Errors
/// When the database fails.
pub fn set_until(
    tx: &WriteTx<'_>,
    now: UnixMs,
    by: i64,
    id: i64,
    before: Until,
    until: Until,
) -> anyhow::Result<bool> {
    let sql = "UPDATE account SET until = ?3 WHERE id = ?1 AND until = ?2 AND until <> ?3
               AND state IN ('pending', 'paused') RETURNING state";
    let turn = Turn::new(id, Change::Until, None, State::Pending).by(by);
    stay(
        tx,
        now,
        sql,
        params![id, before.word(), until.word()],
        turn.detail(until.word()),
    )
}

/// A change that leaves the account's state as it is.
fn stay(
    tx: &WriteTx<'_>,
    now: UnixMs,
    sql: &str,
    params: &[&dyn rusqlite::ToSql],
    turn: Turn<'_>,
) -> anyhow::Result<bool> {
    let id = turn.account_id;
    let state = tx
        .query_row(sql, params, |row| super::word(row, 0, State::from_word))
        .optional()
        .with_context(|| format!("change account {id}"))?;
    let Some(state) = state else {
        return Ok(false);
    };
    let turn = Turn {
        from: Some(state),
        to: state,
        ..turn
    };
    note_turn(tx, now, &turn)?;
    Ok(true)
}

/// Takes an account away: it is hidden everywhere and can be brought back for a while. True when that changed it.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &WriteTx<'_>, now: UnixMs, by: i64, id: i64) -> anyhow::Result<bool> {
    let from = state_of(tx, id)?.filter(|state| *state != State::Removed);
    let Some(from) = from else {
        return Ok(false);
    };
    tx.execute(
        "UPDATE account SET state = 'removed', removed_at = ?2 WHERE id = ?1",
        params![id, now.0],
    )
    .with_context(|| format!("remove account {id}"))?;
    let turn = Turn::new(id, Change::Removed, Some(from), State::Removed);
    note_turn(tx, now, &turn.by(by))?;
    Ok(true)
}

/// Brings a removed account back as it was; true when that changed it. One that was held waits again, because the question
/// about it may be answered by now.
///
/// # Errors
/// When the database fails.
pub fn restore(tx: &WriteTx<'_>, now: UnixMs, by: i64, id: i64) -> anyhow::Result<bool> {
    let before = tx
        .query_row(
            "SELECT from_state FROM transition WHERE account_id = ?1 AND to_state = 'removed' ORDER BY id DESC LIMIT 1",
            [id],
            |row| super::word(row, 0, State::from_word),
        )
        .optional()
        .with_context(|| format!("look up what account {id} was"))?;
    let to = match before {
        Some(State::Held) | None => State::Pending,
        Some(state) => state,
    };
    let changed = tx
        .execute(
            "UPDATE account SET state = ?2, removed_at = NULL WHERE id = ?1 AND state = 'removed'",
            params![id, to.word()],
        )
        .with_context(|| format!("bring account {id} back"))?;
    if changed > 0 {
        let turn = Turn::new(id, Change::Restored, Some(State::Removed), to);
        note_turn(tx, now, &turn.by(by))?;
    }
    Ok(changed > 0)
}

fn state_of(connection: &Connection, id: i64) -> anyhow::Result<Option<State>> {
    connection
        .prepare_cached("SELECT state FROM account WHERE id = ?1")?
        .query_row([id], |row| super::word(row, 0, State::from_word))
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
