//! One catalogue file: the sites in it, and why its other entries are not used.

use std::fmt;
use std::path::Path;

use super::{CatalogueProblem, CatalogueProblems, foreign, read};
use crate::settings;
use crate::slices::watch::site::Site;

/// Largest catalogue file that is read, in bytes; the largest known one has 2 MB.
const FILE_MAX_BYTES: u64 = 32 << 20;

/// The format of a catalogue file, detected from its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Our own format.
    Own,
    /// A `wmn-data.json`.
    WhatsMyName,
    /// A `data.json`.
    Sherlock,
    Unknown,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Own => "catalogue of our own format",
            Self::WhatsMyName => "WhatsMyName file",
            Self::Sherlock => "Sherlock file",
            Self::Unknown => "unknown file",
        })
    }
}

/// The kind of a catalogue problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryFault {
    /// The file as a whole.
    File,
    /// The entry is switched off by its own authors.
    SwitchedOff,
    /// A repeated field or key.
    Duplicate,
    /// Another entry's name yields the same key.
    SameKey,
    /// A field that the format does not have.
    UnknownField,
    /// A field is missing or has a wrong value.
    Field,
    /// An address that cannot or must not be requested.
    Address,
    /// Headers or a body that cannot be sent.
    Request,
    /// A name pattern that cannot be used.
    Pattern,
    /// Rules that cannot tell an existing account from a missing one.
    Rule,
}

impl EntryFault {
    /// True for a mistake. False for a valid foreign entry that we cannot use: switched off,
    /// without a trustworthy rule, or in need of a request that we do not send.
    fn is_mistake(self) -> bool {
        match self {
            Self::File
            | Self::Duplicate
            | Self::UnknownField
            | Self::Field
            | Self::Address
            | Self::Pattern => true,
            Self::SwitchedOff | Self::SameKey | Self::Request | Self::Rule => false,
        }
    }

    /// The kind of a problem with a field of our own format.
    pub(super) fn of_field(field: &str) -> Self {
        match field {
            "url" | "probe" => Self::Address,
            "headers" | "body" => Self::Request,
            "name_pattern" => Self::Pattern,
            "exists" | "missing" => Self::Rule,
            _ => Self::Field,
        }
    }
}

impl fmt::Display for EntryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "unreadable as a whole",
            Self::SwitchedOff => "switched off by its authors",
            Self::Duplicate => "there twice",
            Self::SameKey => "key of another entry",
            Self::UnknownField => "unknown field",
            Self::Field => "missing or wrong field",
            Self::Address => "address that cannot be asked",
            Self::Request => "request that cannot be sent",
            Self::Pattern => "unusable name pattern",
            Self::Rule => "rules that cannot tell",
        })
    }
}

/// The result of reading a catalogue file.
#[derive(Debug)]
pub struct Listing {
    pub kind: FileKind,
    /// The number of all entries, unusable ones included.
    pub entries: usize,
    pub sites: Vec<Site>,
    /// Why the other entries cannot be used. An entry may have several problems.
    pub unused: Vec<CatalogueProblem>,
}

impl Listing {
    /// Reads a catalogue file of any kind.
    ///
    /// # Errors
    /// If the file as a whole cannot be read.
    pub fn read(path: &Path, allow_private: bool) -> Result<Self, CatalogueProblems> {
        let file = path.display().to_string();
        let whole = |reason: String| {
            CatalogueProblems(vec![CatalogueProblem {
                file: file.clone(),
                line: None,
                entry: None,
                fault: EntryFault::File,
                reason,
            }])
        };
        let text = read_file(path).map_err(whole)?;
        let listing = Self::parse(&file, &text, allow_private);
        let is_unreadable = |problem: &CatalogueProblem| problem.fault == EntryFault::File;
        if listing.unused.iter().any(is_unreadable) {
            return Err(CatalogueProblems(listing.unused));
        }
        Ok(listing)
    }

    /// The problems that are mistakes: in a file of our own format, all.
    pub fn mistakes(&self) -> impl Iterator<Item = &CatalogueProblem> {
        let is_own = self.kind == FileKind::Own;
        self.unused
            .iter()
            .filter(move |problem| is_own || problem.fault.is_mistake())
    }

    /// Reads the text of a catalogue file of any kind. Messages name the file as `file`.
    #[must_use]
    pub fn parse(file: &str, text: &str, allow_private: bool) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if foreign::is_json(text) {
            foreign::read(file, text, allow_private)
        } else {
            read::read(file, text, allow_private)
        }
    }
}

fn read_file(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let file = settings::open_file(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() > FILE_MAX_BYTES {
        return Err(format!("is larger than {} MiB", FILE_MAX_BYTES >> 20));
    }
    std::io::read_to_string(file).map_err(unreadable)
}
