//! `vakhta sites import FILE`: which entries of a catalogue file would be used, and why the others
//! would not.
//!
//! Nothing is copied or changed: a catalogue is used by naming it in `[sites] catalogues`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::anyhow;

use super::{Failure, output};
use crate::slices::watch::WatchConfig;
use crate::slices::watch::catalogue::{CatalogueProblem, EntryFault, Listing};
use crate::slices::watch::model::config::BrokenEntries;
use crate::slices::watch::site::{Asks, Site};

/// Reads the file and reports on it: results on standard output, one line for every problem.
pub(super) fn run(file: &Path, config: &WatchConfig) -> Result<(), Failure> {
    let allow_private = config.allow_private_targets;
    let listing = Listing::read(file, allow_private).map_err(|err| Failure::Usage(err.into()))?;
    for problem in &listing.unused {
        output::say(&problem.to_string())?;
    }
    for line in counts(&listing) {
        output::say(&line)?;
    }
    if listing.sites.is_empty() {
        return Err(Failure::Usage(anyhow!("no entry of this file is usable")));
    }
    let has_mistakes = listing.mistakes().next().is_some();
    if has_mistakes && config.broken_entries == BrokenEntries::Refuse {
        return Err(Failure::Usage(anyhow!(
            "the file is rejected because of its mistakes; fix them, or set broken_entries = \"skip\" in [sites] to go without \
             those entries"
        )));
    }
    Ok(())
}

/// The number of used entries by kind, and of unused entries by reason.
fn counts(listing: &Listing) -> Vec<String> {
    let used = listing.sites.len();
    let count = |is: fn(&Site) -> bool| listing.sites.iter().filter(|site| is(site)).count();
    let mut lines = vec![
        format!(
            "{}: {used} of {} entries can be used",
            listing.kind, listing.entries
        ),
        format!(
            "  only tell whether a name is taken: {}",
            count(|s| s.asks() == Asks::Name)
        ),
        format!("  weak, need one more probe: {}", count(Site::is_weak)),
        format!(
            "  without a control name: {}",
            count(|s| s.control().is_none())
        ),
        format!(
            "  marked as protected: {}",
            count(|s| !s.protection().is_empty())
        ),
        format!("  for adults: {}", count(Site::is_adult)),
    ];
    lines.push(format!(
        "not used: {}",
        listing.entries.saturating_sub(used)
    ));
    for (fault, entries) in by_fault(&listing.unused) {
        lines.push(format!("  {fault}: {entries}"));
    }
    lines
}

/// Entries with a problem of each kind; one entry may count under several.
fn by_fault<'a>(
    problems: impl IntoIterator<Item = &'a CatalogueProblem>,
) -> BTreeMap<EntryFault, usize> {
    let mut entries: BTreeMap<EntryFault, BTreeSet<_>> = BTreeMap::new();
    for problem in problems {
        let of_kind = entries.entry(problem.fault).or_default();
        of_kind.insert((problem.line, problem.entry.as_deref()));
    }
    entries
        .into_iter()
        .map(|(fault, found)| (fault, found.len()))
        .collect()
}
