//! Reads a catalogue file in our own format: TOML to sites, with a line number for every problem.

use std::collections::{BTreeMap, btree_map::Entry};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{CatalogueProblem, FileKind, Listing};
use crate::slices::watch::catalogue::EntryFault;
use crate::slices::watch::site::Site;
use crate::slices::watch::site::entry::{FIELDS, SiteEntry};
use crate::suggest;

/// Entries with problems yield no site.
pub(super) fn read(file: &str, text: &str, allow_private: bool) -> Listing {
    let mut listing = Listing {
        kind: FileKind::Own,
        entries: 0,
        sites: Vec::new(),
        unused: Vec::new(),
    };
    let mut reader = Reader {
        file,
        text,
        problems: &mut listing.unused,
    };
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // Only broken lines are reported, because anything read after one is guesswork.
        for error in errors {
            reader.add(error.span(), None, EntryFault::File, error.message());
        }
        return listing;
    }
    let mut first_lines: BTreeMap<String, usize> = BTreeMap::new();
    for (key, value) in root.into_inner() {
        if key.get_ref() != "site" {
            let reason = format!(
                "unknown key {:?}, a catalogue has only [[site]] entries",
                key.get_ref()
            );
            reader.add(Some(key.span()), None, EntryFault::UnknownField, &reason);
            continue;
        }
        let span = value.span();
        let DeValue::Array(entries) = value.into_inner() else {
            reader.add(
                Some(span),
                None,
                EntryFault::File,
                "is one [site], write [[site]]",
            );
            continue;
        };
        listing.entries += entries.len();
        for (index, entry) in entries.into_iter().enumerate() {
            let site = reader.entry(index, entry, allow_private, &mut first_lines);
            listing.sites.extend(site);
        }
    }
    listing
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    problems: &'a mut Vec<CatalogueProblem>,
}

impl Reader<'_> {
    fn add(
        &mut self,
        span: Option<Range<usize>>,
        entry: Option<&str>,
        fault: EntryFault,
        reason: &str,
    ) {
        let line = span.map(|span| self.line(span.start));
        self.problems.push(CatalogueProblem {
            file: self.file.to_owned(),
            line,
            entry: entry.map(str::to_owned),
            fault,
            reason: reason.trim().replace('\n', " "),
        });
    }

    fn line(&self, offset: usize) -> usize {
        self.text
            .bytes()
            .take(offset)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1
    }

    fn entry(
        &mut self,
        index: usize,
        value: Spanned<DeValue<'_>>,
        allow_private: bool,
        first_lines: &mut BTreeMap<String, usize>,
    ) -> Option<Site> {
        let span = value.span();
        let DeValue::Table(mut table) = value.into_inner() else {
            self.add(
                Some(span),
                Some(&format!("number {}", index + 1)),
                EntryFault::Field,
                "is no table",
            );
            return None;
        };
        let key = table
            .get("key")
            .and_then(|key| key.get_ref().as_str())
            .map(str::to_owned);
        let label = key
            .clone()
            .unwrap_or_else(|| format!("number {}", index + 1));
        let problems_before = self.problems.len();
        if let Some(key) = key {
            self.note_duplicate(key, &label, &span, first_lines);
        }

        // Serde stops at the first unknown key. Removing unknown keys first lets us report all of
        // them, and then the other mistakes.
        let mut lines: BTreeMap<String, Range<usize>> = BTreeMap::new();
        let mut known = DeTable::new();
        for (name, field) in std::mem::take(&mut table) {
            if FIELDS.contains(&name.get_ref().as_ref()) {
                lines.insert(name.get_ref().to_string(), name.span());
                known.insert(name, field);
            } else {
                self.add(
                    Some(name.span()),
                    Some(&label),
                    EntryFault::UnknownField,
                    &format!(
                        "unknown key {:?}{}",
                        name.get_ref(),
                        hint(name.get_ref(), &FIELDS)
                    ),
                );
            }
        }
        let known = Spanned::new(span.clone(), DeValue::Table(known));
        let entry = match SiteEntry::deserialize(ValueDeserializer::from(known)) {
            Ok(entry) => entry,
            Err(error) => {
                self.add(
                    Some(error.span().unwrap_or(span)),
                    Some(&label),
                    EntryFault::Field,
                    error.message(),
                );
                return None;
            }
        };
        match entry.into_site(allow_private) {
            Ok(site) if self.problems.len() == problems_before => Some(site),
            Ok(_) => None,
            Err(found) => {
                for problem in found {
                    let place = lines.get(problem.field).unwrap_or(&span).clone();
                    self.add(
                        Some(place),
                        Some(&label),
                        EntryFault::of_field(problem.field),
                        &format!("{} {}", problem.field, problem.reason),
                    );
                }
                None
            }
        }
    }

    fn note_duplicate(
        &mut self,
        key: String,
        label: &str,
        span: &Range<usize>,
        first_lines: &mut BTreeMap<String, usize>,
    ) {
        let line = self.line(span.start);
        match first_lines.entry(key) {
            Entry::Occupied(first) => {
                let reason = format!(
                    "the key is used twice in this file, first in line {}",
                    first.get()
                );
                self.add(
                    Some(span.clone()),
                    Some(label),
                    EntryFault::Duplicate,
                    &reason,
                );
            }
            Entry::Vacant(free) => {
                free.insert(line);
            }
        }
    }
}

/// Suggests the key that was probably meant.
pub(super) fn hint(unknown: &str, known: &[&str]) -> String {
    let meant = suggest::meant(unknown, known.iter().copied());
    meant.map_or_else(String::new, |field| format!(", did you mean {field:?}?"))
}
