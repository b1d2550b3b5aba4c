//! Control probes: whether a site's rules still tell existing names from missing ones.
//!
//! Before a site gives verdicts, a known name must be found and a random valid name must be
//! missing. A good result is trusted for fifteen minutes, but not for news: a run asks again after
//! the probes that gave them (`super::lane`). After a bad result, the next run probes again. If a
//! known name is missing, the catalogue's other known names are tried first, because one deleted
//! profile must not stop a site. [`super::alike`] has the controls of names of other shapes.
//!
//! Two exceptions for sites that answer less clearly:
//! - Some sites answer for a missing account with a status that is no evidence (403, a bare
//!   redirect) or with a host that does not resolve. Then it is enough that the random name is not
//!   judged found. Accounts are held to the same rule. This does not apply to weak sites.
//! - A site may have no known name, or a name pattern that allows no random name. Then the other
//!   control is enough. With neither, only the site's two rules and the confirmations protect its
//!   verdicts.
//!
//! # Invariants
//! - A site whose control was judged wrongly or could not be probed gives no verdicts.
//! - Admins are told only about controls that were judged wrongly.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::UnixMs;
use crate::slices::watch::model::account::ControlFault;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::probe::Probe;
use crate::slices::watch::site::{Shape, Site, SiteKey, Username};
use crate::slices::watch::verdict;
use crate::slices::watch::verdict::Inconclusive;

/// How long a good result of the controls is trusted.
const BELIEVED: Duration = Duration::from_secs(15 * 60);

/// After this many probes of a control without an answer, the run gives up the site.
pub(super) const TRIES: u32 = 3;

/// When each site's controls last gave a good result. Kept between runs.
#[derive(Debug, Default)]
pub(crate) struct Controls {
    well_at: HashMap<SiteKey, UnixMs>,
    /// The same for names of other shapes than the plain one.
    alike: HashMap<SiteKey, Vec<(Shape, UnixMs)>>,
}

impl Controls {
    /// Records that a site's controls gave a good result.
    pub(crate) fn note_well(&mut self, site: &SiteKey, now: UnixMs) {
        self.well_at.insert(site.clone(), now);
    }

    /// Records that a site told a random name of a shape from an existing one.
    pub(super) fn note_alike(&mut self, site: &SiteKey, shape: Shape, now: UnixMs) {
        let shapes = self.alike.entry(site.clone()).or_default();
        shapes.retain(|(other, at)| *other != shape && believed_until(*at, now).is_some());
        shapes.push((shape, now));
    }

    /// True if the site may say that a name of this shape exists.
    pub(super) fn believe(&self, site: &SiteKey, shape: Shape, now: UnixMs) -> bool {
        let vouched =
            |(other, at): &(Shape, UnixMs)| *other == shape && believed_until(*at, now).is_some();
        let shapes = self.alike.get(site);
        shape.is_plain() || shapes.is_some_and(|shapes| shapes.iter().any(vouched))
    }

    /// Forgets good results, because the site's controls failed.
    pub(super) fn forget(&mut self, site: &SiteKey) {
        self.well_at.remove(site);
        self.alike.remove(site);
    }

    fn believed_until(&self, site: &SiteKey, now: UnixMs) -> Option<UnixMs> {
        believed_until(*self.well_at.get(site)?, now)
    }
}

/// Until when a good result is trusted; none if it is too old.
fn believed_until(at: UnixMs, now: UnixMs) -> Option<UnixMs> {
    let until = at.plus(BELIEVED);
    // Setting the clock back must not extend the period.
    (at <= now && now < until).then_some(until)
}

/// The progress of a site's controls in a run.
#[derive(Debug, Default)]
pub(crate) enum ControlStanding {
    /// Not probed yet.
    #[default]
    Unknown,
    /// The controls are being probed.
    Asking(Round),
    /// The result was good.
    Well { until: UnixMs },
}

impl ControlStanding {
    /// The control to probe before any account; none if the site may give verdicts.
    pub(crate) fn due(
        &mut self,
        site: &Site,
        controls: &Controls,
        now: UnixMs,
    ) -> Option<Username> {
        if matches!(self, Self::Well { until } if now >= *until) {
            *self = Self::Unknown;
        }
        if matches!(self, Self::Unknown) {
            *self = match controls.believed_until(site.key(), now) {
                Some(until) => Self::Well { until },
                None => Self::Asking(Round::new(site)),
            };
        }
        let Self::Asking(round) = self else {
            return None;
        };
        let name = round.next_name(site);
        if name.is_none() {
            *self = Self::Well {
                until: now.plus(BELIEVED),
            };
        }
        name
    }

    /// Has the controls asked again, whenever they were asked before.
    pub(super) fn ask_again(&mut self, site: &Site) {
        *self = Self::Asking(Round::new(site));
    }

    /// True while a control probe is in flight. Nothing else begins at the site then.
    pub(crate) fn waits(&self) -> bool {
        matches!(self, Self::Asking(round) if round.in_flight)
    }

    /// The control probe in flight ended without an answer, through no fault of the site.
    pub(crate) fn forget_probe(&mut self) {
        if let Self::Asking(round) = self {
            round.in_flight = false;
        }
    }

