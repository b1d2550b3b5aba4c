//! Tests of foreign catalogues, with small files made for the tests.

mod full;
mod sherlock;
mod whatsmyname;

use std::path::PathBuf;

use proptest::prelude::*;
use url::Url;

use super::{key_of, read};
use crate::slices::watch::catalogue::{Catalogue, Listing};
use crate::slices::watch::model::config::BrokenEntries;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::{Asks, Site};
use crate::slices::watch::verdict::{AnswerHeaders, Inconclusive, SiteAnswer, judge};

/// A WhatsMyName file with these entries.
pub(super) fn wmn(entries: &[&str]) -> Listing {
    let text = format!(
        "{{\"license\": [],\n\"sites\": [\n{}\n]}}",
        entries.join(",\n")
    );
    read("wmn.json", &text, false)
}

/// A WhatsMyName entry with this name and more fields.
pub(super) fn plain(name: &str, more: &str) -> String {
    format!(
        r#"{{"name":"{name}","uri_check":"https://site.example/{{account}}","e_code":200,"e_string":"is here",
        "m_code":404,"m_string":"not here","known":["anna","boris"],"cat":"social"{more}}}"#
    )
}

pub(super) fn only(listing: Listing) -> Site {
    assert!(listing.unused.is_empty(), "{:?}", listing.unused);
    let [site] = <[Site; 1]>::try_from(listing.sites).unwrap();
    site
}

pub(super) fn said(listing: &Listing) -> String {
    let lines: Vec<String> = listing.unused.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

pub(super) fn answer(status: u16, body: &str, location: Option<&str>) -> SiteAnswer {
    SiteAnswer {
        url: Url::parse("https://site.example/anna").unwrap(),
        status,
        headers: AnswerHeaders::default(),
        location: location.map(str::to_owned),
        body: body.to_owned(),
    }
}

pub(super) fn seen(site: &Site, status: u16, body: &str) -> Result<Sighting, Inconclusive> {
    judge(site, &answer(status, body, Some("/elsewhere")))
}

#[test]
fn places_that_know_only_names_are_marked() {
    let asks = |check: &str, category: &str| {
        let entry = plain("s", "").replace("https://site.example/{account}", check);
        only(wmn(&[&entry.replace("social", category)])).asks()
    };
    for check in [
        "https://api.x.com/i/users/username_available.json?username={account}",
        "http://archive.org/wayback/available?url=https://parler.com/{account}",
        "https://www.imginn.com/{account}",
        "https://api.omg.lol/address/{account}/availability",
    ] {
        assert_eq!(asks(check, "social"), Asks::Name, "{check}");
    }
    assert_eq!(
        asks("https://archive.org/details/@{account}", "social"),
        Asks::Profile
    );
    assert_eq!(
        asks("https://notimginn.com/{account}", "social"),
        Asks::Profile
    );
    assert_eq!(
        asks("https://site.example/{account}", "archived"),
        Asks::Name
    );
}

#[test]
fn keys_are_dashed_names() {
    for (name, key) in [
        ("Instagram (Imginn)", "instagram-imginn"),
        ("about.me", "about-me"),
        ("Yahoo! JAPAN Auction", "yahoo-japan-auction"),
        ("Чатовка.net", "net"),
        ("Военное обозрение", "военное-обозрение"),
        ("--", ""),
    ] {
        assert_eq!(key_of(name), key);
    }
}

#[test]
fn foreign_files_are_loaded_beside_others() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| -> PathBuf {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let first = write(
        "any-name",
        &format!(
            "\u{feff} {{\"sites\":[{},{}]}}",
            plain("My Site", ""),
            plain("Off", ",\"valid\":false")
        ),
    );
    let second = write(
        "other.toml",
        r#"{"My site":{"url":"https://b.example/{}","urlMain":"","errorType":"status_code","username_claimed":"a"},
        "GitHub":{"url":"https://github.com/{}","urlMain":"","errorType":"status_code","username_claimed":"a"}}"#,
    );
    let files = [first.clone(), second];
    let catalogue = Catalogue::load(&files, "telegram", false, BrokenEntries::Refuse).unwrap();
    for typed in ["my-site", "My Site", "MY-SITE"] {
        assert_eq!(
            catalogue.find(typed).unwrap().url_template(),
            "https://site.example/{name}"
        );
    }
    let notes = [catalogue.warnings(), catalogue.notes()].concat();
    assert_eq!(notes.len(), 3, "{notes:?}");
    let notes = notes.join("\n");
    for expected in [
        "any-name: 1 of 2 entries are not used; `vakhta sites import",
        "other.toml replaces built-in sites: github",
        "any-name has them already: my-site",
    ] {
        assert!(notes.contains(expected), "{expected:?} not in:\n{notes}");
    }
    for broken in ["{\"a\": {\"b\": 1}}", "{\"sites\": 1}", "{", "{}"] {
        let path = write("broken.json", broken);
        assert!(Listing::read(&path, false).is_err(), "{broken}");
        Catalogue::load(
            &[first.clone(), path],
            "telegram",
            false,
            BrokenEntries::Refuse,
        )
        .unwrap_err();
    }
}

