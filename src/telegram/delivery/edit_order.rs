//! The order of edits: only one call at a time edits a message.
//!
//! Both outbox rows and direct edits that show progress can edit a message.
//!
//! # Invariants
//! - The outbox's edit always wins: it waits for the direct edit on its way.
//! - A direct edit asks whether it is still wanted once it has its turn.
//! - An edit with an unknown result may arrive late, so the edit after it is made twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// Maximum number of messages with an edit of unknown result. When exceeded, the list is cleared;
/// the cost is at most one missed edit per message.
const DOUBTS: usize = 1024;

/// A message: its chat and its id.
type Key = (i64, i64);

/// Whether an edit of unknown result may still change the message.
type Doubt = Arc<tokio::sync::Mutex<bool>>;

/// Who edits which message. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct EditOrder(Arc<Mutex<HashMap<Key, Doubt>>>);

impl EditOrder {
    /// Waits for the turn to edit a message.
    pub(crate) async fn turn(&self, chat_id: i64, message_id: i64) -> EditTurn {
        let key = (chat_id, message_id);
        let doubt = {
            let mut doubts = self.lock();
            if doubts.len() >= DOUBTS {
                doubts.retain(|_, doubt| Arc::strong_count(doubt) > 1);
            }
            Arc::clone(doubts.entry(key).or_default())
        };
        EditTurn {
            doubt: doubt.lock_owned().await,
            order: self.clone(),
            key,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Doubt>> {
        // The data is consistent between any two statements, so a panic elsewhere does not spoil
        // it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn to edit a message; it ends when dropped.
#[derive(Debug)]
pub(crate) struct EditTurn {
    doubt: OwnedMutexGuard<bool>,
    order: EditOrder,
    key: Key,
}

impl EditTurn {
    /// True when an earlier call may still change the message.
    pub(crate) fn is_doubtful(&self) -> bool {
        *self.doubt
    }

    /// Notes whether calls up to this one may still change the message.
    pub(crate) fn set_doubtful(&mut self, doubt: bool) {
        *self.doubt = doubt;
    }
}

impl Drop for EditTurn {
    fn drop(&mut self) {
        let mut doubts = self.order.lock();
        // Only this turn and the table hold the entry: nobody waits for the next turn.
        let is_last = doubts
            .get(&self.key)
            .is_some_and(|doubt| Arc::strong_count(doubt) == 2);
        if is_last && !*self.doubt {
            doubts.remove(&self.key);
        }
    }
}

#[cfg(test)]
#[path = "tests/edit_order.rs"]
mod tests;
