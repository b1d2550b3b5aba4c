//! What changes in Telegram's tables when a group gets a new id.

use crate::db::WriteTx;

/// A group became a supergroup: every stored id of it is rewritten.
pub(crate) fn migrate(tx: &WriteTx<'_>, from: i64, to: i64) -> anyhow::Result<()> {
    // The new chat may have spoken first and have a row already; its settings are the newer ones.
    tx.execute(
        "UPDATE OR IGNORE chat SET id = ?2 WHERE id = ?1",
        (from, to),
    )?;
    tx.execute("DELETE FROM chat WHERE id = ?1", (from,))?;
    tx.execute(
        "UPDATE chat SET frozen_until = 0, unreachable_at = NULL, unreachable_why = '' WHERE id = ?1",
        (to,),
    )?;
    tx.execute(
        "UPDATE outbox SET chat_id = ?2 WHERE chat_id = ?1",
        (from, to),
    )?;
    tx.execute(
        "UPDATE OR IGNORE dialogue SET chat_id = ?2 WHERE chat_id = ?1",
        (from, to),
    )?;
    tx.execute("DELETE FROM dialogue WHERE chat_id = ?1", (from,))?;
    tx.execute(
        "UPDATE check_request SET chat_id = ?2 WHERE chat_id = ?1",
        (from, to),
    )?;
    Ok(())
}
