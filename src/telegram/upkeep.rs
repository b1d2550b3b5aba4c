//! What happens to many rows of Telegram's tables at once: after a crash, when a group gets a new id, when rows grow old,
//! when a person wants to be forgotten.

use std::time::Duration;

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::retention::{CHUNK, Rule};

use super::inbound::inbox;
use super::outbox::files::{KEEP_FILES, prune_files};
use super::outbox::{KEEP_CLOSED, OUT_OF_REACH};

/// How long closed rows with a dedupe key are kept: no news repeats itself after that.
const KEEP_NEWS: Duration = Duration::from_secs(60 * 24 * 3600);

/// Takes over what a crash left in `making`, of which nothing left, and in `sending`: edits may be repeated, messages may
/// have arrived. Returns how many edits and how many messages were on their way.
pub(super) fn adopt_crashed(tx: &WriteTx<'_>) -> anyhow::Result<(usize, usize)> {
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

/// Telegram can be reached again: what waits only because it could not be reached ([`OUT_OF_REACH`]) goes now.
pub(super) fn hurry(tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<usize> {
    Ok(tx.execute(
        "UPDATE outbox SET due_at = ?1 WHERE closed_at IS NULL AND state = 'pending' AND attempts > 0 AND due_at > ?1 AND problem = ?2",
        (now.0, OUT_OF_REACH),
    )?)
}

/// A group became a supergroup: every stored id of it is rewritten.
///
/// # Errors
/// When the database refuses.
pub fn migrate(tx: &WriteTx<'_>, from: i64, to: i64) -> anyhow::Result<()> {
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

/// Makes room for a newer edit of the same message. The key of a replaced row stays known, because the news is told by
/// the newer one.
pub(super) fn replace_edit(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    edit_of: i64,
) -> anyhow::Result<()> {
    // The plus: not by the index of keys, where all rows without one stand together.
    tx.prepare_cached(
        "DELETE FROM outbox WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND edit_of = ?2 AND +dedupe IS NULL",
    )?
    .execute((chat_id, edit_of))?;
    tx.prepare_cached(
        "UPDATE outbox SET state = 'sent', message_id = ?2, closed_at = ?3, problem = 'replaced by a newer edit',
             html = '', gist = '', keyboard = '', file = ''
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND edit_of = ?2",
    )?
    .execute((chat_id, edit_of, now.0))?;
    Ok(())
}

/// Forgets closed messages without a key, and gives up what nobody could be told of for as long.
fn prune_messages(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
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

/// Forgets closed messages that were kept because their news must not be told twice.
fn prune_news(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    Ok(tx.execute(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE closed_at < ?1 LIMIT ?2)",
        (before.0, CHUNK),
    )?)
}

/// What of Telegram's tables is kept for how long.
pub const KEPT: [Rule; 5] = [
    Rule {
        what: "updates",
        table: "inbox",
        keep: inbox::KEEP_DONE,
        prune: inbox::prune_done,
    },
    Rule {
        what: "unreadable",
        table: "quarantine",
        keep: inbox::KEEP_QUARANTINE,
        prune: inbox::prune_quarantine,
    },
    Rule {
        what: "messages",
        table: "outbox",
        keep: KEEP_CLOSED,
        prune: prune_messages,
    },
    Rule {
        what: "news",
        table: "outbox",
        keep: KEEP_NEWS,
        prune: prune_news,
    },
    Rule {
        what: "files",
        table: "sent_file",
        keep: KEEP_FILES,
        prune: prune_files,
    },
];

/// Removes what Telegram's tables hold of a person: everything said in their chat, and what waits for others and names
/// them. Their updates have no text once they are done, and keep only a number, by which a repeat is recognised; one that
/// waits for its effect stays, because it was written after they asked for this.
///
/// # Errors
/// When the database refuses.
pub fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    let id = person.to_string();
    tx.execute(
        "UPDATE inbox SET chat_id = 0 WHERE done_at IS NOT NULL AND chat_id = ?1",
        (person,),
    )?;
    tx.execute("DELETE FROM quarantine WHERE instr(body, ?1) > 0", (&id,))?;
    tx.execute(
        "DELETE FROM outbox WHERE closed_at IS NOT NULL AND chat_id = ?1",
        (person,),
    )?;
    // What waits: theirs, and of others what is about them. Cards and questions about a person show the id so, and its
    // buttons end with it.
    tx.execute(
        "DELETE FROM outbox WHERE closed_at IS NULL
             AND (chat_id = ?2 OR instr(html, '<code>' || ?1 || '</code>') > 0 OR instr(keyboard, ':' || ?1 || '\"') > 0)",
        (&id, person),
    )?;
    Ok(())
}
