//! Tests that need a program of others, and tests that plain `cargo test` runs in a small size.
//!
//! # Invariants
//! - A test that goes without its program prints so, past the capture of the test harness.
//! - With `VAKHTA_TESTS=all` a missing program fails its tests, and every test has its full size.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// A program that some tests need and that a machine may lack.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// The package of Debian that has it.
    package: &'static str,
    /// What is not tested without it.
    pub(crate) tests: &'static str,
}

pub(crate) const PROGRAMS: [Program; 3] = [
    Program {
        name: "chromium",
        package: "chromium",
        tests: "the page in a browser",
    },
    Program {
        name: "pdftoppm",
        package: "poppler-utils",
        tests: "labels as another program prints them",
    },
    Program {
        name: "zbarimg",
        package: "zbar-tools",
        tests: "codes as another program reads them",
    },
];

/// Whether every test runs in its full size and none may be skipped.
pub(crate) fn all_is_demanded() -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "it configures the tests, not the program"
    )]
    let chosen = std::env::var("VAKHTA_TESTS");
    chosen.is_ok_and(|chosen| chosen == "all")
}

/// Whether the machine has one of [`PROGRAMS`]. The answer no is printed, or is a failure where everything is demanded.
pub(crate) fn has(name: &str) -> bool {
    let program = PROGRAMS.iter().find(|program| program.name == name);
    let Program { package, tests, .. } = program.unwrap();
    let found = Command::new("sh")
        .args(["-c", "command -v \"$1\"", "sh", name])
        .stdout(Stdio::null())
        .status();
    let is_here = found.unwrap().success();
    if !is_here {
        let text = format!("{tests}: {name} is missing (Debian: {package})");
        assert!(!all_is_demanded(), "{text}");
        // The macros that print are captured.
        let line = format!("skipped: {text}\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    is_here
}
