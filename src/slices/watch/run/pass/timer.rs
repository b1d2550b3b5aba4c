//! One timer for every wait of a pass.
//!
//! Each step of a pass often waits for a slightly later moment. Resetting the timer every time
//! costs more than an occasional early wake-up.

use std::pin::Pin;

use tokio::time::{Instant, Sleep};

/// Rings at the moment it was set to, or earlier.
#[derive(Default)]
pub(super) struct PassTimer {
    sleep: Option<Pin<Box<Sleep>>>,
    is_set: bool,
}

impl PassTimer {
    /// Ensures that the timer rings at this moment at the latest.
    pub(super) fn set(&mut self, at: Instant) {
        match &mut self.sleep {
            Some(sleep) if self.is_set && sleep.deadline() <= at => {}
            Some(sleep) => sleep.as_mut().reset(at),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(at))),
        }
        self.is_set = true;
    }

    /// Waits for the ring, which clears the setting. If not set, waits indefinitely.
    pub(super) async fn rings(&mut self) {
        match &mut self.sleep {
            Some(sleep) if self.is_set => {
                sleep.await;
                self.is_set = false;
            }
            _ => std::future::pending().await,
        }
    }
}

#[cfg(test)]
#[path = "tests/timer.rs"]
mod tests;
