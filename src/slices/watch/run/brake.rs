//! The brake on mass changes.
//!
//! If at least ten accounts, and more than half of a site's, flip at once, suspect the site rather
//! than the accounts. The run holds these accounts in the database until all its probes are done.
//! Then it releases them as they were seen, or keeps them while the admins are asked.
//!
//! A first sighting is no change. But if more than ten accounts of a site have a verdict, and each
//! of them is news, the site may answer everybody alike. Then first sightings are kept, too.
//!
//! # Invariants
//! - Nobody is told about a held account.
//! - A decision is carried out completely, even after a crash.
//! - Accounts that an interrupted run held without a decision are probed again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::db::Db;
use crate::slices::watch::model::account::{MassChange, MassDecision};
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::store;

/// The minimum number of changes. Sites with fewer accounts are never held.
const LEAST: u64 = 10;

/// After an admin discarded a mass change, the site is not asked about again for this time.
const REST: Duration = Duration::from_secs(6 * 60 * 60);

/// Accounts moved per write, so that the bot's own writes can come between.
const PORTION: usize = 64;

/// Maximum number of accounts per owner in one message after a decision.
const TOLD_AT_ONCE: usize = 500;

/// True if so many accounts with a verdict changed that the change is not credible.
fn is_mass_change(changed: u64, answered: u64) -> bool {
    changed >= LEAST && changed.saturating_mul(2) > answered
}

/// True if everybody at a site is news, and there are too many of them to believe that.
fn is_everybody(news: u64, answered: u64) -> bool {
    news > LEAST && news == answered
}

/// Which news of a site is held until the brake decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Braking {
    changes: bool,
    first_sightings: bool,
}

impl Braking {
    /// For a number of accounts; `is_asked`: the admins are being asked about the site.
    pub(super) fn new(accounts: u64, is_asked: bool) -> Self {
        Self {
            changes: accounts >= LEAST || is_asked,
            first_sightings: accounts > LEAST,
        }
    }

    /// True if an account's news is held. `all_held`: so are all accounts with a verdict so far.
    pub(super) fn holds(self, is_change: bool, all_held: bool) -> bool {
        if is_change {
            self.changes
        } else {
            self.first_sightings && all_held
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Brake<'a> {
    pub(super) db: &'a Db,
    pub(super) clock: &'a Clock,
    pub(super) notifier: &'a Notifier,
    pub(super) stop: &'a CancellationToken,
}

impl Brake<'_> {
    /// Decides about the accounts that a run held, after its probes. `answered` counts each site's
    /// accounts with a verdict, held ones included.
    ///
    /// # Errors
    /// If the database fails. The next run probes the rest again.
    pub(super) async fn settle(
        self,
        run_id: i64,
        answered: &HashMap<Arc<str>, u64>,
    ) -> anyhow::Result<()> {
        let now = self.clock.now();
        let read = self.db.read(move |c| {
            let resting: HashSet<String> = store::resting(c, now)?;
            Ok((store::held_in_run(c, run_id)?, store::marks(c)?, resting))
        });
        let (held, marks, resting) = read.await?;
        for held in held {
            let answered = answered.get(&*held.site).copied().unwrap_or_default();
            let answered = answered.max(held.changed);
            let is_mass = is_mass_change(held.changed - held.fresh, answered)
                || is_everybody(held.changed, answered);
            // While the admins are being asked about a site, its other changes also wait.
            if marks.asked_about.contains(&held.site) || is_mass {
                if resting.contains(&held.site) {
                    self.wait_again(run_id, held.site, held.changed).await?;
                } else {
                    self.keep(run_id, held, answered).await?;
                }
            } else {
                self.release(run_id, held.site).await?;
            }
        }
        Ok(())
    }

    async fn keep(self, run_id: i64, held: store::HeldSite, answered: u64) -> anyhow::Result<()> {
        tracing::warn!(
            run = run_id,
            site = held.site,
            changed = held.changed,
            gone = held.gone,
            answered,
            "too many accounts of a site changed at once; the admins are asked"
        );
        let (now, notifier) = (self.clock.now(), self.notifier.clone());
        let write = self.db.write(move |tx| {
            let day = notifier.zone.day(now);
            match store::keep(tx, now, &day, run_id, &held, answered)? {
                Some(question) => notifier.mass_change(tx, now, &question),
                None => Ok(()),
            }
        });
        write.await
    }

    /// Returns a site's accounts to waiting without a question, because one was answered recently.
    async fn wait_again(self, run_id: i64, site: String, changed: u64) -> anyhow::Result<()> {
        tracing::warn!(
            run = run_id,
            site,
            changed,
            "too many accounts of a site were found at once again; the admins were asked before"
        );
        let (key, day) = (site.clone(), self.today());
        let count = self
            .db
            .write(move |tx| store::count_held(tx, &day, run_id, &key, changed));
        count.await?;
        self.return_all(site).await
    }

    fn today(self) -> String {
        self.notifier.zone.day(self.clock.now())
    }

    async fn return_all(self, site: String) -> anyhow::Result<()> {
        loop {
            let site = site.clone();
            let write = self
                .db
                .write(move |tx| store::return_held(tx, &site, PORTION));
            if write.await? == 0 {
                return Ok(());
            }
        }
    }

    async fn release(self, run_id: i64, site: String) -> anyhow::Result<()> {
        loop {
            let (now, day, site) = (self.clock.now(), self.today(), site.clone());
            let write = self.db.write_replayable(move |tx| {
                let owners = store::release(tx, now, &day, run_id, &site, PORTION)?;
                for owner in &owners {
                    Notifier::news(tx, now, run_id, *owner)?;
                }
                Ok(owners.is_empty())
            });
            if write.await? {
                return Ok(());
            }
        }
    }

    /// Carries out the admins' decisions; true if there were any.
    ///
    /// # Errors
    /// If the database fails. The next call carries out the rest.
    pub(super) async fn carry_out(self) -> anyhow::Result<bool> {
        let mut questions = self.db.read(store::mass_changes).await?;
        questions.retain(|question| question.decision.is_some());
        for question in &questions {
            while let Some(decision) = question.decision.filter(|_| !self.stop.is_cancelled()) {
                if self.one_portion(question.clone(), decision).await? {
                    break;
                }
            }
        }
        Ok(!questions.is_empty())
    }

    /// Moves one portion of a question's accounts. True if none were left and the question is
    /// closed.
    async fn one_portion(
        self,
        question: MassChange,
        decision: MassDecision,
    ) -> anyhow::Result<bool> {
        let (now, notifier) = (self.clock.now(), self.notifier.clone());
        let write = self.db.write(move |tx| {
            let moved = match decision {
                MassDecision::Apply => {
                    let news = store::apply_held(tx, now, &question, TOLD_AT_ONCE)?;
                    notifier.true_after_all(tx, now, &question, &news)?;
                    news.len()
                }
                MassDecision::Discard => store::return_held(tx, &question.site, PORTION)?,
            };
            if moved == 0 {
                store::close_question(tx, question.id)?;
                if decision == MassDecision::Discard {
                    store::rest(tx, now, &question.site, now.plus(REST))?;
                }
            }
            Ok(moved == 0)
        });
        write.await
    }

    /// Returns accounts held by an interrupted run to waiting. Must not be called during a run.
    pub(super) async fn recover(self) -> anyhow::Result<()> {
        while let Some(site) = self.db.read(store::held_without_question).await? {
            let write = self
                .db
                .write(move |tx| store::return_held(tx, &site, PORTION));
            if write.await? == 0 {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "tests/brake.rs"]
mod tests;
