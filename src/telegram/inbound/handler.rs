//! The interface between the bot and the dispatcher: a [`Handler`], and the types of its hooks.

use bytes::Bytes;

use super::event::Event;
use crate::activation::Activator;
use crate::db::{Connection, WriteTx};
use crate::telegram::api::inline::Offer;

/// The bot's side of the dispatcher.
pub trait Handler: Send + Sync + 'static {
    /// The file that a callback, a document or a photo needs. Asked before each attempt. The fetch
    /// delays only its chat, so refuse it to people who may not be served.
    ///
    /// # Errors
    /// Any error counts as [`FileFault::OutOfReach`].
    fn wants(&self, _connection: &Connection, _event: &Event) -> anyhow::Result<Option<Wanted>> {
        Ok(None)
    }

    /// Converts a fetched file into what [`Self::handle`] gets, on a thread that may block. Slow
    /// work and work on the disk belong here, not in the transaction. A repeat of the event repeats
    /// this.
    ///
    /// # Errors
    /// What is wrong with the file.
    fn refine(&self, _event: &Event, file: Bytes) -> Fetched {
        Ok(file)
    }

    /// Runs inside the write transaction that also marks the update as done. Replies are outbox
    /// rows inserted here. `file` is the result of fetching the wanted file.
    ///
    /// # Errors
    /// Any error rolls back the changes and calls [`Self::apologise`]. After a storage fault, this
    /// is called again later instead.
    fn handle(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Reaction>;

    /// Runs instead when [`Self::handle`] failed or panicked. Its transaction also marks the update
    /// as done.
    ///
    /// # Errors
    /// As for `handle`; if this fails too, the update is only marked as done.
    fn apologise(&self, tx: &WriteTx<'_>, event: &Event) -> anyhow::Result<Reaction>;

    /// Runs instead of everything else when the program died twice with the update in hand. Tells
    /// the people; nothing looks at the update itself again. `chat_id` is the chat in whose order
    /// it belongs, 0 for none.
    ///
    /// # Errors
    /// As for `apologise`.
    fn put_aside(&self, tx: &WriteTx<'_>, update_id: i64, chat_id: i64) -> anyhow::Result<()>;
}

/// Actions after the commit of a handled event.
#[derive(Debug, Clone, Default)]
pub struct Reaction {
    /// Text of the answer to a callback, at most 200 characters; `None` only ends the spinner.
    pub callback_answer: Option<String>,
    /// Offers to a person who names us in another chat; `None` leaves the query open.
    pub offers: Option<Vec<Offer>>,
    /// Bells to ring in addition to the sender's.
    pub ring: Vec<Activator>,
}

/// A file that a handler wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// As Telegram gave it in a [`crate::telegram::Document`].
    pub file_id: String,
    /// In bytes; a larger file is not fetched.
    pub at_most: usize,
}

/// The result of fetching a wanted file.
pub(crate) type Fetched = Result<Bytes, FileFault>;

/// Why a wanted file is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Larger than wanted, or than Telegram lets bots download.
    #[error("the file is too large")]
    TooLarge,
    /// Telegram does not have it (any more).
    #[error("Telegram does not have the file")]
    Gone,
    /// It could not be fetched in time.
    #[error("the file could not be fetched")]
    OutOfReach,
    /// The file is not of the wanted kind; the word is the handler's own.
    #[error("the file is not what was wanted: {0}")]
    Unfit(&'static str),
}
