//! Writing to the terminal.
//!
//! # Invariants
//! - A result that could not be written is a failure, because nobody has it.
//! - A secret is hidden in lines to standard error, as in the log.
//! - If the reader has gone away (`| head`), output is dropped without an error.

use std::io::{self, ErrorKind, Write as _};
use std::sync::OnceLock;

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};

use crate::redaction::Redactor;

/// Knows the secrets of the configuration, once it is read.
static SECRETS: OnceLock<Redactor> = OnceLock::new();

/// From now on, these secrets are hidden in lines to standard error.
pub(super) fn hide<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) {
    let secrets = secrets.into_iter().map(|secret| secret.expose_secret());
    SECRETS.get_or_init(|| Redactor::new(secrets));
}

/// Prints a line of the result to standard output.
///
/// # Errors
/// When standard output takes nothing more, for example because its disk is full.
pub(super) fn say(line: &str) -> anyhow::Result<()> {
    write(format!("{line}\n").as_bytes())
}

/// Prints a whole document to standard output.
///
/// # Errors
/// As [`say`].
pub(super) fn write(document: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(document).and_then(|()| out.flush()) {
        Err(err) if err.kind() != ErrorKind::BrokenPipe => {
            Err(err).context("write the result to standard output")
        }
        _ => Ok(()),
    }
}

/// Prints a line about the result to standard error.
pub(super) fn complain(line: &str) {
    let line = match SECRETS.get() {
        Some(secrets) => secrets.hide(line),
        // Tokens are known by their shape.
        None => Redactor::new([]).hide(line),
    };
    writeln!(io::stderr().lock(), "{line}").ok();
}
