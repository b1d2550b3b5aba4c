//! The catalogue: every site the program knows.
//!
//! The catalogue is read once, from the built-in file and the operator's files, and never changes
//! afterwards. All problems in all files are reported together, each with file, line, entry and
//! reason. A user's entry replaces a built-in entry with the same key. If two user files share a
//! key, the earlier file wins. [`Catalogue::notes`] reports both cases.
//!
//! A mistaken entry makes the whole catalogue fail. With [`BrokenEntries::Skip`] the entry is left
//! out with a warning instead. Valid entries of WhatsMyName and Sherlock files that we cannot use
//! are not mistakes. They are left out and counted in a warning, and [`Listing::read`] explains
//! each of them. A file that cannot be read as a whole always fails.

mod foreign;
pub(super) mod line;
mod listing;
mod read;
#[cfg(test)]
mod tests;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use crate::slices::watch::model::config::{BrokenEntries, DEFAULT_SITE};
use crate::suggest;
pub use listing::Listing;
pub(crate) use listing::{EntryFault, FileKind};

use super::site::{Site, SiteKey, Username};

/// The sites that come with the program.
const BUILT_IN: &str = include_str!("sites.toml");

/// What the built-in file is called in messages.
const BUILT_IN_FILE: &str = "built-in sites";

/// Every site the program knows.
#[derive(Debug, Clone)]
pub struct Catalogue {
    sites: BTreeMap<SiteKey, Arc<Site>>,
    default: Arc<Site>,
    /// Keys of built-in sites, including those that a user's file replaces.
    built_in: BTreeSet<SiteKey>,
    warnings: Vec<String>,
    notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueProblem {
    /// The file, as the operator named it.
    pub file: String,
    /// The line, counted from 1, if one line is to blame.
    pub line: Option<usize>,
    /// The entry's key as written, or its number if it has no key.
    pub entry: Option<String>,
    /// The kind of problem, for counting.
    pub fault: EntryFault,
    pub reason: String,
}

impl fmt::Display for CatalogueProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(entry) = &self.entry {
            write!(f, ": site {entry}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// All problems of the catalogues; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CatalogueProblems(pub Vec<CatalogueProblem>);

impl fmt::Display for CatalogueProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        if self
            .0
            .iter()
            .any(|problem| problem.fault != EntryFault::File)
        {
            f.write_str(
                "\nmend the entries, or set broken_entries = \"skip\" in [sites] to go without them",
            )?;
        }
        Ok(())
    }
}

impl Catalogue {
    /// Only the sites that the program brings along.
    ///
    /// # Errors
    /// Never, unless this program's own file is broken.
    pub fn built_in() -> Result<Self, CatalogueProblems> {
        let (files, may_be_private) = (&[], false);
        Self::load(files, DEFAULT_SITE, may_be_private, BrokenEntries::Refuse)
    }

    /// Reads the built-in sites and the operator's files.
    ///
    /// `default_key` is the site to use when a person names none. `allow_private` lets entries
    /// point to loopback and private addresses.
    ///
    /// # Errors
    /// All problems of all files.
    pub fn load(
        files: &[PathBuf],
        default_key: &str,
        allow_private: bool,
        broken_entries: BrokenEntries,
    ) -> Result<Self, CatalogueProblems> {
        let mut merge = Merge::default();
        let built_in = read::read(BUILT_IN_FILE, BUILT_IN, allow_private);
        merge.problems.extend(built_in.unused);
        for site in built_in.sites {
            merge.sites.insert(site.key().clone(), Arc::new(site));
        }
        let built_in = merge.sites.keys().cloned().collect();
        for path in files {
            match Listing::read(path, allow_private) {
                Ok(listing) => merge.add(&path.display().to_string(), listing, broken_entries),
                Err(problems) => merge.problems.extend(problems.0),
            }
        }
        let default = SiteKey::parse(default_key)
            .ok()
            .and_then(|key| merge.sites.get(&key).cloned());
        match default {
            Some(default) if merge.problems.is_empty() => Ok(Self {
                sites: merge.sites,
                default,
                built_in,
                warnings: merge.warnings,
                notes: merge.notes,
            }),
            Some(_) => Err(CatalogueProblems(merge.problems)),
            None => {
                // The default is missing only if its own entry is broken, and that was reported
                // above.
                merge.problems.push(CatalogueProblem {
                    file: "[sites] default".to_owned(),
                    line: None,
                    entry: None,
                    fault: EntryFault::File,
                    reason: format!("no usable site has the key {default_key:?}"),
                });
                Err(CatalogueProblems(merge.problems))
            }
        }
    }

    #[must_use]
    pub fn get(&self, key: &SiteKey) -> Option<&Arc<Site>> {
        self.sites.get(key)
    }

