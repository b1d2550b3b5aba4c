//! The accounts of one site on their way through a run.
//!
//! A lane holds at most a page and a half of accounts, and those that must be probed once more.
//! [`reading`] tells how it reads on. All lanes are served in turn, so a slow site never holds up
//! the others.

mod candidate;
mod reading;
mod step;

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use self::candidate::{AfterProbe, Candidate};
use self::reading::ReadPosition;
pub(super) use self::reading::{LanePage, PageReading};
pub(super) use self::step::{Confirming, Landed, LaneStep, PlannedProbe, ProbeSubject};
use super::brake;
use super::controls::{ControlStanding, Controls, ControlsSaid};
use super::gate::{Gates, Start};
use crate::clock::UnixMs;
use crate::slices::watch::model::account::{RunScope, SiteTally};
use crate::slices::watch::model::verdict::{Sighting, Verdict};
use crate::slices::watch::probe::Probe;
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::store;
use crate::slices::watch::store::{ControlNews, ProbeResult};
use crate::slices::watch::verdict::Inconclusive;

/// Accounts that all lanes together read at a time: a few megabytes.
const PAGES: usize = 16 * 1024;

/// Accounts a lane reads at a time: enough that a read is cheap beside the probes, few enough that
/// probes on their way need not wait for it.
const PAGE: RangeInclusive<usize> = 64..=1024;

/// Accounts that are shuffled together. Results are written in about this order, so that the rows
/// of a group lie together in the file.
const SHUFFLED: usize = 128;

/// How long a run waits for a site that wants to be left alone. If the pause is longer, the site's
/// accounts could not be probed in this run.
const PATIENCE: Duration = Duration::from_secs(15);

/// How many accounts each lane reads at a time, by the number of lanes.
pub(super) fn page_size(lanes: usize) -> usize {
    (PAGES / lanes.max(1)).clamp(*PAGE.start(), *PAGE.end())
}

/// One site's part of the run.
#[derive(Debug)]
pub(super) struct Lane {
    /// The site's key as the accounts name it.
    key: Arc<str>,
    /// The site, unless the catalogue no longer has it.
    site: Option<Arc<Site>>,
    /// No probe of this site can start before.
    not_before: Option<Instant>,
    /// When the site may be asked again, by a `Retry-After` that is not in the database yet.
    silent_until: Option<UnixMs>,
    /// Why the site is given up for this run: its accounts get no probe.
    given_up: Option<Inconclusive>,
    /// The site could not be reached, which may be our own fault. No probe until another site has
    /// answered.
    is_silent: bool,
    /// How far its controls are.
    standing: ControlStanding,
    /// Its controls failed before, and the admins know.
    is_distrusted: bool,
    /// It has so many accounts that changes are held until their share is known, or the admins are
    /// being asked.
    is_braked: bool,
    /// Accounts that got a verdict so far.
    answered: u64,
    /// Requests that were not written down yet; their accounts are counted with the results.
    unwritten: SiteTally,
    /// How many accounts it reads at a time.
    page_size: usize,
    page: Vec<Candidate>,
    once_more: VecDeque<(Instant, Candidate)>,
    place: ReadPosition,
}

impl Lane {
    /// A lane for a number of accounts of a site, read in pages of [`page_size`]. `marks` say what
    /// earlier runs left open.
    pub(super) fn new(
        key: Arc<str>,
        accounts: u64,
        site: Option<Arc<Site>>,
        marks: &store::Marks,
        page_size: usize,
    ) -> Self {
        Self {
            is_distrusted: marks.distrusted.contains(&*key),
            is_braked: accounts >= brake::LEAST || marks.asked_about.contains(&*key),
            key,
            site,
            not_before: None,
            silent_until: None,
            given_up: None,
            is_silent: false,
            standing: ControlStanding::default(),
            answered: 0,
            unwritten: SiteTally::default(),
            page_size,
            page: Vec::new(),
            once_more: VecDeque::new(),
            place: ReadPosition::default(),
        }
    }

