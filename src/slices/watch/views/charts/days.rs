//! A range of calendar days that ends today.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::clock::UnixMs;
use crate::i18n::{self, Lang};
use crate::zone::Zone;

/// Consecutive days in a zone.
pub(super) struct Days<'a> {
    zone: &'a Zone,
    days: Vec<Date>,
}

impl<'a> Days<'a> {
    /// `count` days; the last one contains this moment.
    pub(super) fn until(at: UnixMs, zone: &'a Zone, count: u16) -> Self {
        let today = zone.civil(at).date();
        let days = (0..count).rev();
        let days = days.map(|back| today.saturating_sub(i64::from(back).days()));
        Self {
            zone,
            days: days.collect(),
        }
    }

    /// The first day in stored form: `2026-11-21`.
    pub(super) fn first(&self) -> String {
        self.days.first().map(Date::to_string).unwrap_or_default()
    }

    pub(super) fn zeros(&self) -> Vec<f64> {
        vec![0.0; self.days.len()]
    }

    /// Labels of the days.
    pub(super) fn names(&self, lang: Lang) -> Vec<String> {
        self.days.iter().map(|day| i18n::day(lang, *day)).collect()
    }

    /// The slot for the day of a moment, if that day is in range.
    pub(super) fn place<'n>(&self, at: UnixMs, numbers: &'n mut [f64]) -> Option<&'n mut f64> {
        let day = self.zone.civil(at).date();
        numbers.get_mut(self.days.binary_search(&day).ok()?)
    }

    /// The slot for a day in stored form, if that day is in range.
    pub(super) fn named<'n>(&self, day: &str, numbers: &'n mut [f64]) -> Option<&'n mut f64> {
        let day: Date = day.parse().ok()?;
        numbers.get_mut(self.days.binary_search(&day).ok()?)
    }

    /// The slots of the days at whose end the period from `from` to `until` was open.
    pub(super) fn span<'n>(
        &self,
        from: UnixMs,
        until: Option<UnixMs>,
        numbers: &'n mut [f64],
    ) -> impl Iterator<Item = &'n mut f64> {
        let from = self.zone.civil(from).date();
        let until = until.map(|until| self.zone.civil(until).date());
        let days = self.days.clone().into_iter().zip(numbers);
        let lasts = move |day: &Date| *day >= from && until.is_none_or(|until| *day < until);
        days.filter(move |(day, _)| lasts(day))
            .map(|(_, number)| number)
    }
}
