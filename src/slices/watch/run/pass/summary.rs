//! What a pass starts with and leaves behind, besides its results in the database.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use crate::clock::UnixMs;
use crate::slices::watch::model::account::SiteTally;
use crate::slices::watch::run::controls::Controls;
use crate::slices::watch::run::gate::Gates;
use crate::slices::watch::run::proofs::Proofs;
use crate::slices::watch::store::{Breaker, Breakers};

/// How a pass ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Everything in scope was probed, or time ran out.
    Done,
    Stopped,
    /// No site could be reached: our own network is down.
    Offline,
}

#[derive(Debug)]
pub(crate) struct PassSummary {
    pub(crate) end: End,
    /// Accounts with a verdict, including held ones, by site.
    pub(crate) answered: HashMap<Arc<str>, u64>,
    /// Requests by site that were not written together with a result.
    pub(crate) unwritten: Vec<(Arc<str>, SiteTally)>,
    /// At least one site was reached.
    pub(crate) is_heard: bool,
}

/// What is remembered about sites between passes.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) gates: Gates,
    pub(crate) controls: Controls,
    pub(crate) proofs: Proofs,
}

impl Memory {
    /// The open breakers in wall-clock time; `today` is now.
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
