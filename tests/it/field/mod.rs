//! A server plays every site of the WhatsMyName and Sherlock files in `tests/data`, and the real
//! binary probes them all.

#![expect(
    clippy::indexing_slicing,
    reason = "entries are numbered by the file, and a field that is not there fails the test"
)]
#![expect(clippy::print_stderr, reason = "a table of scenes is for people")]

mod emulation;
mod entry;
mod hostile;
mod pages;
mod scenes;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use vakhta::testing::slices::watch::catalogue::Listing;
use vakhta::testing::slices::watch::site::Site;

use self::emulation::Emulation;
use self::hostile::{ALL, Hostile};
use self::pages::Style;
use self::scenes::{NOTHING, RIGHT};
use crate::process::{Ground, run};

/// Unusable entries: for missing accounts they answer just 500, like any broken site.
const CANNOT_TELL: [&str; 1] = ["forumprawne.org"];

/// A run over all sites takes a second or two, and longer on a loaded machine.
const RUN_LIMIT: Duration = Duration::from_secs(120);

/// Runs the program once; returns the verdict of every account.
async fn check(ground: &Ground) -> BTreeMap<(String, String), (String, String)> {
    let check = ground.vakhta(&["--check-now", "--json"]).without_token();
    let end = check.start().end(RUN_LIMIT).await;
    end.demand(0);
    let report: Value = serde_json::from_str(&end.stdout).unwrap();
    let text = |account: &Value, field: &str| account[field].as_str().unwrap().to_owned();
    let accounts = report["accounts"].as_array().unwrap().iter();
    accounts
        .map(|account| {
            let key = (text(account, "site"), text(account, "username"));
            (key, (text(account, "verdict"), text(account, "reason")))
        })
        .collect()
}

/// How many accounts have each verdict.
fn counts(seen: &BTreeMap<(String, String), (String, String)>) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for (verdict, _) in seen.values() {
        *counts.entry(verdict.as_str()).or_default() += 1;
    }
    counts
}

/// Writes catalogue and configuration, and imports two accounts for every usable site, by its exact
/// name.
async fn set_up(ground: &Ground, catalogue: &str, emulation: &Emulation) -> Vec<Site> {
    ground.write("sites.toml", catalogue);
    ground.configure("workers = 32");
    let listing = Listing::read(&ground.path("sites.toml"), true).unwrap();
    let used: BTreeSet<&str> = listing.sites.iter().map(Site::name).collect();
    let unused = emulation.entries.iter().map(|entry| entry.name.as_str());
    let unused: Vec<&str> = unused.filter(|name| !used.contains(name)).collect();
    let switched_off = catalogue.matches("\"valid\":false").count();
    assert_eq!(unused.len(), CANNOT_TELL.len() + switched_off, "{unused:?}");
    assert!(CANNOT_TELL.iter().all(|name| unused.contains(name)));

    import_names(ground, emulation, &listing.sites).await;
    listing.sites
}

/// Imports an existing and a missing account of every site.
async fn import_names(ground: &Ground, emulation: &Emulation, sites: &[Site]) {
    let used: BTreeSet<&str> = sites.iter().map(Site::name).collect();
    let of_used = emulation.entries.iter();
    let rows = of_used
        .filter(|entry| used.contains(entry.name.as_str()))
        .flat_map(|entry| entry.names.iter().map(|name| (entry.name.as_str(), name)));
    import(ground, rows).await;
}

async fn import(ground: &Ground, rows: impl Iterator<Item = (&str, impl Display)>) {
    let rows: String = rows
        .map(|(site, name)| format!("\"{site}\",{name},9\n"))
        .collect();
    ground.write("field.csv", &format!("site,username,days\n{rows}"));
    let import = ["accounts", "import", "field.csv", "--owner", "7"];
    ground.vakhta(&import).finish().await.demand(0);
}

/// Each site has two pending accounts and asks for a pause of one hour.
async fn every_site_is_left_alone_when_it_says_so(
    ground: &Ground,
    emulation: &Emulation,
    sites: &[Site],
) {
    import(ground, sites.iter().map(|site| (site.name(), "later8"))).await;
    emulation.behave(Some([Hostile::RateLimited; 2]));
    for most in [1, 0] {
        let seen = check(ground).await;
        assert_eq!(seen.len(), sites.len() * 2);
        assert!(seen.values().all(|(verdict, _)| verdict == "error"));
        let asked = emulation.requests();
        assert!(asked.iter().all(|count| *count <= most), "{asked:?}");
        emulation.behave(Some([Hostile::RateLimited; 2]));
    }
}

