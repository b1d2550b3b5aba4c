//! Writes a handler's answer to the outbox.

use super::insert::insert;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::telegram::message::outgoing::Outgoing;
use crate::telegram::message::screen::Answer;

impl Answer {
    /// Writes the screens to the outbox: as the answer to a callback on the message `pressed`, or
    /// as new messages.
    ///
    /// # Errors
    /// When Telegram would refuse a text, or the database fails.
    pub(crate) fn write(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        chat_id: i64,
        pressed: Option<i64>,
    ) -> anyhow::Result<()> {
        if let Some(screen) = &self.screen {
            let message = match pressed {
                Some(message_id) => Outgoing::edit(chat_id, message_id, screen.html.clone()),
                None => Outgoing::reply(chat_id, screen.html.clone()).in_topic(self.topic),
            };
            insert(tx, now, &message.keyboard(screen.keyboard.clone()))?;
        }
        for (recipe, caption) in &self.files {
            let message = Outgoing::file(chat_id, recipe.clone(), caption.html.clone());
            insert(tx, now, &message.keyboard(caption.keyboard.clone()))?;
        }
        for screen in &self.more {
            let message =
                Outgoing::reply(chat_id, screen.html.clone()).keyboard(screen.keyboard.clone());
            insert(tx, now, &message)?;
        }
        Ok(())
    }
}
