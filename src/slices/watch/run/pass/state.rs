//! The state of one pass: what begins next, and what follows from a finished probe.
//!
//! # Invariants
//! - All sites are served in turn, each only as its gate allows.
//! - No probe starts after the time limit, during a priority wait, or while results are backed up.
//! - A probe that our own network may have spoilt leaves no trace in database or gate.
//! - A site whose controls are in doubt gives no verdict.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use super::PassContext;
use super::lanes::{Lanes, Pick};
use super::results::{ResultGroup, Results};
use super::summary::{End, Memory, PassSummary};
use crate::slices::watch::model::account::Run;
use crate::slices::watch::probe::Probe;
use crate::slices::watch::run::eye::EyeLook;
use crate::slices::watch::run::lane::{
    Confirming, Landed, Lane, LanePage, PageReading, PlannedProbe, ProbeSubject,
};
use crate::slices::watch::run::network::Network;
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::store::ProbeResult;
use crate::slices::watch::verdict::{Inconclusive, Traits};

/// The main loop and the workers share this state on one thread.
pub(super) struct Pass<'a, 'g> {
    context: PassContext<'a>,
    memory: &'g mut Memory,
    run: &'g Run,
    until: Option<Instant>,
    lanes: Lanes,
    network: Network,
    results: Results,
    /// News that another eye has to see first.
    unseen: VecDeque<EyeLook>,
    /// When the next probe can begin, if none could at the last [`Self::next_flight`].
    wake: Option<Instant>,
    /// A probe has finished since [`Self::forget_landed`].
    has_landed: bool,
    is_stopped: bool,
}

/// What a worker does next.
pub(super) enum Flight {
    Probe(Probing),
    /// News is looked at by another eye.
    Eye(EyeLook),
}

/// A probe in flight.
pub(super) struct Probing {
    lane: usize,
    began: Instant,
    probe: PlannedProbe,
}

impl Probing {
    pub(super) fn site(&self) -> &Arc<Site> {
        &self.probe.site
    }

    pub(super) fn name(&self) -> &Username {
        &self.probe.name
    }
}

impl<'a, 'g> Pass<'a, 'g> {
    /// The pass ends at `until` at the latest.
    pub(super) fn new(
        context: PassContext<'a>,
        memory: &'g mut Memory,
        run: &'g Run,
        lanes: Vec<Lane>,
        until: Option<Instant>,
    ) -> Self {
        let lanes = Lanes::new(lanes);
        Self {
            context,
            memory,
            run,
            until,
            network: Network::new(lanes.len()),
            lanes,
            results: Results::default(),
            unseen: VecDeque::new(),
            wake: None,
            has_landed: false,
            is_stopped: context.stop.is_cancelled(),
        }
    }

