//! Catalogues of other projects: WhatsMyName and Sherlock files, told apart by their contents.
//!
//! # Invariants
//! - Every entry becomes a site, or is reported with a reason.
//! - Nothing in an entry is guessed.
//! - No rule may turn an answer without evidence into a verdict.

mod fields;
mod names_only;
mod sherlock;
#[cfg(test)]
mod tests;
mod whatsmyname;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{CatalogueProblem, FileKind, Listing};
use crate::slices::watch::catalogue::EntryFault;
use crate::slices::watch::site::entry::{FieldProblem, SiteEntry};
use crate::slices::watch::site::{Asks, Site};
use fields::{Fields, Pairs};

/// A foreign entry in our own format, not yet checked.
struct Draft {
    entry: SiteEntry,
    /// Maps a field of our format to its foreign name.
    field_name: fn(&str) -> &'static str,
    /// The foreign file's placeholder for the user name.
    mark: &'static str,
}

struct RawEntry<'a> {
    /// Set where the file names entries from outside, as keys.
    name: Option<String>,
    json: &'a RawValue,
}

/// True if a text is meant to be JSON. Our own catalogues never start like this.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Reads a foreign file.
pub(super) fn read(file: &str, text: &str, allow_private: bool) -> Listing {
    let mut reader = Reader {
        file,
        text,
        unused: Vec::new(),
    };
    let Some((kind, entries)) = reader.recognise() else {
        return Listing {
            kind: FileKind::Unknown,
            entries: 0,
            sites: Vec::new(),
            unused: reader.unused,
        };
    };
    let count = entries.len();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut sites = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let draft = reader.draft(kind, index, entry);
        let Some(site) = draft.and_then(|draft| reader.check(entry, draft, allow_private)) else {
            continue;
        };
        let key = site.key().to_string();
        if let Some(earlier) = names.get(&key) {
            let fault = if earlier == site.name() {
                EntryFault::Duplicate
            } else {
                EntryFault::SameKey
            };
            let reason = format!("its key {key} is that of the earlier entry {earlier:?}");
            reader.add(entry.json, Some(site.name()), fault, reason);
            continue;
        }
        names.insert(key, site.name().to_owned());
        sites.push(site);
    }
    Listing {
        kind,
        entries: count,
        sites,
        unused: reader.unused,
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    unused: Vec<CatalogueProblem>,
}

