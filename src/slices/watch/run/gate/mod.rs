//! Decides when a request to a site may start: how many at once, how far apart, and when none at
//! all.
//!
//! A gate is a pure state machine without a clock of its own.
//!
//! # Invariants
//! For every order of calls:
//! - At most `per_site` requests are in flight at a site.
//! - No request starts before the gap or a `Retry-After` is over.
//! - After repeated failures exactly one request tries the site again.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::clock::DAY;
use crate::slices::watch::probe::Probe;
use crate::slices::watch::site::{Site, SiteKey};
use crate::slices::watch::verdict::Inconclusive;

/// After this many consecutive failures a site is left alone.
const BREAKER_FAILURES: u32 = 5;

/// How long a site is left alone at first. It is short enough for a run to wait, because five
/// failures in a row may just be five odd accounts. The time doubles with every failed trial.
const BREAKER_FIRST: Duration = Duration::from_secs(3);

/// How long a site is left alone at most, before jitter: three runs.
const BREAKER_LONGEST: Duration = Duration::from_secs(15 * 60);

/// A site that asks for more than a day is asked again after a day.
const RETRY_AFTER_LONGEST: Duration = DAY;

/// Gaps are stretched by up to this share, so that requests do not beat like a clock. They are
/// never shortened.
const GAP_JITTER: f64 = 0.4;

/// The time a site is left alone is stretched by up to this share, so that not all sites come back
/// at once.
const BREAKER_JITTER: f64 = 0.2;

/// Limits for sites that set none of their own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GateDefaults {
    /// Requests in flight at one site; 0 counts as 1.
    pub(crate) per_site: u32,
    /// Least time between the starts of two requests at one site.
    pub(crate) min_gap: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Now. [`Gates::begin`] must follow before the next question.
    Now,
    /// Not before this moment, because of the gap or a `Retry-After`.
    At(Instant),
    /// Not before one of this site's requests ends.
    Busy,
    /// The site failed repeatedly and is left alone. Accounts that cannot wait are inconclusive
    /// with [`BreakerOpen`](crate::slices::watch::verdict::Inconclusive::BreakerOpen).
    Closed {
        /// When one request may try the site again.
        until: Instant,
    },
}

/// The gates of all sites.
#[derive(Debug)]
pub(crate) struct Gates {
    defaults: GateDefaults,
    sites: HashMap<SiteKey, Gate>,
    /// A breaker was opened or closed since the last call of [`Self::breaker_news`].
    has_news: bool,
    random: fastrand::Rng,
}

/// The state of one site. Its size does not grow with the number of requests.
#[derive(Debug, Default)]
struct Gate {
    in_flight: u32,
    /// The end of the gap after the last start.
    gap_until: Option<Instant>,
    /// The end of the longest `Retry-After` so far.
    silent_until: Option<Instant>,
    failures_in_a_row: u32,
    breaker: Breaker,
}

#[derive(Debug, Default, Clone, Copy)]
enum Breaker {
    #[default]
    Shut,
    /// Nothing is sent before its trial is due.
    Open(Opened),
    /// One request is trying the site.
    Trying(Opened),
}

/// An open breaker: the site is left alone after repeated failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opened {
    /// When the breaker first opened; failed trials do not reset it.
    pub(crate) since: Instant,
    /// When one request may try the site.
    pub(crate) trial_at: Instant,
    /// How the last request failed.
    pub(crate) why: Inconclusive,
    trials: u32,
}

impl Breaker {
    fn opened(self) -> Option<Opened> {
        match self {
            Self::Shut => None,
            Self::Open(opened) | Self::Trying(opened) => Some(opened),
        }
    }
}

impl Gates {
    #[must_use]
    pub(crate) fn new(defaults: GateDefaults) -> Self {
        Self {
            defaults,
            sites: HashMap::new(),
            has_news: false,
            random: fastrand::Rng::new(),
        }
    }

