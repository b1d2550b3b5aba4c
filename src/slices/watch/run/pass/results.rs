//! Results on their way to the database, gathered in groups.
//!
//! What must stay true: results are bounded, and none is older than [`GROUP_AGE`] before its group is sent off while the
//! writer is free.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;

use super::Sweep;
use crate::slices::watch::model::account::SiteTally;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::run::lane::Lane;
use crate::slices::watch::store;

/// Results written in one request at most: more would save next to nothing.
const GROUP: usize = 512;

/// As many while people talk with the bot: their requests pass between, and wait for one of these groups at most.
const SMALL_GROUP: usize = 24;

/// The longest a result waits for others to be written with.
const GROUP_AGE: Duration = Duration::from_millis(200);

/// Results in memory at most; looking stops until the database has caught up.
const UNWRITTEN: usize = GROUP * 4;

/// What a pass has found out and not yet stored.
#[derive(Default)]
pub(super) struct Results {
    looks: Vec<store::Look>,
    /// Changes of what is known about sites' controls, at most one a site and quarter of an hour.
    news: Vec<store::ControlNews>,
    /// When the first of the looks came.
    oldest: Option<Instant>,
}

impl Results {
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

    /// When there is a group although it is not full.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.oldest.map(|oldest| oldest + GROUP_AGE)
    }

    /// The next group, when there is one; `rest` takes what there is.
    pub(super) fn next_group(&mut self, sweep: Sweep<'_>, rest: bool) -> Option<Group> {
        if self.looks.is_empty() && self.news.is_empty() {
            return None;
        }
        let size = if self.looks.len() >= SMALL_GROUP && sweep.priority_gate.in_conversation() {
            SMALL_GROUP
        } else {
            GROUP
        };
        let is_old = || self.due_at().is_some_and(|due| due <= Instant::now());
        if self.looks.len() < size && !rest && !is_old() {
            return None;
        }
        let rest = self.looks.split_off(self.looks.len().min(size));
        let mut looks = std::mem::replace(&mut self.looks, rest);
        // In the order of the rows.
        looks.sort_unstable_by_key(|look| look.account_id);
        self.oldest = (!self.looks.is_empty()).then(Instant::now);
        let news = std::mem::take(&mut self.news);
        Some(Group {
            looks,
            news,
            asked: Vec::new(),
            breakers: None,
        })
    }
}

/// Takes the requests that the lanes have made and nobody has written down.
pub(super) fn take_asked(lanes: &mut [Lane]) -> Vec<(Arc<str>, SiteTally)> {
    let asked = lanes.iter_mut().filter(|lane| lane.asked.looks > 0);
    asked
        .map(|lane| (Arc::clone(&lane.key), std::mem::take(&mut lane.asked)))
        .collect()
}

/// Results that are written together.
pub(super) struct Group {
    looks: Vec<store::Look>,
    /// Requests by site, whatever became of them, since the group before.
    pub(super) asked: Vec<(Arc<str>, SiteTally)>,
    /// Which breakers are open, where that is not what was written before.
    pub(super) breakers: Option<store::Breakers>,
    news: Vec<store::ControlNews>,
}

impl Group {
    /// Fact and notice commit together. When a power cut takes both, the account is looked at again; a notice that was
    /// sent was claimed by a synced commit after this one.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn write(self, sweep: Sweep<'_>, run_id: i64) -> anyhow::Result<()> {
        let now = sweep.clock.now();
        let day = sweep.notifier.zone.day(now);
        let written = sweep.db.write_replayable(move |tx| {
            for owner in store::apply(tx, now, &day, run_id, &self.looks, &self.asked)? {
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
        written.await.context("write the results of the sweep")
    }
}
