//! Counted scans day by day, as a chart with a caption.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::store;
use crate::chart::{Chart, Ink, Panel, Shape};
use crate::clock::UnixMs;
use crate::db::Connection;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::zone::Zone;

/// The last day is today.
const DAYS: u16 = 30;

pub(super) struct ChecksChart {
    pub(super) caption: Html,
    pub(super) chart: Chart,
}

/// None if nothing was scanned in these days. `zone` is the configured one, because its days count
/// the scans.
pub(super) fn picture(
    connection: &Connection,
    zone: &Zone,
    lang: Lang,
    at: UnixMs,
) -> anyhow::Result<Option<ChecksChart>> {
    let today = zone.civil(at).date();
    let days: Vec<Date> = (0..DAYS)
        .rev()
        .map(|back| today.saturating_sub(i64::from(back).days()))
        .collect();
    let first = days.first().map(Date::to_string).unwrap_or_default();
    let counted = store::days(connection, &first)?;
    let total: u32 = counted.iter().map(|(_, checks)| checks).sum();
    if total == 0 {
        return Ok(None);
    }
    let of_day = |day: &Date| {
        let day = day.to_string();
        let found = counted.iter().find(|(counted, _)| *counted == day);
        f64::from(found.map_or(0, |(_, checks)| *checks))
    };
    let args = Args::new().number("days", DAYS).number("checks", total);
    Ok(Some(ChecksChart {
        caption: i18n::html(lang, "cards-chart", &args),
        chart: Chart {
            title: label(lang, "cards-chart-title"),
            series: vec![(String::new(), Ink::Blue)],
            steps: days.iter().map(|day| i18n::day(lang, *day)).collect(),
            panels: vec![Panel {
                title: label(lang, "cards-chart-per-day"),
                shape: Shape::Bars,
                rows: vec![days.iter().map(of_day).collect()],
            }],
        },
    }))
}