    /// Whether a request to a site may start.
    #[must_use]
    pub(crate) fn next_start(&self, site: &Site, now: Instant) -> Start {
        let Some(gate) = self.sites.get(site.key()) else {
            return Start::Now;
        };
        match gate.breaker {
            Breaker::Open(opened) if now < opened.trial_at => {
                return Start::Closed {
                    until: opened.trial_at,
                };
            }
            // Requests from before the breaker opened are still in flight. The trial waits for
            // them, so that it is the only request.
            Breaker::Open(_) if gate.in_flight > 0 => return Start::Busy,
            Breaker::Trying(_) => return Start::Busy,
            Breaker::Open(_) | Breaker::Shut => {}
        }
        if gate.in_flight >= self.per_site(site) {
            return Start::Busy;
        }
        match gate.gap_until.max(gate.silent_until) {
            Some(earliest) if now < earliest => Start::At(earliest),
            _ => Start::Now,
        }
    }

    /// Records the start of a request, which [`Self::next_start`] has just allowed.
    pub(crate) fn begin(&mut self, site: &Site, now: Instant) {
        let stretch = 1.0 + GAP_JITTER * self.random.f64();
        let gap = site
            .min_gap()
            .unwrap_or(self.defaults.min_gap)
            .mul_f64(stretch);
        let gate = self.sites.entry(site.key().clone()).or_default();
        gate.in_flight = gate.in_flight.saturating_add(1);
        gate.gap_until = Some(now + gap);
        if let Breaker::Open(opened) = gate.breaker {
            gate.breaker = Breaker::Trying(opened);
        }
    }

    /// Records the end of a request and its result.
    pub(crate) fn end(&mut self, site: &Site, probe: &Probe, now: Instant) {
        let stretch = 1.0 + BREAKER_JITTER * self.random.f64();
        let gate = self.sites.entry(site.key().clone()).or_default();
        let before = gate.breaker.opened();
        gate.in_flight = gate.in_flight.saturating_sub(1);
        if let Some(wait) = probe.retry_after {
            let until = now + wait.min(RETRY_AFTER_LONGEST);
            gate.silent_until = gate.silent_until.max(Some(until));
        }
        match probe.outcome {
            Err(why) if why.is_site_trouble() => gate.failed(why, now, stretch),
            // Nothing was sent, for a reason of our own. That says nothing about the site.
            Err(_) if probe.status.is_none() => gate.try_again(now),
            _ => {
                gate.failures_in_a_row = 0;
                gate.breaker = Breaker::Shut;
            }
        }
        self.has_news |= gate.breaker.opened() != before;
    }

    /// The sites whose breakers are open.
    pub(crate) fn open_breakers(&self) -> impl Iterator<Item = (&SiteKey, Opened)> {
        let sites = self.sites.iter();
        sites.filter_map(|(site, gate)| Some((site, gate.breaker.opened()?)))
    }

    /// True once after breakers were opened, closed, or tried in vain.
    pub(crate) fn breaker_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    /// Records that a site asked us to wait until a moment.
    pub(crate) fn silence(&mut self, site: SiteKey, until: Instant) {
        let gate = self.sites.entry(site).or_default();
        gate.silent_until = gate.silent_until.max(Some(until));
    }

    /// Forgets requests in flight after an aborted pass, because nobody will report their end.
    /// Keeps the rest.
    pub(crate) fn forget_in_flight(&mut self, now: Instant) {
        for gate in self.sites.values_mut() {
            gate.in_flight = 0;
            gate.try_again(now);
        }
    }

    fn per_site(&self, site: &Site) -> u32 {
        site.per_site().unwrap_or(self.defaults.per_site).max(1)
    }
}

impl Gate {
    /// If a trial did not take place, another one may.
    fn try_again(&mut self, now: Instant) {
        if let Breaker::Trying(opened) = self.breaker {
            let trial_at = now;
            self.breaker = Breaker::Open(Opened { trial_at, ..opened });
        }
    }

    fn failed(&mut self, why: Inconclusive, now: Instant, stretch: f64) {
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        let (since, trials) = match self.breaker {
            Breaker::Shut if self.failures_in_a_row < BREAKER_FAILURES => return,
            Breaker::Shut => (now, 0),
            // A request from before the breaker opened says nothing new.
            Breaker::Open(_) => return,
            Breaker::Trying(opened) => (opened.since, opened.trials.saturating_add(1)),
        };
        // Doubling ends long before 32 bits do.
        let pause = BREAKER_FIRST
            .saturating_mul(1_u32.checked_shl(trials.min(16)).unwrap_or(u32::MAX))
            .min(BREAKER_LONGEST);
        self.breaker = Breaker::Open(Opened {
            since,
            trial_at: now + pause.mul_f64(stretch),
            why,
            trials,
        });
    }
}
