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
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_rings_once_at_the_earliest_moment_it_was_set_to() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let mut timer = PassTimer::default();
        let silence = tokio::time::timeout(9 * second, timer.rings()).await;
        assert!(silence.is_err(), "nobody set it");
        timer.set(start + 20 * second);
        timer.set(start + 15 * second);
        timer.set(start + 30 * second);
        timer.rings().await;
        assert_eq!(start.elapsed(), 15 * second);
        let silence = tokio::time::timeout(30 * second, timer.rings()).await;
        assert!(silence.is_err(), "it rings once");
        timer.set(start + 50 * second);
        timer.rings().await;
        assert_eq!(start.elapsed(), 50 * second);
    }
}
