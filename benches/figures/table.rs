//! Tables to paste into `docs/figures.md`, and the statistics that they need.

use std::time::Duration;

/// Prints a table in Markdown, its columns aligned.
pub(crate) fn print(title: &str, rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    println!("\n{title}\n");
    for (number, row) in rows.iter().enumerate() {
        println!("| {} |", line(row, &widths).join(" | "));
        if number == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            println!("| {} |", rule.join(" | "));
        }
    }
}

/// A row of cells: the first aligned left, the numbers right.
fn line(row: &[String], widths: &[usize]) -> Vec<String> {
    let cells = row.iter().zip(widths).enumerate();
    cells
        .map(|(column, (cell, width))| {
            if column == 0 {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        })
        .collect()
}

pub(crate) fn row<const N: usize>(cells: [&dyn std::fmt::Display; N]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

/// The value below which this share of the samples lies.
pub(crate) fn quantile(samples: &mut [Duration], share: f64) -> Duration {
    samples.sort_unstable();
    let last = samples.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a small number"
    )]
    let place = (last as f64 * share).ceil() as usize;
    samples.get(place.min(last)).copied().unwrap_or_default()
}

pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Milliseconds with two decimals.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}

/// Megabytes with one decimal.
pub(crate) fn mb(bytes: f64) -> String {
    format!("{:.1} MB", bytes / 1_000_000.0)
}
