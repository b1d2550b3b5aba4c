//! Charts as PNG. Words and their language come from the caller.
//!
//! # Invariants
//! - Text is at least 14 px high when 1280 px are shown on 400, as on a phone.
//! - A picture has its own background, so it is readable in light and dark chats.
//! - Nothing on the machine is needed: the letters (Latin and Cyrillic) are in the program.

mod draw;

use anyhow::ensure;

/// Maximum number of series that can be told apart.
pub(crate) const MOST_SERIES: usize = Ink::ALL.len();

/// Maximum number of steps along the bottom: one for every second pixel.
const MOST_STEPS: usize = 600;

/// A colour that differs from the others on our background, also for most colour-blind people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// For success.
    Green,
    /// For work done.
    Blue,
    /// For failure.
    Red,
    Yellow,
    Violet,
    Teal,
    /// The rest.
    Grey,
}

impl Ink {
    /// Every colour, in the order of assignment.
    pub(crate) const ALL: [Self; 7] = [
        Self::Blue,
        Self::Yellow,
        Self::Violet,
        Self::Teal,
        Self::Red,
        Self::Green,
        Self::Grey,
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Bars; several series are stacked.
    Bars,
    /// Lines beside each other.
    Lines,
}

/// One frame of a chart.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    /// The counted thing, with its unit.
    pub title: String,
    pub shape: Shape,
    /// For each series a row of numbers, one per step and none below zero; an empty row is not
    /// drawn.
    pub rows: Vec<Vec<f64>>,
}

/// A chart: frames above each other with one title and one row of steps.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    pub title: String,
    /// The names of the series; if all are empty, there is no legend.
    pub series: Vec<(String, Ink)>,
    /// The labels of the steps along the bottom; only some are shown.
    pub steps: Vec<String>,
    pub panels: Vec<Panel>,
}

impl Chart {
    /// Draws the chart. Takes tens of milliseconds and briefly 20 MB: do not call it on a runtime.
    ///
    /// # Errors
    /// When there is nothing to draw, or more series than can be told apart.
    pub(crate) fn png(&self) -> anyhow::Result<Vec<u8>> {
        let n = self.steps.len();
        ensure!((1..=MOST_STEPS).contains(&n), "a chart of {n} steps");
        ensure!(
            (1..=MOST_SERIES).contains(&self.series.len()),
            "a chart of {} series",
            self.series.len()
        );
        for panel in &self.panels {
            let whole = |row: &Vec<f64>| {
                (row.is_empty() || row.len() == n)
                    && row.iter().all(|value| value.is_finite() && *value >= 0.0)
            };
            ensure!(
                panel.rows.len() <= self.series.len() && panel.rows.iter().all(whole),
                "the numbers of a chart do not fit its steps"
            );
        }
        draw::png(self)
    }
}

#[cfg(test)]
mod tests;
