//! Every site of the WhatsMyName and Sherlock files in `tests/data` plays hostile scenes, and a
//! lane probes it. Nothing is sent: the answers are made of the site's own rules and judged.
//!
//! A scene prints what its sites said. In an honest scene no right verdict is lost, in a hostile
//! one nobody is found who is not there.

mod world;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use self::world::{NOT_THERE, Scene, THERE, World};
use super::{NOW, OWNER};
use crate::clock::UnixMs;
use crate::db::testing::Store;
use crate::people;
use crate::slices::watch::catalogue::Listing;
use crate::slices::watch::model::account::{RunScope, Trigger, Until};
use crate::slices::watch::model::verdict::{Sighting, Verdict};
use crate::slices::watch::run::controls::Controls;
use crate::slices::watch::run::lane::{Confirming, Landed, Lane, LaneStep, ProbeSubject};
use crate::slices::watch::site::Site;
use crate::slices::watch::store;
use crate::slices::watch::store::{NewAccount, ProbeResult};

/// A run over one site. Returns what it says of each account.
async fn run(
    store: &Store,
    run_id: i64,
    site: &Arc<Site>,
    scene: Scene,
    controls: &mut Controls,
) -> BTreeMap<i64, ProbeResult> {
    let key: Arc<str> = site.key().as_str().into();
    let marks = store::Marks::default();
    let mut lane = Lane::new(key, 28, Some(Arc::clone(site)), &marks, 64, Duration::ZERO);
    let mut world = World::new(site, scene);
    let confirming = Confirming {
        confirmations: 2,
        delay: Duration::ZERO,
    };
    let mut results = BTreeMap::new();
    let mut take = |result: ProbeResult| results.insert(result.account_id, result);
    loop {
        if let Some(reading) = lane.next_reading(RunScope::All, run_id) {
            lane.take_page(reading.read(&store.db).await.unwrap());
        }
        let now = Instant::now();
        let planned = match lane.next(now, NOW, controls) {
            None => return results,
            Some(LaneStep::Settle(result)) => {
                take(result);
                continue;
            }
            Some(LaneStep::Probe(planned)) => planned,
        };
        let probe = world.probe(&planned);
        let landed = match planned.subject {
            ProbeSubject::Control => lane.land_control(site, &probe, NOW, controls),
            ProbeSubject::Alike => {
                lane.land_alike(site, &probe, NOW, controls);
                Landed::Nothing
            }
            ProbeSubject::Account(candidate) => {
                let believes = |shape| controls.believe(site.key(), shape, NOW);
                lane.land_account(site, candidate, &probe, confirming, now, believes)
            }
        };
        if let Landed::Result(result) = landed {
            take(result);
        }
    }
}

/// A catalogue, with the accounts of its sites in a database.
struct Field {
    name: &'static str,
    sites: Vec<Arc<Site>>,
    store: Store,
    run_id: i64,
    /// By number: whether the account is there, and its name.
    accounts: BTreeMap<i64, (bool, String)>,
}

impl Field {
    async fn new(name: &'static str, file: &str, until: Until) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        let sites = Listing::read(&folder.join(file), false).unwrap().sites;
        let sites: Vec<Arc<Site>> = sites.into_iter().map(Arc::new).collect();
        let store = Store::new();
        let all = sites.clone();
        let write = store.db.write(move |tx| {
            people::admit(tx, NOW, OWNER)?;
            let mut accounts = BTreeMap::new();
            for site in &all {
                for (is_there, names) in [(true, THERE), (false, NOT_THERE)] {
                    for name in names {
                        if site.parse_username(name).is_err() {
                            continue;
                        }
                        let new = NewAccount::new(OWNER, site.key().as_str(), name, 30);
                        store::add(tx, UnixMs(0), &NewAccount { until, ..new })?;
                        accounts.insert(tx.last_insert_rowid(), (is_there, name.to_owned()));
                    }
                }
            }
            let run = store::begin(tx, NOW, Trigger::Schedule, RunScope::All, 0)?;
            Ok((accounts, run.id))
        });
        let (accounts, run_id) = write.await.unwrap();
        Self {
            name,
            sites,
            store,
            run_id,
            accounts,
        }
    }

