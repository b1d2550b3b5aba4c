//! Turns arguments into a command and its result into an exit code; nothing else.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    vakhta::cli::run(vakhta::cli::Arguments::parse())
}
