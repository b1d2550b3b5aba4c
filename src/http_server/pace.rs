//! A rate limit per client, with the time to wait.
//!
//! The state is in memory and uses the monotonic clock. The allowance refills evenly over a minute,
//! and a minute's allowance may be used at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

/// Clients have ids that we assigned, so their number is bounded. Clones share the state.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    each: Duration,
    // When a client's used allowance will be refilled; entries in the past are dropped.
    busy_until: Arc<Mutex<HashMap<i64, Instant>>>,
}

impl Pace {
    /// A limit of so many requests a minute.
    #[must_use]
    pub(crate) fn per_minute(times: u32) -> Self {
        Self {
            each: MINUTE / times.max(1),
            busy_until: Arc::default(),
        }
    }

    /// Uses one of a client's requests.
    ///
    /// # Errors
    /// How long to wait if the allowance is used up.
    pub(crate) fn take(&self, client: i64) -> Result<(), Duration> {
        let now = Instant::now();
        let mut busy_until = self
            .busy_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        busy_until.retain(|_, until| *until > now);
        let until = busy_until.get(&client).copied().unwrap_or(now) + self.each;
        let wait = until.saturating_duration_since(now + MINUTE);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        busy_until.insert(client, until);
        Ok(())
    }
}

#[cfg(test)]
#[path = "tests/pace.rs"]
mod tests;
