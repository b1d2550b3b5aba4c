//! Rows reserved in the outbox for messages whose text is made later.
//!
//! A row is reserved in the transaction of the fact it will report, so the message cannot be lost.
//! Its text is made from the facts once all of them are known.
//!
//! # Invariants
//! - A reserved row is filled or given up exactly once.
//! - Nothing is sent from a reserved row before it is filled.

use super::insert::{check_text, stored_keyboard, text_limit};
use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::people::Mute;
use crate::telegram::message::outgoing::Outgoing;
use crate::telegram::message::priority::Priority;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reserved {
    id: i64,
    key: String,
    pub chat_id: i64,
    pub run_id: i64,
}

/// Reserves a row for a notice of a run to a chat; at most once per key, as with
/// [`Outgoing::dedupe`].
pub(crate) fn reserve(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    run_id: i64,
    key: &str,
) -> anyhow::Result<()> {
    let priority = Priority::Notice as i64;
    tx.prepare_cached(
        "INSERT INTO outbox (chat_id, dedupe, priority, html, gist, run_id, state, due_at, created_at)
         VALUES (?1, ?2, ?3, '', '', ?4, 'held', ?5, ?5) ON CONFLICT (dedupe) DO NOTHING",
    )?
    .execute((chat_id, key, priority, run_id, now.0))?;
    Ok(())
}

pub(crate) fn reserved(connection: &Connection, limit: usize) -> anyhow::Result<Vec<Reserved>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, dedupe, chat_id, run_id FROM outbox
         WHERE closed_at IS NULL AND state = 'held' AND dedupe IS NOT NULL AND run_id IS NOT NULL LIMIT ?1",
    )?;
    let rows = statement.query_map((limit,), |row| {
        Ok(Reserved {
            id: row.get(0)?,
            key: row.get(1)?,
            chat_id: row.get(2)?,
            run_id: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Reserved {
    /// True when the key begins with `kind:`.
    #[must_use]
    pub(crate) fn is_about(&self, kind: &str) -> bool {
        self.key
            .split_once(':')
            .is_some_and(|(before, _)| before == kind)
    }

    /// Fills the row: the message leaves in its turn.
    ///
    /// # Errors
    /// When the text is empty or too long, or the database refuses.
    pub(crate) fn fill(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        message: &Outgoing,
    ) -> anyhow::Result<()> {
        check_text(&message.html, text_limit(None))?;
        let keyboard = stored_keyboard(message.keyboard.as_ref())?;
        let mute = message.mute(tx, now)?;
        tx.prepare_cached(
            "UPDATE outbox SET state = 'pending', html = ?2, keyboard = ?3, gist = ?4, silent = ?5, due_at = ?6, priority = ?7
             WHERE id = ?1 AND state = 'held'",
        )?
        .execute((
            self.id,
            message.html.as_str(),
            keyboard,
            message.summary_line(),
            message.silent || mute == Mute::Silent,
            message.due_at(now, mute).0,
            message.priority as i64,
        ))?;
        Ok(())
    }

    /// Gives the row up: there is nothing left to say.
    pub(crate) fn give_up(&self, tx: &WriteTx<'_>) -> anyhow::Result<()> {
        tx.prepare_cached("DELETE FROM outbox WHERE id = ?1 AND state = 'held'")?
            .execute((self.id,))?;
        Ok(())
    }
}
