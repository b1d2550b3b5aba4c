//! Time zones: local dates and times of a moment.
//!
//! The zone database is compiled in, so dates look the same on a machine without one.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, PoisonError, RwLock};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::clock::UnixMs;

/// A zone of the IANA database.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A span of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    Day,
    /// From Monday to Sunday.
    Week,
    Month,
}

/// Zones that were asked for by name. A few hundred names exist, so zones live as long as the
/// program.
static KNOWN: LazyLock<RwLock<HashMap<String, &'static Zone>>> = LazyLock::new(RwLock::default);

/// The zone database does not have this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a name of the time zone database")]
pub struct UnknownZone;

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name).map(Self).map_err(|_| UnknownZone)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name()).finish()
    }
}

impl Zone {
    pub const UTC: Self = Self(TimeZone::UTC);

    /// A zone by its exact name in the database.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(zone) = known.get(name) {
            return Some(zone);
        }
        drop(known);
        let zone: Self = name.parse().ok()?;
        let name = zone.name().to_owned();
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        Some(
            known
                .entry(name)
                .or_insert_with(|| Box::leak(Box::new(zone))),
        )
    }

    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Local date and time of a moment; moments after the year 9999 give its last moment.
    #[must_use]
    pub fn civil(&self, at: UnixMs) -> DateTime {
        self.0.to_datetime(timestamp(at))
    }

    /// The local date of a moment: `2026-11-21`. The texts sort like the days.
    #[must_use]
    pub fn day(&self, at: UnixMs) -> String {
        self.civil(at).date().to_string()
    }

    /// A moment in the machine-readable form with the offset from UTC: `2026-11-21T18:35:00+03:00`.
    #[must_use]
    pub fn iso(&self, at: UnixMs) -> String {
        let there = timestamp(at).to_zoned(self.0.clone());
        there.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// The start of the calendar span that contains a moment, and the start of the next span.
    #[must_use]
    pub fn span(&self, at: UnixMs, span: Span) -> (UnixMs, UnixMs) {
        let day = self.civil(at).date();
        let first = match span {
            Span::Day => day,
            Span::Week => day.saturating_sub(day.weekday().to_monday_zero_offset().days()),
            Span::Month => day.first_of_month(),
        };
        let next = match span {
            Span::Day => first.saturating_add(1.days()),
            Span::Week => first.saturating_add(7.days()),
            Span::Month => first.saturating_add(1.months()),
        };
        (self.at_hour(first, 0), self.at_hour(next, 0))
    }

    /// The first moment after `at` at which clocks show a full hour of the day, 0 to 23. If clocks
    /// skip that hour, the moment of the change.
    #[must_use]
    pub fn next_hour(&self, at: UnixMs, hour: i8) -> UnixMs {
        let here = self.civil(at);
        let days = [here.date(), here.date().tomorrow().unwrap_or(Date::MAX)];
        let next = days.map(|day| self.at_hour(day, hour));
        next.into_iter().find(|next| *next > at).unwrap_or(at)
    }

    /// The last matching moment before `at`, or `at` itself.
    #[must_use]
    pub fn last_hour(&self, at: UnixMs, hour: i8) -> UnixMs {
        let here = self.civil(at);
        let days = [here.date(), here.date().yesterday().unwrap_or(Date::MIN)];
        let last = days.map(|day| self.at_hour(day, hour));
        last.into_iter().find(|last| *last <= at).unwrap_or(at)
    }

    fn at_hour(&self, day: Date, hour: i8) -> UnixMs {
        let there = day.at(hour.clamp(0, 23), 0, 0, 0).to_zoned(self.0.clone());
        there.map_or(UnixMs(0), |there| {
            UnixMs(there.timestamp().as_millisecond())
        })
    }

    /// The offset from UTC at a moment, in seconds east.
    #[must_use]
    pub fn offset_seconds(&self, at: UnixMs) -> i32 {
        self.0.to_offset(timestamp(at)).seconds()
    }

    /// The next moment at which the offset from UTC changes, if any.
    #[must_use]
    pub fn next_change(&self, after: UnixMs) -> Option<UnixMs> {
        let next = self.0.following(timestamp(after)).next()?;
        Some(UnixMs(next.timestamp().as_millisecond()))
    }

    /// The last moment before `at`, or `at` itself, at which the offset from UTC changed.
    #[must_use]
    pub fn last_change(&self, at: UnixMs) -> Option<UnixMs> {
        let after = timestamp(UnixMs(at.0.saturating_add(1)));
        let last = self.0.preceding(after).next()?;
        Some(UnixMs(last.timestamp().as_millisecond()))
    }
}

/// A moment in RFC 3339, in UTC: `2026-11-21T15:35:00Z`.
#[must_use]
pub(crate) fn utc(at: UnixMs) -> String {
    timestamp(at).to_string()
}

fn timestamp(at: UnixMs) -> Timestamp {
    let bound = if at.0 < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_millisecond(at.0).unwrap_or(bound)
}

#[cfg(test)]
#[path = "tests/zone.rs"]
mod tests;
