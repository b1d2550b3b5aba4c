//! The tool for sites in trouble: for admins, all of them with reasons; for others, those of their
//! own accounts.

use serde::Deserialize;
use serde_json::{Value, json};

use super::why;
use crate::db::Connection;
use crate::people::Actor;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::notices::texts::Formatter;
use crate::slices::watch::store;
use crate::slices::watch::views::health::{Health, LATELY, SiteTrouble};
use crate::tool::{self, Tool, ToolError};

/// Maximum number of sites; the worst come first.
const MOST: usize = 20;

const SHOWN_REASONS: usize = 3;

/// The same content as the screen of sites; for others, as the end of `/status`.
#[derive(Debug)]
pub(super) struct SitesInTrouble(pub(super) Notifier);

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct NoArguments {}

impl Tool for SitesInTrouble {
    fn name(&self) -> &'static str {
        "sites_in_trouble"
    }

    fn purpose(&self) -> &'static str {
        "Tells which sites are not looked at or give errors now, and why. Admins are told of all sites with what was done there \
         since yesterday; others of the sites where accounts of theirs wait and nobody looks."
    }

    fn arguments(&self) -> Value {
        tool::schema([])
    }

    fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let NoArguments {} = tool::parse(arguments)?;
        let formatter = self.0.voice_to(actor);
        if actor.role.is_admin() {
            let health = Health::read(connection, &self.0.zone, actor.now)?;
            return Ok(self.all(connection, actor, formatter, &health)?);
        }
        let muted = store::muted(connection, actor.now)?;
        let mut own = store::sites_of_owner(connection, actor.id)?;
        own.retain(|site| muted.contains_key(site));
        let own = own.iter().take(MOST).map(|site| {
            let until = muted.get(site).and_then(|mute| mute.until);
            json!({ "site": formatter.site_name(site), "not_looked_at_until": until.map(|at| formatter.zone.iso(at)) })
        });
        Ok(json!({ "sites_of_own_accounts_not_looked_at": own.collect::<Value>() }))
    }
}

impl SitesInTrouble {
    fn all(
        &self,
        connection: &Connection,
        actor: &Actor,
        formatter: Formatter<'_>,
        health: &Health,
    ) -> anyhow::Result<Value> {
        let sites = health.sites();
        let in_trouble = || {
            let trouble = |site: &&str| health.trouble(site);
            sites
                .iter()
                .filter_map(move |site| Some((*site, trouble(site)?)))
        };
        let mut told = Vec::new();
        for (site, trouble) in in_trouble().take(MOST) {
            let counts = health.tallies.get(site).copied().unwrap_or_default().counts;
            let at = |moment| formatter.zone.iso(moment);
            let until = match trouble {
                SiteTrouble::Muted => health.muted.get(site).and_then(|mute| mute.until).map(at),
                SiteTrouble::LeftAlone => {
                    let silence = health.silences.get(site).map(|rest| actor.now.plus(*rest));
                    let trial = health.breakers.get(site).map(|open| open.trial_at);
                    silence.max(trial).map(at)
                }
                SiteTrouble::Distrusted | SiteTrouble::Failing => None,
            };
            let mut errors = store::errors_since(connection, site, actor.now.minus(LATELY))?;
            errors.truncate(SHOWN_REASONS);
            let errors = errors
                .into_iter()
                .map(|(reason, count)| json!({ "why": why(formatter, &reason), "count": count }));
            told.push(json!({
                "site": formatter.site_name(site),
                "trouble": spoken(trouble),
                "until": until,
                "since_yesterday": {
                    "checked": counts.checked(),
                    "found": counts.found,
                    "could_not_look": counts.errors,
                },
                "errors": errors.collect::<Value>(),
            }));
        }
        Ok(json!({
            "sites_known": sites.len(),
            "in_trouble": in_trouble().count(),
            "worst_first": told,
        }))
    }
}

const fn spoken(trouble: SiteTrouble) -> &'static str {
    match trouble {
        SiteTrouble::Muted => "an admin wants that nobody looks there",
        SiteTrouble::Distrusted => {
            "its control names were judged wrongly, so nothing is believed that it says"
        }
        SiteTrouble::LeftAlone => {
            "left alone for a while, because it wants so or failed repeatedly"
        }
        SiteTrouble::Failing => "more than every tenth look fails",
    }
}
