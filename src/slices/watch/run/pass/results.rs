//! Results on their way to the database, gathered in groups.
//!
//! # Invariants
//! - The number of unwritten results is bounded.
//! - While the writer is free, no result waits longer than [`GROUP_AGE`] for its group.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;

use super::PassContext;
use crate::slices::watch::model::account::SiteTally;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::store;
use crate::slices::watch::store::{Breakers, ControlNews, ProbeResult};

/// Results written in one request at most: more would save next to nothing.
const GROUP: usize = 512;

/// The same while people talk with the bot: their requests pass between, and wait for at most one
/// of these groups.
const SMALL_GROUP: usize = 24;

/// The longest a result waits for others to be written with.
const GROUP_AGE: Duration = Duration::from_millis(200);

/// Results in memory at most. Probing stops until the database has caught up.
const UNWRITTEN: usize = GROUP * 4;

/// What a pass has found out and not yet stored.
#[derive(Default)]
pub(super) struct Results {
    results: Vec<ProbeResult>,
    /// Controls that failed or are well again: at most one per site and quarter of an hour.
    news: Vec<ControlNews>,
    /// When the first of the probes came.
    oldest: Option<Instant>,
}

impl Results {
    pub(super) fn push(&mut self, result: ProbeResult, now: Instant) {
        self.oldest.get_or_insert(now);
        self.results.push(result);
    }

    pub(super) fn push_news(&mut self, news: ControlNews) {
        self.news.push(news);
    }

    /// True when no further probe may start before a group is written.
    pub(super) fn are_full(&self) -> bool {
        self.results.len() >= UNWRITTEN
    }

    /// When there is a group although it is not full.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.oldest.map(|oldest| oldest + GROUP_AGE)
    }

    /// The next group, when there is one; `rest` takes what there is.
    pub(super) fn next_group(
        &mut self,
        context: PassContext<'_>,
        rest: bool,
    ) -> Option<ResultGroup> {
        if self.results.is_empty() && self.news.is_empty() {
            return None;
        }
        let size = if self.results.len() >= SMALL_GROUP && context.priority_gate.in_conversation() {
            SMALL_GROUP
        } else {
            GROUP
        };
        let is_old = || self.due_at().is_some_and(|due| due <= Instant::now());
        if self.results.len() < size && !rest && !is_old() {
            return None;
        }
        let rest = self.results.split_off(self.results.len().min(size));
        let mut results = std::mem::replace(&mut self.results, rest);
        // In the order of the rows.
        results.sort_unstable_by_key(|result| result.account_id);
        self.oldest = (!self.results.is_empty()).then(Instant::now);
        let news = std::mem::take(&mut self.news);
        Some(ResultGroup {
            results,
            news,
            requests: Vec::new(),
            breakers: None,
        })
    }
}

/// Results that are written together.
pub(super) struct ResultGroup {
    results: Vec<ProbeResult>,
    /// Requests by site, whatever became of them, since the group before.
    requests: Vec<(Arc<str>, SiteTally)>,
    /// Which breakers are open, where that is not what was written before.
    breakers: Option<Breakers>,
    news: Vec<ControlNews>,
}

impl ResultGroup {
    pub(super) fn add_requests(&mut self, requests: Vec<(Arc<str>, SiteTally)>) {
        self.requests = requests;
    }

    pub(super) fn add_breakers(&mut self, breakers: Breakers) {
        self.breakers = Some(breakers);
    }

    /// Fact and notice commit together. If a power cut takes both, the account is probed again. A
    /// notice that was sent had been claimed by a synced commit after this one.
    pub(super) async fn write(self, context: PassContext<'_>, run_id: i64) -> anyhow::Result<()> {
        let now = context.clock.now();
        let day = context.notifier.zone.day(now);
        let written = context.db.write_replayable(move |tx| {
            for owner in store::apply(tx, now, &day, run_id, &self.results, &self.requests)? {
                Notifier::news(tx, now, run_id, owner)?;
            }
            if let Some(open) = &self.breakers {
                store::set_breakers(tx, open)?;
            }
            if store::note_controls(tx, now, run_id, &self.news)? {
                Notifier::controls(tx, now, run_id)?;
            }
            Ok(())
        });
        written.await.context("write the results of the run")
    }
}
