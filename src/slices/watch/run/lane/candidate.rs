//! An account during a run, and the combined result of its probes.

use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::Method;
use crate::slices::watch::store::Waiting;
use crate::slices::watch::verdict::Inconclusive;

/// An account that a run has yet to probe or to settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    account: Waiting,
    /// The sighting to be confirmed, and how many probes of this run agree on it.
    agreed: Option<(Sighting, u32)>,
    /// A connection was reset during a probe, and the account was probed again.
    retried: bool,
}

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
            // Two probes disagree, so there is no answer.
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
            // A site may close a kept-alive connection just as it is reused. A POST is not sent
            // twice.
            Err(Inconclusive::Reset) if method != Method::Post && !self.retried => {
                self.retried = true;
                return AfterProbe::ProbeAgain;
            }
            _ => {}
        }
        AfterProbe::Settle(outcome)
    }

    /// True if a sighting is what the account's owner waits for.
    pub(super) fn is_news(&self, seen: Sighting) -> bool {
        self.account.until.is_met(self.account.known, seen)
    }

    /// True if runs saw the opposite before. A first sighting is no change.
    pub(super) fn is_change(&self, seen: Sighting) -> bool {
        self.account.known.is_some_and(|known| known != seen)
    }
}
