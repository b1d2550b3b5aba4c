//! A wake-up without data.
//!
//! A ring carries no reason and is never lost. The sleeper that wakes up reads its work from the
//! database, so recovery after a crash takes the ordinary path. Several rings before the sleeper
//! wakes are one wake-up.

use std::sync::Arc;
use tokio::sync::Notify;

/// A bell between any thread and one waiting task. Clones ring the same bell.
#[derive(Debug, Clone, Default)]
pub struct Activator(Arc<Notify>);

impl Activator {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Wakes the waiting task, or the next one to wait. Never blocks; callable from any thread.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for a ring; returns at once if one came since the last wait.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}
