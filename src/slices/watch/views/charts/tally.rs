//! Numbers by site and day: the largest sites by name, the others combined.

use std::collections::HashMap;

use super::days::Days;
use crate::chart::Ink;
use crate::html::cut;
use crate::i18n::label;
use crate::slices::watch::model::account::SiteTally;
use crate::slices::watch::notices::texts::Formatter;
use crate::slices::watch::store::SiteDay;

/// Sites with a colour of their own.
const NAMED: usize = 5;

/// The longest name of a site in a picture, in UTF-16 units.
const NAME_LIMIT: usize = 20;

/// One number for each site and day.
pub(super) struct BySite {
    /// Key (none: the others combined), name, numbers.
    rows: Vec<(Option<String>, String, Vec<f64>)>,
}

/// Counts something by day and site. The sites with the highest counts are named.
pub(super) fn by_site(
    formatter: Formatter<'_>,
    days: &Days<'_>,
    rows: &[SiteDay],
    what: impl Fn(&SiteTally) -> u64,
) -> BySite {
    let mut totals: HashMap<&str, u64> = HashMap::new();
    for row in rows {
        *totals.entry(&row.site).or_default() += what(&row.tally);
    }
    let mut order: Vec<(&str, u64)> = totals.into_iter().filter(|(_, n)| *n > 0).collect();
    order.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
    let others = order.len() > NAMED + 1;
    let named = if others { NAMED } else { order.len() };
    let mut keys: Vec<Option<String>> = order
        .iter()
        .take(named)
        .map(|(site, _)| Some((*site).to_owned()))
        .collect();
    if others {
        keys.push(None);
    }
    fill(formatter, days, rows, &keys, what)
}

fn fill(
    formatter: Formatter<'_>,
    days: &Days<'_>,
    rows: &[SiteDay],
    keys: &[Option<String>],
    what: impl Fn(&SiteTally) -> u64,
) -> BySite {
    let mut filled: Vec<_> = keys
        .iter()
        .map(|key| {
            let name = match key {
                Some(site) => cut(&formatter.site_name(site), NAME_LIMIT),
                None => label(formatter.lang, "chart-others"),
            };
            (key.clone(), name, days.zeros())
        })
        .collect();
    for row in rows {
        let own = keys.iter().position(|key| key.as_ref() == Some(&row.site));
        let place = own.or_else(|| keys.iter().position(Option::is_none));
        let numbers = place.and_then(|place| filled.get_mut(place));
        if let Some(count) = numbers.and_then(|(_, _, numbers)| days.named(&row.day, numbers)) {
            *count += f64::from(u32::try_from(what(&row.tally)).unwrap_or(u32::MAX));
        }
    }
    BySite { rows: filled }
}

impl BySite {
    /// Counts something else, for the same sites in the same order.
    pub(super) fn of_the_same(
        &self,
        formatter: Formatter<'_>,
        days: &Days<'_>,
        rows: &[SiteDay],
        what: impl Fn(&SiteTally) -> u64,
    ) -> Self {
        let keys: Vec<_> = self.rows.iter().map(|(key, _, _)| key.clone()).collect();
        fill(formatter, days, rows, &keys, what)
    }

    pub(super) fn total(&self) -> i64 {
        self.sites().map(|(_, n)| n).sum()
    }

    /// The sites' names and totals.
    pub(super) fn sites(&self) -> impl Iterator<Item = (&str, i64)> {
        let rows = self.rows.iter();
        rows.map(|(_, name, numbers)| (name.as_str(), super::whole(numbers.iter().sum())))
    }

    /// Names and colours for a chart.
    pub(super) fn series(&self) -> Vec<(String, Ink)> {
        let rows = self.rows.iter().zip(Ink::ALL);
        rows.map(|((key, name, _), ink)| {
            let ink = if key.is_some() { ink } else { Ink::Grey };
            (name.clone(), ink)
        })
        .collect()
    }

    /// The numbers for a chart.
    pub(super) fn rows(&self) -> Vec<Vec<f64>> {
        self.rows
            .iter()
            .map(|(_, _, numbers)| numbers.clone())
            .collect()
    }
}
