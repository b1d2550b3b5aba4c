//! What admins are told when a site cannot be trusted.
//!
//! As with all notices, the row is written by the transaction that writes the fact, so each is told once, whatever
//! happens in between.

use super::notices::Speaker;
use super::store;
use super::texts::alarms;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::people;
use crate::telegram::{Outgoing, outbox};

impl Speaker {
    /// Writes or rewrites the one message of a run to the admins about sites whose controls failed or are well again, held
    /// back until the run ends.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn controls(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        run_id: i64,
    ) -> anyhow::Result<()> {
        let news = store::control_news(tx, run_id)?;
        for chat in people::admin_chats(tx)? {
            let text = alarms::controls(self.voice(tx, chat)?, &news);
            let message = Outgoing::notice(chat, text)
                .held_for(run_id)
                .dedupe(format!("controls:{run_id}:{chat}"));
            outbox::insert_or_rewrite_held(tx, now, &message)?;
        }
        Ok(())
    }
}
