//! Answers in progress: the text so far for all followers, and a way to stop a call.
//!
//! Kept in memory only: after a crash the question is asked again. Any thread may follow.
//!
//! # Invariants
//!
//! - An entry ends when its question is closed.
//! - Followers see that as the end of the channel and read the rest from the database.
//! - No function here waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AnswerProgress {
    /// 0 before the first attempt.
    pub(crate) attempt: u32,
    /// Within an attempt, text is only ever added.
    pub(crate) text: String,
}

#[derive(Debug, Default)]
struct AnswerStream {
    progress: watch::Sender<AnswerProgress>,
    cut: CancellationToken,
}

/// The answers being written or followed. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProgressStreams(Arc<Mutex<HashMap<i64, AnswerStream>>>);

impl ProgressStreams {
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, AnswerStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an attempt with an empty text. `question` is the row's id.
    pub(super) fn begin(&self, question: i64, attempt: u32) -> ProgressWriter {
        let mut entries = self.lock();
        let entry = entries.entry(question).or_default();
        entry.progress.send_replace(AnswerProgress {
            attempt,
            text: String::new(),
        });
        ProgressWriter {
            progress: entry.progress.clone(),
            cut: entry.cut.clone(),
        }
    }

    /// Follows an open question. Call [`Self::close`] if the question turns out to be closed.
    #[must_use]
    pub(crate) fn follow(&self, question: i64) -> watch::Receiver<AnswerProgress> {
        let mut entries = self.lock();
        entries.entry(question).or_default().progress.subscribe()
    }

    /// The text so far, possibly empty.
    #[must_use]
    pub(crate) fn text(&self, question: i64) -> String {
        let entries = self.lock();
        let text = |entry: &AnswerStream| entry.progress.borrow().text.clone();
        entries.get(&question).map(text).unwrap_or_default()
    }

    /// Ends the entry of a closed question and stops its call.
    pub(crate) fn close(&self, question: i64) {
        if let Some(entry) = self.lock().remove(&question) {
            entry.cut.cancel();
        }
    }

    #[must_use]
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }
}

/// Writes the text of one attempt.
#[derive(Debug)]
pub(super) struct ProgressWriter {
    progress: watch::Sender<AnswerProgress>,
    /// Cancelled once nobody wants the answer any longer.
    pub(super) cut: CancellationToken,
}

impl ProgressWriter {
    pub(super) fn write(&self, words: &str) {
        self.progress
            .send_modify(|progress| progress.text.push_str(words));
    }
}

#[cfg(test)]
#[path = "tests/progress.rs"]
mod tests;
