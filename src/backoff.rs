//! Longer pauses after each failure, out of step with other clients.

use std::time::Duration;

/// A growing pause: doubled after each failure up to a limit, minus up to half at random.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    first: Duration,
    most: Duration,
    failures: u32,
}

impl Backoff {
    /// Starts at `first` and never exceeds `most`.
    #[must_use]
    pub(crate) fn new(first: Duration, most: Duration) -> Self {
        Self {
            first,
            most,
            failures: 0,
        }
    }

    pub(crate) fn next(&mut self) -> Duration {
        self.failures = self.failures.saturating_add(1);
        delay(self.first, self.most, self.failures)
    }

    /// Call this after a success: the next failure counts as the first.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

/// The pause after `failures` failures in a row.
#[must_use]
pub(crate) fn delay(first: Duration, most: Duration, failures: u32) -> Duration {
    let doubled = first.saturating_mul(1_u32 << failures.saturating_sub(1).min(30));
    doubled.min(most).mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[cfg(test)]
#[path = "tests/backoff.rs"]
mod tests;
