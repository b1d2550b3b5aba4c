//! Accounts: adding, listing, and what people do with them.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::{ACCOUNT_COLUMNS, ACCOUNTS, account_from_row};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::watch::account::{Account, State};

/// One agreed day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The first reminder comes this long before the end of the agreed time.
const FIRST_REMINDER: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// An account to be added; the site and the name were checked by the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Who waits for it.
    pub owner_id: i64,
    /// Key of its site.
    pub site: String,
    /// The name, exactly as given.
    pub username: String,
    /// Agreed days.
    pub period_days: u32,
}

/// What adding did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// A new account with this number.
    New(i64),
    /// The owner has it already, with this number and in this state.
    Known(i64, State),
}

/// Adds an account; one that the owner already has is left alone.
///
/// # Errors
/// When the database fails.
pub fn add(tx: &WriteTx<'_>, now: UnixMs, new: &NewAccount) -> anyhow::Result<Added> {
    let known = tx
        .prepare_cached(
            "SELECT id, state FROM account WHERE owner_id = ?1 AND site = ?2 AND username = ?3",
        )?
        .query_row(params![new.owner_id, new.site, new.username], |row| {
            Ok(Added::Known(
                row.get(0)?,
                super::word(row, 1, State::from_word)?,
            ))
        })
        .optional()
        .context("look for the account")?;
    if let Some(known) = known {
        return Ok(known);
    }
    let ends_at = now.plus(DAY * new.period_days);
    tx.prepare_cached(
        "INSERT INTO account
             (owner_id, site, username, state, period_days, started_at, ends_at, remind_at, created_at)
         VALUES (:owner, :site, :username, 'pending', :days, :now, :ends, :remind, :now)",
    )?
    .execute(named_params! {
        ":owner": new.owner_id,
        ":site": new.site,
        ":username": new.username,
        ":days": new.period_days,
        ":now": now.0,
        ":ends": ends_at.0,
        ":remind": first_reminder(now, ends_at).0,
    })
    .context("add the account")?;
    let id = tx.last_insert_rowid();
    tx.prepare_cached("INSERT INTO look (account_id) VALUES (?1)")?
        .execute([id])
        .context("add the account's row of looks")?;
    insert_transition(tx, now, id, None, Some(new.owner_id), "", "pending")?;
    Ok(Added::New(id))
}

/// An account by its number, if `viewer` may see it (`None`: an admin).
///
/// # Errors
/// When the database fails.
pub fn get(
    connection: &Connection,
    viewer: Option<i64>,
    id: i64,
) -> anyhow::Result<Option<Account>> {
    let sql = format!(
        "SELECT {ACCOUNT_COLUMNS} FROM {ACCOUNTS} WHERE id = ?1 AND (?2 IS NULL OR owner_id = ?2)"
    );
    connection
        .prepare_cached(&sql)?
        .query_row(params![id, viewer], account_from_row)
        .optional()
        .with_context(|| format!("look up account {id}"))
}

/// How many accounts an owner has in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Looked at in every run.
    pub pending: usize,
    /// Found.
    pub done: usize,
    /// Stopped for a while.
    pub paused: usize,
}

impl Totals {
    /// All of them.
    #[must_use]
    pub fn all(self) -> usize {
        self.pending + self.done + self.paused
    }
}

