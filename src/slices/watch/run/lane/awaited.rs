//! Verdicts of a lane that wait until the site's controls have been asked again.
//!
//! A site may begin to answer everybody alike after its controls were asked. So nobody hears news
//! before the controls were asked once more, after the probes that gave the news. In the same round
//! the site is asked for a random name of each shape that is about to be found.
//!
//! # Invariants
//! - A round vouches only for accounts whose last probe had ended before the round began.
//! - No account of the site is probed during a round.
//! - Accounts wait in memory only: after a crash they are probed again.

use std::time::Duration;

use tokio::time::Instant;

use super::candidate::Candidate;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::probe::Probe;
use crate::slices::watch::run::alike::AlikeControl;
use crate::slices::watch::site::{Shape, Site, Username};
use crate::slices::watch::verdict::Inconclusive;

/// While a lane has other accounts, its news waits for this long, so that one round serves many.
/// A run that is cut off loses no more.
const PATIENCE: Duration = Duration::from_secs(15);

/// Maximum number of waiting accounts before a round begins.
const MOST: usize = 512;

/// What an account's probes said, and what the controls said of that.
type Outcome = Result<Sighting, Inconclusive>;

#[derive(Debug, Default)]
pub(super) struct Awaited {
    waiting: Vec<(Candidate, Sighting)>,
    /// When the first of those came that no round has begun for.
    since: Option<Instant>,
    round: Option<Round>,
    /// Accounts with a final outcome.
    ready: Vec<(Candidate, Outcome)>,
}

#[derive(Debug)]
struct Round {
    /// The first accounts of those that wait are in this round.
    accounts: usize,
    shapes: Vec<AlikeControl>,
    in_flight: bool,
}

impl Awaited {
    /// An account waits for a round.
    pub(super) fn push(&mut self, candidate: Candidate, seen: Sighting, now: Instant) {
        self.since.get_or_insert(now);
        self.waiting.push((candidate, seen));
    }

    /// When the next round begins; none if nobody waits, or during a round. `is_last`: the lane has
    /// no other account.
    pub(super) fn due_at(&self, is_last: bool, now: Instant) -> Option<Instant> {
        let since = self.since.filter(|_| self.round.is_none())?;
        let is_now = is_last || self.waiting.len() >= MOST;
        Some(if is_now { now } else { since + PATIENCE })
    }

    /// Begins a round for all that wait. The site's own controls come first, then
    /// [`Self::next_name`].
    pub(super) fn begin(&mut self, site: &Site) {
        let mut shapes: Vec<AlikeControl> = Vec::new();
        for (candidate, seen) in &self.waiting {
            let shape = Shape::of(candidate.username());
            let is_new = || shapes.iter().all(|other| other.shape() != shape);
            if *seen == Sighting::Exists && !shape.is_plain() && is_new() {
                shapes.push(AlikeControl::new(site, candidate.username()));
            }
        }
        self.since = None;
        self.round = Some(Round {
            accounts: self.waiting.len(),
            shapes,
            in_flight: false,
        });
    }

    pub(super) fn is_in_round(&self) -> bool {
        self.round.is_some()
    }

    /// True while a probe of a random name is in flight.
    pub(super) fn is_asking(&self) -> bool {
        self.round.as_ref().is_some_and(|round| round.in_flight)
    }

    /// The random name to ask for next in the round. If there is none, the round is over, and its
    /// accounts are ready.
    pub(super) fn next_name(&mut self, site: &Site) -> Option<Username> {
        let round = self.round.as_mut()?;
        let name = round.shapes.iter_mut().find_map(|one| one.next_name(site));
        round.in_flight = name.is_some();
        if name.is_none()
            && let Some(round) = self.round.take()
        {
            self.end(&round);
        }
        name
    }

    fn end(&mut self, round: &Round) {
        for (candidate, seen) in self.waiting.drain(..round.accounts) {
            let shape = Shape::of(candidate.username());
            let mut shapes = round.shapes.iter();
            let alike = shapes.find(|one| seen == Sighting::Exists && one.shape() == shape);
            let said = alike.and_then(AlikeControl::said).unwrap_or(Ok(()));
            self.ready.push((candidate, said.map(|()| seen)));
        }
    }

    /// The probe of a random name ended without an answer, through no fault of the site.
    pub(super) fn forget_probe(&mut self) {
        if let Some(round) = &mut self.round {
            round.in_flight = false;
        }
    }

    /// Takes the outcome of the probe of a random name. Returns its shape if the site said that
    /// nobody has it.
    pub(super) fn hear(&mut self, site: &Site, probe: &Probe) -> Option<Shape> {
        let round = self.round.as_mut()?;
        round.in_flight = false;
        let mut shapes = round.shapes.iter_mut();
        let asked = shapes.find(|one| one.said().is_none())?;
        asked.hear(site, probe);
        (asked.said() == Some(Ok(()))).then(|| asked.shape())
    }

    /// The run gave up the site, so nobody who waits has a verdict.
    pub(super) fn give_up(&mut self, why: Inconclusive) {
        self.since = None;
        self.round = None;
        let waiting = self.waiting.drain(..);
        self.ready.extend(waiting.map(|(one, _)| (one, Err(why))));
    }

    pub(super) fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The next account with a final outcome.
    pub(super) fn take_ready(&mut self) -> Option<(Candidate, Outcome)> {
        self.ready.pop()
    }
}
