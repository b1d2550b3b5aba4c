//! What becomes of a look that came back.
//!
//! What must stay true: a look that may have failed by our own network's fault leaves no trace, neither in the database
//! nor at the site's gate; a site whose controls are in doubt gives no verdict, whatever its answers say; an account of
//! which an earlier run said otherwise is held when so many others of its site might change with it.

use std::sync::Arc;

use tokio::time::Instant;

use super::Pass;
use super::pick::Job;
use crate::slices::watch::model::account::Verdict;
use crate::slices::watch::probe::Look;
use crate::slices::watch::run::controls::Said;
use crate::slices::watch::run::lane::{Candidate, Next, Subject};
use crate::slices::watch::site::Site;
use crate::slices::watch::store;
use crate::slices::watch::store::Bearing;
use crate::slices::watch::verdict::{Inconclusive, Sighting};

impl Pass<'_, '_> {
    /// Takes a look's outcome.
    pub(super) fn land(&mut self, job: Job, look: &Look) {
        let now = Instant::now();
        let Job {
            lane: index,
            began,
            subject,
            site,
            ..
        } = job;
        let Some(lane) = self.lanes.get_mut(index) else {
            return;
        };
        lane.not_before = None;
        let was_trusted = self.network.is_trusted();
        if self.network.doubts(index, &site, look) {
            // The site must not be left alone for what may not be its fault.
            let ours = Look::without_answer(Inconclusive::Offline);
            self.memory.gates.end(&site, &ours, now);
            lane.is_silent = true;
            match subject {
                Subject::Account(candidate) => {
                    lane.look_again(candidate, now, std::time::Duration::ZERO);
                }
                Subject::Control(_) => lane.standing.forget_look(),
            }
            return;
        }
        lane.asked.looks += 1;
        lane.asked.looking += now.saturating_duration_since(began);
        self.memory.gates.end(&site, look, now);
        let asked = look.retry_after;
        let until = asked.map(|wait| self.sweep.clock.now().plus(wait));
        lane.silent_until = lane.silent_until.max(until);
        if !was_trusted && self.network.is_trusted() {
            self.wake_silent();
        }
        match subject {
            Subject::Account(candidate) => self.land_account(index, &site, candidate, look, now),
            Subject::Control(name) => {
                tracing::debug!(site = site.key().as_str(), name = name.as_str(), outcome = ?look.outcome, "a control");
                self.land_control(index, &site, look);
            }
        }
    }

    /// Lets silent sites be asked again; false when there is none.
    pub(super) fn wake_silent(&mut self) -> bool {
        let silent = self.lanes.iter_mut().filter(|lane| lane.is_silent);
        silent.map(|lane| lane.is_silent = false).count() > 0
    }

    fn land_control(&mut self, index: usize, site: &Site, look: &Look) {
        let now = self.sweep.clock.now();
        let Some(lane) = self.lanes.get_mut(index) else {
            return;
        };
        let fault = match lane.standing.hear(site, look, now) {
            Said::More => return,
            Said::Unseen(why) => {
                // Nothing is known of the rules, so there is nothing to tell of them either.
                lane.given_up = Some(why);
                return;
            }
            Said::Well => {
                self.memory.controls.note_well(site.key(), now);
                None
            }
            Said::Failed(fault) => {
                lane.given_up = Some(Inconclusive::ControlFailed);
                Some(fault)
            }
        };
        if lane.is_distrusted != fault.is_some() {
            lane.is_distrusted = fault.is_some();
            self.results.push_news(store::ControlNews {
                site: lane.key.to_string(),
                fault,
            });
        }
    }

    fn land_account(
        &mut self,
        index: usize,
        site: &Site,
        mut candidate: Candidate,
        look: &Look,
        now: Instant,
    ) {
        let Some(lane) = self.lanes.get_mut(index) else {
            return;
        };
        if let Some(why @ Inconclusive::ControlFailed) = lane.given_up {
            // The look was on its way when the controls failed.
            self.settle(index, &candidate, Err(why), now);
            return;
        }
        // Where a rule has no evidence of its own on one side, one look more makes up for it.
        let needed = self.sweep.config.confirmations + u32::from(site.is_weak());
        match candidate.after(look.outcome, needed, site.method()) {
            Next::LookAgain => lane.look_again(candidate, now, self.sweep.config.confirm_delay),
            Next::Settle(outcome) => self.settle(index, &candidate, outcome, now),
        }
    }

    /// Notes the result of an account.
    pub(super) fn settle(
        &mut self,
        index: usize,
        candidate: &Candidate,
        outcome: Result<Sighting, Inconclusive>,
        now: Instant,
    ) {
        let Some(lane) = self.lanes.get_mut(index) else {
            return;
        };
        let (verdict, reason) = match outcome {
            Ok(seen) => (Verdict::of(seen), ""),
            Err(why) => (Verdict::Error, why.key()),
        };
        lane.answered += u64::from(outcome.is_ok());
        let bearing = match outcome {
            Ok(seen) if candidate.until.is_met(candidate.known, seen) => {
                let is_change = candidate.known.is_some_and(|known| known != seen);
                if is_change && lane.is_braked {
                    Bearing::Held
                } else {
                    Bearing::News
                }
            }
            _ => Bearing::Plain,
        };
        let look = store::Look {
            account_id: candidate.id,
            site: Arc::clone(&lane.key),
            verdict,
            reason,
            silent_until: lane.silent_until.take(),
            bearing,
        };
        self.results.push(look, now);
    }
}
