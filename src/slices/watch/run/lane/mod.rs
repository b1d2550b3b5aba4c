//! A lane: the accounts of one site during a run.
//!
//! A lane holds at most a page and a half of accounts, plus those to be probed again and those
//! that wait for the controls ([`awaited`]). [`reading`] decides what it reads next, and
//! [`landing`] what follows from a probe. All lanes are served in turn, so a slow site never holds
//! up the others.

mod awaited;
mod candidate;
mod landing;
mod reading;
mod step;

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use self::awaited::Awaited;
use self::candidate::Candidate;
pub(super) use self::reading::{LanePage, PageReading};
use self::reading::{Order, ReadPosition};
pub(super) use self::step::{Confirming, Landed, LaneStep, PlannedProbe, ProbeSubject};
use super::brake::Braking;
use super::controls::{ControlStanding, Controls};
use super::gate::{Gates, Start};
use crate::clock::UnixMs;
use crate::slices::watch::model::account::{RunScope, SiteTally};
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::store;
use crate::slices::watch::verdict::Inconclusive;

/// Size of a page of all lanes together, in accounts: a few megabytes.
const PAGES: usize = 16 * 1024;

/// Size of a lane's page, in accounts: large enough that reading is cheap compared with probing,
/// small enough that probes in flight need not wait.
const PAGE: RangeInclusive<usize> = 64..=1024;

/// Accounts are shuffled within groups of this size. Results are written in about this order, so
/// the rows of a group stay close together in the file.
const SHUFFLED: usize = 128;

/// How long a run waits for a site that asked us to wait. For a longer pause, the run gives up the
/// site.
const PATIENCE: Duration = Duration::from_secs(15);

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
    /// No probe of this site can start before this moment.
    not_before: Option<Instant>,
    /// The end of a `Retry-After` that is not in the database yet.
    silent_until: Option<UnixMs>,
    /// Why this run gave up the site; its accounts get no probe.
    given_up: Option<Inconclusive>,
    /// The site could not be reached, which may be our own network's fault. No probe starts until
    /// another site has answered.
    is_silent: bool,
    standing: ControlStanding,
    /// An earlier run's controls failed, and the admins know.
    is_distrusted: bool,
    /// Which news is held until the brake decides.
    braking: Braking,
    /// Accounts with a verdict so far, and those of them that are held.
    answered: u64,
    held: u64,
    /// Probes of accounts in flight.
    in_flight: usize,
    awaited: Awaited,
    /// Requests not yet written to the database. Accounts are counted with the results.
    unwritten: SiteTally,
    page_size: usize,
    page: Vec<Candidate>,
    once_more: VecDeque<(Instant, Candidate)>,
    place: ReadPosition,
}

impl Lane {
    /// A lane for a number of accounts of a site, read in pages of [`page_size`]. `marks` come from
    /// earlier runs; `min_gap` is for sites that set none.
    pub(super) fn new(
        key: Arc<str>,
        accounts: u64,
        site: Option<Arc<Site>>,
        marks: &store::Marks,
        page_size: usize,
        min_gap: Duration,
    ) -> Self {
        let gap = site.as_ref().and_then(|site| site.min_gap());
        let order = Order::of(gap.unwrap_or(min_gap), marks.behind.contains(&*key));
        Self {
            is_distrusted: marks.distrusted.contains(&*key),
            braking: Braking::new(accounts, marks.asked_about.contains(&*key)),
            key,
            site,
            not_before: None,
            silent_until: None,
            given_up: None,
            is_silent: false,
            standing: ControlStanding::default(),
            answered: 0,
            held: 0,
            in_flight: 0,
            awaited: Awaited::default(),
            unwritten: SiteTally::default(),
            page_size,
            page: Vec::new(),
            once_more: VecDeque::new(),
            place: ReadPosition::new(order),
        }
    }

    /// When the lane can take its next step; none if it has no account left, or waits for a probe
    /// or a page.
    pub(super) fn next_step_at(&mut self, gates: &Gates, now: Instant) -> Option<Instant> {
        if self.awaited.is_ready() {
            return Some(now);
        }
        let ready_at = self.ready_at(now)?;
        let Some(site) = self.site.as_ref().filter(|_| self.given_up.is_none()) else {
            return Some(now);
        };
        if ready_at > now {
            return Some(ready_at);
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
            // Every slot at the site is taken. The end of a probe in flight will free one.
            Start::Busy => None,
            Start::Closed { until } => {
                Some(self.wait_or_give_up(until, now, Inconclusive::BreakerOpen))
            }
        }
    }

    /// The site may be asked at a later moment. The lane waits for it within [`PATIENCE`],
    /// otherwise it gives up the site. Returns when the lane can continue.
    fn wait_or_give_up(&mut self, at: Instant, now: Instant, why: Inconclusive) -> Instant {
        if at.saturating_duration_since(now) <= PATIENCE {
            self.not_before = Some(at);
            return at;
        }
        self.given_up = Some(why);
        now
    }

