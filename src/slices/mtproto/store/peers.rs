//! The hashes with which an account may ask about somebody.

use anyhow::Context as _;
use rusqlite::{OptionalExtension as _, params};

use crate::db::{Connection, WriteTx};
use crate::slices::mtproto::model::AccountId;

pub(crate) fn access_hash(
    connection: &Connection,
    id: AccountId,
    peer: i64,
) -> anyhow::Result<Option<i64>> {
    let sql = "SELECT access_hash FROM telegram_peer WHERE account_id = ?1 AND peer_id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let hash = statement.query_row(params![id.0, peer], |row| row.get(0));
    hash.optional().context("read a peer")
}

/// Stores peers with their hashes, unless the account is gone.
pub(crate) fn save_peers(
    tx: &WriteTx<'_>,
    id: AccountId,
    peers: &[(i64, i64)],
) -> anyhow::Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO telegram_peer (account_id, peer_id, access_hash)
         SELECT id, ?2, ?3 FROM telegram_account WHERE id = ?1
         ON CONFLICT (account_id, peer_id) DO UPDATE SET access_hash = excluded.access_hash
             WHERE access_hash != excluded.access_hash",
    )?;
    for (peer, hash) in peers {
        statement
            .execute(params![id.0, peer, hash])
            .context("store a peer")?;
    }
    Ok(())
}