    /// When the lane can take its next step; none when it has no account left, or waits for a probe
    /// or a page.
    pub(super) fn next_step_at(&mut self, gates: &Gates, now: Instant) -> Option<Instant> {
        let has_account = self.ready_at(now)?;
        let Some(site) = self.site.as_ref().filter(|_| self.given_up.is_none()) else {
            return Some(now);
        };
        if has_account > now {
            return Some(has_account);
        }
        if let Some(at) = self.not_before.filter(|at| *at > now) {
            return Some(at);
        }
        match gates.next_start(site, now) {
            Start::Now => {
                self.not_before = None;
                Some(now)
            }
            Start::At(at) => Some(self.wait_or_give_up(at, now, Inconclusive::RateLimited)),
            // Every slot at the site is taken: one of the probes in flight will change that.
            Start::Busy => None,
            Start::Closed { until } => {
                Some(self.wait_or_give_up(until, now, Inconclusive::BreakerOpen))
            }
        }
    }

    /// The site may be asked at a later moment. Within the run's patience the lane waits for it,
    /// otherwise it gives the site up. Returns when the lane can go on.
    fn wait_or_give_up(&mut self, at: Instant, now: Instant, why: Inconclusive) -> Instant {
        if at.saturating_duration_since(now) <= PATIENCE {
            self.not_before = Some(at);
            return at;
        }
        self.given_up = Some(why);
        now
    }

    /// The reading of the next page, when it is time for it.
    pub(super) fn next_reading(&self, scope: RunScope, run_id: i64) -> Option<PageReading> {
        if self.is_silent || self.standing.waits() || self.page.len() > self.page_size / 2 {
            return None;
        }
        let site = Arc::clone(&self.key);
        let nothing_left = self.page.is_empty();
        self.place
            .next_reading(nothing_left, site, scope, run_id, self.page_size)
    }

    /// True when no account that it read is left to probe.
    pub(super) fn is_at_its_end(&self) -> bool {
        self.page.is_empty() && self.once_more.is_empty()
    }

    /// Takes what was read.
    pub(super) fn take_page(&mut self, page: LanePage) {
        let (place, waiting) = page.into_parts();
        self.place = place;
        let mut page: Vec<Candidate> = waiting.into_iter().map(Candidate::new).collect();
        // Accounts that always fail lie together in the order of ids, and in a row they would look
        // like a site that is down. So the order is random. The last one is taken first.
        page.reverse();
        for part in page.chunks_mut(SHUFFLED) {
            fastrand::shuffle(part);
        }
        page.append(&mut self.page);
        self.page = page;
    }

    /// The next step: the site's controls before any of its accounts. None when no account may be
    /// probed now.
    pub(super) fn next(
        &mut self,
        now: Instant,
        today: UnixMs,
        controls: &Controls,
    ) -> Option<LaneStep> {
        if let (Some(site), None) = (&self.site, self.given_up)
            && self.has_account(now)
            && let Some(name) = self.standing.due(site, controls, today)
        {
            return Some(LaneStep::Probe(PlannedProbe {
                subject: ProbeSubject::Control,
                site: Arc::clone(site),
                name,
            }));
        }
        let candidate = self.take(now)?;
        Some(match self.probe_of(&candidate) {
            Ok((site, name)) => LaneStep::Probe(PlannedProbe {
                subject: ProbeSubject::Account(candidate),
                site,
                name,
            }),
            Err(why) => LaneStep::Settle(self.settle(&candidate, Err(why))),
        })
    }

    /// The site and name to probe for an account, or why no probe can tell anything about it.
    fn probe_of(&self, candidate: &Candidate) -> Result<(Arc<Site>, Username), Inconclusive> {
        let site = self.site.as_ref().ok_or(Inconclusive::UnknownSite)?;
        if let Some(why) = self.given_up {
            return Err(why);
        }
        let name = site
            .stored_username(candidate.username())
            .map_err(|_| Inconclusive::BadName)?;
        Ok((Arc::clone(site), name))
    }

    fn has_account(&self, now: Instant) -> bool {
        let is_due = |(due, _): &(Instant, Candidate)| *due <= now;
        !self.page.is_empty() || self.once_more.front().is_some_and(is_due)
    }

    /// The next account that may be probed now: first those to be probed once more.
    fn take(&mut self, now: Instant) -> Option<Candidate> {
        if self
            .once_more
            .front()
            .is_some_and(|(due, _)| *due <= now || self.given_up.is_some())
        {
            return self.once_more.pop_front().map(|(_, candidate)| candidate);
        }
        self.page.pop()
    }

