//! How a lane reads accounts, page by page: in the turns of their owners, or by number.
//!
//! By number, those that earlier runs did not reach come first. A page is read while the probes of
//! the previous page are still going on.
//!
//! # Invariants
//! - A new round begins only when the lane has nothing left of the old one.
//! - A page of turns is read only when the one before is used up.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::db::Db;
use crate::slices::watch::model::account::RunScope;
use crate::slices::watch::store;
use crate::slices::watch::store::{Stretch, Waiting};

/// With a gap like this between requests, a page lasts for over a second. Reading all accounts of
/// the site to find the next ones in turn costs little beside that.
const UNHURRIED: Duration = Duration::from_millis(20);

/// An account in one of so many pages may still be on its way through the run.
const RECENT_PAGES: usize = 4;

/// Which accounts of a site come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Order {
    /// By number: the least work, for sites that answer for everybody within a run.
    #[default]
    Numbers,
    /// A page in turns, then by number: for fast sites of whose accounts some were not reached.
    PageInTurns,
    /// Owners take turns.
    Turns,
}

impl Order {
    pub(super) fn of(gap: Duration, is_behind: bool) -> Self {
        if gap >= UNHURRIED {
            Self::Turns
        } else if is_behind {
            Self::PageInTurns
        } else {
            Self::Numbers
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct ReadPosition {
    order: Order,
    /// None before the first page by number.
    stretch: Option<Stretch>,
    /// The last page of an older round has been read, and this run's own round follows.
    is_last_page: bool,
    exhausted: bool,
    /// The accounts of the last pages in turns. Their results may not be in the database yet.
    recent: Arc<[i64]>,
}

impl ReadPosition {
    pub(super) fn new(order: Order) -> Self {
        Self {
            order,
            ..Self::default()
        }
    }

    /// True if everything has been read.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Plans to read `limit` accounts from here; none if everything has been read, or if the lane
    /// must first be empty.
    pub(super) fn next_reading(
        &self,
        nothing_left: bool,
        site: Arc<str>,
        scope: RunScope,
        run_id: i64,
        limit: usize,
    ) -> Option<PageReading> {
        let waits = self.is_last_page || self.order == Order::Turns;
        let may_start = nothing_left || !waits;
        (may_start && !self.exhausted).then(|| PageReading {
            site,
            scope,
            run_id,
            limit,
            place: self.clone(),
        })
    }
}

/// A page to be read.
#[derive(Debug)]
pub(crate) struct PageReading {
    site: Arc<str>,
    scope: RunScope,
    run_id: i64,
    limit: usize,
    place: ReadPosition,
}

/// The accounts that were read, and the position after them.
#[derive(Debug)]
pub(crate) struct LanePage {
    pub(super) waiting: Vec<Waiting>,
    /// The order of the accounts matters.
    pub(super) is_in_turns: bool,
    pub(super) place: ReadPosition,
}

impl PageReading {
    /// Reads until a page has an account, or nothing is left to read.
    pub(crate) async fn read(mut self, db: &Db) -> anyhow::Result<LanePage> {
        loop {
            let is_in_turns = self.place.order != Order::Numbers;
            let waiting = if is_in_turns {
                self.next_turns(db).await?
            } else {
                self.next_page(db).await?
            };
            if !waiting.is_empty() || self.place.exhausted {
                return Ok(LanePage {
                    waiting,
                    is_in_turns,
                    place: self.place,
                });
            }
        }
    }

    async fn next_turns(&mut self, db: &Db) -> anyhow::Result<Vec<Waiting>> {
        let (site, scope, run_id) = (Arc::clone(&self.site), self.scope, self.run_id);
        let recent = &self.place.recent;
        let limit = self.limit + recent.len();
        let read = db.read(move |c| store::next_turns(c, scope, &site, run_id, limit));
        let mut page = read.await?;
        let is_all = page.len() < limit;
        self.leave_out_recent(&mut page);
        self.place.exhausted = is_all && page.len() <= self.limit;
        page.truncate(self.limit);
        let kept = RECENT_PAGES * self.limit;
        let known = recent.iter().copied().chain(page.iter().map(|one| one.id));
        let skipped = (recent.len() + page.len()).saturating_sub(kept);
        self.place.recent = known.skip(skipped).collect();
        if self.place.order == Order::PageInTurns {
            self.place.order = Order::Numbers;
        }
        Ok(page)
    }

    fn leave_out_recent(&self, page: &mut Vec<Waiting>) {
        if !self.place.recent.is_empty() {
            let recent: HashSet<i64> = self.place.recent.iter().copied().collect();
            page.retain(|one| !recent.contains(&one.id));
        }
    }

    async fn next_page(&mut self, db: &Db) -> anyhow::Result<Vec<Waiting>> {
        let Self {
            scope,
            run_id,
            limit,
            ..
        } = *self;
        if self.place.is_last_page {
            self.begin_round(db).await?;
            self.place.is_last_page = false;
            self.place.stretch = self.place.stretch.map(|over| Stretch {
                since: over.before,
                before: run_id,
                after: 0,
            });
        }
        let (site, known) = (Arc::clone(&self.site), self.place.stretch);
        let read = db.read(move |c| {
            let stretch = match known {
                Some(stretch) => stretch,
                None => store::first_stretch(c, scope, &site, run_id)?,
            };
            let page = store::next_page(c, scope, &site, stretch, limit)?;
            Ok((stretch, page))
        });
        let (mut stretch, mut page) = read.await?;
        let is_full = page.len() >= limit;
        let is_old = stretch.before < run_id;
        if is_full {
            stretch.after = page.last().map_or(stretch.after, |last| last.id);
        } else if is_old {
            self.place.is_last_page = true;
        } else {
            self.place.exhausted = true;
        }
        self.place.stretch = Some(stretch);
        if known.is_none() && is_full && !is_old {
            self.begin_round(db).await?;
        }
        self.leave_out_recent(&mut page);
        Ok(page)
    }

    /// Records that the next run must begin with the accounts that this one does not reach, even
    /// after a crash.
    async fn begin_round(&self, db: &Db) -> anyhow::Result<()> {
        if self.scope != RunScope::All {
            return Ok(());
        }
        let (site, run_id) = (Arc::clone(&self.site), self.run_id);
        db.write_replayable(move |tx| store::begin_round(tx, &site, run_id))
            .await
    }
}
