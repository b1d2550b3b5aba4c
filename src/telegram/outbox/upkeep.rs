//! What happens to many rows at once: after a crash, when Telegram is back, when rows grow old,
//! when a person wants to be forgotten.

use std::time::Duration;

use super::outcome::OUT_OF_REACH;
use crate::clock::{UnixMs, days};
use crate::db::WriteTx;
use crate::retention::CHUNK;

/// How long closed rows are kept.
pub(crate) const KEEP_CLOSED: Duration = days(7);

/// How long closed rows with a dedupe key are kept: no news repeats itself after that.
pub(crate) const KEEP_NEWS: Duration = days(60);

/// Recovers what a crash left in `making`, where no call had left, and in `sending`: edits may be
/// repeated, messages may have arrived. Returns how many edits and how many messages were
/// `sending`.
pub(crate) fn recover_crashed(tx: &WriteTx<'_>) -> anyhow::Result<(usize, usize)> {
    tx.execute(
        "UPDATE outbox SET state = 'pending' WHERE closed_at IS NULL AND state = 'making'",
        (),
    )?;
    let edits = tx.execute(
        "UPDATE outbox SET state = 'pending' WHERE closed_at IS NULL AND state = 'sending' AND edit_of IS NOT NULL",
        (),
    )?;
    let messages = tx.execute(
        "UPDATE outbox SET state = 'unconfirmed', problem = 'the program ended while it was sent'
         WHERE closed_at IS NULL AND state = 'sending'",
        (),
    )?;
    Ok((edits, messages))
}

/// Telegram can be reached again: makes the rows due that wait only for that ([`OUT_OF_REACH`]).
pub(crate) fn retry_now(tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<usize> {
    Ok(tx.execute(
        "UPDATE outbox SET due_at = ?1 WHERE closed_at IS NULL AND state = 'pending' AND attempts > 0 AND due_at > ?1 AND problem = ?2",
        (now.0, OUT_OF_REACH),
    )?)
}

/// Forgets closed messages without a key, and gives up unconfirmed ones of the same age.
pub(crate) fn prune_messages(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.execute(
        "UPDATE outbox SET state = 'dead', closed_at = ?2, html = '', gist = '', keyboard = '', file = ''
         WHERE closed_at IS NULL AND state = 'unconfirmed' AND created_at < ?1",
        (before.0, before.plus(KEEP_CLOSED).0),
    )?;
    Ok(tx.execute(
        "DELETE FROM outbox WHERE id IN (
             SELECT id FROM outbox WHERE closed_at < ?1 AND +dedupe IS NULL LIMIT ?2)",
        (before.0, CHUNK),
    )?)
}

/// Forgets closed messages that were kept so that their news is not told twice.
pub(crate) fn prune_news(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    Ok(tx.execute(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE closed_at < ?1 LIMIT ?2)",
        (before.0, CHUNK),
    )?)
}

/// Removes what the outbox holds of a person: what was said in their chat, and what waits for
/// others and names them.
pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    let id = person.to_string();
    tx.execute(
        "DELETE FROM outbox WHERE closed_at IS NOT NULL AND chat_id = ?1",
        (person,),
    )?;
    // What waits: for them, and for others about them. Cards and questions about a person show the
    // id in this form, and their buttons end with it.
    tx.execute(
        "DELETE FROM outbox WHERE closed_at IS NULL
             AND (chat_id = ?2 OR instr(html, '<code>' || ?1 || '</code>') > 0 OR instr(keyboard, ':' || ?1 || '\"') > 0)",
        (&id, person),
    )?;
    Ok(())
}
