//! Reading one section of the configuration.
//!
//! A slice reads its own section through [`Section`]. Every key has a default, a range and an
//! override in the environment (`VAKHTA_<SECTION>_<KEY>`). A wrong value is noted with its key, the
//! given value and the allowed values. Reading then goes on, so that all problems are named at
//! once. A key that nothing reads is a problem too.
//!
//! # Invariants
//! - A problem names the variable if the value came from one.
//! - Only regular files are read: a pipe or a device could keep its reader waiting for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::ops::RangeInclusive;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::process::Gid;
use toml::{Table, Value};

use crate::suggest;

/// Everything that is wrong with a configuration, one line each.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Problems {
    lines: Vec<String>,
    is_file_wrong: bool,
}

impl Problems {
    /// Adds a problem of the configuration file.
    pub fn add(&mut self, problem: impl Into<String>) {
        self.is_file_wrong = true;
        self.lines.push(problem.into());
    }

    /// Adds a problem of the environment; the line names the variable.
    pub fn add_of_environment(&mut self, problem: impl Into<String>) {
        self.lines.push(problem.into());
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// True if something must be changed in the configuration file.
    #[must_use]
    pub fn is_file_wrong(&self) -> bool {
        self.is_file_wrong
    }

    /// The problems in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}

/// One section: its values, its overrides, and the list that collects its problems.
#[derive(Debug)]
pub struct Section<'a> {
    name: &'a str,
    folder: &'a Path,
    values: Table,
    overrides: BTreeMap<String, String>,
    // Every key that was asked for.
    asked: BTreeSet<String>,
    // Keys whose value came from the environment.
    overridden: BTreeSet<String>,
    problems: &'a mut Problems,
}

impl<'a> Section<'a> {
    /// A section `name` with the file's values and the environment's overrides (keys in lower case,
    /// without prefix). Relative paths start from `folder`.
    pub fn new(
        name: &'a str,
        folder: &'a Path,
        values: Table,
        overrides: BTreeMap<String, String>,
        problems: &'a mut Problems,
    ) -> Self {
        Self {
            name,
            folder,
            values,
            overrides,
            asked: BTreeSet::new(),
            overridden: BTreeSet::new(),
            problems,
        }
    }

    pub fn string(&mut self, key: &str, default: &str) -> String {
        match self.take(key) {
            None => default.to_owned(),
            Some(Value::String(text)) => text,
            Some(other) => {
                self.wrong(key, &other, "text in quotes");
                default.to_owned()
            }
        }
    }

    /// One word out of a few.
    pub fn choice<T: Copy>(&mut self, key: &str, default: T, allowed: &[(&str, T)]) -> T {
        let Some(value) = self.take(key) else {
            return default;
        };
        let chosen = value
            .as_str()
            .and_then(|word| allowed.iter().find(|(name, _)| *name == word));
        if let Some((_, chosen)) = chosen {
            return *chosen;
        }
        let names: Vec<String> = allowed.iter().map(|(n, _)| format!("\"{n}\"")).collect();
        self.wrong(key, &value, &format!("one of {}", names.join(", ")));
        default
    }

    pub fn integer(&mut self, key: &str, default: u32, range: RangeInclusive<u32>) -> u32 {
        let Some(value) = self.take(key) else {
            return default;
        };
        let number = match &value {
            Value::Integer(number) => u32::try_from(*number).ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        if let Some(number) = number.filter(|n| range.contains(n)) {
            return number;
        }
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        self.wrong(key, &value, &allowed);
        default
    }

    pub fn boolean(&mut self, key: &str, default: bool) -> bool {
        match self.take(key) {
            None => default,
            Some(Value::Boolean(yes)) => yes,
            Some(Value::String(text)) if text == "true" => true,
            Some(Value::String(text)) if text == "false" => false,
            Some(other) => {
                self.wrong(key, &other, "true or false");
                default
            }
        }
    }

    /// A time span like `10s` or `1m 30s`.
    pub fn duration(
        &mut self,
        key: &str,
        default: Duration,
        range: RangeInclusive<Duration>,
    ) -> Duration {
        let Some(value) = self.take(key) else {
            return default;
        };
        let span = value
            .as_str()
            .and_then(|text| humantime::parse_duration(text).ok())
            .filter(|span| range.contains(span));
        span.unwrap_or_else(|| {
            let from = humantime::format_duration(*range.start());
            let to = humantime::format_duration(*range.end());
            let allowed = format!("a time with its unit from \"{from}\" to \"{to}\"");
            self.wrong(key, &value, &allowed);
            default
        })
    }

    /// A list of texts, separated by commas in the environment.
    pub fn strings(&mut self, key: &str) -> Vec<String> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let list = match &value {
            Value::String(text) => Some(split(text)),
            Value::Array(items) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect(),
            _ => None,
        };
        list.unwrap_or_else(|| {
            self.wrong(key, &value, "a list of texts, such as [\"a\", \"b\"]");
            Vec::new()
        })
    }

