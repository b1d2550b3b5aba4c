//! What a lane hands out and takes back: probes to make, and what comes of them.

use std::sync::Arc;
use std::time::Duration;

use super::candidate::Candidate;
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::store::{ControlNews, ProbeResult};

/// What a probe is about.
#[derive(Debug)]
pub(crate) enum ProbeSubject {
    Account(Candidate),
    /// A name of the site's controls.
    Control,
}

/// A probe that a lane wants to make.
#[derive(Debug)]
pub(crate) struct PlannedProbe {
    pub(crate) subject: ProbeSubject,
    pub(crate) site: Arc<Site>,
    pub(crate) name: Username,
}

/// What a lane does next.
#[derive(Debug)]
pub(crate) enum LaneStep {
    Probe(PlannedProbe),
    /// An account gets its result without one.
    Settle(ProbeResult),
}

/// What comes of a probe.
#[derive(Debug)]
pub(crate) enum Landed {
    /// Nothing to write down yet.
    Nothing,
    /// The result of an account.
    Result(ProbeResult),
    /// The site's controls failed, or are well again.
    Controls(ControlNews),
}

/// How accounts become results in a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Confirming {
    /// Probes that must agree before an account counts as found.
    pub(crate) confirmations: u32,
    /// The pause between two of them.
    pub(crate) delay: Duration,
}