    /// A probe failed in a way that may be our own network's fault: it counts for nothing, and the
    /// site is silent.
    pub(super) fn fall_silent(&mut self, subject: ProbeSubject, now: Instant) {
        self.not_before = None;
        self.is_silent = true;
        match subject {
            ProbeSubject::Account(candidate) => self.once_more.push_back((now, candidate)),
            ProbeSubject::Control => self.standing.forget_probe(),
        }
    }

    /// Lets a silent site be asked again; true when it was one.
    pub(super) fn wake(&mut self) -> bool {
        std::mem::take(&mut self.is_silent)
    }

    /// Counts a probe that was made, and how long the site wants to be left alone after it.
    pub(super) fn count(&mut self, took: Duration, silent_until: Option<UnixMs>) {
        self.not_before = None;
        self.unwritten.probes += 1;
        self.unwritten.probing += took;
        self.silent_until = self.silent_until.max(silent_until);
    }

    /// Takes a probe of a control name.
    pub(super) fn land_control(
        &mut self,
        site: &Site,
        probe: &Probe,
        today: UnixMs,
        controls: &mut Controls,
    ) -> Landed {
        let fault = match self.standing.hear(site, probe, today) {
            ControlsSaid::More => return Landed::Nothing,
            ControlsSaid::Unseen(why) => {
                // Nothing is known of the rules, so there is nothing to tell of them either.
                self.given_up = Some(why);
                return Landed::Nothing;
            }
            ControlsSaid::Well => {
                controls.note_well(site.key(), today);
                None
            }
            ControlsSaid::Failed(fault) => {
                self.given_up = Some(Inconclusive::ControlFailed);
                Some(fault)
            }
        };
        if self.is_distrusted == fault.is_some() {
            return Landed::Nothing;
        }
        self.is_distrusted = fault.is_some();
        Landed::Controls(ControlNews {
            site: self.key.to_string(),
            fault,
        })
    }

    /// Takes a probe of an account.
    pub(super) fn land_account(
        &mut self,
        site: &Site,
        mut candidate: Candidate,
        probe: &Probe,
        confirming: Confirming,
        now: Instant,
    ) -> Landed {
        if let Some(why @ Inconclusive::ControlFailed) = self.given_up {
            // The probe was on its way when the controls failed.
            return Landed::Result(self.settle(&candidate, Err(why)));
        }
        // Where a rule has no evidence of its own on one side, one probe more makes up for it.
        let needed = confirming.confirmations + u32::from(site.is_weak());
        match candidate.after(probe.outcome, needed, site.method()) {
            AfterProbe::ProbeAgain => {
                self.once_more
                    .push_back((now + confirming.delay, candidate));
                Landed::Nothing
            }
            AfterProbe::Settle(outcome) => Landed::Result(self.settle(&candidate, outcome)),
        }
    }

    /// The result of an account, as it is written down.
    fn settle(
        &mut self,
        candidate: &Candidate,
        outcome: Result<Sighting, Inconclusive>,
    ) -> ProbeResult {
        let (verdict, reason) = match outcome {
            Ok(seen) => (Verdict::of(seen), ""),
            Err(why) => (Verdict::Error, why.key()),
        };
        self.answered += u64::from(outcome.is_ok());
        ProbeResult {
            account_id: candidate.id(),
            site: Arc::clone(&self.key),
            verdict,
            reason,
            silent_until: self.silent_until.take(),
            bearing: candidate.bearing(outcome, self.is_braked),
        }
    }

    /// Takes the requests that nobody has written down yet.
    pub(super) fn take_unwritten(&mut self) -> Option<(Arc<str>, SiteTally)> {
        (self.unwritten.probes > 0)
            .then(|| (Arc::clone(&self.key), std::mem::take(&mut self.unwritten)))
    }

    /// The site's key, and how many of its accounts got a verdict.
    pub(super) fn answered(&self) -> (Arc<str>, u64) {
        (Arc::clone(&self.key), self.answered)
    }

    /// When the lane has an account to probe; none when it has no more, or waits for a probe or a
    /// page.
    fn ready_at(&self, now: Instant) -> Option<Instant> {
        if self.is_silent || self.standing.waits() {
            return None;
        }
        if !self.page.is_empty() {
            return Some(now);
        }
        self.once_more.front().map(|(due, _)| *due)
    }
}

#[cfg(test)]
mod tests;