    /// A list of whole numbers, separated by commas in the environment.
    pub fn integers(&mut self, key: &str) -> Vec<i64> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let list: Option<Vec<i64>> = match &value {
            Value::String(text) => split(text).iter().map(|item| item.parse().ok()).collect(),
            Value::Array(items) => items.iter().map(Value::as_integer).collect(),
            _ => None,
        };
        list.unwrap_or_else(|| {
            self.wrong(key, &value, "a list of whole numbers, such as [1, 2]");
            Vec::new()
        })
    }

    /// A path relative to the file's folder; `None` if empty.
    pub fn path(&mut self, key: &str, default: &str) -> Option<PathBuf> {
        let text = self.string(key, default);
        (!text.is_empty()).then(|| self.folder.join(text))
    }

    /// A list of paths, each relative to the file's folder.
    pub fn paths(&mut self, key: &str) -> Vec<PathBuf> {
        let folder = self.folder;
        let list = self.strings(key);
        list.into_iter().map(|text| folder.join(text)).collect()
    }

    /// A text that `parse` must accept.
    pub fn parsed<T, E: Display>(
        &mut self,
        key: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.string(key, default);
        match parse(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.wrong(key, &Value::String(text), &why.to_string());
                None
            }
        }
    }

    /// Refuses a key with a custom sentence, where listing the allowed values would not help.
    pub fn refuse(&mut self, key: &str, why: &str) {
        if self.take(key).is_some() {
            self.note(key, format!("{}.{key}: {why}", self.name));
        }
    }

    /// Notes what is wrong with a value that was taken.
    pub fn blame(&mut self, key: &str, why: &str) {
        self.note(key, format!("{}.{key}: {why}", self.name));
    }

    /// Notes every key that nothing has read. Call it last.
    pub fn finish(self) {
        let meant = |key: &str| suggest::meant(key, self.asked.iter().map(String::as_str));
        for key in self.values.keys() {
            let meant = meant(key).map_or_else(String::new, did_you_mean);
            self.problems
                .add(format!("{}.{key}: there is no such key{meant}", self.name));
        }
        for key in self.overrides.keys() {
            let meant =
                meant(key).map_or_else(String::new, |key| did_you_mean(&variable(self.name, key)));
            self.problems.add_of_environment(format!(
                "{}: there is no key {}.{key}{meant}",
                variable(self.name, key),
                self.name
            ));
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.asked.insert(key.to_owned());
        let from_file = self.values.remove(key);
        match self.overrides.remove(key) {
            Some(text) => {
                self.overridden.insert(key.to_owned());
                Some(given(text))
            }
            None => from_file,
        }
    }

    fn wrong(&mut self, key: &str, given: &Value, allowed: &str) {
        let by = match self.overridden.contains(key) {
            true => format!(" (set by {})", variable(self.name, key)),
            false => String::new(),
        };
        let problem = format!(
            "{}.{key}: given {given}, allowed is {allowed}{by}",
            self.name
        );
        self.note(key, problem);
    }

    fn note(&mut self, key: &str, problem: String) {
        if self.overridden.contains(key) {
            self.problems.add_of_environment(problem);
        } else {
            self.problems.add(problem);
        }
    }
}

/// The environment variable of a key.
fn variable(section: &str, key: &str) -> String {
    format!("VAKHTA_{}_{}", section.to_uppercase(), key.to_uppercase())
}

/// The end of a sentence about something unknown.
pub(crate) fn did_you_mean(meant: &str) -> String {
    format!("; did you mean {meant}?")
}

/// A value from the environment. Texts and lists may be written as in the file: that is how
/// messages show them, and some tools keep the quotes of their files, around a list as well.
fn given(text: String) -> Value {
    match text.trim() {
        "true" => Value::Boolean(true),
        "false" => Value::Boolean(false),
        written if written.starts_with(['[', '"', '\'']) => match written.parse() {
            Ok(Value::String(inner)) if inner != text => given(inner),
            Ok(value) => value,
            Err(_) => Value::String(text),
        },
        _ => Value::String(text),
    }
}

/// Reads a file that must not be readable by others.
///
/// # Errors
/// Why the file cannot be read, or that others can read it.
pub(crate) fn read_private(path: &Path) -> Result<String, String> {
    let file = open_file(path).map_err(|err| err.to_string())?;
    let about = file.metadata().map_err(|err| err.to_string())?;
    if others_can_read(&about) {
        return Err(format!(
            "others can read it (mode {:o}, group {}); run chmod 600 on it",
            about.mode() & 0o777,
            about.gid()
        ));
    }
    io::read_to_string(file).map_err(|err| err.to_string())
}

/// A container or an orchestrator mounts secrets for a group of the process. Nobody but root is in
/// root's group.
fn others_can_read(about: &Metadata) -> bool {
    let group = Gid::from_raw(about.gid());
    let is_ours = group.is_root()
        || group == rustix::process::getegid()
        || rustix::process::getgroups().is_ok_and(|groups| groups.contains(&group));
    let forbidden = if is_ours { 0o037 } else { 0o077 };
    about.mode() & forbidden != 0
}

/// Opens a regular file for reading; never waits.
///
/// # Errors
/// When the file cannot be opened, or is a folder, a pipe, a socket or a device.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    // A pipe is opened at once, with or without somebody at its other end.
    let at_once = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(at_once)
        .open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("is not a regular file"))
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
#[path = "tests/settings.rs"]
mod tests;
