//! Priority for a person who waits for an answer while processors and disk are busy.
//!
//! The poller opens a window when updates arrive, and the first answer that leaves closes it. A run
//! starts nothing while a window is open.
//!
//! # Invariants
//! - The gate is a courtesy: no result depends on it.
//! - A window ends by itself.
//! - The pause after a window is as long as the window, so a run keeps half of the time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::activation::Activator;

/// The longest window: several times the duration of an answer on a quiet machine.
const LONGEST: Duration = Duration::from_millis(30);

/// How long a conversation is assumed to last after the last answer.
const CONVERSATION: Duration = Duration::from_secs(2);

/// The gate. Clones share it, on any thread.
#[derive(Debug, Clone, Default)]
pub struct PriorityGate {
    window: Arc<Mutex<Window>>,
    closed: Activator,
}

#[derive(Debug, Default)]
struct Window {
    opened: Option<Instant>,
    next: Option<Instant>,
    last: Option<Instant>,
}

impl PriorityGate {
    /// Somebody waits for an answer from now on.
    pub(crate) fn open(&self) {
        self.lock().open(Instant::now());
    }

    /// An answer has left.
    pub(crate) fn close(&self) {
        if self.lock().close(Instant::now()) {
            self.closed.ring();
        }
    }

    /// The latest moment until which to start nothing; `None` while nobody waits.
    #[must_use]
    pub fn held_until(&self, now: Instant) -> Option<Instant> {
        self.lock().held_until(now)
    }

    /// True while people talk with the bot. Work in small steps then: the next question may come at
    /// any moment.
    #[must_use]
    pub fn in_conversation(&self) -> bool {
        let last = self.lock().last;
        last.is_some_and(|last| last.elapsed() < CONVERSATION)
    }

    /// Waits until an answer closes a window.
    pub async fn closed(&self) {
        self.closed.rung().await;
    }

    fn lock(&self) -> MutexGuard<'_, Window> {
        // The data is consistent between any two statements, so a panic elsewhere does not spoil
        // it.
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn open(&mut self, now: Instant) {
        if self.held_until(now).is_none() && self.next.is_none_or(|next| next <= now) {
            self.opened = Some(now);
            self.last = Some(now);
            self.next = Some(now + 2 * LONGEST);
        }
    }

    /// True if there was a window to close.
    fn close(&mut self, now: Instant) -> bool {
        let open = self.held_until(now).is_some();
        if let Some(opened) = self.opened.take().filter(|_| open) {
            self.next = Some(now + now.duration_since(opened));
        }
        open
    }

    fn held_until(&self, now: Instant) -> Option<Instant> {
        self.opened
            .map(|opened| opened + LONGEST)
            .filter(|end| *end > now)
    }
}

#[cfg(test)]
#[path = "tests/priority_gate.rs"]
mod tests;
