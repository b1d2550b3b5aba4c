//! The catalogue: every site the program knows.
//!
//! It is read once, from the built-in file and the operator's files, and never changes afterwards. All problems of all
//! files are found in one go, each with file, line, entry and reason. A user's entry replaces a built-in one of the same
//! key; between two user files the earlier one wins; either is said once in [`Catalogue::notes`].

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use super::site::{Site, SiteKey, Username};

/// The sites that come with the program.
const BUILT_IN: &str = include_str!("../sites.toml");

/// What the built-in file is called in messages.
const BUILT_IN_FILE: &str = "built-in sites";

/// Largest catalogue file that is read, in bytes; the largest known one has 2 MB.
const FILE_MAX_BYTES: u64 = 32 << 20;

/// Every site the program knows.
#[derive(Debug, Clone)]
pub struct Catalogue {
    sites: BTreeMap<SiteKey, Arc<Site>>,
    default: Arc<Site>,
    notes: Vec<String>,
}

/// One thing that is wrong with a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueProblem {
    /// The file, as the operator named it.
    pub file: String,
    /// The line, counted from 1, where one is to blame.
    pub line: Option<usize>,
    /// The entry's key as written, or its number where it has none.
    pub entry: Option<String>,
    /// What is wrong.
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

/// Everything that is wrong with the catalogues; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CatalogueProblems(pub Vec<CatalogueProblem>);

impl fmt::Display for CatalogueProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl Catalogue {
    /// Reads the built-in sites and the operator's files.
    ///
    /// `default_key` names the site that is meant where a person names none. `allow_private` lets entries point at
    /// loopback and private addresses.
    ///
    /// # Errors
    /// All problems of all files.
    pub fn load(
        files: &[PathBuf],
        default_key: &str,
        allow_private: bool,
    ) -> Result<Self, CatalogueProblems> {
        let mut problems = Vec::new();
        let mut notes = Vec::new();
        let mut sites = BTreeMap::new();
        let mut from_file: BTreeMap<SiteKey, String> = BTreeMap::new();
        for site in read::read(BUILT_IN_FILE, BUILT_IN, allow_private, &mut problems) {
            sites.insert(site.key().clone(), Arc::new(site));
        }
        for path in files {
            let file = path.display().to_string();
            let Some(text) = read_file(path, &file, &mut problems) else {
                continue;
            };
            for site in read::read(&file, &text, allow_private, &mut problems) {
                let key = site.key().clone();
                if let Some(earlier) = from_file.get(&key) {
                    notes.push(format!(
                        "site {key} of {file} is not used, {earlier} has it already"
                    ));
                    continue;
                }
                from_file.insert(key.clone(), file.clone());
                match sites.entry(key) {
                    Entry::Occupied(mut built_in) => {
                        notes.push(format!(
                            "site {} of {file} replaces the built-in one",
                            site.key()
                        ));
                        built_in.insert(Arc::new(site));
                    }
                    Entry::Vacant(free) => {
                        free.insert(Arc::new(site));
                    }
                }
            }
        }
        let default = SiteKey::parse(default_key)
            .ok()
            .and_then(|key| sites.get(&key).cloned());
        match default {
            Some(default) if problems.is_empty() => Ok(Self {
                sites,
                default,
                notes,
            }),
            Some(_) => Err(CatalogueProblems(problems)),
            None => {
                // The default may only be missing because its own entry is broken, which is said already.
                problems.push(CatalogueProblem {
                    file: "[sites] default".to_owned(),
                    line: None,
                    entry: None,
                    reason: format!("no usable site has the key {default_key:?}"),
                });
                Err(CatalogueProblems(problems))
            }
        }
    }

    /// The site of a key.
    #[must_use]
    pub fn get(&self, key: &SiteKey) -> Option<&Arc<Site>> {
        self.sites.get(key)
    }

    /// The site somebody typed: its key in any letter case, or its exact name.
    #[must_use]
    pub fn find(&self, typed: &str) -> Option<&Arc<Site>> {
        let by_key = SiteKey::parse(&typed.to_lowercase())
            .ok()
            .and_then(|key| self.sites.get(&key));
        by_key.or_else(|| self.iter().find(|site| site.name() == typed))
    }

    /// The account a profile's address belongs to. The address may be typed without `https://`.
    #[must_use]
    pub fn from_url(&self, typed: &str) -> Option<(Arc<Site>, Username)> {
        let url = if typed.contains("://") {
            Url::parse(typed).ok()?
        } else {
            // Without a scheme only what begins with a host is an address; `name` and `site name` are not.
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

    /// The site that is meant where a person names none.
    #[must_use]
    pub fn default_site(&self) -> &Arc<Site> {
        &self.default
    }

    /// What the operator should know about keys that several files have.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

fn read_file(path: &PathBuf, file: &str, problems: &mut Vec<CatalogueProblem>) -> Option<String> {
    let text = match std::fs::metadata(path) {
        Ok(about) if about.len() > FILE_MAX_BYTES => {
            Err(format!("is larger than {} MiB", FILE_MAX_BYTES >> 20))
        }
        Ok(_) => std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}")),
        Err(error) => Err(format!("cannot be read: {error}")),
    };
    text.map_err(|reason| {
        problems.push(CatalogueProblem {
            file: file.to_owned(),
            line: None,
            entry: None,
            reason,
        });
    })
    .ok()
}
