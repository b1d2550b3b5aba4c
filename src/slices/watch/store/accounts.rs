//! Accounts: adding, reading, counting. Changes by people are in `acts`, lists are in `listing`.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::transitions::Transition;
use super::{ACCOUNT_COLUMNS, ACCOUNTS, account_from_row};
use crate::clock::{DAY, UnixMs, days};
use crate::db::WriteTx;
use crate::slices::watch::model::account::{Account, AccountState, Until};
use crate::slices::watch::model::past::Change;

/// The first reminder comes this long before the end of the agreed time.
const FIRST_REMINDER: Duration = days(3);

/// An account to add. The catalogue has checked the site and the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    pub owner_id: i64,
    /// Key of its site.
    pub site: String,
    /// The name, exactly as given.
    pub username: String,
    pub period_days: u32,
    pub until: Until,
    /// May be empty.
    pub note: String,
}

impl NewAccount {
    /// Waits until the account is found.
    #[must_use]
    pub fn new(owner_id: i64, site: &str, username: &str, period_days: u32) -> Self {
        Self {
            owner_id,
            site: site.to_owned(),
            username: username.to_owned(),
            period_days,
            until: Until::Found,
            note: String::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// The account is new and has this number.
    New(i64),
    /// The owner already has the account, with this number and in this state.
    Known(i64, AccountState),
}

/// Adds an account. An account that the owner already has is left as it is. A removed one starts
/// over.
pub fn add(tx: &WriteTx<'_>, now: UnixMs, new: &NewAccount) -> anyhow::Result<Added> {
    let known = tx
        .prepare_cached(
            "SELECT id, state FROM account WHERE owner_id = ?1 AND site = ?2 AND username = ?3",
        )?
        .query_row(params![new.owner_id, new.site, new.username], |row| {
            Ok(Added::Known(
                row.get(0)?,
                super::word(row, 1, AccountState::from_word)?,
            ))
        })
        .optional()
        .context("look for the account")?;
    match known {
        Some(Added::Known(id, AccountState::Removed)) => {
            tx.execute("DELETE FROM account WHERE id = ?1", [id])
                .with_context(|| format!("make room for account {id}"))?;
        }
        Some(known) => return Ok(known),
        None => {}
    }
    let ends_at = now.plus(DAY * new.period_days);
    tx.prepare_cached(
        "INSERT INTO account
             (owner_id, site, username, state, period_days, started_at, ends_at, remind_at, created_at, until, note)
         VALUES (:owner, :site, :username, 'pending', :days, :now, :ends, :remind, :now, :until, :note)",
    )?
    .execute(named_params! {
        ":owner": new.owner_id,
        ":site": new.site,
        ":username": new.username,
        ":days": new.period_days,
        ":now": now.0,
        ":ends": ends_at.0,
        ":remind": first_reminder(now, ends_at).0,
        ":until": new.until.word(),
        ":note": new.note,
    })
    .context("add the account")?;
    let id = tx.last_insert_rowid();
    tx.prepare_cached("INSERT INTO look (account_id) VALUES (?1)")?
        .execute([id])
        .context("add the row of the account's probes")?;
    let added = Transition::new(id, Change::Added, None, AccountState::Pending);
    added.by(new.owner_id).note(tx, now)?;
    Ok(Added::New(id))
}

/// True if the owner already has the account, so [`add`] would not add it.
pub(crate) fn is_known(connection: &Connection, new: &NewAccount) -> anyhow::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM account
             WHERE owner_id = ?1 AND site = ?2 AND username = ?3 AND state <> 'removed')",
        )?
        .query_row(params![new.owner_id, new.site, new.username], |row| {
            row.get(0)
        })
        .context("look for the account")
}

/// An account by its number, if `viewer` may see it (`None`: an admin). Removed accounts are left
/// out.
pub fn get(
    connection: &Connection,
    viewer: Option<i64>,
    id: i64,
) -> anyhow::Result<Option<Account>> {
    let account = get_any(connection, viewer, id)?;
    Ok(account.filter(|account| account.state != AccountState::Removed))
}

/// Like [`get`], but includes removed accounts that can still be restored.
pub(crate) fn get_any(
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Probed in every run.
    pub pending: usize,
    pub done: usize,
    /// Stopped for a while.
    pub paused: usize,
}

impl Totals {
    #[must_use]
    pub fn all(self) -> usize {
        self.pending + self.done + self.paused
    }
}

/// Counts accounts by state: one owner's, or all.
pub fn totals(connection: &Connection, owner: Option<i64>) -> anyhow::Result<Totals> {
    let sql = match owner {
        Some(_) => "SELECT state, count(*) FROM account WHERE owner_id = ?1 GROUP BY state",
        None => "SELECT state, n FROM account_tally WHERE ?1 IS NULL",
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([owner])?;
    let mut totals = Totals::default();
    while let Some(row) = rows.next()? {
        let count: usize = row.get(1)?;
        match super::word(row, 0, AccountState::from_word)? {
            // To its owner, a held account is still waiting.
            AccountState::Pending | AccountState::Held => totals.pending += count,
            AccountState::Done => totals.done = count,
            AccountState::Paused => totals.paused = count,
            AccountState::Removed => {}
        }
    }
    Ok(totals)
}

/// How many accounts an owner has.
pub(crate) fn count_of_owner(connection: &Connection, owner: i64) -> anyhow::Result<usize> {
    Ok(totals(connection, Some(owner))?.all())
}

/// Calls `each` with every account (of one owner, or all) without holding them all in memory.
pub(crate) fn export(
    connection: &Connection,
    owner: Option<i64>,
    mut each: impl FnMut(&Account) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let whose = of(owner);
    let sql = format!(
        "SELECT {ACCOUNT_COLUMNS} FROM {ACCOUNTS} WHERE {whose} AND state <> 'removed' ORDER BY id"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([owner])?;
    while let Some(row) = rows.next()? {
        each(&account_from_row(row)?)?;
    }
    Ok(())
}

/// True if some exported account waits for something other than being found.
pub(crate) fn some_wait_otherwise(
    connection: &Connection,
    owner: Option<i64>,
) -> anyhow::Result<bool> {
    let whose = of(owner);
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM account WHERE {whose} AND state <> 'removed' AND until <> 'found')"
    );
    let exists = connection.query_row(&sql, [owner], |row| row.get(0));
    exists.context("look for accounts that wait for something else")
}

/// A condition on `?1` for one owner's accounts, or all. Two texts, because SQLite plans a
/// statement before it knows the parameter.
fn of(owner: Option<i64>) -> &'static str {
    match owner {
        Some(_) => "owner_id = ?1",
        None => "?1 IS NULL",
    }
}

/// Three days before the end, or a later reminder if the agreed time is shorter.
pub(super) fn first_reminder(now: UnixMs, ends_at: UnixMs) -> UnixMs {
    let early = ends_at.minus(FIRST_REMINDER);
    let last_day = ends_at.minus(DAY);
    [early, last_day, ends_at]
        .into_iter()
        .find(|at| *at > now)
        .unwrap_or(ends_at)
}