    /// Finds a site by its key in any letter case, or by its exact name.
    #[must_use]
    pub fn find(&self, typed: &str) -> Option<&Arc<Site>> {
        let by_key = SiteKey::parse(&typed.to_lowercase())
            .ok()
            .and_then(|key| self.sites.get(&key));
        by_key.or_else(|| self.iter().find(|site| site.name() == typed))
    }

    /// The key of the site that an unknown text probably means.
    #[must_use]
    pub(crate) fn near(&self, typed: &str) -> Option<&SiteKey> {
        let key = suggest::meant(typed, self.sites.keys().map(SiteKey::as_str))?;
        Some(self.find(key)?.key())
    }

    /// The account of a profile address. The address may come without `https://`.
    #[must_use]
    pub fn from_url(&self, typed: &str) -> Option<(Arc<Site>, Username)> {
        let url = if typed.contains("://") {
            Url::parse(typed).ok()?
        } else {
            // Without a scheme only a text that begins with a host is an address; `name` and `site
            // name` are not.
            let (host, _) = typed.split_once('/')?;
            if !host.contains('.') {
                return None;
            }
            Url::parse(&format!("https://{typed}")).ok()?
        };
        // The site with the longest template is the most specific one.
        self.iter()
            .filter_map(|site| site.name_from_url(&url).map(|name| (site, name)))
            .max_by_key(|(site, _)| site.url_template().len())
            .map(|(site, name)| (Arc::clone(site), name))
    }

    /// All sites, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Site>> {
        self.sites.values()
    }

    /// Sites to offer to people: built-in sites first, then the others. Sites for adults are left
    /// out.
    pub fn offered(&self) -> impl Iterator<Item = &Arc<Site>> {
        let known = |site: &&Arc<Site>| self.built_in.contains(site.key());
        let others = self
            .iter()
            .filter(move |site| !known(site) && !site.is_adult());
        self.iter().filter(known).chain(others)
    }

    /// The site to use when a person names none.
    #[must_use]
    pub fn default_site(&self) -> &Arc<Site> {
        &self.default
    }

    /// What is left out: each mistaken entry, and the number of other unusable ones.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Notes for the operator about keys that occur in several files.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// The catalogue under construction.
#[derive(Default)]
struct Merge {
    sites: BTreeMap<SiteKey, Arc<Site>>,
    from_file: BTreeMap<SiteKey, String>,
    problems: Vec<CatalogueProblem>,
    warnings: Vec<String>,
    notes: Vec<String>,
}

impl Merge {
    /// Adds the sites of a file. Keys that already exist are reported once per other file.
    fn add(&mut self, file: &str, listing: Listing, broken_entries: BrokenEntries) {
        let mistakes = listing.mistakes().cloned();
        match broken_entries {
            BrokenEntries::Refuse => self.problems.extend(mistakes),
            BrokenEntries::Skip => self.warnings.extend(by_entry(mistakes)),
        }
        if listing.kind != FileKind::Own && !listing.unused.is_empty() {
            self.warnings.push(format!(
                "{file}: {} of {} entries are not used; `vakhta sites import {file}` explains each",
                listing.entries.saturating_sub(listing.sites.len()),
                listing.entries
            ));
        }
        let mut replaced = Vec::new();
        let mut passed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for site in listing.sites {
            let key = site.key().clone();
            if let Some(earlier) = self.from_file.get(&key) {
                let keys = passed.entry(earlier.clone()).or_default();
                keys.push(key.to_string());
                continue;
            }
            self.from_file.insert(key.clone(), file.to_owned());
            match self.sites.entry(key) {
                Entry::Occupied(mut built_in) => {
                    replaced.push(site.key().to_string());
                    built_in.insert(Arc::new(site));
                }
                Entry::Vacant(free) => {
                    free.insert(Arc::new(site));
                }
            }
        }
        if !replaced.is_empty() {
            let keys = replaced.join(", ");
            self.notes
                .push(format!("{file} replaces built-in sites: {keys}"));
        }
        for (earlier, keys) in passed {
            self.notes.push(format!(
                "sites of {file} that are not used, because {earlier} has them already: {}",
                keys.join(", ")
            ));
        }
    }
}

/// One line per entry, however many problems it has.
fn by_entry(mistakes: impl Iterator<Item = CatalogueProblem>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut last: Option<CatalogueProblem> = None;
    for problem in mistakes {
        let is_same = |last: &CatalogueProblem| last.entry.is_some() && last.entry == problem.entry;
        match lines
            .last_mut()
            .filter(|_| last.as_ref().is_some_and(is_same))
        {
            Some(line) => {
                line.push_str("; ");
                line.push_str(&problem.reason);
            }
            None => lines.push(format!("left out: {problem}")),
        }
        last = Some(problem);
    }
    lines
}
