//! How a lane reads accounts, page by page: first those that earlier runs did not reach, then the
//! rest.
//!
//! A page is read while the probes of the previous page are still going on.
//!
//! # Invariants
//! - A new round begins only when the lane has nothing left of the old one.

use std::sync::Arc;

use crate::db::Db;
use crate::slices::watch::model::account::RunScope;
use crate::slices::watch::store;
use crate::slices::watch::store::{Stretch, Waiting};

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ReadPosition {
    /// None before the first page.
    stretch: Option<Stretch>,
    /// The last page of an older round has been read, and this run's own round follows.
    is_last_page: bool,
    exhausted: bool,
}

impl ReadPosition {
    /// True if everything has been read.
    pub(super) fn is_exhausted(self) -> bool {
        self.exhausted
    }

    /// Plans to read `limit` accounts from here; none if everything has been read, or if the lane
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
    waiting: Vec<Waiting>,
    place: ReadPosition,
}

impl LanePage {
    pub(super) fn into_parts(self) -> (ReadPosition, Vec<Waiting>) {
        (self.place, self.waiting)
    }
}

impl PageReading {
    /// Reads until a page has an account, or nothing is left to read.
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