#[test]
fn every_site_of_the_field_is_judged_rightly_and_none_is_guessed_about() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/wmn-data.json");
    run(async |ground| {
        let (emulation, catalogue) = Emulation::start(&file).await;
        let sites = set_up(&ground, &catalogue, &emulation).await;

        let mut wrong = Vec::new();
        for hostile in ALL {
            emulation.behave(Some(*hostile));
            let seen = check(&ground).await;
            eprintln!("{hostile:?}: {:?}", counts(&seen));
            for ((site, name), (verdict, reason)) in seen {
                if verdict != "error" {
                    wrong.push(format!("{hostile:?}: {site} {name} is {verdict} {reason}"));
                }
            }
            let requests = emulation.requests();
            let asked = requests.iter().filter(|count| **count > 0).count();
            assert!(
                asked >= sites.len(),
                "{hostile:?}: {asked} sites were asked"
            );
        }
        assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));

        emulation.behave(None);
        let seen = check(&ground).await;
        eprintln!("as the rules say: {:?}", counts(&seen));
        for site in &sites {
            let mut entries = emulation.entries.iter();
            let entry = entries.find(|entry| entry.name == site.name()).unwrap();
            for (name, expected) in entry.names.iter().zip(["found", "not_found"]) {
                let seen = seen.get(&(site.key().to_string(), name.clone()));
                if seen.is_none_or(|(verdict, _)| verdict != expected) {
                    let (e, m) = (entry.e_code, entry.m_code);
                    wrong.push(format!("{} ({e}, {m}) {name}: {seen:?}", site.name()));
                }
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(seen.len(), sites.len() * 2);
        every_site_is_left_alone_when_it_says_so(&ground, &emulation, &sites).await;
        let (most_in_flight, mistakes) = emulation.verdict();
        assert_eq!(most_in_flight, 1, "requests at one site at the same time");
        assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    });
}

/// Plays every scene and prints a table of the verdicts. Returns what was judged wrongly.
async fn scenes(
    ground: &Ground,
    (kind, emulation): (&str, &Emulation),
    sites: &[Site],
) -> Vec<String> {
    let mut wrong = Vec::new();
    let all = NOTHING.iter().chain(&RIGHT).map(|scene| Some(*scene));
    for scene in all.chain([None]) {
        // Found accounts are not looked at again, so every scene begins anew.
        for ending in ["", "-wal", "-shm"] {
            std::fs::remove_file(ground.path(&format!("v.db{ending}"))).ok();
        }
        import_names(ground, emulation, sites).await;
        match scene {
            Some(scene) => emulation.play(scene),
            None => emulation.behave(None),
        }
        let seen = check(ground).await;
        let is_nothing = scene.is_some_and(|scene| NOTHING.contains(&scene));
        let mut counts = BTreeMap::new();
        for site in sites {
            let mut entries = emulation.entries.iter();
            let entry = entries.find(|entry| entry.name == site.name()).unwrap();
            if scene.is_some_and(|scene| !scene.fits(entry)) {
                continue;
            }
            for (name, right) in entry.names.iter().zip(["found", "not_found"]) {
                let (verdict, reason) = &seen[&(site.key().to_string(), name.clone())];
                *counts.entry((right, verdict.clone())).or_insert(0) += 1;
                let expected = match is_nothing {
                    true => "error",
                    false => right,
                };
                if verdict != expected {
                    wrong.push(format!(
                        "{kind} {scene:?}: {} {name} is {verdict} {reason}",
                        site.name()
                    ));
                }
            }
        }
        let count = |right, verdict: &str| {
            let count = counts.get(&(right, verdict.to_owned()));
            count.copied().unwrap_or_default()
        };
        let row = |right| ["found", "not_found", "error"].map(|verdict| count(right, verdict));
        let scene = scene.map_or_else(|| "Honest".to_owned(), |scene| format!("{scene:?}"));
        eprintln!(
            "{scene:<14} {kind:<15} there {:?} nobody {:?}",
            row("found"),
            row("not_found")
        );
    }
    wrong
}

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(file)
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_whatsmyname_site_is_guessed_about_while_its_controls_are_well() {
    run(async |ground| {
        let (emulation, catalogue) = Emulation::start(&data("wmn-data.json")).await;
        let sites = set_up(&ground, &catalogue, &emulation).await;
        assert_none(&scenes(&ground, ("WhatsMyName", &emulation), &sites).await);
        let (_, mistakes) = emulation.verdict();
        assert_none(&mistakes);
    });
}

#[test]
fn no_sherlock_site_is_guessed_about_while_its_controls_are_well() {
    for (kind, style) in [("Sherlock", Style::Rich), ("Sherlock, plain", Style::Plain)] {
        run(async |ground| {
            let file = data("sherlock-data.json");
            let (emulation, catalogue) = Emulation::start_sherlock(&file, style).await;
            ground.write("sites.toml", &catalogue);
            ground.configure("workers = 32");
            let listing = Listing::read(&ground.path("sites.toml"), true).unwrap();
            assert_eq!(listing.sites.len(), emulation.entries.len());
            assert!(listing.sites.len() > 460, "{}", listing.sites.len());
            let wrong = scenes(&ground, (kind, &emulation), &listing.sites).await;
            assert_none(&wrong);
            let (_, mistakes) = emulation.verdict();
            assert_none(&mistakes);
        });
    }
}
