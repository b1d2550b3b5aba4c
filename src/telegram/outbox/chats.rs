//! Moves or gives up waiting rows when a chat is unreachable, has lost a topic, or got a new id.

use std::sync::Arc;

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::people;

use super::pause::{forget_pauses, try_now};

/// Rewrites a group's id outside of Telegram's own tables: old id, new id.
pub(crate) type ChatMoved = Arc<dyn Fn(&WriteTx<'_>, i64, i64) -> anyhow::Result<()> + Send + Sync>;

/// A topic of the group is gone: its messages go to the group itself.
pub(crate) fn topic_gone(tx: &WriteTx<'_>, chat_id: i64, topic: i64) -> anyhow::Result<()> {
    people::topic_gone(tx, chat_id, topic)?;
    tx.execute(
        "UPDATE outbox SET topic = NULL 
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND topic = ?2",
        [chat_id, topic],
    )?;
    Ok(())
}

/// Nothing can be sent to the chat: marks it and gives up its waiting rows.
pub(crate) fn chat_unreachable(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    why: &str,
) -> anyhow::Result<()> {
    people::chat_unreachable(tx, now, chat_id, why)?;
    forget_pauses(tx, chat_id)?;
    close_pending(tx, now, chat_id, why)
}

/// Somebody in the chat acted, so messages can be sent to it again, or may be: they are tried now.
pub(crate) fn chat_reachable(tx: &WriteTx<'_>, now: UnixMs, chat_id: i64) -> anyhow::Result<()> {
    people::chat_reachable(tx, chat_id)?;
    try_now(tx, now, chat_id).map(drop)
}

/// A group got a new id: its waiting rows go there.
pub(crate) fn move_chat(tx: &WriteTx<'_>, from: i64, to: i64) -> anyhow::Result<()> {
    forget_pauses(tx, from)?;
    tx.execute(
        "UPDATE outbox SET chat_id = ?2, due_at = iif(attempts > 0, created_at, due_at) WHERE chat_id = ?1",
        (from, to),
    )?;
    Ok(())
}

/// Gives up a chat's waiting rows.
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
