//! Runs after all other tests, and says last which of them were skipped or small.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "its line is its purpose, and a check that cannot be made has failed"
)]

mod tier;

use self::tier::{PROGRAMS, all_is_demanded, has};

fn main() {
    // Other runners ask first which tests there are.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let slow = match all_is_demanded() {
        true => "full",
        false => "small (VAKHTA_TESTS=all runs them in full)",
    };
    let mut line = format!("tiers: kill loops {slow}");
    for program in PROGRAMS {
        let state = if has(program.name) { "run" } else { "skipped" };
        line += &format!(", {} {state}", program.tests);
    }
    println!("{line}, the Debian package skipped (.ci/package)");
}
