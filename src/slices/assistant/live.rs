//! Answers while they are made: what is there so far, for who looks on, and a way to cut a call short.
//!
//! Held in memory only: after a crash the question is asked again and everything begins anew. Any thread may look on. Must
//! stay true: an entry ends when its question is closed, which whoever looks on sees as the end of changes and then reads from
//! the database; nothing here is waited for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What is there of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The attempt it comes from; 0: none has begun.
    pub attempt: u32,
    /// The text so far, which only grows within an attempt.
    pub text: String,
}

#[derive(Debug, Default)]
struct Entry {
    progress: watch::Sender<Progress>,
    cut: CancellationToken,
}

/// All answers that are being made or looked at. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Live(Arc<Mutex<HashMap<i64, Entry>>>);

impl Live {
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an attempt at a question (its row): who looks on sees an empty text.
    pub(super) fn begin(&self, question: i64, attempt: u32) -> Pen {
        let mut entries = self.lock();
        let entry = entries.entry(question).or_default();
        entry.progress.send_replace(Progress {
            attempt,
            text: String::new(),
        });
        Pen {
            progress: entry.progress.clone(),
            cut: entry.cut.clone(),
        }
    }

    /// Looks on at a question that is not closed. Whoever finds it closed after this calls [`Self::close`].
    #[must_use]
    pub fn follow(&self, question: i64) -> watch::Receiver<Progress> {
        let mut entries = self.lock();
        entries.entry(question).or_default().progress.subscribe()
    }

    /// What is there of an answer; empty where there is none.
    #[must_use]
    pub fn text(&self, question: i64) -> String {
        let entries = self.lock();
        let text = |entry: &Entry| entry.progress.borrow().text.clone();
        entries.get(&question).map(text).unwrap_or_default()
    }

    /// Ends a question's entry, after the question was closed: a call that still goes on is cut short.
    pub fn close(&self, question: i64) {
        if let Some(entry) = self.lock().remove(&question) {
            entry.cut.cancel();
        }
    }

    /// Questions that are being answered or looked at.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().len()
    }
}

/// What an attempt writes with.
#[derive(Debug)]
pub(super) struct Pen {
    progress: watch::Sender<Progress>,
    /// Cancelled when nobody wants the answer any longer.
    pub(super) cut: CancellationToken,
}

impl Pen {
    pub(super) fn write(&self, words: &str) {
        self.progress
            .send_modify(|progress| progress.text.push_str(words));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_looks_on_sees_every_attempt_and_the_end() {
        let live = Live::default();
        let mut early = live.follow(1);
        assert_eq!(*early.borrow_and_update(), Progress::default());
        let pen = live.begin(1, 1);
        pen.write("a");
        pen.write("b");
        early.changed().await.unwrap();
        assert_eq!(early.borrow_and_update().text, "ab");
        assert_eq!(live.text(1), "ab");
        let second = live.begin(1, 2);
        early.changed().await.unwrap();
        let begun = early.borrow_and_update().clone();
        assert_eq!((begun.attempt, begun.text.as_str()), (2, ""));
        live.close(1);
        assert!(pen.cut.is_cancelled() && second.cut.is_cancelled());
        drop((pen, second));
        early.changed().await.unwrap_err();
        assert_eq!((live.count(), live.text(1)), (0, String::new()));
    }
}
