//! What a sweep begins and ends with, besides its results in the database.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use crate::clock::UnixMs;
use crate::slices::watch::model::account::SiteTally;
use crate::slices::watch::run::controls::Controls;
use crate::slices::watch::run::gate::Gates;
use crate::slices::watch::store::{Breaker, Breakers};

/// How a sweep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::slices::watch) enum End {
    /// Everything in its scope was looked at, or its time was over.
    Done,
    /// The program stops.
    Stopped,
    /// No site could be reached: our own network is down.
    Offline,
}

/// What a sweep leaves behind besides its results.
#[derive(Debug)]
pub(in crate::slices::watch) struct Swept {
    pub(in crate::slices::watch) end: End,
    /// Accounts with a verdict, those that were held among them, by site.
    pub(in crate::slices::watch) answered: HashMap<Arc<str>, u64>,
    /// Requests by site that were not written down with any result.
    pub(in crate::slices::watch) asked: Vec<(Arc<str>, SiteTally)>,
    /// Some site was reached.
    pub(in crate::slices::watch) is_heard: bool,
}

/// What is remembered of sites from one sweep to the next.
#[derive(Debug)]
pub(in crate::slices::watch) struct Memory {
    pub(in crate::slices::watch) gates: Gates,
    pub(in crate::slices::watch) controls: Controls,
}

impl Memory {
    /// Which breakers are open, by the time of day; `today` is now.
    pub(in crate::slices::watch) fn breakers(&self, today: UnixMs) -> Breakers {
        let now = Instant::now();
        let open = self.gates.open_breakers().map(|(site, opened)| {
            let breaker = Breaker {
                since: today.minus(now.saturating_duration_since(opened.since)),
                trial_at: today.plus(opened.trial_at.saturating_duration_since(now)),
                reason: opened.why.key().to_owned(),
            };
            (site.as_str().to_owned(), breaker)
        });
        open.collect()
    }
}
