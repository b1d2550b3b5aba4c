//! Which look a pass starts next, and which page it reads next.
//!
//! What must stay true: all sites are served in turn, each only as its gate allows; nothing starts while somebody waits for
//! an answer, after the end of the time, or when results wait for the database.

use std::sync::Arc;

use tokio::time::Instant;

use super::Pass;
use crate::slices::watch::run::gate::Start;
use crate::slices::watch::run::lane::{Candidate, Reading, Subject};
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::verdict::Inconclusive;

/// A look that is to be made.
pub(super) struct Job {
    pub(super) lane: usize,
    pub(super) began: Instant,
    pub(super) subject: Subject,
    pub(super) site: Arc<Site>,
    pub(super) name: Username,
}

/// What the next step is.
enum Pick {
    /// A look.
    Look(Job),
    /// An account got its result without a look.
    Settled,
    /// Nothing can start before this moment.
    At(Instant),
    /// No lane has an account that can start.
    Nothing,
}

impl Pass<'_, '_> {
    /// The next look, which begins now; none when none can begin, and then `wake` says when that changes by itself.
    pub(super) fn next_job(&mut self) -> Option<Job> {
        loop {
            let now = Instant::now();
            self.wake = None;
            if !self.may_go_on(now) {
                return None;
            }
            // Somebody waits for an answer: nothing new until it has left.
            self.wake = self.sweep.priority_gate.held_until(now);
            if self.wake.is_some() {
                return None;
            }
            match self.pick(now) {
                Pick::Look(job) => return Some(job),
                Pick::Settled => {}
                Pick::At(at) => {
                    // The end of the time is a moment to wake up at, too.
                    self.wake = Some(self.until.map_or(at, |until| at.min(until)));
                    return None;
                }
                Pick::Nothing => return None,
            }
        }
    }

    /// The next page to read: first for a lane that has nothing left.
    pub(super) fn next_reading(&self) -> Option<(usize, Reading)> {
        if !self.may_go_on(Instant::now()) {
            return None;
        }
        let mut ahead = None;
        for index in self.lanes_in_turn() {
            let Some(lane) = self.lanes.get(index) else {
                continue;
            };
            if let Some(reading) = lane.next_reading(self.run.scope, self.run.id) {
                if lane.is_at_its_end() {
                    return Some((index, reading));
                }
                ahead.get_or_insert((index, reading));
            }
        }
        ahead
    }

    fn may_go_on(&self, now: Instant) -> bool {
        let is_over = self.until.is_some_and(|until| now >= until);
        !self.is_stopped && !is_over && !self.network.seems_down() && !self.results.are_full()
    }

    fn lanes_in_turn(&self) -> impl Iterator<Item = usize> + use<> {
        let (turn, lanes) = (self.turn, self.lanes.len());
        (0..lanes).map(move |step| (turn + step) % lanes)
    }

    /// Takes the next account of the next lane that may start one.
    fn pick(&mut self, now: Instant) -> Pick {
        let mut earliest: Option<Instant> = None;
        for index in self.lanes_in_turn() {
            let Some(ready_at) = self.lane_ready(index, now) else {
                continue;
            };
            if ready_at > now {
                earliest = Some(earliest.map_or(ready_at, |other| other.min(ready_at)));
                continue;
            }
            let today = self.sweep.clock.now();
            let Some(lane) = self.lanes.get_mut(index) else {
                continue;
            };
            match lane.next(now, today, &self.memory.controls) {
                Some(Subject::Account(candidate)) => {
                    self.turn = index + 1;
                    return self.launch(index, candidate, now);
                }
                Some(Subject::Control(name)) => {
                    if let Some(site) = lane.site.clone() {
                        self.turn = index + 1;
                        let subject = Subject::Control(name.clone());
                        return self.start(index, subject, site, name, now);
                    }
                }
                None => {}
            }
        }
        earliest.map_or(Pick::Nothing, Pick::At)
    }

    /// When a lane can start its next look; none when it has no account left.
    fn lane_ready(&mut self, index: usize, now: Instant) -> Option<Instant> {
        let lane = self.lanes.get_mut(index)?;
        let has_account = lane.ready_at(now)?;
        let Some(site) = lane.site.as_ref().filter(|_| lane.given_up.is_none()) else {
            return Some(now);
        };
        if has_account > now {
            return Some(has_account);
        }
        if let Some(at) = lane.not_before.filter(|at| *at > now) {
            return Some(at);
        }
        match self.memory.gates.next_start(site, now) {
            Start::Now => {
                lane.not_before = None;
                Some(now)
            }
            Start::At(at) => Some(lane.wait_or_give_up(at, now, Inconclusive::RateLimited)),
            // All places at the site are taken: one of the looks in flight will change that.
            Start::Busy => None,
            Start::Closed { until } => {
                Some(lane.wait_or_give_up(until, now, Inconclusive::BreakerOpen))
            }
        }
    }

    /// Starts the look, or settles the account where no look can tell anything.
    fn launch(&mut self, index: usize, candidate: Candidate, now: Instant) -> Pick {
        let Some(lane) = self.lanes.get(index) else {
            return Pick::Nothing;
        };
        let Some(site) = lane.site.clone() else {
            self.settle(index, &candidate, Err(Inconclusive::UnknownSite), now);
            return Pick::Settled;
        };
        if let Some(why) = lane.given_up {
            self.settle(index, &candidate, Err(why), now);
            return Pick::Settled;
        }
        let Ok(name) = site.stored_username(&candidate.username) else {
            self.settle(index, &candidate, Err(Inconclusive::BadName), now);
            return Pick::Settled;
        };
        self.start(index, Subject::Account(candidate), site, name, now)
    }

    fn start(
        &mut self,
        lane: usize,
        subject: Subject,
        site: Arc<Site>,
        name: Username,
        now: Instant,
    ) -> Pick {
        self.memory.gates.begin(&site, now);
        Pick::Look(Job {
            lane,
            began: now,
            subject,
            site,
            name,
        })
    }
}
