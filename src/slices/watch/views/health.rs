//! The health of sites: results since yesterday, and current problems.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::{DAY, UnixMs};
use crate::db::Connection;
use crate::slices::watch::model::account::SiteTally;
use crate::slices::watch::store;
use crate::slices::watch::store::{Breakers, Marks, SiteMute};
use crate::zone::Zone;

/// The period that reports about sites cover.
pub(crate) const LATELY: Duration = DAY;

/// A problem with a site, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SiteTrouble {
    /// An admin has muted the site.
    Muted,
    /// Its control names gave a wrong result.
    Distrusted,
    /// The site asked us to wait, or failed repeatedly, so it is left alone.
    LeftAlone,
    /// More than every tenth probe fails.
    Failing,
}

#[derive(Debug)]
pub(crate) struct Health {
    /// Results since yesterday, by site.
    pub(crate) tallies: BTreeMap<String, SiteTally>,
    pub(crate) muted: BTreeMap<String, SiteMute>,
    pub(crate) marks: Marks,
    /// How much longer each site asks us to wait.
    pub(crate) silences: BTreeMap<String, Duration>,
    pub(crate) breakers: Breakers,
}

impl Health {
    /// The health at a moment; days begin in `zone`.
    pub(crate) fn read(connection: &Connection, zone: &Zone, now: UnixMs) -> anyhow::Result<Self> {
        let since = zone.day(now.minus(LATELY));
        Ok(Self {
            tallies: store::by_site(store::days(connection, &since)?),
            muted: store::muted(connection, now)?,
            marks: store::marks(connection)?,
            silences: store::silences(connection, now)?.into_iter().collect(),
            breakers: store::breakers(connection)?,
        })
    }

    /// The worst problem of a site, if any.
    pub(crate) fn trouble(&self, site: &str) -> Option<SiteTrouble> {
        let tally = self.tallies.get(site).copied().unwrap_or_default();
        if self.muted.contains_key(site) {
            Some(SiteTrouble::Muted)
        } else if self.marks.distrusted.contains(site) {
            Some(SiteTrouble::Distrusted)
        } else if self.silences.contains_key(site) || self.breakers.contains_key(site) {
            Some(SiteTrouble::LeftAlone)
        } else {
            let fails = tally.counts.errors * 10 > tally.counts.checked();
            fails.then_some(SiteTrouble::Failing)
        }
    }

    /// The sites, those in trouble first.
    pub(crate) fn sites(&self) -> Vec<&str> {
        let mut sites: Vec<&str> = self
            .tallies
            .keys()
            .chain(self.muted.keys())
            .chain(&self.marks.distrusted)
            .chain(self.silences.keys())
            .chain(self.breakers.keys())
            .map(String::as_str)
            .collect();
        sites.sort_unstable();
        sites.dedup();
        sites.sort_by_key(|site| {
            let trouble = self.trouble(site);
            (trouble.is_none(), trouble)
        });
        sites
    }
}
