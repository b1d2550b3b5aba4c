//! When runs begin: a cron expression with seconds, in a time zone.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeZone as _};
use croner::Cron;
use croner::parser::{CronParser, Seconds};

use crate::clock::{DAY, UnixMs};
use crate::zone::{Span, Zone};

const HOUR: Duration = Duration::from_secs(60 * 60);

#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    cron: Cron,
    zone: Zone,
    /// Ticks in every hour of its days, so that a tick belongs to no hour.
    is_hourly: bool,
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
        let mut schedule = Self {
            text: text.to_owned(),
            cron,
            zone: Zone::UTC,
            is_hourly: true,
        };
        // A day that never comes, such as 31 February.
        let Some(first) = schedule.next_after(UnixMs(1_790_000_000_000)) else {
            return Err("a moment that comes; this one never does".to_owned());
        };
        schedule.is_hourly = schedule.ticks_every_hour_from(first);
        schedule.zone = zone;
        Ok(schedule)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The first tick after a moment. A tick at an hour of the day comes once on every day: if
    /// clocks skip that hour, at the moment when they do; if they show it twice, the first time.
    #[must_use]
    pub fn next_after(&self, moment: UnixMs) -> Option<UnixMs> {
        let (mut from, mut or_at) = (moment, false);
        loop {
            if let Some(end) = self.end_of_repetition(from) {
                (from, or_at) = (end, true);
            }
            let next = self.next_with_clocks_of(from, or_at)?;
            let Some(change) = self.zone.next_change(from).filter(|at| *at <= next) else {
                return Some(next);
            };
            if !self.is_hourly && next < change.plus(self.skipped_at(change)) {
                return Some(change);
            }
            // After a clock change, ticks must be recomputed.
            (from, or_at) = (change, true);
        }
    }

    /// How much time clocks skip at a change; zero if they go back.
    fn skipped_at(&self, change: UnixMs) -> Duration {
        self.moved_at(change)
            .try_into()
            .map_or(Duration::ZERO, Duration::from_secs)
    }

    /// If clocks show times that they have shown before a change, the moment when that ends.
    fn end_of_repetition(&self, moment: UnixMs) -> Option<UnixMs> {
        let change = self.zone.last_change(moment).filter(|_| !self.is_hourly)?;
        let repeated = self.moved_at(change).checked_neg()?.try_into().ok()?;
        let end = change.plus(Duration::from_secs(repeated));
        (moment < end).then_some(end)
    }

    /// How many seconds clocks move on at a change; negative if they go back.
    fn moved_at(&self, change: UnixMs) -> i64 {
        let before = change.minus(Duration::from_millis(1));
        i64::from(self.zone.offset_seconds(change)) - i64::from(self.zone.offset_seconds(before))
    }

    /// Whether there is a tick in every hour of the day of a tick, by UTC.
    fn ticks_every_hour_from(&self, tick: UnixMs) -> bool {
        let (day, _) = Zone::UTC.span(tick, Span::Day);
        let hour = |n| day.plus(HOUR * n);
        (0..24).all(|n| {
            let next = self.next_with_clocks_of(hour(n), true);
            next.is_some_and(|next| next < hour(n + 1))
        })
    }

    /// True if a tick came after a moment and until another one; none if the clock was set back.
    #[must_use]
    pub fn has_tick(&self, after: UnixMs, until: UnixMs) -> bool {
        self.next_after(after).is_some_and(|tick| tick <= until)
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

    /// The schedule in which all ticks of this one are: the same seconds of every minute.
    #[must_use]
    pub fn every_minute(&self) -> String {
        let second = self.text.split_whitespace().next().unwrap_or("*");
        format!("{second} * * * * *")
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
