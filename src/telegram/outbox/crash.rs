//! Recovers messages after a crash, and after Telegram was out of reach.
//!
//! # Invariants
//!
//! - A message that may have arrived is never sent again: the chat's next message names it.

use super::outcome::OUT_OF_REACH;
use super::pause::incident_over;
use crate::clock::UnixMs;
use crate::db::WriteTx;

/// Recovers the rows that a crash left. In `making` no call had left, but making the file may have
/// been the reason of the crash; in `sending` edits may be repeated, and messages may have arrived.
/// Returns how many edits and how many messages were `sending`.
pub(crate) fn recover_crashed(tx: &WriteTx<'_>) -> anyhow::Result<(usize, usize)> {
    tx.execute(
        "UPDATE outbox SET state = 'pending', deaths = deaths + 1 WHERE closed_at IS NULL AND state = 'making'",
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

/// The stop comes before these files are made: they are made after the next start.
pub(crate) fn give_back_files(tx: &WriteTx<'_>) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE outbox SET state = 'pending' WHERE closed_at IS NULL AND state = 'making'",
        (),
    )?;
    Ok(())
}

/// Telegram can be reached again: makes rows due that wait only for that ([`OUT_OF_REACH`]).
pub(crate) fn retry_now(tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<usize> {
    incident_over(tx, now)?;
    Ok(tx.execute(
        "UPDATE outbox SET due_at = ?1 WHERE closed_at IS NULL AND state = 'pending' AND attempts > 0 AND due_at > ?1 AND problem = ?2",
        (now.0, OUT_OF_REACH),
    )?)
}
