//! The sender's marks: the delivery result of a row.

use std::time::Duration;

use super::claim::ClaimedRow;
use super::pause::{FILES, Pause, Refusal, pause};
use crate::clock::{UnixMs, days};
use crate::db::WriteTx;

/// How long delivery of a message is attempted, and how long an unconfirmed one waits for a message
/// that mentions it.
pub(crate) const GIVE_UP: Duration = days(7);

/// The problem of a row that waits because Telegram could not be reached or was busy.
pub(crate) const OUT_OF_REACH: &str = "Telegram could not be reached";

/// The row was delivered as `message_id` and mentioned the rows in `folded`.
pub(crate) fn sent(
    tx: &WriteTx<'_>,
    now: UnixMs,
    row: &ClaimedRow,
    message_id: i64,
    folded: &[i64],
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "UPDATE outbox SET state = 'sent', message_id = ?2, closed_at = ?3, problem = '', html = '', gist = '', keyboard = '', file = ''
         WHERE id = ?1",
    )?
    .execute((row.id, message_id, now.0))?;
    // The last message to a forgotten person leaves no trace.
    tx.prepare_cached(
        "DELETE FROM outbox WHERE id = ?1 AND dedupe IS NULL AND chat_id NOT IN (SELECT id FROM chat)",
    )?
    .execute((row.id,))?;
    for id in folded {
        tx.execute(
            "UPDATE outbox SET state = 'folded', carrier = ?2, closed_at = ?3, html = '', gist = '', keyboard = '', file = ''
             WHERE id = ?1 AND state = 'unconfirmed'",
            (id, row.id, now.0),
        )?;
    }
    // The message to edit was gone and this one replaced it: lookups must find the new one.
    if let Some(gone) = row.edit_of.filter(|gone| *gone != message_id) {
        tx.execute(
            "UPDATE outbox SET message_id = ?3 WHERE chat_id = ?1 AND message_id = ?2 AND state = 'sent'",
            (row.chat_id, gone, message_id),
        )?;
        tx.execute(
            "UPDATE outbox SET edit_of = ?3 
             WHERE closed_at IS NULL AND state IN ('held', 'pending') AND chat_id = ?1 AND edit_of = ?2",
            (row.chat_id, gone, message_id),
        )?;
    }
    Ok(())
}

/// The row was surely not delivered and is tried again at `due_at`.
pub(crate) fn returned(
    tx: &WriteTx<'_>,
    id: i64,
    due_at: UnixMs,
    problem: &str,
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "UPDATE outbox SET state = 'pending', due_at = ?2, problem = ?3 WHERE id = ?1",
    )?
    .execute((id, due_at.0, problem))?;
    Ok(())
}

/// The row was refused for now: it waits for its place, and so does what else goes there.
pub(crate) fn refused(
    tx: &WriteTx<'_>,
    now: UnixMs,
    row: &ClaimedRow,
    refusal: &Refusal,
) -> anyhow::Result<Pause> {
    let (pause, until) = pause(tx, now, row.chat_id, refusal)?;
    let problem = if pause.incident {
        OUT_OF_REACH
    } else {
        "the chat refuses messages for now"
    };
    returned(tx, row.id, until, problem)?;
    // One row is tried at a time; the others for its place would outlive it untried.
    tx.execute(
        "UPDATE outbox SET state = 'dead', problem = 'given up after seven days: ' || ?3, closed_at = ?4,
             html = '', gist = '', keyboard = '', file = ''
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND created_at < ?2
             AND (id = ?5 OR ?6 = 0 OR ?6 = topic OR ?6 = ?7 AND file <> '')",
        (
            row.chat_id,
            now.minus(GIVE_UP).0,
            problem,
            now.0,
            row.id,
            pause.topic,
            FILES,
        ),
    )?;
    Ok(pause)
}

pub(crate) fn dead(tx: &WriteTx<'_>, now: UnixMs, id: i64, problem: &str) -> anyhow::Result<()> {
    let sql = "UPDATE outbox SET state = 'dead', problem = ?3, closed_at = ?2, html = '', gist = '', keyboard = '', file = '' WHERE id = ?1";
    tx.execute(sql, (id, now.0, problem))?;
    Ok(())
}

/// The row may or may not have been delivered.
pub(crate) fn unconfirmed(tx: &WriteTx<'_>, id: i64, problem: &str) -> anyhow::Result<()> {
    let sql = "UPDATE outbox SET state = 'unconfirmed', problem = ?2 WHERE id = ?1";
    tx.execute(sql, (id, problem))?;
    Ok(())
}
