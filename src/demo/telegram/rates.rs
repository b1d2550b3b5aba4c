//! The known flood limits of Telegram. Off until a test asks for them.
//!
//! One message a second in a private chat after a short burst, twenty a minute in a group, thirty a
//! second in all.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// A steady pace that allows a burst.
#[derive(Clone, Copy)]
struct Pace {
    interval: Duration,
    burst: Duration,
}

const OVERALL: Pace = Pace {
    interval: Duration::from_micros(33_333),
    burst: Duration::from_millis(1_000),
};
const PRIVATE: Pace = Pace {
    interval: Duration::from_secs(1),
    burst: Duration::from_secs(3),
};
const GROUP: Pace = Pace {
    interval: Duration::from_secs(3),
    burst: Duration::from_secs(57),
};

/// The messages sent so far, as far as they count.
#[derive(Debug, Default)]
pub(super) struct Rates {
    pub(super) enforced: bool,
    /// When each chat (or all, under `None`) will have worked off its messages.
    free_at: HashMap<Option<i64>, Instant>,
}

impl Rates {
    /// Counts a message in, or returns the seconds to wait.
    pub(super) fn admit(&mut self, chat_id: i64) -> Result<(), u64> {
        if !self.enforced {
            return Ok(());
        }
        let now = Instant::now();
        let pace = if chat_id > 0 { PRIVATE } else { GROUP };
        let keys = [(Some(chat_id), pace), (None, OVERALL)];
        for (key, pace) in keys {
            let ahead = self
                .free_at
                .get(&key)
                .map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
            if ahead > pace.burst {
                return Err((ahead - pace.burst).as_secs() + 1);
            }
        }
        for (key, pace) in keys {
            let at = self.free_at.get(&key).map_or(now, |at| (*at).max(now));
            self.free_at.insert(key, at + pace.interval);
        }
        Ok(())
    }
}
