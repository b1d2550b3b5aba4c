//! The log: where it goes, its format, and what it must never contain.
//!
//! Every line passes one redactor, which replaces the secrets of the configuration and everything
//! that looks like a token. If the log file cannot be written, the program warns and goes on.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry};

use crate::settings::Section;

/// The replacement for a secret.
const HIDDEN: &str = "***";

/// Minimum length of a token's second half; Telegram's has 35 characters.
const TOKEN_TAIL: usize = 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For machines: one JSON object per line.
    Json,
}

/// Section `[log]`.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// The level, or levels by module.
    pub level: Targets,
    pub format: Format,
    /// A file to write in addition to standard error.
    pub file: Option<PathBuf>,
}

impl LogConfig {
    pub fn read(section: &mut Section<'_>) -> Self {
        let level = section.parsed("level", "info", |text| {
            parse_level(text).ok_or(
                "a level (off, error, warn, info, debug, trace), or levels by module such as \
                 \"info,vakhta::watch=debug\"",
            )
        });
        Self {
            level: level.unwrap_or_default(),
            format: section.choice(
                "format",
                Format::Text,
                &[("text", Format::Text), ("json", Format::Json)],
            ),
            file: section.path("file", ""),
        }
    }
}

/// A word without `=` must be a level: the crate's own parser would take a misspelt level for a
/// module name.
fn parse_level(text: &str) -> Option<Targets> {
    let lawful = |part: &str| part.contains('=') || part.trim().parse::<LevelFilter>().is_ok();
    text.split(',')
        .all(lawful)
        .then(|| text.parse().ok())
        .flatten()
}

/// Starts logging for the whole process; `secrets` never appear in it. A second call changes
/// nothing.
pub(crate) fn start<'a>(config: &LogConfig, secrets: impl IntoIterator<Item = &'a SecretString>) {
    let (file, problem) = match config.file.as_ref().map(open) {
        None => (None, None),
        Some(Ok(file)) => (Some(Arc::new(file)), None),
        Some(Err(err)) => (None, Some(err)),
    };
    let output = Output {
        file,
        secrets: secrets
            .into_iter()
            .map(|secret| secret.expose_secret().to_owned())
            .filter(|secret| !secret.is_empty())
            .collect(),
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(output);
    let layer = match config.format {
        Format::Text => {
            let colours = io::IsTerminal::is_terminal(&io::stderr()) && config.file.is_none();
            layer.with_ansi(colours).boxed()
        }
        Format::Json => layer.json().boxed(),
    };
    let started = Registry::default()
        .with(layer.with_filter(config.level.clone()))
        .try_init();
    if let (Ok(()), Some(err), Some(path)) = (started, problem, &config.file) {
        tracing::warn!(path = %path.display(), "the log file cannot be written, the log goes on without it: {err}");
    }
}

fn open(path: &PathBuf) -> io::Result<File> {
    File::options().create(true).append(true).open(path)
}

/// Standard error and optionally a file, behind the redactor.
#[derive(Clone)]
struct Output {
    file: Option<Arc<File>>,
    secrets: Arc<[String]>,
}

impl<'a> MakeWriter<'a> for Output {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line {
            output: self,
            bytes: Vec::new(),
        }
    }
}

/// Collects one line, then redacts and writes it.
struct Line<'a> {
    output: &'a Output,
    bytes: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.bytes);
        let text = redact(&text, &self.output.secrets);
        // A failing log must not disturb the work.
        io::stderr().lock().write_all(text.as_bytes()).ok();
        if let Some(mut file) = self.output.file.as_deref() {
            file.write_all(text.as_bytes()).ok();
        }
    }
}

/// Replaces the secrets and anything shaped like a token: digits, a colon, 30 or more letters.
fn redact(text: &str, secrets: &[String]) -> String {
    let hide = |text: String, secret: &String| text.replace(secret, HIDDEN);
    let known = secrets.iter().fold(text.to_owned(), hide);
    let mut out = String::with_capacity(known.len());
    let mut rest = known.as_str();
    while let Some((before, after)) = rest.split_once(':') {
        let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let is_tail = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = after.find(|c| !is_tail(c)).unwrap_or(after.len());
        let (tail, remainder) = after.split_at(end);
        if digits > 0 && tail.len() >= TOKEN_TAIL {
            let (kept, _) = before.split_at(before.len() - digits);
            out.push_str(kept);
            out.push_str(HIDDEN);
            rest = remainder;
        } else {
            out.push_str(before);
            out.push(':');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
#[path = "tests/logging.rs"]
mod tests;
