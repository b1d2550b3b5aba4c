//! Keys of accounts, one per data centre.

use anyhow::Context as _;
use rusqlite::params;

use crate::db::{Connection, WriteTx};
use crate::secrets::Sealed;
use crate::slices::mtproto::model::AccountId;

/// A key as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredKey {
    pub(crate) dc: i32,
    pub(crate) address: String,
    pub(crate) auth_key: Sealed,
}

pub(crate) fn keys(connection: &Connection, id: AccountId) -> anyhow::Result<Vec<StoredKey>> {
    let sql = "SELECT dc, address, auth_key FROM telegram_key WHERE account_id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([id.0], |row| {
        Ok(StoredKey {
            dc: row.get(0)?,
            address: row.get(1)?,
            auth_key: Sealed::from_stored(row.get(2)?),
        })
    })?;
    rows.collect::<Result<_, _>>()
        .context("read the keys of an account")
}

/// Stores a key, unless the account is gone.
pub(crate) fn save_key(tx: &WriteTx<'_>, id: AccountId, key: &StoredKey) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO telegram_key (account_id, dc, address, auth_key)
         SELECT id, ?2, ?3, ?4 FROM telegram_account WHERE id = ?1
         ON CONFLICT (account_id, dc) DO UPDATE SET
             address = excluded.address, auth_key = excluded.auth_key",
    )?
    .execute(params![id.0, key.dc, key.address, key.auth_key.stored()])
    .context("store a key")?;
    Ok(())
}
