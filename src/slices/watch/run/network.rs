//! Whether our own network is up.
//!
//! The first probes of a run are canaries. While no site has answered, a site that cannot be
//! reached is *silent*: its account goes back to the lane, and nothing is written. The first answer
//! from any site ends the doubt, and silent sites are probed again. If nothing answers, the run
//! ends as *could not look*, and no account is touched.
//!
//! A run over one site cannot tell the site's trouble from ours, so each account gets its own
//! reason. A site that accepts the connection and then hangs or resets has been reached, so it is
//! not silent.

use std::collections::BTreeSet;

use crate::slices::watch::probe::Probe;
use crate::slices::watch::site::Site;
use crate::slices::watch::verdict::Inconclusive;

/// After this many silent hosts no further site is asked: one of so many would have answered.
const CANARIES: usize = 5;

/// The minimum number of silent sites for our own network to be suspected.
const LEAST: usize = 2;

/// What the probes of a run say about our own network.
#[derive(Debug, Default)]
pub(super) struct Network {
    is_trusted: bool,
    is_heard: bool,
    silent_sites: BTreeSet<usize>,
    silent_hosts: BTreeSet<String>,
}

impl Network {
    pub(super) fn new(sites: usize) -> Self {
        Self {
            is_trusted: sites < LEAST,
            ..Self::default()
        }
    }

    /// Takes a probe of the site with this number; true if our own network may be to blame for its
    /// failure.
    pub(super) fn doubts(&mut self, number: usize, site: &Site, probe: &Probe) -> bool {
        let Some(is_reached) = is_reached(probe) else {
            return false;
        };
        self.is_heard |= is_reached;
        self.is_trusted |= is_reached;
        if self.is_trusted {
            return false;
        }
        self.silent_sites.insert(number);
        self.silent_hosts.insert(site.host().to_owned());
        true
    }

    /// True if a site that was silent may be asked again.
    pub(super) fn is_trusted(&self) -> bool {
        self.is_trusted
    }

    /// True if any site was reached.
    pub(super) fn is_heard(&self) -> bool {
        self.is_heard
    }

    /// True if asking further sites is pointless.
    pub(super) fn seems_down(&self) -> bool {
        !self.is_trusted && self.silent_hosts.len() >= CANARIES
    }

    /// After all probes: true if our own network is to blame. If not, the silent sites are down.
    pub(super) fn is_down(&mut self) -> bool {
        let is_down = !self.is_trusted && self.silent_sites.len() >= LEAST;
        self.is_trusted |= !is_down;
        is_down
    }
}

/// True if a probe reached its site; none if nothing was sent.
fn is_reached(probe: &Probe) -> Option<bool> {
    match probe.outcome {
        Err(Inconclusive::Dns | Inconclusive::Connect | Inconclusive::Tls) => {
            Some(probe.status.is_some())
        }
        Err(why) if probe.status.is_none() && !why.is_site_trouble() => None,
        _ => Some(true),
    }
}

#[cfg(test)]
#[path = "tests/network.rs"]
mod tests;
