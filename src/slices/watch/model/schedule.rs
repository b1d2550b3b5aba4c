//! When runs begin: a cron expression with seconds, in a time zone.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeZone as _};
use croner::Cron;
use croner::parser::{CronParser, Seconds};

use crate::clock::{DAY, UnixMs};
use crate::zone::Zone;

#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    cron: Cron,
    zone: Zone,
}

impl Schedule {
    pub const EVERY_FIVE_MINUTES: &'static str = "0 */5 * * * *";

    /// Parses six fields: second, minute, hour, day, month, day of week.
    ///
    /// # Errors
    /// A sentence for the operator that says what is allowed.
    pub fn parse(text: &str, zone: Zone) -> Result<Self, String> {
        let allowed = || {
            "cron with six fields (second minute hour day month weekday), such as \"0 */5 * * * *\""
                .to_owned()
        };
        // Given five fields, a person means minutes first, but the parser reads seconds first.
        if text.split_whitespace().count() != 6 {
            return Err(allowed());
        }
        let parser = CronParser::builder().seconds(Seconds::Required).build();
        let cron = parser.parse(text).map_err(|_| allowed())?;
        let schedule = Self {
            text: text.to_owned(),
            cron,
            zone,
        };
        // A day that never comes, such as 31 February.
        match schedule.next_after(UnixMs(1_790_000_000_000)) {
            Some(_) => Ok(schedule),
            None => Err("a moment that comes; this one never does".to_owned()),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The first tick after a moment.
    #[must_use]
    pub fn next_after(&self, moment: UnixMs) -> Option<UnixMs> {
        let mut next = self.next_with_clocks_of(moment, false)?;
        let mut change = self.zone.next_change(moment);
        // After a clock change, ticks must be recomputed.
        while let Some(at) = change.filter(|at| *at <= next) {
            next = self.next_with_clocks_of(at, true)?;
            change = self.zone.next_change(at);
        }
        Some(next)
    }

    /// The distance between the two ticks after a moment.
    #[must_use]
    pub fn period_after(&self, moment: UnixMs) -> Duration {
        let first = self.next_after(moment);
        let second = first.and_then(|first| self.next_after(first));
        match (first, second) {
            (Some(first), Some(second)) => second.since(first),
            _ => DAY,
        }
    }

    /// The zone's UTC offset at a moment. The scheduler fixes the offset when a job is created, so
    /// the driver watches for changes.
    #[must_use]
    pub fn utc_offset_seconds(&self, moment: UnixMs) -> i32 {
        self.zone.offset_seconds(moment)
    }

    /// The first tick after a moment (or at it, with `or_at`), by the UTC offset at that moment.
    fn next_with_clocks_of(&self, moment: UnixMs, or_at: bool) -> Option<UnixMs> {
        let offset = FixedOffset::east_opt(self.zone.offset_seconds(moment))?;
        let from: DateTime<FixedOffset> = offset.timestamp_millis_opt(moment.0).single()?;
        let next = self.cron.find_next_occurrence(&from, or_at).ok()?;
        // The parser keeps the fraction of the second that it began with.
        Some(UnixMs(next.timestamp() * 1000))
    }
}

#[cfg(test)]
#[path = "tests/schedule.rs"]
mod tests;
