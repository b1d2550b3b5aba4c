//! The time of day, as the whole program sees it.
//!
//! Durations are measured with tokio's monotonic `Instant`; this clock is for times that are stored
//! or shown.
//!
//! # Invariants
//! - Nothing else asks the system for the time, so a test or the demo can set it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// 24 hours, not a calendar day.
pub const DAY: Duration = days(1);

#[must_use]
pub const fn days(count: u32) -> Duration {
    Duration::from_secs(24 * 60 * 60).saturating_mul(count)
}

/// A moment, in unix milliseconds UTC: what the database stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// The moment `duration` later, capped at the last representable moment.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }

    /// How long ago `earlier` was; zero if the clock has been set back since.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The source of the time: the system, or a value set by hand. Clones share it.
#[derive(Clone)]
pub struct Clock(Arc<Source>);

enum Source {
    System,
    Set(AtomicI64),
}

impl Clock {
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// A clock that shows `start` until it is moved.
    #[must_use]
    pub fn set_to(start: UnixMs) -> Self {
        Self(Arc::new(Source::Set(AtomicI64::new(start.0))))
    }

    #[must_use]
    pub fn now(&self) -> UnixMs {
        match &*self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that asks the system"
            )]
            Source::System => UnixMs(
                std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .map_or(0, millis),
            ),
            Source::Set(value) => UnixMs(value.load(Ordering::SeqCst)),
        }
    }

    /// Moves a set clock forward; has no effect on the system's clock.
    pub fn advance(&self, by: Duration) {
        if let Source::Set(value) = &*self.0 {
            value.fetch_add(millis(by), Ordering::SeqCst);
        }
    }

    /// Sets a set clock, also to an earlier time, as people do with real clocks.
    pub fn set(&self, to: UnixMs) {
        if let Source::Set(value) = &*self.0 {
            value.store(to.0, Ordering::SeqCst);
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now().0)
    }
}

#[cfg(test)]
pub(crate) mod testing {
    /// The moment at which unit tests begin: 21 November 2026, 18:35:00 in Moscow.
    pub(crate) const NOW: super::UnixMs = super::UnixMs(1_795_275_300_000);
}

#[cfg(test)]
#[path = "tests/clock.rs"]
mod tests;
