//! What becomes of a look that came back.

use tokio::time::Instant;

use super::{Landed, Pass};
use crate::watch::account::Verdict;
use crate::watch::lane::Candidate;
use crate::watch::store;
use crate::watch::verdict::{Inconclusive, Sighting};

impl Pass<'_, '_> {
    /// Takes a look's outcome.
    pub(super) fn land(&mut self, landed: Landed) {
        let now = Instant::now();
        let Landed {
            lane: index,
            mut candidate,
            look,
        } = landed;
        if let Some(lane) = self.lanes.get_mut(index)
            && let Some(site) = lane.site.clone()
        {
            self.gates.end(&site, &look, now);
            lane.not_before = None;
            if look.outcome == Ok(Sighting::Exists) {
                candidate.seen += 1;
                // Where a rule has no evidence of its own on one side, one look more makes up for it.
                let needed = self.sweep.config.confirmations + u32::from(site.is_weak());
                if candidate.seen < needed {
                    let pause = self.sweep.config.confirm_delay;
                    lane.look_again(candidate, now, pause);
                    return;
                }
            }
        }
        let outcome = match look.outcome {
            // It was there a moment ago: that is no answer, whatever the last look says.
            Ok(Sighting::Missing) if candidate.seen > 0 => Err(Inconclusive::LooksDisagree),
            other => other,
        };
        self.settle(index, &candidate, outcome);
    }

    /// Notes the result of an account.
    pub(super) fn settle(
        &mut self,
        index: usize,
        candidate: &Candidate,
        outcome: Result<Sighting, Inconclusive>,
    ) {
        let site = self.lanes.get(index).map(|lane| lane.key.clone());
        let (verdict, reason) = match outcome {
            Ok(Sighting::Exists) => (Verdict::Found, ""),
            Ok(Sighting::Missing) => (Verdict::NotFound, ""),
            Err(why) => (Verdict::Error, why.key()),
        };
        self.oldest.get_or_insert_with(Instant::now);
        self.results.push(store::Look {
            account_id: candidate.id,
            site: site.unwrap_or_default(),
            verdict,
            reason,
        });
    }
}