    /// Plays a scene at all sites; returns its line of the table and what is wrong.
    async fn play(&self, title: &str, scene: Scene, is_believed: bool) -> (String, Vec<String>) {
        let mut counts: BTreeMap<(bool, Verdict), usize> = BTreeMap::new();
        let mut wrong = Vec::new();
        for site in &self.sites {
            let mut controls = Controls::default();
            if is_believed {
                controls.note_well(site.key(), NOW);
            }
            let results = run(&self.store, self.run_id, site, scene, &mut controls).await;
            let allowed = |name: &&&str| site.parse_username(name).is_ok();
            let asked = THERE.iter().chain(&NOT_THERE).filter(allowed).count();
            assert_eq!(results.len(), asked, "{title}: everybody has a result");
            for (id, result) in results {
                let (is_there, name) = &self.accounts[&id];
                // A site that reads names otherwise has none as it is written.
                let is_cut = scene.read(name) != *name;
                let is_there = &(*is_there && !is_cut);
                *counts.entry((*is_there, result.verdict)).or_default() += 1;
                let right = if *is_there {
                    Verdict::Found
                } else {
                    Verdict::NotFound
                };
                let is_lost = matches!(scene, Scene::Honest) && result.verdict == Verdict::Error;
                if is_lost || ![right, Verdict::Error].contains(&result.verdict) {
                    wrong.push(format!("{title}: {} {name} {result:?}", site.key()));
                }
            }
        }
        let count = |is_there, verdict| counts.get(&(is_there, verdict)).copied().unwrap_or(0);
        let of = |is_there| {
            let verdicts = [Verdict::Found, Verdict::NotFound, Verdict::Error];
            verdicts.map(|verdict| count(is_there, verdict))
        };
        let line = format!(
            "{title} | {} | there {:?} | not there {:?}",
            self.name,
            of(true),
            of(false)
        );
        (line, wrong)
    }
}

fn scenes() -> Vec<(&'static str, Scene)> {
    let is_beyond_ascii = |c: char| !c.is_ascii();
    vec![
        ("honest", Scene::Honest),
        ("a page for any dot", Scene::AnyWith(|c| c == '.')),
        ("a page for any hyphen", Scene::AnyWith(|c| c == '-')),
        ("a page for any underscore", Scene::AnyWith(|c| c == '_')),
        ("a page for any capital", Scene::AnyWith(char::is_uppercase)),
        (
            "a page for other alphabets",
            Scene::AnyWith(is_beyond_ascii),
        ),
        (
            "a page for any digit first",
            Scene::Any(|name| name.starts_with(|c: char| c.is_ascii_digit())),
        ),
        (
            "a page for any number",
            Scene::Any(|name| name.chars().all(|c| c.is_ascii_digit())),
        ),
        (
            "a page for short names",
            Scene::Any(|name| name.chars().count() <= 3),
        ),
        (
            "a page for long names",
            Scene::Any(|name| name.chars().count() > 24),
        ),
        (
            "a page for dot and hyphen",
            Scene::Any(|name| name.contains('.') && name.contains('-')),
        ),
        (
            "a page for a sign at the edge",
            Scene::Any(|name| name.starts_with('_')),
        ),
        ("cut at a dot", Scene::CutsAt('.')),
        ("cut at a hyphen", Scene::CutsAt('-')),
        ("cut at an underscore", Scene::CutsAt('_')),
        ("stripped of dots", Scene::Strips(|c| c == '.')),
        ("stripped of hyphens", Scene::Strips(|c| c == '-')),
        ("stripped of underscores", Scene::Strips(|c| c == '_')),
        (
            "stripped of all signs",
            Scene::Strips(|c| !c.is_alphanumeric()),
        ),
        (
            "stripped of other alphabets",
            Scene::Strips(is_beyond_ascii),
        ),
        ("trimmed of underscores", Scene::Trims('_')),
        ("cut after 25", Scene::CutsAfter(25)),
        ("cut after 20", Scene::CutsAfter(20)),
        ("cut after 15", Scene::CutsAfter(15)),
    ]
}

/// Nobody is found at the sites of a file who is not there, whatever scene is played.
async fn play_all(name: &'static str, file: &str) {
    let mut wrong = Vec::new();
    let field = Field::new(name, file, Until::Found).await;
    for (title, scene) in scenes() {
        let (line, lies) = field.play(title, scene, false).await;
        eprintln!("{line}");
        wrong.extend(lies);
    }
    let some = &wrong[..wrong.len().min(40)];
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), some.join("\n"));
}

#[tokio::test]
async fn no_site_of_whatsmyname_finds_names_that_its_controls_are_unlike() {
    play_all("WhatsMyName", "wmn-data.json").await;
}

#[tokio::test]
async fn no_site_of_sherlock_finds_names_that_its_controls_are_unlike() {
    play_all("Sherlock", "sherlock-data.json").await;
}

#[tokio::test]
async fn no_site_that_flips_tells_news() {
    let mut wrong = Vec::new();
    for (name, file) in [
        ("WhatsMyName", "wmn-data.json"),
        ("Sherlock", "sherlock-data.json"),
    ] {
        for (until, to) in [
            (Until::Found, Sighting::Exists),
            (Until::Gone, Sighting::Missing),
        ] {
            let mut field = Field::new(name, file, until).await;
            // Without a known name, nothing shows that a site has lost everybody.
            let is_shown = |site: &Arc<Site>| to == Sighting::Exists || site.control().is_some();
            field.sites.retain(is_shown);
            for (after, is_believed) in [(0, true), (2, false), (9, true)] {
                let scene = Scene::Flips(after, to);
                let title = format!("everybody {to:?} after {after}, believed {is_believed}");
                let (line, lies) = field.play(&title, scene, is_believed).await;
                eprintln!("{line}");
                wrong.extend(lies);
            }
        }
    }
    let some = &wrong[..wrong.len().min(40)];
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), some.join("\n"));
}
