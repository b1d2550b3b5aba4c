//! What deliveries and updates tell about a chat: frozen, unreachable, reachable, or without its
//! topic.

use crate::clock::UnixMs;
use crate::db::WriteTx;

/// A topic of the group is gone: its messages go to the group itself.
pub(crate) fn topic_gone(tx: &WriteTx<'_>, chat_id: i64, topic: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat SET topic = NULL WHERE id = ?1 AND topic = ?2",
        [chat_id, topic],
    )?;
    tx.execute(
        "UPDATE outbox SET topic = NULL 
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND topic = ?2",
        [chat_id, topic],
    )?;
    Ok(())
}

/// Nothing is sent to the chat before `until` (after a 429).
pub(crate) fn freeze_chat(tx: &WriteTx<'_>, chat_id: i64, until: UnixMs) -> anyhow::Result<()> {
    tx.execute(
        "INSERT INTO chat (id, frozen_until) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET frozen_until = max(frozen_until, excluded.frozen_until)",
        (chat_id, until.0),
    )?;
    Ok(())
}

/// Nothing can be sent to the chat: marks it and gives up what waits for it.
pub(crate) fn chat_unreachable(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    why: &str,
) -> anyhow::Result<()> {
    tx.execute(
        "INSERT INTO chat (id, unreachable_at, unreachable_why) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET unreachable_at = coalesce(unreachable_at, excluded.unreachable_at),
             unreachable_why = excluded.unreachable_why",
        (chat_id, now.0, why),
    )?;
    close_pending(tx, now, chat_id, why)
}

/// Somebody in the chat acted, so messages can be sent to it again.
pub(crate) fn chat_reachable(tx: &WriteTx<'_>, chat_id: i64) -> anyhow::Result<()> {
    tx.prepare_cached(
        "UPDATE chat SET unreachable_at = NULL, unreachable_why = '' WHERE id = ?1 AND unreachable_at IS NOT NULL",
    )?
    .execute((chat_id,))?;
    Ok(())
}

/// Gives up what waits for a chat.
pub(super) fn close_pending(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    why: &str,
) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE outbox SET state = 'dead', problem = ?3, closed_at = ?2, html = '', gist = '', keyboard = '', file = ''
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1",
        (chat_id, now.0, why),
    )?;
    Ok(())
}
