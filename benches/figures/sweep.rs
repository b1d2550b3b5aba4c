//! Checks per second of the real watch, beside a bare loop that makes the same requests with as
//! many workers.
//!
//! The watch does more for each account: it judges the response, counts, and stores the verdict
//! durably. The figure is the cost of that. Both run in separate processes against the same pretend
//! site. The rounds alternate, and the result is the median of their ratios.

use anyhow::Context as _;

use crate::table::{self, mb, median, row};
use crate::world::{self, Site};

/// Workers: the default, a busy operator, far beyond both.
const WORKERS: [usize; 3] = [3, 32, 256];

/// Rounds over few accounts. Over many accounts one round is long enough.
const ROUNDS: usize = 3;
const MANY: usize = 50_000;

/// What one process used.
#[derive(Debug, Clone, Copy)]
struct Used {
    per_second: f64,
    cpu: f64,
    memory: f64,
}

pub(crate) fn measure(accounts: usize) -> anyhow::Result<()> {
    let site = Site::start(accounts)?;
    let rounds = if accounts >= MANY { 1 } else { ROUNDS };
    let mut rows = vec![row([
        &"workers",
        &"checks/s",
        &"bare loop",
        &"ratio",
        &"CPU s per 100,000",
        &"bare loop",
        &"ratio",
        &"peak memory",
        &"bare loop",
    ])];
    for workers in WORKERS {
        let mut pairs = Vec::new();
        for _ in 0..rounds {
            pairs.push((
                one("watch", accounts, workers, &site)?,
                one("loop", accounts, workers, &site)?,
            ));
        }
        let of = |pick: fn(&(Used, Used)) -> f64| median(pairs.iter().map(pick));
        rows.push(row([
            &workers,
            &format!("{:.0}", of(|(watch, _)| watch.per_second)),
            &format!("{:.0}", of(|(_, bare)| bare.per_second)),
            &format!(
                "{:.2}",
                of(|(watch, bare)| watch.per_second / bare.per_second)
            ),
            &format!("{:.1}", of(|(watch, _)| watch.cpu)),
            &format!("{:.1}", of(|(_, bare)| bare.cpu)),
            &format!("{:.2}", of(|(watch, bare)| watch.cpu / bare.cpu)),
            &mb(of(|(watch, _)| watch.memory)),
            &mb(of(|(_, bare)| bare.memory)),
        ]));
    }
    table::print(
        &format!("A sweep over {accounts} accounts, one in a hundred there"),
        &rows,
    );
    Ok(())
}

/// Runs one role and reads what it used.
fn one(role: &str, accounts: usize, workers: usize, site: &Site) -> anyhow::Result<Used> {
    let words = [role, &accounts.to_string(), &workers.to_string(), &site.url];
    let output = world::role(&words)?
        .stderr(std::process::Stdio::inherit())
        .output()?;
    anyhow::ensure!(output.status.success(), "the {role} failed");
    let text = String::from_utf8(output.stdout)?;
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    let mut next = || {
        numbers
            .next()
            .context("the role told too little")?
            .context("the role told no number")
    };
    let (took, cpu, memory) = (next()?, next()?, next()?);
    let accounts = accounts as f64;
    Ok(Used {
        per_second: accounts / took,
        cpu: cpu * 100_000.0 / accounts,
        memory,
    })
}