impl<'a> Reader<'a> {
    fn add(&mut self, place: &RawValue, entry: Option<&str>, fault: EntryFault, reason: String) {
        // The value borrows from the text, so their distance is its offset.
        let offset = (place.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = self.text.bytes().take(offset);
        self.unused.push(CatalogueProblem {
            file: self.file.to_owned(),
            line: Some(before.filter(|byte| *byte == b'\n').count() + 1),
            entry: entry.map(str::to_owned),
            fault,
            reason,
        });
    }

    fn add_whole(&mut self, line: Option<usize>, reason: String) {
        self.unused.push(CatalogueProblem {
            file: self.file.to_owned(),
            line,
            entry: None,
            fault: EntryFault::File,
            reason,
        });
    }

    /// The kind of the file and its entries; none if the file is no catalogue.
    fn recognise(&mut self) -> Option<(FileKind, Vec<RawEntry<'a>>)> {
        let top = match serde_json::from_str::<Pairs<&'a RawValue>>(self.text) {
            Ok(top) => top.0,
            Err(error) => {
                self.add_whole(Some(error.line()), format!("is no JSON: {error}"));
                return None;
            }
        };
        if let Some((_, sites)) = top.iter().find(|(name, _)| name == "sites") {
            let Ok(sites) = serde_json::from_str::<Vec<&'a RawValue>>(sites.get()) else {
                self.add_whole(None, "\"sites\" is no list".to_owned());
                return None;
            };
            for (name, place) in &top {
                if !whatsmyname::TOP.contains(&name.as_str()) {
                    let reason = format!("{name:?} is nothing a WhatsMyName file has");
                    self.add(place, None, EntryFault::UnknownField, reason);
                }
            }
            let entries = sites.into_iter().map(|json| RawEntry { name: None, json });
            return Some((FileKind::WhatsMyName, entries.collect()));
        }
        // Names that start with a dollar sign, like "$schema", describe the file.
        let named = top.into_iter().filter(|(name, _)| !name.starts_with('$'));
        let entries: Vec<_> = named
            .map(|(name, json)| RawEntry {
                name: Some(name),
                json,
            })
            .collect();
        if entries
            .iter()
            .any(|entry| sherlock::is_entry(entry.json.get()))
        {
            return Some((FileKind::Sherlock, entries));
        }
        self.add_whole(
            None,
            "is JSON, but neither a WhatsMyName file (a list \"sites\") nor a Sherlock one (entries with \"errorType\")"
                .to_owned(),
        );
        None
    }

    fn draft(&mut self, kind: FileKind, index: usize, entry: &RawEntry<'_>) -> Option<Draft> {
        let number = || format!("number {}", index + 1);
        let Ok(given) = serde_json::from_str::<Pairs<serde_json::Value>>(entry.json.get()) else {
            let label = entry.name.clone().unwrap_or_else(number);
            let reason = "is no object with fields".to_owned();
            self.add(entry.json, Some(&label), EntryFault::Field, reason);
            return None;
        };
        let known = if kind == FileKind::Sherlock {
            sherlock::FIELDS
        } else {
            whatsmyname::FIELDS
        };
        let mut fields = Fields::new(given.0, known);
        let draft = match &entry.name {
            Some(name) => sherlock::draft(name, &mut fields),
            None => whatsmyname::draft(&mut fields),
        };
        let label = entry
            .name
            .clone()
            .or_else(|| fields.label())
            .unwrap_or_else(number);
        let problems = fields.into_problems();
        let is_sound = problems.is_empty();
        for (fault, reason) in problems {
            self.add(entry.json, Some(&label), fault, reason);
        }
        draft.filter(|_| is_sound)
    }

    /// Checks an entry as strictly as one of our own.
    fn check(&mut self, entry: &RawEntry<'_>, draft: Draft, allow_private: bool) -> Option<Site> {
        let Draft {
            entry: mut made,
            field_name,
            mark,
        } = draft;
        let label = made.name.clone().unwrap_or_default();
        if names_only::tells_names_only(&made) {
            made.asks = Asks::Name;
        }
        match made.into_site(allow_private) {
            Ok(site) => Some(site),
            Err(problems) => {
                for FieldProblem { field, reason } in problems {
                    let said = format!("{} {}", field_name(field), reason.replace("{name}", mark));
                    self.add(entry.json, Some(&label), EntryFault::of_field(field), said);
                }
                None
            }
        }
    }
}

/// The key of a foreign entry: its lower-case name, where `-` replaces each run of other
/// characters. The key neither starts nor ends with `-`. A name without Latin letters or digits
/// keeps its letters.
fn key_of(name: &str) -> String {
    let lower = name.to_lowercase();
    let latin = dashed(&lower, |c| c.is_ascii_alphanumeric());
    if latin.is_empty() {
        dashed(&lower, char::is_alphanumeric)
    } else {
        latin
    }
}

fn dashed(text: &str, keeps: impl Fn(char) -> bool) -> String {
    let words = text.split(|c| !keeps(c)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A foreign address in our notation: `{name}` replaces the foreign placeholder, and other braces
/// are percent-encoded.
fn address(raw: &str, mark: &str) -> String {
    let plain = |part: &str| {
        part.replace('{', "%7B")
            .replace('}', "%7D")
            .replace(' ', "%20")
    };
    let parts: Vec<String> = raw.split(mark).map(plain).collect();
    parts.join("{name}")
}

/// Headers that the HTTP client sets itself. They do not affect the answer.
const OWN_HEADERS: [&str; 6] = [
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "te",
    "upgrade-insecure-requests",
];

/// The headers to send, and the `Host` that the entry asks for. `Host` is never sent: it belongs to
/// the address, like the other headers that the client sets.
fn headers(fields: &mut Fields) -> (BTreeMap<String, String>, Option<String>) {
    let mut kept = fields.texts("headers");
    let host = kept
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, host)| host.trim().to_lowercase());
    kept.retain(|name, _| !OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()));
    (kept, host)
}
