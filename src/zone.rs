//! Time zones: what a moment is called where people are.
//!
//! Zones come from the database in the binary, so that dates look the same on a machine without one.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::clock::UnixMs;

/// A zone of the IANA database.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The name is in no time zone database.
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
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone's name in the database.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What calendar and clock show at a moment; beyond the year 9999 the last moment of it.
    #[must_use]
    pub fn civil(&self, at: UnixMs) -> DateTime {
        self.0.to_datetime(timestamp(at))
    }

    /// The calendar day at a moment: `2026-11-21`. Days sort as their texts do.
    #[must_use]
    pub fn day(&self, at: UnixMs) -> String {
        self.civil(at).date().to_string()
    }

    /// The distance from UTC at a moment, in seconds to the east.
    #[must_use]
    pub fn offset_seconds(&self, at: UnixMs) -> i32 {
        self.0.to_offset(timestamp(at)).seconds()
    }

    /// The next moment at which the distance from UTC changes, where there is one.
    #[must_use]
    pub fn next_change(&self, after: UnixMs) -> Option<UnixMs> {
        let next = self.0.following(timestamp(after)).next()?;
        Some(UnixMs(next.timestamp().as_millisecond()))
    }
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
mod tests {
    use super::*;

    #[test]
    fn a_zone_follows_its_summer_time() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        // 2026-10-24 12:00 UTC, the day before clocks go back at 01:00 UTC.
        let before = UnixMs(1_792_843_200_000);
        let change = zone.next_change(before).unwrap();
        assert_eq!(change, UnixMs(1_792_890_000_000));
        assert_eq!(zone.offset_seconds(before), 7200);
        assert_eq!(zone.offset_seconds(change), 3600);
        assert_eq!(zone.civil(before).to_string(), "2026-10-24T14:00:00");
        assert_eq!(zone.day(before), "2026-10-24");
        assert_eq!(zone.name(), "Europe/Berlin");
    }

    #[test]
    fn what_is_no_zone_is_refused_and_no_moment_is_too_far() {
        assert_eq!("Mars".parse::<Zone>(), Err(UnknownZone));
        assert_eq!(Zone::UTC.next_change(UnixMs(0)), None);
        assert_eq!(Zone::UTC.civil(UnixMs(i64::MAX)).year(), 9999);
    }
}
