//! Writing to the terminal.
//!
//! If the reader has gone away (`| head`), output is dropped without an error.

use std::io::Write as _;

/// Prints a line of the result to standard output.
pub(super) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}

/// Prints a whole document to standard output.
pub(super) fn write(document: &[u8]) {
    let mut out = std::io::stdout().lock();
    out.write_all(document).and_then(|()| out.flush()).ok();
}

/// Prints a line about the result to standard error.
pub(super) fn complain(line: &str) {
    writeln!(std::io::stderr().lock(), "{line}").ok();
}
