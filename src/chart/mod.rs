//! Pictures of numbers, as PNG. Words and their language come from the caller.
//!
//! # Invariants
//! - Text is at least 14 px high when 1280 px are shown on 400, as on a phone.
//! - A picture has its own background, so it is readable in light and dark chats.
//! - Nothing of the machine is needed: the letters (Latin and Cyrillic) are in the program.

mod draw;

use anyhow::ensure;

/// Series that can be told apart at most.
pub(crate) const MOST_SERIES: usize = Ink::ALL.len();

/// Steps along the bottom at most: one for every second pixel.
const MOST_STEPS: usize = 600;

/// A colour that is told from the others on our ground, also by most who see colours differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// What went well.
    Green,
    /// What was done.
    Blue,
    /// What went wrong.
    Red,
    /// One of several.
    Yellow,
    /// One of several.
    Violet,
    /// One of several.
    Teal,
    /// The rest.
    Grey,
}

impl Ink {
    /// Every colour, in the order in which several are given out.
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

/// How numbers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Bars; several series are stacked.
    Bars,
    /// Lines beside each other.
    Lines,
}

/// Numbers in one frame.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    /// What is counted, with its unit.
    pub title: String,
    /// How it is shown.
    pub shape: Shape,
    /// A row of numbers for each series, none below zero, one for each step; an empty row is not
    /// drawn.
    pub rows: Vec<Vec<f64>>,
}

/// A picture: frames over each other with one title and one row of steps.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    /// What it is about.
    pub title: String,
    /// What the series are called; with no name for any of them there is no list of names.
    pub series: Vec<(String, Ink)>,
    /// The names of the steps along the bottom; a few of them are shown.
    pub steps: Vec<String>,
    /// The frames.
    pub panels: Vec<Panel>,
}

impl Chart {
    /// Draws it. Takes tens of milliseconds and, for a moment, 20 MB: not on a runtime.
    ///
    /// # Errors
    /// When there is nothing to draw, or more than can be told apart.
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
