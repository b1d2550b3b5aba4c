//! The log: where it goes, its format, and what it must never contain.
//!
//! Every line passes one [`Redactor`], which knows the secrets of the configuration.
//!
//! # Invariants
//! - A panic is an event as any other: its message passes the redactor, too.
//! - One event is one line: characters that could end it or hide a part are written as escapes.
//! - A log file that cannot be written is a warning, never a stop and never a wait.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rustix::fs::OFlags;
use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry};

use crate::html::is_invisible;
use crate::redaction::Redactor;
use crate::settings::Section;

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

/// The open log file; replaced by [`reopen`].
type LogFile = Arc<RwLock<Option<File>>>;

/// The log file of this process and its path, if it has one.
static LOG_FILE: OnceLock<(PathBuf, LogFile)> = OnceLock::new();

/// Starts logging for the whole process; `secrets` never appear in it. A second call changes
/// nothing.
pub(crate) fn start<'a>(config: &LogConfig, secrets: impl IntoIterator<Item = &'a SecretString>) {
    let (file, problem) = match config.file.as_deref().map(open) {
        None => (None, None),
        Some(Ok(file)) => (Some(file), None),
        Some(Err(err)) => (None, Some(err)),
    };
    let colours = config.format == Format::Text
        && io::IsTerminal::is_terminal(&io::stderr())
        && config.file.is_none();
    let file = Arc::new(RwLock::new(file));
    let output = Output {
        file: Arc::clone(&file),
        redactor: Redactor::new(secrets.into_iter().map(ExposeSecret::expose_secret)),
        colours,
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(output);
    let layer = match config.format {
        Format::Text => layer.with_ansi(colours).boxed(),
        Format::Json => layer.json().boxed(),
    };
    let started = Registry::default()
        .with(layer.with_filter(config.level.clone()))
        .try_init();
    if started.is_err() {
        return;
    }
    std::panic::set_hook(Box::new(tell_panic));
    let Some(path) = &config.file else {
        return;
    };
    LOG_FILE.set((path.clone(), file)).ok();
    if let Some(err) = problem {
        tracing::warn!(path = %path.display(), "the log file cannot be written, the log goes on without it: {err}");
    }
}

/// The standard library would write the message to standard error as it is.
fn tell_panic(panic: &PanicHookInfo<'_>) {
    let said = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map(ToString::to_string);
    let place = place.unwrap_or_default();
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => tracing::error!("panicked at {place}: {said}\n{backtrace}"),
        _ => tracing::error!("panicked at {place}: {said}"),
    }
}

/// Opens the log file anew, after something else has renamed it. If that fails, the old one stays.
pub(crate) fn reopen() {
    let Some((path, file)) = LOG_FILE.get() else {
        return;
    };
    match open(path) {
        Ok(new) => {
            *file.write().unwrap_or_else(PoisonError::into_inner) = Some(new);
            tracing::info!("the log file was opened anew");
        }
        Err(err) => {
            tracing::warn!(path = %path.display(), "the log file cannot be opened anew: {err}");
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    append_at_once().create(true).open(path)
}

/// A pipe without a reader is an error, and a full one loses lines: neither may keep us waiting.
pub(crate) fn append_at_once() -> OpenOptions {
    let mut options = OpenOptions::new();
    let at_once = OFlags::NONBLOCK.bits().cast_signed();
    options.append(true).custom_flags(at_once);
    options
}

/// Standard error and optionally a file, behind the redactor.
#[derive(Clone)]
struct Output {
    file: LogFile,
    redactor: Redactor,
    colours: bool,
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
        let text = one_line(&self.output.redactor.hide(&text), self.output.colours);
        // A failing log must not disturb the work.
        io::stderr().lock().write_all(text.as_bytes()).ok();
        let file = self.output.file.read();
        if let Some(mut file) = file.unwrap_or_else(PoisonError::into_inner).as_ref() {
            file.write_all(text.as_bytes()).ok();
        }
    }
}

/// The text of an event on one line. Foreign text in it can neither begin another line nor hide or
/// reorder a part of this one. The escapes are those of JSON, so a JSON line remains one. With
/// `colours`, their escape character stays; `tracing_subscriber` has escaped those of foreign text.
fn one_line(text: &str, colours: bool) -> String {
    let (line, end) = match text.strip_suffix('\n') {
        Some(line) => (line, "\n"),
        None => (text, ""),
    };
    let mut out = String::with_capacity(text.len());
    for c in line.chars() {
        let is_kept = colours && c == '\u{1b}';
        if is_kept || !(is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}')) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out + end
}

#[cfg(test)]
#[path = "tests/logging.rs"]
mod tests;