/// Counts accounts by state, of one owner or of all.
///
/// # Errors
/// When the database fails.
pub fn totals(connection: &Connection, owner: Option<i64>) -> anyhow::Result<Totals> {
    let sql = match owner {
        Some(_) => "SELECT state, count(*) FROM account WHERE owner_id = ?1 GROUP BY state",
        None => "SELECT state, count(*) FROM account WHERE ?1 IS NULL GROUP BY state",
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([owner])?;
    let mut totals = Totals::default();
    while let Some(row) = rows.next()? {
        let count: usize = row.get(1)?;
        match super::word(row, 0, State::from_word)? {
            // Who waits for it waits on, whatever an admin is asked meanwhile.
            State::Pending | State::Held => totals.pending += count,
            State::Done => totals.done = count,
            State::Paused => totals.paused = count,
        }
    }
    Ok(totals)
}

/// How many accounts an owner has.
///
/// # Errors
/// When the database fails.
pub fn count_of_owner(connection: &Connection, owner: i64) -> anyhow::Result<usize> {
    Ok(totals(connection, Some(owner))?.all())
}

/// One page of an owner's accounts: those waited for first, then paused, then done.
///
/// # Errors
/// When the database fails.
pub fn page_of_owner(
    connection: &Connection,
    owner: i64,
    offset: usize,
    limit: usize,
) -> anyhow::Result<Vec<Account>> {
    let sql = format!(
        "SELECT {ACCOUNT_COLUMNS} FROM {ACCOUNTS} WHERE owner_id = :owner
         ORDER BY CASE state WHEN 'done' THEN 2 WHEN 'paused' THEN 1 ELSE 0 END, id LIMIT :limit OFFSET :offset"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let params = named_params! { ":owner": owner, ":limit": limit, ":offset": offset };
    let rows = statement.query_map(params, account_from_row)?;
    rows.collect::<Result<_, _>>()
        .context("list the owner's accounts")
}

/// One page of everybody's accounts in the order they were added.
///
/// # Errors
/// When the database fails.
pub fn page_all(
    connection: &Connection,
    offset: usize,
    limit: usize,
) -> anyhow::Result<Vec<Account>> {
    let sql =
        format!("SELECT {ACCOUNT_COLUMNS} FROM {ACCOUNTS} ORDER BY id LIMIT :limit OFFSET :offset");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(
        named_params! { ":limit": limit, ":offset": offset },
        account_from_row,
    )?;
    rows.collect::<Result<_, _>>().context("list accounts")
}

/// Calls `each` with every account, or every one of an owner, without holding them all.
///
/// # Errors
/// When the database or `each` fails.
pub fn export(
    connection: &Connection,
    owner: Option<i64>,
    mut each: impl FnMut(&Account) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let sql = format!(
        "SELECT {ACCOUNT_COLUMNS} FROM {ACCOUNTS} WHERE ?1 IS NULL OR owner_id = ?1 ORDER BY id"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([owner])?;
    while let Some(row) = rows.next()? {
        each(&account_from_row(row)?)?;
    }
    Ok(())
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
    let (from, to) = if paused {
        ("pending", "paused")
    } else {
        ("paused", "pending")
    };
    let changed = tx
        .execute(
            "UPDATE account SET state = ?3 WHERE id = ?1 AND state = ?2",
            params![id, from, to],
        )
        .with_context(|| format!("pause or resume account {id}"))?;
    if changed > 0 {
        insert_transition(tx, now, id, None, Some(by), from, to)?;
    }
    Ok(changed > 0)
}

/// Begins the wait for a found account anew with the same agreed days; true when that changed it.
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
        "UPDATE look SET verdict = '', reason = '', was_missing = 0 WHERE account_id = ?1",
        [id],
    )?;
    insert_transition(tx, now, id, None, Some(by), "done", "pending")?;
    Ok(true)
}

/// Makes the agreed time longer; true when there is such an account. Reminders start anew, because their days moved.
///
/// # Errors
/// When the database fails.
pub fn extend(tx: &WriteTx<'_>, now: UnixMs, id: i64, days: u32) -> anyhow::Result<bool> {
    let ends_at: Option<i64> = tx
        .query_row(
            "UPDATE account SET period_days = min(period_days + :days, 3650), epoch = epoch + 1,
                 ends_at = started_at + min(period_days + :days, 3650) * 86400000
             WHERE id = :id AND state <> 'done' RETURNING ends_at",
            named_params! { ":id": id, ":days": days },
            |row| row.get(0),
        )
        .optional()
        .with_context(|| format!("extend account {id}"))?;
    let Some(ends_at) = ends_at else {
        return Ok(false);
    };
    tx.execute(
        "UPDATE account SET remind_at = ?2 WHERE id = ?1",
        params![id, first_reminder(now, UnixMs(ends_at)).0],
    )?;
    Ok(true)
}

/// Removes an account with its history; true when it was there.
///
/// # Errors
/// When the database fails.
pub fn delete(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<bool> {
    let deleted = tx
        .execute("DELETE FROM account WHERE id = ?1", [id])
        .with_context(|| format!("remove account {id}"))?;
    Ok(deleted > 0)
}

/// Three days before the end, or at the next moment left when the agreed time is shorter.
fn first_reminder(now: UnixMs, ends_at: UnixMs) -> UnixMs {
    let early = ends_at.minus(FIRST_REMINDER);
    let last_day = ends_at.minus(DAY);
    [early, last_day, ends_at]
        .into_iter()
        .find(|at| *at > now)
        .unwrap_or(ends_at)
}

/// Notes a change of state.
pub(super) fn insert_transition(
    tx: &WriteTx<'_>,
    now: UnixMs,
    account_id: i64,
    run_id: Option<i64>,
    by: Option<i64>,
    from: &str,
    to: &str,
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO transition (account_id, run_id, by_person, from_state, to_state, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![account_id, run_id, by, from, to, now.0])
    .with_context(|| format!("note the change of account {account_id}"))?;
    Ok(())
}
