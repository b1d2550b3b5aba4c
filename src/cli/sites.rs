//! `vakhta sites list|show|test|import`.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Subcommand;

use super::{Failure, output, sites_import};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{self, SiteClientConfig};
use crate::watch::site::{Asks, Rule, Site};
use crate::watch::verdict::Sighting;
use crate::watch::{Catalogue, ProbeLimits, load_catalogue, look};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List all sites
    List,
    /// Show one site with its rules
    Show {
        /// Key or exact name
        site: String,
    },
    /// Look at control names: one that is surely there, and one that surely is not
    Test {
        /// Keys or exact names [default: all sites]
        sites: Vec<String>,
    },
    /// Read a catalogue file (our own format, WhatsMyName or Sherlock) and explain every entry that will not be used
    Import {
        /// The file, as it would stand in `[sites] catalogues`
        file: PathBuf,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    if let Command::Import { file } = &command {
        // The file may be the very reason why the configured catalogues do not load.
        return sites_import::run(file, &config.watch);
    }
    let catalogue = load_catalogue(&config.watch).map_err(|err| Failure::Usage(err.into()))?;
    for note in catalogue.warnings().iter().chain(catalogue.notes()) {
        output::complain(note);
    }
    match command {
        Command::List => {
            for site in catalogue.iter() {
                output::say(&format!(
                    "{:<16} {:<20} {}",
                    site.key().as_str(),
                    site.name(),
                    site.url_template()
                ));
            }
            Ok(())
        }
        Command::Show { site } => show(find(&catalogue, &site)?),
        Command::Test { sites } => test(config, &catalogue, &sites).await,
        Command::Import { .. } => Ok(()),
    }
}

fn find<'a>(catalogue: &'a Catalogue, typed: &str) -> Result<&'a Site, Failure> {
    let found = catalogue.find(typed).map(AsRef::as_ref);
    found
        .ok_or_else(|| Failure::Usage(anyhow!("there is no site {typed}; see `vakhta sites list`")))
}

fn show(site: &Site) -> Result<(), Failure> {
    let line = |name: &str, value: &str| output::say(&format!("{name:<14} {value}"));
    line("key", site.key().as_str());
    line("name", site.name());
    line("profile", site.url_template());
    line(
        "asked",
        &format!("{:?} {}", site.method(), site.probe_template()),
    );
    line("names", site.name_pattern().unwrap_or("anything"));
    line("exists", &spoken_rule(site.exists()));
    line("missing", &spoken_rule(site.missing()));
    if site.is_weak() {
        line(
            "weak",
            "one side has no evidence of its own: found needs one look more",
        );
    }
    let controls: Vec<&str> = site.controls().iter().map(|name| name.as_str()).collect();
    line(
        "control",
        if controls.is_empty() {
            "none".to_owned()
        } else {
            controls.join(", ")
        }
        .as_str(),
    );
    if let Some(category) = site.category() {
        line("category", category);
    }
    if site.asks() == Asks::Name {
        line(
            "asks",
            "only whether a name is taken: it cannot see a profile come back",
        );
    }
    if let Some(note) = site.note() {
        line("note", note);
    }
    Ok(())
}

fn spoken_rule(rule: &Rule) -> String {
    let mut parts = Vec::new();
    if !rule.status.is_empty() {
        parts.push(format!("status {:?}, text {:?}", rule.status, rule.text));
    }
    if !rule.any_text.is_empty() {
        parts.push(format!("with any of {:?}", rule.any_text));
    }
    if !rule.no_text.is_empty() {
        parts.push(format!("without {:?}", rule.no_text));
    }
    if !rule.bare.is_empty() {
        parts.push(format!("status alone {:?}", rule.bare));
    }
    parts.join(", ")
}

async fn test(config: &Config, catalogue: &Catalogue, named: &[String]) -> Result<(), Failure> {
    let sites: Vec<&Site> = if named.is_empty() {
        catalogue.iter().map(AsRef::as_ref).collect()
    } else {
        named
            .iter()
            .map(|typed| find(catalogue, typed))
            .collect::<Result<_, _>>()?
    };
    let watch = &config.watch;
    let client = http::site_client(&SiteClientConfig {
        timeout: watch.timeout,
        allow_private_targets: watch.allow_private_targets,
        user_agent: http::DEFAULT_USER_AGENT.to_owned(),
    })?;
    let limits = ProbeLimits::new(
        watch.timeout,
        watch.allow_private_targets,
        Clock::system().now(),
    );
    let mut failed = 0;
    for site in sites {
        let (known, random) = (site.control().cloned(), site.random_name());
        let mut results = Vec::new();
        if let Some(name) = known {
            let outcome = look(&client, site, &name, &limits).await.outcome;
            results.push(spoken(
                "control name",
                name.as_str(),
                outcome == Ok(Sighting::Exists),
                &outcome,
            ));
        }
        if let Some(name) = random {
            // The second request keeps the pause that the watch keeps, too.
            tokio::time::sleep(site.min_gap().unwrap_or(watch.min_gap)).await;
            let outcome = look(&client, site, &name, &limits).await.outcome;
            results.push(spoken(
                "random name",
                name.as_str(),
                outcome == Ok(Sighting::Missing),
                &outcome,
            ));
        }
        let well = results.iter().all(|(well, _)| *well);
        failed += usize::from(!well);
        let lines: Vec<String> = results.into_iter().map(|(_, line)| line).collect();
        let mark = if well { "ok  " } else { "FAIL" };
        output::say(&format!(
            "{mark} {:<16} {}",
            site.key().as_str(),
            lines.join("; ")
        ));
    }
    if failed > 0 {
        Err(Failure::Work(anyhow!(
            "{failed} sites do not answer as their rules say"
        )))
    } else {
        Ok(())
    }
}

fn spoken(
    what: &str,
    name: &str,
    well: bool,
    outcome: &Result<Sighting, crate::watch::verdict::Inconclusive>,
) -> (bool, String) {
    let seen = match outcome {
        Ok(Sighting::Exists) => "exists".to_owned(),
        Ok(Sighting::Missing) => "missing".to_owned(),
        Err(why) => format!("could not look: {why}"),
    };
    (well, format!("{what} {name}: {seen}"))
}
