//! What the owners of accounts were told, so that nobody hears of an event twice.

use anyhow::Context as _;
use rusqlite::{OptionalExtension as _, params};

use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::slices::mtproto::model::{AccountId, AccountState};

/// What was told about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Care {
    pub(crate) state: AccountState,
    /// In Telegram's word; may be empty.
    pub(crate) reason: String,
    /// Its devices were looked at.
    pub(crate) knows_devices: bool,
    /// Since when Telegram cannot be reached with it.
    pub(crate) silent_since: Option<UnixMs>,
    /// The owner knows of that.
    pub(crate) is_silence_told: bool,
}

impl Default for Care {
    fn default() -> Self {
        Self {
            state: AccountState::Linked,
            reason: String::new(),
            knows_devices: false,
            silent_since: None,
            is_silence_told: false,
        }
    }
}

pub(crate) fn care(connection: &Connection, id: AccountId) -> anyhow::Result<Care> {
    let sql = "SELECT state, reason, knows_devices, silent_since, is_silence_told
               FROM telegram_care WHERE account_id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let row = statement.query_row([id.0], |row| {
        let state: String = row.get(0)?;
        Ok(Care {
            state: AccountState::from_word(&state).unwrap_or(AccountState::Linked),
            reason: row.get(1)?,
            knows_devices: row.get(2)?,
            silent_since: row.get::<_, Option<i64>>(3)?.map(UnixMs),
            is_silence_told: row.get(4)?,
        })
    });
    let stored = row
        .optional()
        .context("read what was told about an account")?;
    Ok(stored.unwrap_or_default())
}

pub(crate) fn set_care(tx: &WriteTx<'_>, id: AccountId, care: &Care) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO telegram_care (account_id, state, reason, knows_devices, silent_since, is_silence_told)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (account_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
             knows_devices = excluded.knows_devices, silent_since = excluded.silent_since,
             is_silence_told = excluded.is_silence_told",
    )?
    .execute(params![
        id.0,
        care.state.word(),
        care.reason,
        care.knows_devices,
        care.silent_since.map(|since| since.0),
        care.is_silence_told,
    ])
    .context("note what was told about an account")?;
    Ok(())
}