    /// The next page to read, if it is time.
    pub(super) fn next_reading(&self, scope: RunScope, run_id: i64) -> Option<PageReading> {
        if self.is_silent || self.waits() || self.page.len() > self.page_size / 2 {
            return None;
        }
        let site = Arc::clone(&self.key);
        let nothing_left = self.page.is_empty();
        self.place
            .next_reading(nothing_left, site, scope, run_id, self.page_size)
    }

    /// True if no account of the pages read so far is left to probe.
    pub(super) fn is_at_its_end(&self) -> bool {
        self.page.is_empty() && self.once_more.is_empty()
    }

    pub(super) fn take_page(&mut self, page: LanePage) {
        let LanePage {
            waiting,
            is_in_turns,
            place,
        } = page;
        self.place = place;
        let mut page: Vec<Candidate> = waiting.into_iter().map(Candidate::new).collect();
        // Accounts are taken from the end.
        page.reverse();
        if !is_in_turns {
            // Accounts that always fail often have neighbouring ids. Probed in a row, they would
            // look like a site that is down, so the order is random.
            for part in page.chunks_mut(SHUFFLED) {
                fastrand::shuffle(part);
            }
        }
        page.append(&mut self.page);
        self.page = page;
    }

    /// The next step: controls come before accounts. None if nothing may be probed now.
    pub(super) fn next(
        &mut self,
        now: Instant,
        today: UnixMs,
        controls: &Controls,
    ) -> Option<LaneStep> {
        if let Some(why) = self.given_up {
            self.awaited.give_up(why);
        } else if let Some(control) = self.next_control(now, today, controls) {
            return Some(LaneStep::Probe(control));
        }
        if let Some((candidate, outcome)) = self.awaited.take_ready() {
            return Some(LaneStep::Settle(self.settle(&candidate, outcome)));
        }
        let candidate = self.take(now)?;
        Some(match self.probe_of(&candidate) {
            Ok((site, name)) => {
                self.in_flight += 1;
                LaneStep::Probe(PlannedProbe {
                    subject: ProbeSubject::Account(candidate),
                    site,
                    name,
                })
            }
            Err(why) => LaneStep::Settle(self.settle(&candidate, Err(why))),
        })
    }

    /// The control to probe now: before any account, and again before news.
    fn next_control(
        &mut self,
        now: Instant,
        today: UnixMs,
        controls: &Controls,
    ) -> Option<PlannedProbe> {
        let site = self.site.as_ref()?;
        let due = self.awaited.due_at(self.is_last(), now);
        if due.is_some_and(|due| due <= now) {
            self.awaited.begin(site);
            self.standing.ask_again(site);
        } else if !self.awaited.is_in_round() && !self.has_account(now) {
            return None;
        }
        let (subject, name) = match self.standing.due(site, controls, today) {
            Some(name) => (ProbeSubject::Control, name),
            None => (ProbeSubject::Alike, self.awaited.next_name(site)?),
        };
        Some(PlannedProbe {
            subject,
            site: Arc::clone(site),
            name,
        })
    }

    /// True if all accounts of the lane were probed, and their probes have ended.
    fn is_last(&self) -> bool {
        self.is_at_its_end() && self.in_flight == 0 && self.place.is_exhausted()
    }

    /// True while a control is in flight. Nothing else begins at the site then.
    fn waits(&self) -> bool {
        self.standing.waits() || self.awaited.is_asking()
    }

    /// The site and name to probe for an account, or why it cannot be probed.
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

    /// The next account that may be probed now. Those to be probed again come first.
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

    /// Ends a site's silence; true if it was silent.
    pub(super) fn wake(&mut self) -> bool {
        std::mem::take(&mut self.is_silent)
    }

    /// Takes the requests not yet written to the database.
    pub(super) fn take_unwritten(&mut self) -> Option<(Arc<str>, SiteTally)> {
        (self.unwritten.probes > 0)
            .then(|| (Arc::clone(&self.key), std::mem::take(&mut self.unwritten)))
    }

    pub(super) fn answered(&self) -> (Arc<str>, u64) {
        (Arc::clone(&self.key), self.answered)
    }

    /// When the lane has an account or a control to probe; none if it has no more, or waits for a
    /// probe or a page.
    fn ready_at(&self, now: Instant) -> Option<Instant> {
        if self.is_silent || self.waits() {
            return None;
        }
        if !self.page.is_empty() || self.awaited.is_in_round() {
            return Some(now);
        }
        let again = self.once_more.front().map(|(due, _)| *due);
        let round = self.awaited.due_at(self.is_last(), now);
        again.into_iter().chain(round).min()
    }
}

#[cfg(test)]
mod tests;
