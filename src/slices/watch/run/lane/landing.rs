//! What follows from a probe in a lane: another one, a result, a wait for the controls, or a doubt.
//!
//! # Invariants
//! - News waits until the controls were asked again.
//! - Nobody is found before a random name of the same shape was missing.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::candidate::{AfterProbe, Candidate};
use super::{Confirming, Landed, Lane, ProbeSubject};
use crate::clock::UnixMs;
use crate::slices::watch::model::verdict::{Sighting, Verdict};
use crate::slices::watch::probe::Probe;
use crate::slices::watch::run::controls::{Controls, ControlsSaid};
use crate::slices::watch::site::{Shape, Site};
use crate::slices::watch::store::{Bearing, ControlNews, ProbeResult};
use crate::slices::watch::verdict::Inconclusive;

impl Lane {
    /// A probe failed in a way that may be our own network's fault. It does not count, and the site
    /// is silent.
    pub(crate) fn fall_silent(&mut self, subject: ProbeSubject, now: Instant) {
        self.not_before = None;
        self.is_silent = true;
        match subject {
            ProbeSubject::Account(candidate) => {
                self.in_flight -= 1;
                self.once_more.push_back((now, candidate));
            }
            ProbeSubject::Control => self.standing.forget_probe(),
            ProbeSubject::Alike => self.awaited.forget_probe(),
        }
    }

    /// Counts a probe, and records until when the site asked us to wait.
    pub(crate) fn count(&mut self, took: Duration, silent_until: Option<UnixMs>) {
        self.not_before = None;
        self.unwritten.probes += 1;
        self.unwritten.probing += took;
        self.silent_until = self.silent_until.max(silent_until);
    }

    /// Takes the result of a control probe.
    pub(crate) fn land_control(
        &mut self,
        site: &Site,
        probe: &Probe,
        today: UnixMs,
        controls: &mut Controls,
    ) -> Landed {
        let fault = match self.standing.hear(site, probe, today) {
            ControlsSaid::More => return Landed::Nothing,
            ControlsSaid::Unseen(why) => {
                // Nothing is known about the rules, so there is nothing to report.
                controls.forget(site.key());
                self.given_up = Some(why);
                return Landed::Nothing;
            }
            ControlsSaid::Well => {
                controls.note_well(site.key(), today);
                None
            }
            ControlsSaid::Failed(fault) => {
                controls.forget(site.key());
                self.given_up = Some(Inconclusive::ControlFailed);
                Some(fault)
            }
        };
        if self.is_distrusted == fault.is_some() {
            return Landed::Nothing;
        }
        self.is_distrusted = fault.is_some();
        Landed::Controls(ControlNews {
            site: self.key.to_string(),
            fault,
        })
    }

    /// Takes the result of the probe of a random name of an account's shape.
    pub(crate) fn land_alike(
        &mut self,
        site: &Site,
        probe: &Probe,
        today: UnixMs,
        controls: &mut Controls,
    ) {
        if let Some(shape) = self.awaited.hear(site, probe) {
            controls.note_alike(site.key(), shape, today);
        }
    }

    /// Takes the result of an account's probe. `believes`: whether the site may say that a name of
    /// a shape exists.
    pub(crate) fn land_account(
        &mut self,
        site: &Site,
        mut candidate: Candidate,
        probe: &Probe,
        confirming: Confirming,
        now: Instant,
        believes: impl FnOnce(Shape) -> bool,
    ) -> Landed {
        self.in_flight -= 1;
        if let Some(why @ Inconclusive::ControlFailed) = self.given_up {
            // The probe was in flight when the controls failed.
            return Landed::Result(self.settle(&candidate, Err(why)));
        }
        // A weak site needs one more probe, because one side of its rules has no evidence of its
        // own.
        let needed = confirming.confirmations + u32::from(site.is_weak());
        match candidate.after(probe.outcome, needed, site.method()) {
            AfterProbe::ProbeAgain => {
                self.once_more
                    .push_back((now + confirming.delay, candidate));
                Landed::Nothing
            }
            AfterProbe::Settle(Ok(seen))
                if candidate.is_news(seen)
                    || seen == Sighting::Exists && !believes(Shape::of(candidate.username())) =>
            {
                self.awaited.push(candidate, seen, now);
                Landed::Nothing
            }
            AfterProbe::Settle(outcome) => Landed::Result(self.settle(&candidate, outcome)),
        }
    }

    pub(super) fn settle(
        &mut self,
        candidate: &Candidate,
        outcome: Result<Sighting, Inconclusive>,
    ) -> ProbeResult {
        let (verdict, reason) = match outcome {
            Ok(seen) => (Verdict::of(seen), ""),
            Err(why) => (Verdict::Error, why.key()),
        };
        let bearing = match outcome {
            Ok(seen) if candidate.is_news(seen) => {
                let all_held = self.held == self.answered;
                if self.braking.holds(candidate.is_change(seen), all_held) {
                    self.held += 1;
                    Bearing::Held
                } else {
                    Bearing::News
                }
            }
            _ => Bearing::Plain,
        };
        self.answered += u64::from(outcome.is_ok());
        ProbeResult {
            account_id: candidate.id(),
            site: Arc::clone(&self.key),
            verdict,
            reason,
            silent_until: self.silent_until.take(),
            bearing,
            identity: String::new(),
        }
    }
}
