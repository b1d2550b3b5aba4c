//! How long rows are kept, and how a person is forgotten.

use std::time::Duration;

use crate::clock::{UnixMs, days};
use crate::db::WriteTx;
use crate::retention::CHUNK;

use super::pause::forget_pauses;

/// How long closed rows are kept.
pub(crate) const KEEP_CLOSED: Duration = days(7);

/// How long closed rows with a dedupe key are kept. Until then no news repeats itself.
pub(crate) const KEEP_NEWS: Duration = days(60);

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

/// Forgets closed messages that were kept to prevent repeated news.
pub(crate) fn prune_news(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    Ok(tx.execute(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE closed_at < ?1 LIMIT ?2)",
        (before.0, CHUNK),
    )?)
}

/// Removes a person's data from the outbox: messages to their chat, and messages waiting for others
/// that name them.
pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    let id = person.to_string();
    forget_pauses(tx, person)?;
    tx.execute(
        "DELETE FROM outbox WHERE closed_at IS NOT NULL AND chat_id = ?1",
        (person,),
    )?;
    // Waiting messages: for the person, and for others about the person. Cards and questions about
    // a person show the id in this form, and their buttons end with it.
    tx.execute(
        "DELETE FROM outbox WHERE closed_at IS NULL
             AND (chat_id = ?2 OR instr(html, '<code>' || ?1 || '</code>') > 0 OR instr(keyboard, ':' || ?1 || '\"') > 0)",
        (&id, person),
    )?;
    Ok(())
}
