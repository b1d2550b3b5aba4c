//! Results waiting to be written to the database in groups.
//!
//! # Invariants
//! - The number of unwritten results is bounded.
//! - While the writer is free, no result waits longer than [`GROUP_AGE`].

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;

use super::PassContext;
use crate::slices::watch::model::account::SiteTally;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::store;
use crate::slices::watch::store::{Breakers, ControlNews, ProbeResult};

/// Maximum number of results per write. More would save next to nothing.
const GROUP: usize = 512;

/// The limit while people talk to the bot. Their requests wait for at most one group.
const SMALL_GROUP: usize = 24;

/// How long a result waits for others to join its group.
const GROUP_AGE: Duration = Duration::from_millis(200);

/// Maximum number of results in memory. Probing pauses until the database has caught up.
const UNWRITTEN: usize = GROUP * 4;

/// Results of a pass that are not stored yet.
#[derive(Default)]
pub(super) struct Results {
    results: Vec<ProbeResult>,
    /// Controls that failed or recovered: at most one per site and quarter of an hour.
    news: Vec<ControlNews>,
    /// When the oldest result arrived.
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

    /// True if no further probe may start before a group is written.
    pub(super) fn are_full(&self) -> bool {
        self.results.len() >= UNWRITTEN
    }

    /// When a group is due although it is not full.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.oldest.map(|oldest| oldest + GROUP_AGE)
    }

    /// The next group, if one is full or due. `rest` takes everything.
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
        // Row order is cheaper to write.
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
    /// Requests by site since the previous group, whatever their results.
    requests: Vec<(Arc<str>, SiteTally)>,
    /// The open breakers, if they changed since they were last written.
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

    /// Fact and notice commit together. If a power cut loses both, the account is probed again.
    /// Once a notice is sent, both are safe: it was claimed by a later, synced commit.
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
