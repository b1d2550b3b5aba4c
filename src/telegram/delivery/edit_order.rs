//! One call at a time changes a message.
//!
//! A message is changed by rows of the outbox, and by direct calls that show how something goes on. Must stay true: the
//! outbox has the last word. Its edit waits for the direct call on its way; a direct call asks whether it still is wanted
//! when it has its turn. One of whose end nobody knows may arrive later, so the edit that follows it is made once more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// Messages of which nobody knows whether an old call will still change them, remembered at most; beyond it all of them are
/// forgotten, which costs an edit that might have been needed.
const DOUBTS: usize = 1024;

/// A message: its chat and its id.
type Key = (i64, i64);

/// Whether a call of which nobody knows the end may still change the message.
type Doubt = Arc<tokio::sync::Mutex<bool>>;

/// Who changes which message. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<Key, Doubt>>>);

impl Turns {
    /// Waits for the turn to change a message.
    pub(crate) async fn take(&self, chat_id: i64, message_id: i64) -> Turn {
        let key = (chat_id, message_id);
        let doubt = {
            let mut doubts = self.lock();
            if doubts.len() >= DOUBTS {
                doubts.retain(|_, doubt| Arc::strong_count(doubt) > 1);
            }
            Arc::clone(doubts.entry(key).or_default())
        };
        Turn {
            doubt: doubt.lock_owned().await,
            turns: self.clone(),
            key,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Doubt>> {
        // The data is whole between any two statements, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn to change a message; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    doubt: OwnedMutexGuard<bool>,
    turns: Turns,
    key: Key,
}

impl Turn {
    /// True when an earlier call may still change the message.
    pub(crate) fn is_doubtful(&self) -> bool {
        *self.doubt
    }

    /// Notes whether calls up to this one may still change the message.
    pub(crate) fn set_doubtful(&mut self, doubt: bool) {
        *self.doubt = doubt;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut doubts = self.turns.lock();
        // Ours and the table's own: nobody waits for the next turn.
        let is_last = doubts
            .get(&self.key)
            .is_some_and(|doubt| Arc::strong_count(doubt) == 2);
        if is_last && !*self.doubt {
            doubts.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn one_turn_at_a_time_and_nothing_is_kept_but_doubts() {
        let turns = Turns::default();
        let mut first = turns.take(1, 5).await;
        assert!(turns.take(1, 5).now_or_never().is_none(), "it waits");
        assert!(turns.take(1, 6).now_or_never().is_some(), "another message");
        first.set_doubtful(true);
        drop(first);
        let mut second = turns.take(1, 5).await;
        assert!(second.is_doubtful());
        second.set_doubtful(false);
        drop(second);
        assert_eq!(turns.lock().len(), 0);
        for message in 0..3_000 {
            turns.take(2, message).await.set_doubtful(true);
        }
        assert!(turns.lock().len() <= DOUBTS);
    }
}
