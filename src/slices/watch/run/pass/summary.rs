//! What a pass begins with and leaves behind, besides its results in the database.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use crate::clock::UnixMs;
use crate::slices::watch::model::account::SiteTally;
use crate::slices::watch::run::controls::Controls;
use crate::slices::watch::run::gate::Gates;
use crate::slices::watch::store::{Breaker, Breakers};

/// How a pass ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Everything in its scope was probed, or its time was over.
    Done,
    Stopped,
    /// No site could be reached: our own network is down.
    Offline,
}

/// What a pass leaves behind besides its results.
#[derive(Debug)]
pub(crate) struct PassSummary {
    pub(crate) end: End,
    /// Accounts with a verdict, those that were held among them, by site.
    pub(crate) answered: HashMap<Arc<str>, u64>,
    /// Requests by site that were not written down with any result.
    pub(crate) unwritten: Vec<(Arc<str>, SiteTally)>,
    /// Some site was reached.
    pub(crate) is_heard: bool,
}

/// What is remembered of sites from one pass to the next.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) gates: Gates,
    pub(crate) controls: Controls,
}

impl Memory {
    /// Which breakers are open, by the time of day; `today` is now.
    pub(crate) fn breakers(&self, today: UnixMs) -> Breakers {
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
