//! Methods that Telegram does not want to see from an account for a while.

use anyhow::Context as _;
use rusqlite::params;

use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::slices::mtproto::model::AccountId;

pub(crate) fn floods(
    connection: &Connection,
    id: AccountId,
) -> anyhow::Result<Vec<(String, UnixMs)>> {
    let sql = "SELECT method, until FROM telegram_flood WHERE account_id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([id.0], |row| Ok((row.get(0)?, UnixMs(row.get(1)?))))?;
    rows.collect::<Result<_, _>>()
        .context("read the flood waits of an account")
}

pub(crate) fn remember_flood(
    tx: &WriteTx<'_>,
    id: AccountId,
    method: &str,
    until: UnixMs,
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO telegram_flood (account_id, method, until)
         SELECT id, ?2, ?3 FROM telegram_account WHERE id = ?1
         ON CONFLICT (account_id, method) DO UPDATE SET until = excluded.until",
    )?
    .execute(params![id.0, method, until.0])
    .context("remember a flood wait")?;
    Ok(())
}
