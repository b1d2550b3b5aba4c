//! Measures what is promised to be fast and small: `cargo bench`, or one part of it.
//!
//! ```text
//! cargo bench                 all parts but the notices
//! cargo bench -- sweep [N]    checks per second beside a bare loop; N accounts (10000)
//! cargo bench -- status       the reply to /status, idle and during a run over 100,000 accounts
//! cargo bench -- notices [N]  accounts of N owners (10000) found at once: nine minutes
//! cargo bench -- owners [N]   every screen while N owners (10000) have 100 accounts each
//! cargo bench -- writes       group commit beside single commits and the disk
//! cargo bench -- cards        64 callers who scan one popular card
//! cargo bench -- assistant    200 questions at once over HTTP, idle and during a run
//! cargo bench -- footprint    start, memory and processor time of the real program
//! ```
//!
//! Every figure is printed beside its limit, from the same run on the same machine: compare ratios,
//! not times. Nothing is asserted, because a loaded machine is no fault of the program. Whatever
//! would disturb a figure (the pretend site, the bare loop) runs in a separate process, which is this
//! program again with a *role*.
#![expect(clippy::print_stdout, reason = "tables are what a bench is for")]

mod assistant;
mod cards;
mod crowd;
mod footprint;
mod notices;
mod owners;
mod process;
mod roles;
mod statements;
mod status;
mod sweep;
mod table;
mod world;
mod writes;

use anyhow::{Context as _, bail};

/// Accounts of a sweep when no number is given.
const ACCOUNTS: usize = 10_000;

/// Owners with news, or with 100 accounts each, when no number is given.
const OWNERS: usize = 10_000;

fn main() -> anyhow::Result<()> {
    // Cargo adds a word of its own.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => {
            sweep::measure(ACCOUNTS)?;
            status::measure()?;
            owners::measure(OWNERS)?;
            writes::measure()?;
            cards::measure()?;
            assistant::measure()?;
            footprint::measure()
        }
        ["sweep"] => sweep::measure(ACCOUNTS),
        ["sweep", accounts] => sweep::measure(number(accounts)?),
        ["owners"] => owners::measure(OWNERS),
        ["owners", owners] => owners::measure(number(owners)?),
        ["status"] => status::measure(),
        ["notices"] => notices::measure(OWNERS),
        ["notices", owners] => notices::measure(number(owners)?),
        ["writes"] => writes::measure(),
        ["cards"] => cards::measure(),
        ["assistant"] => assistant::measure(),
        ["footprint"] => footprint::measure(),
        ["role", "site", accounts] => roles::site(number(accounts)?),
        ["role", "watch", accounts, workers, site] => {
            roles::watch(number(accounts)?, number(workers)?, site)
        }
        ["role", "loop", accounts, workers, site] => {
            roles::bare_loop(number(accounts)?, number(workers)?, site)
        }
        ["role", "start", api] => roles::bare_start(api),
        other => bail!(
            "{other:?} is no part of the benches: sweep [N], status, notices [N], owners [N], writes, cards, assistant, footprint"
        ),
    }
}

fn number(word: &str) -> anyhow::Result<usize> {
    word.parse()
        .with_context(|| format!("{word} is not a number"))
}
