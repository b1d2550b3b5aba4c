//! The whole files of WhatsMyName and Sherlock in `tests/data`, judged without a network.
//!
//! # Invariants
//! - Every entry is used, or its problem is explained.
//! - Every usable site finds and misses accounts by its own rules.

use std::collections::BTreeMap;
use std::path::Path;

use url::Url;

use crate::clock::UnixMs;
use crate::slices::watch::catalogue::{EntryFault, FileKind, Listing};
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::probe::Probe;
use crate::slices::watch::run::controls::{ControlStanding, Controls, ControlsSaid};
use crate::slices::watch::site::{Asks, Site, SiteRule};
use crate::slices::watch::verdict::{AnswerHeaders, Inconclusive, SiteAnswer, is_redirect, judge};

/// Entries whose own rule cannot decide, because the answers for both sides look alike or like no
/// answer. Exactly these must be reported; a newer file may have repaired them.
const CANNOT_TELL: [&str; 6] = [
    "forumprawne.org",
    "Discord.bio",
    "LushStories",
    "Medium",
    "Venmo",
    "threads",
];

fn listing(file: &str) -> Listing {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    Listing::read(&folder.join(file), false).unwrap()
}

fn counts(listing: &Listing) -> BTreeMap<EntryFault, usize> {
    let mut counts = BTreeMap::new();
    for problem in &listing.unused {
        *counts.entry(problem.fault).or_default() += 1;
    }
    counts
}

/// Answers as one side of a site's rules describes them: one for each status.
fn answers(site: &Site, rule: &SiteRule) -> Vec<SiteAnswer> {
    let name = site
        .control()
        .cloned()
        .or_else(|| site.random_name())
        .unwrap();
    let url = site.probe_request(&name).unwrap().url;
    let answer = |status: u16, body: String| SiteAnswer {
        location: is_redirect(status).then(|| "/somewhere-else".to_owned()),
        headers: AnswerHeaders::default(),
        url: url.clone(),
        status,
        body,
    };
    let mut bodies = vec![rule.text.join(" ")];
    if !rule.any_text.is_empty() {
        bodies.clone_from(&rule.any_text);
    }
    if !rule.has_text() {
        bodies = vec!["a page".to_owned()];
    }
    let with_text = rule
        .status
        .iter()
        .flat_map(|status| bodies.iter().map(|body| answer(*status, body.clone())));
    let bare = rule
        .bare
        .iter()
        .map(|status| answer(*status, "a page".to_owned()));
    with_text.chain(bare).collect()
}

/// Every site judges the answers of its own rules correctly, and gives no verdict on answers that
/// say nothing.
fn assert_judged_by_their_own_rules(listing: &Listing) {
    let mut wrong = Vec::new();
    for site in &listing.sites {
        for (rule, sighting) in [
            (site.exists(), Sighting::Exists),
            (site.missing(), Sighting::Missing),
        ] {
            for answer in answers(site, rule) {
                let seen = judge(site, &answer);
                if seen != Ok(sighting) {
                    wrong.push(format!(
                        "{}: {} {:?} gives {seen:?}, not {sighting:?}",
                        site.name(),
                        answer.status,
                        answer.body
                    ));
                }
            }
        }
        wrong.extend(
            hostile(site)
                .into_iter()
                .map(|line| format!("{}: {line}", site.name())),
        );
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The hostile answers that a site wrongly gives a verdict on.
fn hostile(site: &Site) -> Vec<String> {
    let challenge = "<html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue\
        <script>window._cf_chl_opt={}</script></body></html>";
    let refused = "<html><head><title>Access denied</title></head><body>Please complete the CAPTCHA</body></html>";
    let cases = [
        (200, challenge, None),
        (403, challenge, None),
        (503, challenge, None),
        (200, refused, None),
        (403, refused, None),
        (429, "<title>Too Many Requests</title>", None),
        (500, "<title>Internal Server Error</title>", None),
        (502, "", None),
        (503, "<title>Service Unavailable</title>", None),
        (202, "", None),
        (200, "", None),
        (302, "", Some("https://site.example/login?next=/x")),
        (307, "", Some("https://accounts.site.example/signin")),
    ];
    let url = Url::parse("https://site.example/x").unwrap();
    let judged = cases.into_iter().filter_map(|(status, body, location)| {
        let answer = SiteAnswer {
            url: url.clone(),
            status,
            headers: AnswerHeaders::default(),
            location: location.map(str::to_owned),
            body: body.to_owned(),
        };
        let seen: Result<Sighting, Inconclusive> = judge(site, &answer);
        seen.ok()
            .map(|seen| format!("{status} {body:?} {location:?} is judged {seen:?}"))
    });
    judged.collect()
}

fn assert_used_or_explained(listing: &Listing) {
    let unused: Vec<&str> = listing
        .unused
        .iter()
        .filter_map(|problem| problem.entry.as_deref())
        .collect();
    assert!(listing.sites.len() + unused.len() >= listing.entries);
    assert_eq!(listing.mistakes().count(), 0, "the file would be refused");
    for problem in &listing.unused {
        assert!(
            !problem.reason.is_empty() && problem.line.is_some(),
            "{problem}"
        );
        let is_named = problem
            .entry
            .as_deref()
            .is_some_and(|entry| CANNOT_TELL.contains(&entry));
        assert!(
            is_named || problem.fault == EntryFault::SwitchedOff,
            "{problem}"
        );
    }
    eprintln!(
        "{}: {} of {} used, {:?}",
        listing.kind,
        listing.sites.len(),
        listing.entries,
        counts(listing)
    );
}

/// Every site's controls pass with the answers of its own rules, even if a redirect names no
/// target.
fn assert_vouched_for_by_their_own_rules(listing: &Listing) {
    let now = UnixMs(1_790_000_000_000);
    for site in &listing.sites {
        let mut nobody = answers(site, site.missing());
        if !site.is_weak() {
            let bare = nobody.clone().into_iter();
            nobody.extend(bare.map(|answer| SiteAnswer {
                location: None,
                ..answer
            }));
        }
        let somebody = answers(site, site.exists()).swap_remove(0);
        for nobody in nobody {
            let mut standing = ControlStanding::default();
            let mut said = ControlsSaid::More;
            for answer in [&somebody, &nobody] {
                assert!(standing.due(site, &Controls::default(), now).is_some());
                let probe = Probe {
                    outcome: judge(site, answer),
                    retry_after: None,
                    status: Some(answer.status),
                };
                said = standing.hear(site, &probe, now);
            }
            assert_eq!(said, ControlsSaid::Well, "{}: {nobody:?}", site.name());
        }
    }
}

#[test]
fn the_whole_whatsmyname_file() {
    let listing = listing("wmn-data.json");
    assert_eq!(listing.kind, FileKind::WhatsMyName);
    assert_used_or_explained(&listing);
    assert_judged_by_their_own_rules(&listing);
    assert_vouched_for_by_their_own_rules(&listing);
    let count = |is: fn(&&Site) -> bool| listing.sites.iter().filter(is).count();
    assert!(count(|site| site.asks() == Asks::Name) >= 60);
    assert_eq!(count(|site| site.control().is_none()), 0);
    assert_eq!(count(|site| site.random_name().is_none()), 0);
}

#[test]
fn the_whole_sherlock_file() {
    let listing = listing("sherlock-data.json");
    assert_eq!(listing.kind, FileKind::Sherlock);
    assert_used_or_explained(&listing);
    assert_judged_by_their_own_rules(&listing);
    assert!(listing.sites.iter().all(Site::is_weak));
    assert!(listing.sites.iter().all(|site| site.control().is_some()));
}
