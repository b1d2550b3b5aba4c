//! How a lane reads on, page by page: first what earlier runs did not reach, then the rest.
//!
//! A page is read while the probes of the page before go on.
//!
//! # Invariants
//! - A round of this run begins only when the lane has nothing left of the old round.

use std::sync::Arc;

use crate::db::Db;
use crate::slices::watch::model::account::RunScope;
use crate::slices::watch::store;
use crate::slices::watch::store::{Stretch, Waiting};

/// How far a lane has read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ReadPosition {
    /// What is being read; none before the first page.
    stretch: Option<Stretch>,
    /// The last page of an older round is read, and a round of this run follows.
    is_last_page: bool,
    exhausted: bool,
}

impl ReadPosition {
    /// The reading of `limit` accounts from here; none when everything is read, or when the lane
    /// must first be empty.
    pub(super) fn next_reading(
        self,
        nothing_left: bool,
        site: Arc<str>,
        scope: RunScope,
        run_id: i64,
        limit: usize,
    ) -> Option<PageReading> {
        let may_start = nothing_left || !self.is_last_page;
        (may_start && !self.exhausted).then_some(PageReading {
            site,
            scope,
            run_id,
            limit,
            place: self,
        })
    }
}

/// The reading of a page.
#[derive(Debug)]
pub(crate) struct PageReading {
    site: Arc<str>,
    scope: RunScope,
    run_id: i64,
    limit: usize,
    place: ReadPosition,
}

/// What was read: accounts, and how far the lane is with them.
#[derive(Debug)]
pub(crate) struct LanePage {
    waiting: Vec<Waiting>,
    place: ReadPosition,
}

impl LanePage {
    pub(super) fn into_parts(self) -> (ReadPosition, Vec<Waiting>) {
        (self.place, self.waiting)
    }
}

impl PageReading {
    /// Reads until there is an account or nothing more to read.
    pub(crate) async fn read(mut self, db: &Db) -> anyhow::Result<LanePage> {
        loop {
            let waiting = self.next_page(db).await?;
            if !waiting.is_empty() || self.place.exhausted {
                return Ok(LanePage {
                    waiting,
                    place: self.place,
                });
            }
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
        let (mut stretch, page) = read.await?;
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
        Ok(page)
    }

    /// Notes that the next run has to begin with the accounts that this one does not reach, even
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
