//! Rows of linked accounts.

use anyhow::Context as _;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::slices::mtproto::model::{AccountId, AccountState, LinkedAccount};

/// What Telegram says about an account itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) telegram_id: i64,
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) phone_tail: String,
    /// Telegram's reason, if it restricts the account.
    pub(crate) restricted: Option<String>,
}

impl Profile {
    fn state(&self) -> (AccountState, &str) {
        match &self.restricted {
            Some(reason) => (AccountState::Restricted, reason),
            None => (AccountState::Linked, ""),
        }
    }
}

const COLUMNS: &str = "id, person_id, state, reason, telegram_id, name, username, phone_tail, \
                       watch_with, linked_at, seen_at";

fn read(row: &Row<'_>) -> rusqlite::Result<LinkedAccount> {
    let state: String = row.get(2)?;
    Ok(LinkedAccount {
        id: AccountId(row.get(0)?),
        person_id: row.get(1)?,
        // The table allows no other word.
        state: AccountState::from_word(&state).unwrap_or(AccountState::LoggedOut),
        reason: row.get(3)?,
        telegram_id: row.get(4)?,
        name: row.get(5)?,
        username: row.get(6)?,
        phone_tail: row.get(7)?,
        watch_with: row.get(8)?,
        linked_at: row.get::<_, Option<i64>>(9)?.map(UnixMs),
        seen_at: row.get::<_, Option<i64>>(10)?.map(UnixMs),
    })
}

/// The accounts that a person linked, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub(crate) fn accounts_of(
    connection: &Connection,
    person: i64,
) -> anyhow::Result<Vec<LinkedAccount>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM telegram_account
         WHERE person_id = ?1 AND person_id != 0 AND state != 'linking' ORDER BY id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([person], read)?;
    rows.collect::<Result<_, _>>()
        .context("read the accounts of a person")
}

/// The accounts of everybody.
///
/// # Errors
/// When the database cannot be read.
pub(crate) fn all_accounts(connection: &Connection) -> anyhow::Result<Vec<LinkedAccount>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM telegram_account
         WHERE person_id > 0 AND state != 'linking' ORDER BY person_id, id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], read)?;
    rows.collect::<Result<_, _>>()
        .context("read all linked accounts")
}

/// An account, if that person linked it.
///
/// # Errors
/// When the database cannot be read.
pub(crate) fn account(
    connection: &Connection,
    person: i64,
    id: AccountId,
) -> anyhow::Result<Option<LinkedAccount>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM telegram_account
         WHERE id = ?1 AND person_id = ?2 AND person_id != 0 AND state != 'linking'"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let row = statement.query_row(params![id.0, person], read);
    row.optional().context("read an account")
}

/// Makes the row of an account whose login begins.
pub(crate) fn new_account(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<AccountId> {
    tx.prepare_cached("INSERT INTO telegram_account (person_id, state) VALUES (?1, 'linking')")?
        .execute([person])
        .context("make an account")?;
    Ok(AccountId(tx.last_insert_rowid()))
}

/// What the thread needs to know of an account before it connects.
pub(crate) fn place(
    connection: &Connection,
    id: AccountId,
) -> anyhow::Result<Option<(AccountState, i32)>> {
    let sql = "SELECT state, home_dc FROM telegram_account WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let row = statement.query_row([id.0], |row| {
        let state: String = row.get(0)?;
        let state = AccountState::from_word(&state).unwrap_or(AccountState::LoggedOut);
        Ok((state, row.get(1)?))
    });
    row.optional().context("read the place of an account")
}

/// The login is complete.
pub(crate) fn complete(
    tx: &WriteTx<'_>,
    now: UnixMs,
    id: AccountId,
    profile: &Profile,
) -> anyhow::Result<()> {
    tx.prepare_cached("UPDATE telegram_account SET linked_at = ?2 WHERE id = ?1")?
        .execute(params![id.0, now.0])
        .context("complete an account")?;
    seen(tx, now, id, profile)
}

/// Telegram answered with the account.
pub(crate) fn seen(
    tx: &WriteTx<'_>,
    now: UnixMs,
    id: AccountId,
    profile: &Profile,
) -> anyhow::Result<()> {
    let (state, reason) = profile.state();
    tx.prepare_cached(
        "UPDATE telegram_account SET state = ?2, reason = ?3, telegram_id = ?4, name = ?5,
             username = ?6, phone_tail = ?7, seen_at = ?8 WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        state.word(),
        reason,
        profile.telegram_id,
        profile.name,
        profile.username,
        profile.phone_tail,
        now.0
    ])
    .context("note what Telegram says of an account")?;
    Ok(())
}