    pub(super) fn stop(&mut self) {
        self.is_stopped = true;
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    pub(super) fn forget_landed(&mut self) {
        self.has_landed = false;
    }

    /// True if a probe has finished since [`Self::forget_landed`].
    pub(super) fn has_landed(&self) -> bool {
        self.has_landed
    }

    /// When the next probe can begin, if [`Self::next_flight`] had none.
    pub(super) fn wake(&self) -> Option<Instant> {
        self.wake
    }

    /// How the pass ends once nothing is in flight; none if silent sites can be probed again.
    pub(super) fn end(&mut self) -> Option<End> {
        if self.is_stopped {
            Some(End::Stopped)
        } else if self.network.is_down() {
            Some(End::Offline)
        } else {
            (!self.lanes.wake_silent()).then_some(End::Done)
        }
    }

    pub(super) fn summary(mut self, end: End) -> PassSummary {
        PassSummary {
            end,
            answered: self.lanes.answered(),
            unwritten: self.lanes.take_unwritten(),
            is_heard: self.network.is_heard(),
        }
    }

    pub(super) fn next_reading(&self) -> Option<(usize, PageReading)> {
        if !self.may_go_on(Instant::now()) {
            return None;
        }
        self.lanes.next_reading(self.run.scope, self.run.id)
    }

    pub(super) fn take_page(&mut self, (lane, page): (usize, LanePage)) {
        self.lanes.take_page(lane, page);
    }

    /// When results must be written although the group is not full.
    pub(super) fn results_due_at(&self) -> Option<Instant> {
        self.results.due_at()
    }

    /// The next group to write. `rest` takes everything.
    pub(super) fn next_group(&mut self, rest: bool) -> Option<ResultGroup> {
        let rest = rest || self.is_stopped;
        let mut group = self.results.next_group(self.context, rest)?;
        group.add_requests(self.lanes.take_unwritten());
        if self.memory.gates.breaker_news() {
            group.add_breakers(self.memory.breakers(self.context.clock.now()));
        }
        Some(group)
    }

    /// The probe to begin now. If there is none, [`Self::wake`] says when that changes.
    pub(super) fn next_flight(&mut self) -> Option<Flight> {
        loop {
            let now = Instant::now();
            self.wake = None;
            if !self.may_go_on(now) {
                return None;
            }
            // Somebody waits for an answer, so nothing new starts until it is sent.
            self.wake = self.context.priority_gate.held_until(now);
            if self.wake.is_some() {
                return None;
            }
            if let Some(look) = self.unseen.pop_front() {
                return Some(Flight::Eye(look));
            }
            let today = self.context.clock.now();
            match self.lanes.pick(now, today, self.memory) {
                Pick::Probe(lane, probe) => {
                    self.memory.gates.begin(&probe.site, now);
                    return Some(Flight::Probe(Probing {
                        lane,
                        began: now,
                        probe,
                    }));
                }
                Pick::Settled(result) => self.settle(result, now),
                Pick::At(at) => {
                    // The pass must also wake up at its time limit.
                    self.wake = Some(self.until.map_or(at, |until| at.min(until)));
                    return None;
                }
                Pick::Nothing => return None,
            }
        }
    }

    fn may_go_on(&self, now: Instant) -> bool {
        let is_over = self.until.is_some_and(|until| now >= until);
        !self.is_stopped && !is_over && !self.network.seems_down() && !self.results.are_full()
    }

    /// An account has its result, unless another eye has to see it first.
    fn settle(&mut self, result: ProbeResult, now: Instant) {
        match self.context.eyes.of(&result) {
            Some(eye) => self.unseen.push_back(EyeLook::new(eye, result)),
            None => self.results.push(result, now),
        }
    }

    /// Takes a result that needs no further look.
    pub(super) fn land_result(&mut self, result: ProbeResult) {
        self.has_landed = true;
        self.results.push(result, Instant::now());
    }

    /// Takes a finished probe, and the page that it saw at a site that needs proof.
    pub(super) fn land(&mut self, flight: Probing, probe: &Probe, page: Option<Box<Traits>>) {
        self.has_landed = true;
        let now = Instant::now();
        let Probing {
            lane: number,
            began,
            probe:
                PlannedProbe {
                    subject,
                    site,
                    name,
                },
        } = flight;
        let Some(lane) = self.lanes.get_mut(number) else {
            return;
        };
        let was_trusted = self.network.is_trusted();
        if self.network.doubts(number, &site, probe) {
            // The gate must not blame the site for what may be our own fault.
            let ours = Probe::without_answer(Inconclusive::Offline);
            self.memory.gates.end(&site, &ours, now);
            lane.fall_silent(subject, now);
            return;
        }
        let today = self.context.clock.now();
        let silent_until = probe.retry_after.map(|wait| today.plus(wait));
        lane.count(now.saturating_duration_since(began), silent_until);
        self.memory.gates.end(&site, probe, now);
        let landed = match subject {
            ProbeSubject::Account(candidate) => {
                let confirming = Confirming {
                    confirmations: self.context.config.confirmations,
                    delay: self.context.config.confirm_delay,
                };
                let probe = self.memory.proofs.judge(&site, probe, page.as_deref());
                let controls = &self.memory.controls;
                let believes = |shape| controls.believe(site.key(), shape, today);
                lane.land_account(&site, candidate, &probe, confirming, now, believes)
            }
            ProbeSubject::Control => {
                tracing::debug!(site = site.key().as_str(), name = name.as_str(), outcome = ?probe.outcome, "a control");
                self.memory.proofs.learn(&site, &name, probe, page);
                lane.land_control(&site, probe, today, &mut self.memory.controls)
            }
            ProbeSubject::Alike => {
                tracing::debug!(site = site.key().as_str(), name = name.as_str(), outcome = ?probe.outcome, "a control of a shape");
                self.memory.proofs.learn(&site, &name, probe, page);
                lane.land_alike(&site, probe, today, &mut self.memory.controls);
                Landed::Nothing
            }
        };
        match landed {
            Landed::Nothing => {}
            Landed::Result(result) => self.settle(result, now),
            Landed::Controls(news) => self.results.push_news(news),
        }
        if !was_trusted && self.network.is_trusted() {
            self.lanes.wake_silent();
        }
    }
}
