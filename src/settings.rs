//! Reading one section of the configuration.
//!
//! A slice reads its own section through [`Section`]. Every key has a default, a range and an
//! override in the environment (`VAKHTA_<SECTION>_<KEY>`). A wrong value is noted with its key, the
//! given value and the allowed values. Reading then goes on, so that all problems are named at
//! once. A key that nothing reads is a problem too.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::{Table, Value};

/// Everything that is wrong with a configuration, one line each.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Problems(Vec<String>);

impl Problems {
    pub fn add(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// One section: its values, its overrides, and the list that collects its problems.
#[derive(Debug)]
pub struct Section<'a> {
    name: &'a str,
    folder: &'a Path,
    values: Table,
    overrides: BTreeMap<String, String>,
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
            self.problems.add(format!("{}.{key}: {why}", self.name));
        }
    }

    /// Notes every key that nothing has read. Call it last.
    pub fn finish(self) {
        for key in self.values.keys() {
            self.problems
                .add(format!("{}.{key}: there is no such key", self.name));
        }
        for key in self.overrides.keys() {
            self.problems.add(format!(
                "VAKHTA_{}_{}: there is no key {}.{key}",
                self.name.to_uppercase(),
                key.to_uppercase(),
                self.name
            ));
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let from_file = self.values.remove(key);
        match self.overrides.remove(key) {
            Some(text) => Some(match text.as_str() {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                _ => Value::String(text),
            }),
            None => from_file,
        }
    }

    fn wrong(&mut self, key: &str, given: &Value, allowed: &str) {
        self.problems.add(format!(
            "{}.{key}: given {given}, allowed is {allowed}",
            self.name
        ));
    }
}

/// Reads a file that must not be readable by others.
///
/// # Errors
/// Why the file cannot be read, or that others can read it.
pub(crate) fn read_private(path: &Path) -> Result<String, String> {
    use std::io::Read as _;
    use std::os::unix::fs::PermissionsExt as _;
    let mut file = std::fs::File::open(path).map_err(|err| err.to_string())?;
    let mode = file
        .metadata()
        .map_err(|err| err.to_string())?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(format!(
            "others can read it (mode {:o}); run chmod 600 on it",
            mode & 0o777
        ));
    }
    let mut text = String::new();
    file.read_to_string(&mut text)
        .map_err(|err| err.to_string())?;
    Ok(text)
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
