//! Lets go, or holds longer, what waits for the end of a chat's quiet hours.

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::people::{self, Mute};
use crate::telegram::message::priority::Priority;

/// The chat's quiet hours are others now: what they hold leaves when the new ones say.
///
/// Only quiet hours make a notice due later that was never tried.
pub(crate) fn quiet_changed(tx: &WriteTx<'_>, now: UnixMs, chat_id: i64) -> anyhow::Result<()> {
    let (due_at, silent) = match people::mute(tx, chat_id, now)? {
        Mute::Not => (now, false),
        Mute::Silent => (now, true),
        Mute::Until(end) => (end, false),
    };
    tx.execute(
        "UPDATE outbox SET due_at = ?2, silent = max(silent, ?3)
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1
           AND priority >= ?4 AND attempts = 0 AND due_at > ?5",
        (chat_id, due_at.0, silent, Priority::Notice as i64, now.0),
    )?;
    Ok(())
}
