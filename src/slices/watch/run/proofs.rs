//! The proof of sites that need it ([`Site::needs_proof`]): learnt from control probes, demanded of
//! accounts.
//!
//! # Invariants
//! - At such a site, no account exists or is missing without proof.

use std::collections::HashMap;

use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::probe::Probe;
use crate::slices::watch::site::{Site, SiteKey, Username};
use crate::slices::watch::verdict::{Inconclusive, Proof, Traits};

/// What the controls of sites look like. Kept between runs.
#[derive(Debug, Default)]
pub(crate) struct Proofs(HashMap<SiteKey, Proof>);

impl Proofs {
    /// Takes the page of a control. A control that was judged wrongly teaches nothing.
    pub(crate) fn learn(
        &mut self,
        site: &Site,
        name: &Username,
        probe: &Probe,
        page: Option<Box<Traits>>,
    ) {
        let Some(page) = page else {
            return;
        };
        let proof = self.0.entry(site.key().clone()).or_default();
        match (site.controls().contains(name), probe.outcome) {
            (true, Ok(Sighting::Exists)) => proof.hear_known(*page),
            (false, Ok(Sighting::Missing)) => proof.hear_nobody(*page),
            _ => {}
        }
    }

    /// The probe of an account, if there is proof for what it says.
    #[must_use]
    pub(crate) fn judge(&self, site: &Site, probe: &Probe, page: Option<&Traits>) -> Probe {
        let Ok(seen) = probe.outcome else {
            return *probe;
        };
        let unlearnt = Proof::default();
        let proof = self.0.get(site.key()).unwrap_or(&unlearnt);
        let is_proven = |page: &Traits| match seen {
            Sighting::Exists => proof.is_account(page),
            Sighting::Missing => proof.is_nobody(page),
        };
        if !site.needs_proof(seen) || page.is_some_and(is_proven) {
            return *probe;
        }
        Probe {
            outcome: Err(Inconclusive::UnlikeControls),
            ..*probe
        }
    }
}
