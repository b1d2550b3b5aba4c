//! The accounts of one site on their way through a run.
//!
//! A lane holds a page and a half of accounts at most, however many wait, and those of them that must be looked at once
//! more; how it reads on is in [`reading`]. All lanes are served in turn, so that a slow site never holds the others.

mod reading;

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use self::reading::Place;
pub(super) use self::reading::{Page, Reading};
use super::brake;
use super::controls::{Controls, Standing};
use crate::clock::UnixMs;
use crate::slices::watch::model::account::{Scope, SiteTally, Until};
use crate::slices::watch::site::{Method, Site, Username};
use crate::slices::watch::store;
use crate::slices::watch::verdict::{Inconclusive, Sighting};

/// Accounts that all lanes together read at a time: a few megabytes.
const PAGES: usize = 16 * 1024;

/// Accounts a lane reads at a time: enough that a read costs little beside the looks, few enough that looks on their way
/// need not wait for it.
const PAGE: RangeInclusive<usize> = 64..=1024;

/// Accounts whose order is left to chance together. Results are written in about this order too, so that the rows of a
/// group lie together in the file.
const SHUFFLED: usize = 128;

/// How long a run waits for a site that wants to be left alone. A longer pause is over in a later run; until then its
/// accounts could not be looked at.
const PATIENCE: Duration = Duration::from_secs(15);

/// An account in the run's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) id: i64,
    pub(super) username: String,
    /// What it is waited for.
    pub(super) until: Until,
    /// What earlier runs said of it.
    pub(super) known: Option<Sighting>,
    /// Looks in this run that agree on something that must be certain: what, and how many.
    pub(super) agreed: Option<(Sighting, u32)>,
    /// Its connection was closed under a look in this run, and it was asked about once more.
    pub(super) retried: bool,
}

/// What follows a look at an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Another one, a little later.
    LookAgain,
    /// Its result.
    Settle(Result<Sighting, Inconclusive>),
}

impl Candidate {
    /// Takes the outcome of a look; `needed` of them must agree before it counts that what is waited for has happened.
    pub(super) fn after(
        &mut self,
        outcome: Result<Sighting, Inconclusive>,
        needed: u32,
        method: Method,
    ) -> Next {
        match outcome {
            // It was otherwise a moment ago: that is no answer, whatever the last look says.
            Ok(seen) if self.agreed.is_some_and(|(before, _)| before != seen) => {
                return Next::Settle(Err(Inconclusive::LooksDisagree));
            }
            Ok(seen) if self.until.is_decisive(self.known, seen) => {
                let looks = self.agreed.map_or(1, |(_, looks)| looks + 1);
                self.agreed = Some((seen, looks));
                if looks < needed {
                    return Next::LookAgain;
                }
            }
            // A site may give up a connection at the moment it is used again: once more, but nothing is sent twice.
            Err(Inconclusive::Reset) if method != Method::Post && !self.retried => {
                self.retried = true;
                return Next::LookAgain;
            }
            _ => {}
        }
        Next::Settle(outcome)
    }
}

/// What a look is about.
#[derive(Debug)]
pub(super) enum Subject {
    /// An account.
    Account(Candidate),
    /// A name of the site's controls.
    Control(Username),
}

/// How many accounts each of so many lanes reads at a time.
pub(super) fn page_size(lanes: usize) -> usize {
    (PAGES / lanes.max(1)).clamp(*PAGE.start(), *PAGE.end())
}

