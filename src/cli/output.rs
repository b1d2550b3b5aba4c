//! Writing to the terminal.
//!
//! A reader that went away (`| head`) is no fault of ours: what cannot be written is dropped.

use std::io::Write as _;

/// A line of the result, to standard output.
pub(super) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}

/// A line about the result, to standard error.
pub(super) fn complain(line: &str) {
    writeln!(std::io::stderr().lock(), "{line}").ok();
}