    /// Takes the outcome of the control probe in flight.
    pub(crate) fn hear(&mut self, site: &Site, probe: &Probe, now: UnixMs) -> ControlsSaid {
        let Self::Asking(round) = self else {
            return ControlsSaid::More;
        };
        let said = round.hear(site, probe);
        match said {
            ControlsSaid::More => {}
            ControlsSaid::Well => {
                *self = Self::Well {
                    until: now.plus(BELIEVED),
                };
            }
            // The lane is given up, too. If it is asked again, the controls start over.
            ControlsSaid::Failed(_) | ControlsSaid::Unseen(_) => *self = Self::Unknown,
        }
        said
    }
}

/// The result of the control probes so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ControlsSaid {
    /// One more probe is needed.
    More,
    /// Both controls gave a good result.
    Well,
    /// A control was judged wrongly: the site's rules cannot be trusted.
    Failed(ControlFault),
    /// A control repeatedly could not be probed, so nothing is known about the rules.
    Unseen(Inconclusive),
}

/// One round of control probes at a site.
#[derive(Debug)]
pub(crate) struct Round {
    part: Part,
    tries: u32,
    /// How a known name was judged wrongly, while others are still to be tried.
    doubt: Option<ControlFault>,
    in_flight: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Known,
    Random,
}

impl Round {
    fn new(site: &Site) -> Self {
        let part = match site.control() {
            Some(_) => Part::Known,
            None => Part::Random,
        };
        Self {
            part,
            tries: 0,
            doubt: None,
            in_flight: false,
        }
    }

    fn next_name(&mut self, site: &Site) -> Option<Username> {
        let name = match self.part {
            // Each probe uses the next name, so that a problem with one name does not repeat at
            // once.
            Part::Known => {
                let known = site.controls().iter().cycle();
                known.take(TRIES as usize).nth(self.tries as usize).cloned()
            }
            Part::Random => site.random_name(),
        };
        self.in_flight = name.is_some();
        name
    }

    fn hear(&mut self, site: &Site, probe: &Probe) -> ControlsSaid {
        self.in_flight = false;
        self.tries += 1;
        match self.part {
            Part::Known => self.hear_known(site, probe),
            Part::Random => self.hear_random(site, probe),
        }
    }

    fn hear_known(&mut self, site: &Site, probe: &Probe) -> ControlsSaid {
        let unseen = match probe.outcome {
            Ok(Sighting::Exists) if site.random_name().is_none() => return ControlsSaid::Well,
            Ok(Sighting::Exists) => {
                self.part = Part::Random;
                self.tries = 0;
                return ControlsSaid::More;
            }
            Ok(Sighting::Missing) => {
                self.doubt = Some(ControlFault::KnownMissing);
                None
            }
            Err(why) if is_no_answer(probe, why) => Some(why),
            Err(_) => {
                self.doubt.get_or_insert(ControlFault::KnownUnclear);
                None
            }
        };
        let all_asked = self.tries as usize >= site.controls().len();
        match (self.doubt, unseen) {
            (Some(fault), _) if all_asked || self.tries >= TRIES => ControlsSaid::Failed(fault),
            (None, Some(why)) if self.tries >= TRIES => ControlsSaid::Unseen(why),
            _ => ControlsSaid::More,
        }
    }

    fn hear_random(&self, site: &Site, probe: &Probe) -> ControlsSaid {
        match probe.outcome {
            _ if says_nobody(site, probe) => ControlsSaid::Well,
            Ok(_) => ControlsSaid::Failed(ControlFault::RandomFound),
            Err(why) if is_no_answer(probe, why) => {
                if self.tries < TRIES {
                    ControlsSaid::More
                } else {
                    ControlsSaid::Unseen(why)
                }
            }
            Err(_) => ControlsSaid::Failed(ControlFault::RandomUnclear),
        }
    }
}

/// True if the probe says nothing about the rules: the site or the network failed, or nothing was
/// sent.
pub(super) fn is_no_answer(probe: &Probe, why: Inconclusive) -> bool {
    why.is_site_trouble() || probe.status.is_none()
}

/// True if a probe of a random name says that nobody has it, as clearly as this site can.
#[must_use]
pub(crate) fn says_nobody(site: &Site, probe: &Probe) -> bool {
    match probe.outcome {
        Ok(sighting) => sighting == Sighting::Missing,
        Err(why) => is_as_far_as_it_goes(site, probe, why),
    }
}

/// True if the site cannot answer more clearly for a name that does not exist. Either the missing
/// side names this status without a text or as a redirect, or every account has its own host and
/// this one does not resolve.
fn is_as_far_as_it_goes(site: &Site, probe: &Probe, why: Inconclusive) -> bool {
    let missing = site.missing();
    let by_status = |status| {
        let alone = !missing.has_text() || missing.bare.contains(&status);
        missing.names_status(status) && (alone || verdict::is_redirect(status))
    };
    if why == Inconclusive::MissingOrHidden || is_missing_beside(site, probe, why) {
        return true;
    }
    let no_host = why == Inconclusive::Dns && site.names_host() && site.control().is_some();
    !site.is_weak() && (no_host || probe.status.is_some_and(by_status))
}

/// True if the page of nobody has the texts of both sides, but the status of the missing one only.
/// Accounts get no *missing* from such pages either.
fn is_missing_beside(site: &Site, probe: &Probe, why: Inconclusive) -> bool {
    let names = |status| site.missing().names_status(status) && !site.exists().names_status(status);
    why == Inconclusive::BothRulesMatch && probe.status.is_some_and(names)
}

#[cfg(test)]
#[path = "tests/controls.rs"]
mod tests;
