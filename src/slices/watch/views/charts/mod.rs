//! The charts: numbers by day, site and run, with a caption that says the same.
//!
//! # Invariants
//! - Picture and caption come from the same query.
//! - If there is nothing to show, there is no picture.

mod days;
mod tally;

use std::time::Duration;

use crate::chart::{Chart, Ink, Panel, Shape};
use crate::clock::{UnixMs, days};
use crate::db::Connection;
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::slices::watch::model::account::ChartSubject;
use crate::slices::watch::notices::texts::Formatter;
use crate::slices::watch::store;

use days::Days;
use tally::{BySite, by_site};

/// Days in a chart.
const DAYS: u16 = 30;

/// Days in the chart of durations. In a longer chart, five minutes would be less than a pixel.
const RUN_DAYS: u32 = 2;

/// Maximum number of runs in a chart: two days of a run every five minutes.
const RUNS: usize = 576;

/// From this many seconds, durations are shown in minutes.
const IN_MINUTES: f64 = 300.0;

/// A chart with its caption.
#[derive(Debug)]
pub(crate) struct ChartPicture {
    pub(crate) chart: Chart,
    pub(crate) caption: Html,
}

/// A chart at a moment; none if there is nothing to draw. [`ChartSubject::Mine`] is about `owner`.
pub(crate) fn picture(
    connection: &Connection,
    formatter: Formatter<'_>,
    subject: ChartSubject,
    owner: i64,
    at: UnixMs,
) -> anyhow::Result<Option<ChartPicture>> {
    match subject {
        ChartSubject::Mine => mine(connection, formatter, owner, at),
        ChartSubject::Found => found(connection, formatter, at),
        ChartSubject::Sites => sites(connection, formatter, at),
        ChartSubject::Duration => duration(connection, formatter, at),
    }
}

fn mine(
    connection: &Connection,
    formatter: Formatter<'_>,
    owner: i64,
    at: UnixMs,
) -> anyhow::Result<Option<ChartPicture>> {
    let days = Days::until(at, formatter.zone, DAYS);
    let waits = store::waits_of_owner(connection, owner)?;
    if waits.is_empty() {
        return Ok(None);
    }
    let mut found = days.zeros();
    let mut waiting = days.zeros();
    for (from, until) in &waits {
        if let Some(count) = until.and_then(|until| days.place(until, &mut found)) {
            *count += 1.0;
        }
        for count in days.span(*from, *until, &mut waiting) {
            *count += 1.0;
        }
    }
    let panel = |title: &str, shape, rows| Panel {
        title: label(formatter.lang, title),
        shape,
        rows,
    };
    let args = Args::new()
        .number("days", DAYS)
        .number("found", whole(found.iter().sum()))
        .number(
            "waiting",
            waits.iter().filter(|(_, until)| until.is_none()).count(),
        );
    Ok(Some(ChartPicture {
        caption: i18n::html(formatter.lang, "chart-mine", &args),
        chart: Chart {
            title: label(formatter.lang, "chart-mine-title"),
            series: vec![(String::new(), Ink::Green), (String::new(), Ink::Blue)],
            steps: days.names(formatter.lang),
            panels: vec![
                panel("chart-found-per-day", Shape::Bars, vec![found]),
                panel("chart-waiting", Shape::Lines, vec![Vec::new(), waiting]),
            ],
        },
    }))
}

fn found(
    connection: &Connection,
    formatter: Formatter<'_>,
    at: UnixMs,
) -> anyhow::Result<Option<ChartPicture>> {
    let days = Days::until(at, formatter.zone, DAYS);
    let rows = store::days(connection, &days.first())?;
    let found = by_site(formatter, &days, &rows, |tally| tally.counts.found);
    let total = found.total();
    if total == 0 {
        return Ok(None);
    }
    let args = Args::new().number("days", DAYS).number("found", total);
    let mut lines = vec![i18n::html(formatter.lang, "chart-found", &args)];
    lines.extend(found.sites().map(|(site, n)| {
        let args = Args::new().text("site", site).number("n", n);
        i18n::html(formatter.lang, "chart-found-line", &args)
    }));
    Ok(Some(ChartPicture {
        caption: Html::join(&lines, "\n"),
        chart: Chart {
            title: label(formatter.lang, "chart-found-title"),
            series: found.series(),
            steps: days.names(formatter.lang),
            panels: vec![Panel {
                title: label(formatter.lang, "chart-found-per-day"),
                shape: Shape::Bars,
                rows: found.rows(),
            }],
        },
    }))
}

