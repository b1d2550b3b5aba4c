//! `vakhta sites list|show|test|import`.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Subcommand;

use super::{Failure, output, sites_import, sites_probe};
use crate::config::Config;
use crate::settings;
use crate::slices::watch::site::{Asks, Site, SiteRule};
use crate::slices::watch::{Catalogue, load_catalogue};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List all sites
    List,
    /// Show one site with its rules
    Show {
        /// Key or exact name
        site: String,
    },
    /// Probe control names: those that certainly exist, and one that certainly does not
    Test {
        /// Keys or exact names [default: all sites]
        sites: Vec<String>,
    },
    /// Read a catalogue file (our own format, WhatsMyName or Sherlock) and explain every entry that
    /// will not be used
    Import {
        /// The file, as it would be listed in `[sites] catalogues`
        file: PathBuf,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    if let Command::Import { file } = &command {
        // The file may be the reason why the configured catalogues do not load.
        return sites_import::run(file, &config.watch);
    }
    let catalogue = load_catalogue(&config.watch).map_err(|err| Failure::Usage(err.into()))?;
    for note in catalogue.warnings().iter().chain(catalogue.notes()) {
        output::complain(note);
    }
    match command {
        Command::List => {
            for site in catalogue.iter() {
                let refuses = site.refuses_since();
                output::say(&format!(
                    "{:<16} {:<20} {}{}",
                    site.key().as_str(),
                    site.name(),
                    site.url_template(),
                    refuses.map_or_else(String::new, |since| format!(
                        "  (refuses everybody since {since})"
                    ))
                ))?;
            }
            Ok(())
        }
        Command::Show { site } => show(find(&catalogue, &site)?),
        Command::Test { sites } => {
            let sites = if sites.is_empty() {
                catalogue.iter().map(AsRef::as_ref).collect()
            } else {
                let named = sites.iter().map(|typed| find(&catalogue, typed));
                named.collect::<Result<_, _>>()?
            };
            sites_probe::run(&config.watch, sites).await
        }
        Command::Import { .. } => Ok(()),
    }
}

fn find<'a>(catalogue: &'a Catalogue, typed: &str) -> Result<&'a Site, Failure> {
    let found = catalogue.find(typed).map(AsRef::as_ref);
    found.ok_or_else(|| {
        let meant = catalogue
            .near(typed)
            .map_or_else(String::new, |key| settings::did_you_mean(key.as_str()));
        Failure::Usage(anyhow!(
            "unknown site {typed}{meant}; see `vakhta sites list`"
        ))
    })
}

fn show(site: &Site) -> Result<(), Failure> {
    let line = |name: &str, value: &str| output::say(&format!("{name:<14} {value}"));
    line("key", site.key().as_str())?;
    line("name", site.name())?;
    line("profile", site.url_template())?;
    line(
        "asked",
        &format!("{:?} {}", site.method(), site.probe_template()),
    )?;
    line("names", site.name_pattern().unwrap_or("anything"))?;
    line("exists", &spoken_rule(site.exists()))?;
    line("missing", &spoken_rule(site.missing()))?;
    if site.is_weak() {
        line(
            "weak",
            "one side has no evidence of its own: found needs one more probe",
        )?;
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
    )?;
    if let Some(category) = site.category() {
        line("category", category)?;
    }
    if site.asks() == Asks::Name {
        line(
            "asks",
            "only tells whether a name is taken; it cannot notice a profile that comes back",
        )?;
    }
    if !site.echoes().is_empty() {
        line("echo", &format!("exists needs {:?}", site.echoes()))?;
    }
    if let Some(since) = site.refuses_since() {
        line("refuses", &format!("everybody since {since}"))?;
    }
    if let Some(note) = site.note() {
        line("note", note)?;
    }
    Ok(())
}

fn spoken_rule(rule: &SiteRule) -> String {
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
