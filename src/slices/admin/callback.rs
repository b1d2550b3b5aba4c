//! What a button of the admins' screens means.

use crate::people::PersonCallback;
use crate::people::audit::Deed;
use crate::words::{Data, Part, callbacks};

callbacks! {
    /// A button of the admins.
    pub(super) enum AdminCallback<'a> {
        Panel = "bot:panel",
        People(callback: PersonCallback),
        Stats = "admin:stats",
        /// The log of one kind of deeds, and the page.
        Log(kind: Kind = Kind(""), page: usize = 0) = "admin:log",
        /// A table by its word.
        Export(word: &'a str) = "admin:export",
        /// The tables and files that can be had.
        Exports = "admin:export",
        AskBackup = "admin:backup:ask",
        Backup = "admin:backup:sure",
        Broadcast = "admin:broadcast",
        /// Sends the text of the preview with this number.
        SendBroadcast(shown: i64) = "admin:broadcast-send",
        /// Stops the broadcast with this id.
        StopBroadcast(id: i64) = "admin:broadcast-stop",
        CancelBroadcast = "admin:broadcast-cancel",
    }
}

/// A kind of deeds. An empty one is all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(pub(super) &'static str);

impl Part<'_> for Kind {
    fn take(data: &mut Data<'_>) -> Option<Self> {
        let word = data.word()?;
        let kind = Deed::KINDS.into_iter().find(|known| *known == word);
        kind.map(Self)
    }

    fn put(&self, words: &mut Vec<String>) {
        words.push(self.0.to_owned());
    }
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;