fn sites(
    connection: &Connection,
    formatter: Formatter<'_>,
    at: UnixMs,
) -> anyhow::Result<Option<ChartPicture>> {
    let days = Days::until(at, formatter.zone, DAYS);
    let rows = store::days(connection, &days.first())?;
    let checked = by_site(formatter, &days, &rows, |tally| tally.counts.checked());
    if checked.total() == 0 {
        return Ok(None);
    }
    // The same sites in the same order, so that colours agree in both frames.
    let errors = checked.of_the_same(formatter, &days, &rows, |tally| tally.counts.errors);
    let args = Args::new()
        .number("days", DAYS)
        .number("checked", checked.total())
        .number("errors", errors.total());
    let mut lines = vec![i18n::html(formatter.lang, "chart-sites", &args)];
    let by_site = checked.sites().zip(errors.sites());
    lines.extend(by_site.map(|((site, checked), (_, errors))| {
        let args = Args::new()
            .text("site", site)
            .number("checked", checked)
            .number("errors", errors);
        i18n::html(formatter.lang, "chart-sites-line", &args)
    }));
    let panel = |title: &str, numbers: &BySite| Panel {
        title: label(formatter.lang, title),
        shape: Shape::Bars,
        rows: numbers.rows(),
    };
    Ok(Some(ChartPicture {
        caption: Html::join(&lines, "\n"),
        chart: Chart {
            title: label(formatter.lang, "chart-sites-title"),
            series: checked.series(),
            steps: days.names(formatter.lang),
            panels: vec![
                panel("chart-checks-per-day", &checked),
                panel("chart-errors-per-day", &errors),
            ],
        },
    }))
}

fn duration(
    connection: &Connection,
    formatter: Formatter<'_>,
    at: UnixMs,
) -> anyhow::Result<Option<ChartPicture>> {
    let since = at.minus(days(RUN_DAYS));
    let runs = store::durations(connection, since, RUNS)?;
    let mut sorted: Vec<Duration> = runs.iter().map(|(_, took)| *took).collect();
    sorted.sort_unstable();
    let (Some(longest), Some(usual)) = (sorted.last(), sorted.get(sorted.len() / 2)) else {
        return Ok(None);
    };
    let args = Args::new()
        .number("days", RUN_DAYS)
        .number("runs", runs.len())
        .text("usual", &i18n::span(formatter.lang, *usual))
        .text("longest", &i18n::span(formatter.lang, *longest));
    let (unit, title) = if longest.as_secs_f64() >= IN_MINUTES {
        (60.0, "chart-minutes")
    } else {
        (1.0, "chart-seconds")
    };
    let row = runs.iter().map(|(_, took)| took.as_secs_f64() / unit);
    Ok(Some(ChartPicture {
        caption: i18n::html(formatter.lang, "chart-duration", &args),
        chart: Chart {
            title: label(formatter.lang, "chart-duration-title"),
            series: vec![(String::new(), Ink::Blue)],
            steps: runs
                .iter()
                .map(|(at, _)| i18n::hour(*at, formatter.zone))
                .collect(),
            panels: vec![Panel {
                title: label(formatter.lang, title),
                shape: Shape::Lines,
                rows: vec![row.collect()],
            }],
        },
    }))
}

/// Converts a summed count for display.
#[expect(clippy::cast_possible_truncation, reason = "counts are far below 2^53")]
fn whole(count: f64) -> i64 {
    count as i64
}

#[cfg(test)]
mod tests;