#[test]
fn mistakes_refuse_a_foreign_file_and_entries_not_for_us_do_not() {
    let dir = tempfile::tempdir().unwrap();
    let load = |entry: &str, broken: BrokenEntries| {
        let path = dir.path().join("wmn.json");
        let text = format!("{{\"sites\":[{},{entry}]}}", plain("Fine", ""));
        std::fs::write(&path, text).unwrap();
        Catalogue::load(&[path], "fine", false, broken)
    };
    for (entry, reason) in [
        (
            plain("Bad", "").replace("m_string", "m_strng"),
            "site Bad: unknown field",
        ),
        (plain("Fine", ""), "site Fine: its key fine is that"),
        (
            plain("Bad", "").replace("site.example", "192.168.1.1"),
            "site Bad: uri_check the address is not a public one",
        ),
        (
            plain("Bad", ",\"valid\":false").replace("404", "\"404\""),
            "site Bad: m_code is a text",
        ),
    ] {
        let refused = load(&entry, BrokenEntries::Refuse).unwrap_err().to_string();
        assert!(refused.contains(reason), "{reason:?} not in:\n{refused}");
        let catalogue = load(&entry, BrokenEntries::Skip).unwrap();
        let notes = catalogue.warnings().join("\n");
        assert!(
            notes.contains("left out: ") && notes.contains(reason),
            "{reason:?} not in:\n{notes}"
        );
    }
    for entry in [
        plain("Off", ",\"valid\":false"),
        plain("Fine!", ""),
        plain("Same", "")
            .replace("404", "200")
            .replace("not here", "is here"),
        plain("Posts", ",\"post_body\":\"n={account}\""),
    ] {
        let catalogue = load(&entry, BrokenEntries::Refuse).unwrap();
        let notes = catalogue.warnings().join("\n");
        assert!(notes.contains("1 of 2 entries are not used"), "{notes}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_harm(text in "\\PC*") {
        let listing = read("x", &text, false);
        prop_assert!(listing.sites.len() <= listing.entries);
        prop_assert!(!listing.sites.is_empty() || !listing.unused.is_empty() || listing.entries == 0);
    }

    #[test]
    fn any_field_is_used_or_explained(field in "[a-z_]{1,12}|e_code|m_string|known|headers|valid|protection", value in "null|true|-1|[0-9]{1,6}|\"\\PC{0,5}\"|\\[\\]|\\{\\}") {
        let entry = plain("s", &format!(",\"{field}\":{value}"));
        let listing = wmn(&[&entry]);
        prop_assert!(listing.sites.is_empty() != listing.unused.is_empty());
    }

    #[test]
    fn names_stay_inside_their_place(name in "\\PC{1,20}") {
        let site = only(wmn(&[&plain("s", "")]));
        if let Ok(username) = site.parse_username(&name) {
            let url = site.probe_request(&username).unwrap().url;
            prop_assert_eq!(url.host_str(), Some("site.example"));
            prop_assert_eq!(url.path_segments().unwrap().count(), 1);
            prop_assert!(url.query().is_none() && url.fragment().is_none());
        }
    }
}
