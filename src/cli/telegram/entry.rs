//! What a person types that nobody may see.
//!
//! # Invariants
//! - The terminal shows what is typed again afterwards, also after an error or a signal.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::Context as _;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// The longest line that is read, in bytes: growing would leave copies in memory.
const LINE_LIMIT: usize = 1024;

/// The terminal without echo, until this is dropped.
struct Hidden(Option<Termios>);

impl Hidden {
    fn new() -> Self {
        let stdin = io::stdin();
        let usual = tcgetattr(&stdin).ok().filter(|_| stdin.is_terminal());
        if let Some(usual) = &usual {
            let mut hidden = usual.clone();
            hidden.local_modes.remove(LocalModes::ECHO);
            tcsetattr(&stdin, OptionalActions::Flush, &hidden).ok();
        }
        Self(usual)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(usual) = &self.0 {
            tcsetattr(io::stdin(), OptionalActions::Now, usual).ok();
            // The line's end was not shown, either.
            writeln!(io::stderr().lock()).ok();
        }
    }
}

/// Asks for a line that is not shown. Dropping the future shows what is typed again.
pub(super) async fn hidden(question: &str) -> anyhow::Result<SecretString> {
    write!(io::stderr().lock(), "{question}: ").ok();
    let hidden = Hidden::new();
    let read = tokio::task::spawn_blocking(line).await;
    drop(hidden);
    read.context("read from the terminal")?
}

fn line() -> anyhow::Result<SecretString> {
    let mut line = Zeroizing::new(String::with_capacity(LINE_LIMIT));
    let mut input = io::Read::take(io::stdin().lock(), LINE_LIMIT as u64);
    let read = input.read_line(&mut line);
    anyhow::ensure!(
        read.context("read from the terminal")? > 0,
        "nothing was entered"
    );
    Ok(line.trim_end_matches(['\r', '\n']).into())
}
