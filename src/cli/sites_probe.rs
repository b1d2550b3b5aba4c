//! `vakhta sites test`: whether sites answer for their control names as their rules say.
//!
//! Several sites are tested at once, each name by name at the pace of the site's gate. A site is
//! healthy by the same standard as in the watch: one of its known names is found, and a random name
//! is not. Other known names may have been deleted. The result of every name is printed.

use std::time::Duration;

use anyhow::anyhow;
use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::{Failure, output};
use crate::clock::Clock;
use crate::http_client;
use crate::http_client::SiteClientConfig;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::probe::Probe;
use crate::slices::watch::run::gate::{GateDefaults, Gates, Start};
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::verdict::Inconclusive;
use crate::slices::watch::{ProbeLimits, WatchConfig, probe, says_nobody};

/// Maximum wait for a site that asks for a pause, unless its ordinary gap is longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Tests the sites and prints a line for each, in their order.
pub(super) async fn run(config: &WatchConfig, sites: Vec<&Site>) -> Result<(), Failure> {
    let tester = Tester {
        config,
        client: http_client::site_client(&SiteClientConfig {
            timeout: config.timeout,
            allow_private_targets: config.allow_private_targets,
            user_agent: http_client::DEFAULT_USER_AGENT.to_owned(),
        })?,
        limits: ProbeLimits::new(
            config.timeout,
            config.allow_private_targets,
            Clock::system().now(),
        ),
    };
    let tests = stream::iter(sites).map(|site| tester.test(site));
    let mut tests = tests.buffered(config.workers);
    let mut failed = 0;
    while let Some((is_well, line)) = tests.next().await {
        failed += usize::from(!is_well);
        output::say(&line)?;
    }
    if failed > 0 {
        return Err(Failure::Work(anyhow!(
            "{failed} sites do not answer as their rules say"
        )));
    }
    Ok(())
}

struct Tester<'a> {
    config: &'a WatchConfig,
    client: reqwest::Client,
    limits: ProbeLimits,
}

impl Tester<'_> {
    /// Whether a site is healthy, and the line that reports it.
    async fn test(&self, site: &Site) -> (bool, String) {
        let mut gates = Gates::new(GateDefaults {
            per_site: self.config.per_site,
            min_gap: self.config.min_gap,
        });
        let mut said = Vec::new();
        let mut is_known = site.controls().is_empty();
        for name in site.controls() {
            let probe = self.probe(&mut gates, site, name).await;
            is_known |= probe.outcome == Ok(Sighting::Exists);
            said.push(format!("control name {name}: {}", spoken(&probe)));
        }
        let mut is_unknown = true;
        if let Some(name) = site.random_name() {
            let probe = self.probe(&mut gates, site, &name).await;
            is_unknown = says_nobody(site, &probe);
            said.push(format!("random name {name}: {}", spoken(&probe)));
        }
        let is_well = is_known && is_unknown;
        let mark = if is_well { "ok  " } else { "FAIL" };
        let key = site.key().as_str();
        (is_well, format!("{mark} {key:<16} {}", said.join("; ")))
    }

    /// Probes a name as soon as the site's gate allows; gives up if that would take too long.
    async fn probe(&self, gates: &mut Gates, site: &Site, name: &Username) -> Probe {
        let gap = site.min_gap().unwrap_or(self.config.min_gap);
        // Jitter lengthens the gap by less than this.
        let patience = PATIENCE.max(gap * 2);
        loop {
            let now = Instant::now();
            let (at, why) = match gates.next_start(site, now) {
                Start::Now => break,
                Start::At(at) => (at, Inconclusive::RateLimited),
                Start::Closed { until } => (until, Inconclusive::BreakerOpen),
                // Cannot happen while probes run one at a time.
                Start::Busy => return Probe::without_answer(Inconclusive::RateLimited),
            };
            if at.duration_since(now) > patience {
                return Probe::without_answer(why);
            }
            tokio::time::sleep_until(at).await;
        }
        gates.begin(site, Instant::now());
        let probe = probe(&self.client, site, name, &self.limits).await;
        gates.end(site, &probe, Instant::now());
        probe
    }
}

fn spoken(probe: &Probe) -> String {
    match probe.outcome {
        Ok(Sighting::Exists) => "exists".to_owned(),
        Ok(Sighting::Missing) => "missing".to_owned(),
        Err(why) => format!("could not look: {why}"),
    }
}
