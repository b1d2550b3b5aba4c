//! What happens to many rows of the outbox at once: after a crash, when a group gets a new id, when rows grow old.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, UnixMs};
use crate::db::{Db, WriteTx};

use super::inbox;
use super::outbox::{GIVE_UP, KEEP_CLOSED, OUT_OF_REACH};

/// How often old rows are forgotten.
const PERIOD: Duration = Duration::from_secs(3600);

/// How long closed rows with a dedupe key are kept: no news repeats itself after that.
const KEEP_DEDUPE: Duration = Duration::from_secs(60 * 24 * 3600);

/// Rows deleted in one transaction, so that pruning never holds the writer for long.
const PRUNE_CHUNK: u32 = 2000;

/// Takes over what a crash left in `sending`: edits may be repeated, messages may have arrived. Returns how many of each.
pub(super) fn adopt_crashed(tx: &WriteTx<'_>) -> anyhow::Result<(usize, usize)> {
    let edits = tx.execute(
        "UPDATE outbox SET state = 'pending' WHERE state = 'sending' AND edit_of IS NOT NULL",
        (),
    )?;
    let messages = tx.execute(
        "UPDATE outbox SET state = 'unconfirmed', problem = 'the program ended while it was sent' WHERE state = 'sending'",
        (),
    )?;
    Ok((edits, messages))
}

/// Telegram can be reached again: what waits only because it could not be reached ([`OUT_OF_REACH`]) goes now.
pub(super) fn hurry(tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<usize> {
    Ok(tx.execute(
        "UPDATE outbox SET due_at = ?1 WHERE state = 'pending' AND attempts > 0 AND due_at > ?1 AND problem = ?2",
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
    tx.prepare_cached(
        "DELETE FROM outbox WHERE state = 'pending' AND chat_id = ?1 AND edit_of = ?2 AND dedupe IS NULL",
    )?
    .execute((chat_id, edit_of))?;
    tx.prepare_cached(
        "UPDATE outbox SET state = 'sent', message_id = ?2, closed_at = ?3, problem = 'replaced by a newer edit'
         WHERE state = 'pending' AND chat_id = ?1 AND edit_of = ?2",
    )?
    .execute((chat_id, edit_of, now.0))?;
    Ok(())
}

/// Forgets what is old; true when there may be more.
pub(super) fn prune(tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<bool> {
    tx.execute(
        "UPDATE outbox SET state = 'dead', closed_at = ?2 WHERE state = 'unconfirmed' AND created_at < ?1",
        (now.minus(GIVE_UP).0, now.0),
    )?;
    let gone = tx.execute(
        "DELETE FROM outbox WHERE id IN (
             SELECT id FROM outbox WHERE closed_at < ?1 AND (dedupe IS NULL OR closed_at < ?2) LIMIT ?3)",
        (
            now.minus(KEEP_CLOSED).0,
            now.minus(KEEP_DEDUPE).0,
            PRUNE_CHUNK,
        ),
    )?;
    Ok(u32::try_from(gone).is_ok_and(|n| n >= PRUNE_CHUNK))
}

/// Forgets old rows of both tables, at the start and every hour.
pub(super) async fn run(db: Db, clock: Clock, stop: CancellationToken) {
    loop {
        let now = clock.now();
        let pruned = db.write(move |tx| Ok(inbox::prune(tx, now)? | prune(tx, now)?));
        let pause = match pruned.await {
            Ok(true) => Duration::ZERO,
            Ok(false) => PERIOD,
            Err(err) => {
                tracing::warn!("old rows could not be removed: {err:#}");
                PERIOD
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