/// Other accounts of the same person that are the same Telegram account.
pub(crate) fn replaced(
    connection: &Connection,
    id: AccountId,
    telegram_id: i64,
) -> anyhow::Result<Vec<AccountId>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM telegram_account WHERE id != ?1 AND telegram_id = ?2
             AND person_id = (SELECT person_id FROM telegram_account WHERE id = ?1)",
    )?;
    let rows = statement.query_map(params![id.0, telegram_id], |row| row.get(0).map(AccountId))?;
    rows.collect::<Result<_, _>>()
        .context("read the accounts that are replaced")
}

pub(crate) fn mark(
    tx: &WriteTx<'_>,
    id: AccountId,
    state: AccountState,
    reason: &str,
) -> anyhow::Result<()> {
    tx.prepare_cached("UPDATE telegram_account SET state = ?2, reason = ?3 WHERE id = ?1")?
        .execute(params![id.0, state.word(), reason])
        .context("mark an account")?;
    Ok(())
}

/// Telegram knows the account's key no more: what only that key could use goes.
pub(crate) fn mark_logged_out(tx: &WriteTx<'_>, id: AccountId, reason: &str) -> anyhow::Result<()> {
    mark(tx, id, AccountState::LoggedOut, reason)?;
    for sql in [
        "DELETE FROM telegram_key WHERE account_id = ?1",
        "DELETE FROM telegram_peer WHERE account_id = ?1",
        "UPDATE telegram_account SET watch_with = 0 WHERE id = ?1",
    ] {
        tx.prepare_cached(sql)?
            .execute([id.0])
            .context("forget a key that is void")?;
    }
    Ok(())
}

/// The account is nobody's any longer. Only its keys stay, until Telegram was told.
pub(crate) fn abandon(tx: &WriteTx<'_>, id: AccountId) -> anyhow::Result<()> {
    for sql in [
        "UPDATE telegram_account SET person_id = 0, telegram_id = 0, name = '', username = '',
             phone_tail = '', reason = '', watch_with = 0 WHERE id = ?1",
        "DELETE FROM telegram_peer WHERE account_id = ?1",
        "DELETE FROM telegram_device WHERE account_id = ?1",
        "UPDATE telegram_login SET account_id = NULL WHERE account_id = ?1",
    ] {
        tx.prepare_cached(sql)?
            .execute([id.0])
            .context("abandon an account")?;
    }
    Ok(())
}

/// Accounts that are nobody's, and those whose login is over without having been completed.
pub(crate) fn abandoned(connection: &Connection) -> anyhow::Result<Vec<AccountId>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM telegram_account WHERE person_id = 0
         UNION SELECT id FROM telegram_account WHERE state = 'linking' AND NOT EXISTS
             (SELECT 1 FROM telegram_login WHERE account_id = telegram_account.id AND ended_at IS NULL)",
    )?;
    let rows = statement.query_map([], |row| row.get(0).map(AccountId))?;
    rows.collect::<Result<_, _>>()
        .context("read the accounts that are nobody's")
}

/// Removes an account and everything about it.
pub(crate) fn remove(tx: &WriteTx<'_>, id: AccountId) -> anyhow::Result<()> {
    tx.prepare_cached("DELETE FROM telegram_account WHERE id = ?1")?
        .execute([id.0])
        .context("remove an account")?;
    Ok(())
}

pub(crate) fn home_dc(connection: &Connection, id: AccountId) -> anyhow::Result<Option<i32>> {
    Ok(place(connection, id)?.map(|(_, home)| home))
}

pub(crate) fn set_home_dc(tx: &WriteTx<'_>, id: AccountId, dc: i32) -> anyhow::Result<()> {
    tx.prepare_cached("UPDATE telegram_account SET home_dc = ?2 WHERE id = ?1")?
        .execute(params![id.0, dc])
        .context("note the data centre of an account")?;
    Ok(())
}

/// Chooses the account for the watch, or no more.
pub(crate) fn watch_with(tx: &WriteTx<'_>, id: AccountId, is_used: bool) -> anyhow::Result<()> {
    tx.prepare_cached("UPDATE telegram_account SET watch_with = ?2 WHERE id = ?1")?
        .execute(params![id.0, is_used])
        .context("choose an account for the watch")?;
    Ok(())
}