/// One site's part of the run.
#[derive(Debug)]
pub(super) struct Lane {
    /// The site's key as the accounts name it.
    pub(super) key: Arc<str>,
    /// The site, unless the catalogue no longer has it.
    pub(super) site: Option<Arc<Site>>,
    /// No look at this site can start before.
    pub(super) not_before: Option<Instant>,
    /// When the site may be asked again, by a `Retry-After` that is not in the database yet.
    pub(super) silent_until: Option<UnixMs>,
    /// Why the site is given up for this run: its accounts get no look.
    pub(super) given_up: Option<Inconclusive>,
    /// The site could not be reached, which may be our own fault: it is not asked until another site has answered.
    pub(super) is_silent: bool,
    /// How far its controls are.
    pub(super) standing: Standing,
    /// Its controls failed before this run, and the admins know.
    pub(super) is_distrusted: bool,
    /// It has so many accounts that changes are held until their share is known, or the admins are being asked.
    pub(super) is_braked: bool,
    /// Accounts that got a verdict so far.
    pub(super) answered: u64,
    /// Requests that were not written down yet; their accounts are counted with the results.
    pub(super) asked: SiteTally,
    /// How many accounts it reads at a time.
    page_size: usize,
    page: Vec<Candidate>,
    once_more: VecDeque<(Instant, Candidate)>,
    place: Place,
}

impl Lane {
    /// A lane for so many accounts of a site, read in pages of [`page_size`]; `marks` say what earlier runs left open about
    /// sites.
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
            standing: Standing::default(),
            answered: 0,
            asked: SiteTally::default(),
            page_size,
            page: Vec::new(),
            once_more: VecDeque::new(),
            place: Place::default(),
        }
    }

    /// The site may be asked at a later moment: within the run's patience that is waited for, otherwise the site is given
    /// up. Returns when the lane can go on.
    pub(super) fn wait_or_give_up(
        &mut self,
        at: Instant,
        now: Instant,
        why: Inconclusive,
    ) -> Instant {
        if at.saturating_duration_since(now) <= PATIENCE {
            self.not_before = Some(at);
            return at;
        }
        self.given_up = Some(why);
        now
    }

    /// The reading of the next page, when it is time for it; `scope` and `run_id` are those of the run.
    pub(super) fn next_reading(&self, scope: Scope, run_id: i64) -> Option<Reading> {
        if self.is_silent || self.standing.waits() || self.page.len() > self.page_size / 2 {
            return None;
        }
        let site = Arc::clone(&self.key);
        let nothing_left = self.page.is_empty();
        self.place
            .next_reading(nothing_left, site, scope, run_id, self.page_size)
    }

    /// True when it has nothing left of what it read, and nothing to look at once more.
    pub(super) fn is_at_its_end(&self) -> bool {
        self.page.is_empty() && self.once_more.is_empty()
    }

    /// Takes what was read.
    pub(super) fn take_page(&mut self, page: Page) {
        let (place, waiting) = page.into_parts();
        self.place = place;
        let mut page: Vec<Candidate> = waiting
            .into_iter()
            .map(|waiting| Candidate {
                id: waiting.id,
                username: waiting.username,
                until: waiting.until,
                known: waiting.known,
                agreed: None,
                retried: false,
            })
            .collect();
        // The order is chance: accounts that always fail lie together in the order of ids, and in a row they would look
        // like a site that is down. The last one is taken first.
        page.reverse();
        for part in page.chunks_mut(SHUFFLED) {
            fastrand::shuffle(part);
        }
        page.append(&mut self.page);
        self.page = page;
    }

    /// What to look at next: the site's controls before any of its accounts. None when no account may be looked at now.
    pub(super) fn next(
        &mut self,
        now: Instant,
        today: UnixMs,
        controls: &Controls,
    ) -> Option<Subject> {
        if let (Some(site), None) = (&self.site, self.given_up)
            && self.has_account(now)
            && let Some(name) = self.standing.due(site, controls, today)
        {
            return Some(Subject::Control(name));
        }
        self.take(now).map(Subject::Account)
    }

    fn has_account(&self, now: Instant) -> bool {
        let is_due = |(due, _): &(Instant, Candidate)| *due <= now;
        !self.page.is_empty() || self.once_more.front().is_some_and(is_due)
    }

    /// The next account that may be looked at now: first those to be looked at once more.
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

    /// Puts an account back for another look after a pause.
    pub(super) fn look_again(&mut self, candidate: Candidate, now: Instant, pause: Duration) {
        self.once_more.push_back((now + pause, candidate));
    }

    /// When the lane can next give something to look at, as far as it is concerned; none when it has no more, or waits
    /// for a look or a page on its way.
    pub(super) fn ready_at(&self, now: Instant) -> Option<Instant> {
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
