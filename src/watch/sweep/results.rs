//! Results on their way to the database: gathered in groups, one group being written while further looks go on.
//!
//! What must stay true: results are bounded, none is older than [`GROUP_AGE`] before its group is sent off while the
//! writer is free, and a fault of the database comes back to the pass.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;

use super::Sweep;
use crate::watch::notices::Speaker;
use crate::watch::store;

/// Results written in one request at most: more would save next to nothing.
const GROUP: usize = 256;

/// As many while people talk with the bot: their requests pass between, and wait for one of these groups at most.
const SMALL_GROUP: usize = 24;

/// The longest a result waits for others to be written with.
const GROUP_AGE: Duration = Duration::from_millis(200);

/// Results in memory at most; looking stops until the database has caught up.
const UNWRITTEN: usize = GROUP * 4;

/// What a pass has found out and not yet stored.
#[derive(Default)]
pub(super) struct Results<'a> {
    looks: Vec<store::Look>,
    /// Changes of what is known about sites' controls, at most one a site and quarter of an hour.
    news: Vec<store::ControlNews>,
    /// When the first of the looks came.
    oldest: Option<Instant>,
    writing: Option<Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send + 'a>>>,
}

impl<'a> Results<'a> {
    pub(super) fn push(&mut self, look: store::Look, now: Instant) {
        self.oldest.get_or_insert(now);
        self.looks.push(look);
    }

    pub(super) fn push_news(&mut self, news: store::ControlNews) {
        self.news.push(news);
    }

    /// True when no further look may start before a group is written.
    pub(super) fn are_full(&self) -> bool {
        self.looks.len() >= UNWRITTEN
    }

    pub(super) fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    /// When [`Self::write`] has something to do although no group is full; none while one is on its way.
    pub(super) fn due_at(&self) -> Option<Instant> {
        let oldest = self.oldest.filter(|_| !self.is_writing());
        oldest.map(|oldest| oldest + GROUP_AGE)
    }

    /// Sends a group to the writer, when there is one and none is on its way; `rest` sends what there is.
    pub(super) fn write(&mut self, sweep: Sweep<'a>, run_id: i64, rest: bool) {
        if self.is_writing() || self.looks.is_empty() && self.news.is_empty() {
            return;
        }
        let size = if self.looks.len() >= SMALL_GROUP && sweep.right_of_way.in_conversation() {
            SMALL_GROUP
        } else {
            GROUP
        };
        let is_old = || self.due_at().is_some_and(|due| due <= Instant::now());
        if self.looks.len() < size && !rest && !is_old() {
            return;
        }
        let rest = self.looks.split_off(self.looks.len().min(size));
        let mut group = std::mem::replace(&mut self.looks, rest);
        // In the order of the rows.
        group.sort_unstable_by_key(|look| look.account_id);
        self.oldest = (!self.looks.is_empty()).then(Instant::now);
        let news = std::mem::take(&mut self.news);
        self.writing = Some(Box::pin(write_group(sweep, run_id, group, news)));
    }

    /// The end of the writing on its way; never, when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn written(&mut self) -> anyhow::Result<()> {
        let Some(writing) = &mut self.writing else {
            return std::future::pending().await;
        };
        let written = writing.await;
        self.writing = None;
        written.context("write the results of the sweep")
    }
}

/// Fact and notice commit together. When a power cut takes both, the account is looked at again; a notice that was sent
/// was claimed by a synced commit after this one.
async fn write_group(
    sweep: Sweep<'_>,
    run_id: i64,
    looks: Vec<store::Look>,
    news: Vec<store::ControlNews>,
) -> anyhow::Result<()> {
    let now = sweep.clock.now();
    sweep
        .db
        .write_replayable(move |tx| {
            for owner in store::apply(tx, now, run_id, &looks)? {
                Speaker::news(tx, now, run_id, owner)?;
            }
            if store::note_controls(tx, now, run_id, &news)? {
                Speaker::controls(tx, now, run_id)?;
            }
            Ok(())
        })
        .await
}
