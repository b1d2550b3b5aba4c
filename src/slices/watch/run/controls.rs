//! Control looks: whether a site's rules still tell who is there from who is not.
//!
//! Before a site gives verdicts, a name that is surely there must be found, and a random lawful name must be missing. What
//! was well is believed for fifteen minutes; what was not is asked again by the next run.
//!
//! What must stay true: a control that was judged wrongly, and one that could not be looked at, both keep the site from
//! giving verdicts, but only the first says that its rules are broken and is told to the admins. A profile that is gone
//! or closed must not stop a site, so the catalogue's further known names are asked before the rules are doubted.
//!
//! Two rules for sites that can tell less:
//! - Where a missing account is only known by its status, and that status alone is no evidence (403, a bare redirect), or
//!   where it has no address at all, no random name can ever be judged missing. That it was not judged found is enough
//!   there, because the accounts' own answers are held to the same rule. A weak site has no such excuse.
//! - A site without a known name, or whose name pattern allows no random one, is vouched for by the other control, and
//!   by none when it has neither: then the two sides of its rules and the confirmations are all there is.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::UnixMs;
use crate::slices::watch::model::account::ControlFault;
use crate::slices::watch::probe::Look;
use crate::slices::watch::site::{Site, SiteKey, Username};
use crate::slices::watch::verdict;
use crate::slices::watch::verdict::{Inconclusive, Sighting};

/// How long controls that were judged rightly are believed.
const BELIEVED: Duration = Duration::from_secs(15 * 60);

/// Looks at a control that may fail to give an answer before the site is left alone for this run: one lost connection
/// is no reason, three are.
const TRIES: u32 = 3;

/// When each site's controls were last judged rightly. Kept between runs.
#[derive(Debug, Default)]
pub(crate) struct Controls {
    well_at: HashMap<SiteKey, UnixMs>,
}

impl Controls {
    /// Notes that a site's controls were judged rightly.
    pub(crate) fn note_well(&mut self, site: &SiteKey, now: UnixMs) {
        self.well_at.insert(site.clone(), now);
    }

    fn believed_until(&self, site: &SiteKey, now: UnixMs) -> Option<UnixMs> {
        let at = *self.well_at.get(site)?;
        let until = at.plus(BELIEVED);
        // A clock that was set back must not stretch the time.
        (at <= now && now < until).then_some(until)
    }
}

/// How far a site's controls are in a run.
#[derive(Debug, Default)]
pub(crate) enum Standing {
    /// Nobody asked yet.
    #[default]
    Unknown,
    /// The controls are being looked at.
    Asking(Round),
    /// They were judged rightly.
    Well { until: UnixMs },
}

impl Standing {
    /// The control to look at before any account; none when the site may give verdicts.
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

    /// True while a control look is on its way: nothing else begins at the site.
    pub(crate) fn waits(&self) -> bool {
        matches!(self, Self::Asking(round) if round.in_flight)
    }

    /// The control look on its way ended without telling anything, for a reason that is not the site's.
    pub(crate) fn forget_look(&mut self) {
        if let Self::Asking(round) = self {
            round.in_flight = false;
        }
    }

    /// Takes the outcome of the control look on its way.
    pub(crate) fn hear(&mut self, site: &Site, look: &Look, now: UnixMs) -> Said {
        let Self::Asking(round) = self else {
            return Said::More;
        };
        let said = round.hear(site, look);
        match said {
            Said::More => {}
            Said::Well => {
                *self = Self::Well {
                    until: now.plus(BELIEVED),
                };
            }
            // The lane is given up with it; should it be asked again, it begins anew.
            Said::Failed(_) | Said::Unseen(_) => *self = Self::Unknown,
        }
        said
    }
}

/// What control looks have said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// One more look is needed.
    More,
    /// Both controls were judged rightly.
    Well,
    /// A control was judged wrongly: the site's rules cannot be trusted.
    Failed(ControlFault),
    /// A control could not be looked at, again and again: nothing is known of the rules.
    Unseen(Inconclusive),
}

/// One round of control looks at a site.
#[derive(Debug)]
pub(crate) struct Round {
    part: Part,
    /// Looks of this part so far.
    tries: u32,
    /// How a known name was judged wrongly, while others are still to be asked.
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
            // Each look asks the next name, so that one that has trouble of its own is not asked again at once.
            Part::Known => {
                let known = site.controls().iter().cycle();
                known.take(TRIES as usize).nth(self.tries as usize).cloned()
            }
            Part::Random => site.random_name(),
        };
        self.in_flight = name.is_some();
        name
    }

    fn hear(&mut self, site: &Site, look: &Look) -> Said {
        self.in_flight = false;
        self.tries += 1;
        match self.part {
            Part::Known => self.hear_known(site, look),
            Part::Random => self.hear_random(site, look),
        }
    }

    fn hear_known(&mut self, site: &Site, look: &Look) -> Said {
        let unseen = match look.outcome {
            Ok(Sighting::Exists) if site.random_name().is_none() => return Said::Well,
            Ok(Sighting::Exists) => {
                self.part = Part::Random;
                self.tries = 0;
                return Said::More;
            }
            Ok(Sighting::Missing) => {
                self.doubt = Some(ControlFault::KnownMissing);
                None
            }
            Err(why) if is_no_answer(look, why) => Some(why),
            Err(_) => {
                self.doubt.get_or_insert(ControlFault::KnownUnclear);
                None
            }
        };
        let all_asked = self.tries as usize >= site.controls().len();
        match (self.doubt, unseen) {
            (Some(fault), _) if all_asked || self.tries >= TRIES => Said::Failed(fault),
            (None, Some(why)) if self.tries >= TRIES => Said::Unseen(why),
            _ => Said::More,
        }
    }

    fn hear_random(&self, site: &Site, look: &Look) -> Said {
        match look.outcome {
            _ if says_nobody(site, look) => Said::Well,
            Ok(_) => Said::Failed(ControlFault::RandomFound),
            Err(why) if is_no_answer(look, why) => {
                if self.tries < TRIES {
                    Said::More
                } else {
                    Said::Unseen(why)
                }
            }
            Err(_) => Said::Failed(ControlFault::RandomUnclear),
        }
    }
}

/// The look says nothing about the rules: the site or the way to it had trouble, or nothing was sent at all.
fn is_no_answer(look: &Look, why: Inconclusive) -> bool {
    why.is_site_trouble() || look.status.is_none()
}

/// Tells whether a look at a random name said that nobody has it, as clearly as this site can.
#[must_use]
pub fn says_nobody(site: &Site, look: &Look) -> bool {
    match look.outcome {
        Ok(sighting) => sighting == Sighting::Missing,
        Err(why) => is_as_far_as_it_goes(site, look, why),
    }
}

/// Tells whether this is all that a site can ever say of a name that nobody has: the missing side names this status
/// without a text to go with it, or as a redirect; or every account has a host of its own and this one has no address.
fn is_as_far_as_it_goes(site: &Site, look: &Look, why: Inconclusive) -> bool {
    let missing = site.missing();
    let by_status = |status| {
        let alone = !missing.has_text() || missing.bare.contains(&status);
        missing.names_status(status) && (alone || verdict::is_redirect(status))
    };
    let no_host = why == Inconclusive::Dns && site.names_host() && site.control().is_some();
    !site.is_weak() && (no_host || look.status.is_some_and(by_status))
}

#[cfg(test)]
#[path = "tests/controls.rs"]
mod tests;
