//! An account in the hands of a run, and what its probes say together.

use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::Method;
use crate::slices::watch::store::{Bearing, Waiting};
use crate::slices::watch::verdict::Inconclusive;

/// An account that a run is about to probe, or has probed and not settled yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    account: Waiting,
    /// Probes of this run that agree on something that must be confirmed: what, and how many.
    agreed: Option<(Sighting, u32)>,
    /// A connection was closed under one of its probes, and it was probed once more.
    retried: bool,
}

/// What follows a probe of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterProbe {
    /// Another probe, a little later.
    ProbeAgain,
    Settle(Result<Sighting, Inconclusive>),
}

impl Candidate {
    pub(super) fn new(account: Waiting) -> Self {
        Self {
            account,
            agreed: None,
            retried: false,
        }
    }

    pub(super) fn id(&self) -> i64 {
        self.account.id
    }

    pub(super) fn username(&self) -> &str {
        &self.account.username
    }

    /// Takes the outcome of a probe. A sighting that ends the wait needs `needed` probes that
    /// agree.
    pub(super) fn after(
        &mut self,
        outcome: Result<Sighting, Inconclusive>,
        needed: u32,
        method: Method,
    ) -> AfterProbe {
        let Waiting { until, known, .. } = self.account;
        match outcome {
            // It was otherwise a moment ago: that is no answer, whatever the last probe says.
            Ok(seen) if self.agreed.is_some_and(|(before, _)| before != seen) => {
                return AfterProbe::Settle(Err(Inconclusive::ProbesDisagree));
            }
            Ok(seen) if until.is_decisive(known, seen) => {
                let probes = self.agreed.map_or(1, |(_, probes)| probes + 1);
                self.agreed = Some((seen, probes));
                if probes < needed {
                    return AfterProbe::ProbeAgain;
                }
            }
            // A site may give up a connection at the moment it is used again. A POST is not sent
            // twice.
            Err(Inconclusive::Reset) if method != Method::Post && !self.retried => {
                self.retried = true;
                return AfterProbe::ProbeAgain;
            }
            _ => {}
        }
        AfterProbe::Settle(outcome)
    }

    /// What a result means for the account. Where changes are braked, one that might be part of a
    /// mass change is held.
    pub(super) fn bearing(
        &self,
        outcome: Result<Sighting, Inconclusive>,
        is_braked: bool,
    ) -> Bearing {
        let Waiting { until, known, .. } = self.account;
        match outcome {
            Ok(seen) if until.is_met(known, seen) => {
                let is_change = known.is_some_and(|known| known != seen);
                if is_change && is_braked {
                    Bearing::Held
                } else {
                    Bearing::News
                }
            }
            _ => Bearing::Plain,
        }
    }
}
