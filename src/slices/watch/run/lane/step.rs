//! What a lane hands out and takes back: probes to make, and their results.

use std::sync::Arc;
use std::time::Duration;

use super::candidate::Candidate;
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::store::{ControlNews, ProbeResult};

/// What a probe is about.
#[derive(Debug)]
pub(crate) enum ProbeSubject {
    Account(Candidate),
    /// A known name, or a plain random one.
    Control,
    /// A random name of the shape of an account that is about to be found.
    Alike,
}

#[derive(Debug)]
pub(crate) struct PlannedProbe {
    pub(crate) subject: ProbeSubject,
    pub(crate) site: Arc<Site>,
    pub(crate) name: Username,
}

#[derive(Debug)]
pub(crate) enum LaneStep {
    Probe(PlannedProbe),
    /// An account gets its result without a probe.
    Settle(ProbeResult),
}

/// What follows from a probe.
#[derive(Debug)]
pub(crate) enum Landed {
    /// Nothing to write down yet.
    Nothing,
    Result(ProbeResult),
    /// The site's controls failed or recovered.
    Controls(ControlNews),
}

/// How accounts become results in a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Confirming {
    /// Probes that must agree before an account counts as found or gone.
    pub(crate) confirmations: u32,
    /// The pause between those probes.
    pub(crate) delay: Duration,
}
