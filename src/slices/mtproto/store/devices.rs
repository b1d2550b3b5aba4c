//! Sessions of an account that its owner has seen or was told of.

use anyhow::Context as _;
use rusqlite::params;

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::mtproto::model::AccountId;

/// Remembers devices; returns those that were not known before.
pub(crate) fn remember_devices(
    tx: &WriteTx<'_>,
    now: UnixMs,
    id: AccountId,
    hashes: &[i64],
) -> anyhow::Result<Vec<i64>> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO telegram_device (account_id, hash, known_at)
         SELECT id, ?2, ?3 FROM telegram_account WHERE id = ?1
         ON CONFLICT (account_id, hash) DO NOTHING",
    )?;
    let mut fresh = Vec::new();
    for hash in hashes {
        let added = statement.execute(params![id.0, hash, now.0]);
        if added.context("remember a device")? > 0 {
            fresh.push(*hash);
        }
    }
    Ok(fresh)
}
