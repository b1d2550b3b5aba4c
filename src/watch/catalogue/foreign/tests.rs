//! Tests of foreign catalogues, with small files of our own making.

use std::path::PathBuf;

use proptest::prelude::*;
use url::Url;

use super::{key_of, read};
use crate::watch::catalogue::{Catalogue, Fault, FileKind, Listing};
use crate::watch::site::{Asks, Method, Redirects, Site, UsernameProblem};
use crate::watch::verdict::{Answer, AnswerHeaders, Inconclusive, Sighting, judge};

/// A WhatsMyName file with these entries.
fn wmn(entries: &[&str]) -> Listing {
    let text = format!(
        "{{\"license\": [],\n\"sites\": [\n{}\n]}}",
        entries.join(",\n")
    );
    read("wmn.json", &text, false)
}

/// A WhatsMyName entry of a name with more fields.
fn plain(name: &str, more: &str) -> String {
    format!(
        r#"{{"name":"{name}","uri_check":"https://site.example/{{account}}","e_code":200,"e_string":"is here",
        "m_code":404,"m_string":"not here","known":["anna","boris"],"cat":"social"{more}}}"#
    )
}

/// A Sherlock file with one entry.
fn sherlock(fields: &str) -> Listing {
    let text = format!(
        r#"{{"$schema":"x","Some Site":{{"url":"https://site.example/{{}}","urlMain":"https://site.example/",
        "username_claimed":"anna",{fields}}}}}"#
    );
    read("data.json", &text, false)
}

fn only(listing: Listing) -> Site {
    assert!(listing.unused.is_empty(), "{:?}", listing.unused);
    let [site] = <[Site; 1]>::try_from(listing.sites).unwrap();
    site
}

fn said(listing: &Listing) -> String {
    let lines: Vec<String> = listing.unused.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn answer(status: u16, body: &str, location: Option<&str>) -> Answer {
    Answer {
        url: Url::parse("https://site.example/anna").unwrap(),
        status,
        headers: AnswerHeaders::default(),
        location: location.map(str::to_owned),
        body: body.to_owned(),
    }
}

fn seen(site: &Site, status: u16, body: &str) -> Result<Sighting, Inconclusive> {
    judge(site, &answer(status, body, Some("/elsewhere")))
}

#[test]
fn a_whatsmyname_entry_with_every_field() {
    let site = only(wmn(&[&plain(
        "My Site (Users)",
        r#","uri_pretty":"https://pretty.example/{account}","post_body":"{\"q\":{\"n\":\"{account}\"}}","strip_bad_char":".",
        "headers":{"Content-Type":"application/json","Host":"site.example","TE":"trailers","X-One":"1"},
        "protection":["cloudflare","multiple","user-auth","other"]"#,
    )]));
    assert_eq!(site.key().as_str(), "my-site-users");
    assert_eq!(site.name(), "My Site (Users)");
    assert_eq!((site.method(), site.asks()), (Method::Post, Asks::Profile));
    assert_eq!(site.url_template(), "https://pretty.example/{name}");
    assert_eq!(site.controls().len(), 2);
    assert_eq!(site.protection().len(), 3);
    assert!(!site.is_weak() && !site.is_adult());
    let refused = |name: &str| site.parse_username(name).unwrap_err();
    assert_eq!(refused("a.b"), UsernameProblem::NotOnThisSite('.'));
    assert_eq!(refused("a\"b"), UsernameProblem::NotOnThisSite('"'));
    let request = site
        .probe_request(&site.parse_username("anna").unwrap())
        .unwrap();
    assert_eq!(request.body.unwrap(), r#"{"q":{"n":"anna"}}"#);
    let names: Vec<&str> = request.headers.keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["content-type", "x-one"]);
    assert_eq!(seen(&site, 200, "she is here"), Ok(Sighting::Exists));
    assert_eq!(seen(&site, 404, "she is not here"), Ok(Sighting::Missing));
    assert_eq!(seen(&site, 404, "other"), Err(Inconclusive::NoRuleMatches));
}

#[test]
fn one_sided_whatsmyname_rules_tell_by_absence_and_are_weak() {
    let rule = |e_code: u16, e: &str, m_code: u16, m: &str| {
        wmn(&[&format!(
            r#"{{"name":"s","uri_check":"https://site.example/{{account}}","e_code":{e_code},"e_string":"{e}","m_code":{m_code},
            "m_string":"{m}","known":["anna"],"cat":"xx NSFW xx"}}"#
        )])
    };
    let absent = only(rule(200, "profile", 200, ""));
    assert!(absent.is_weak() && absent.is_adult());
    assert_eq!(seen(&absent, 200, "a profile"), Ok(Sighting::Exists));
    assert_eq!(seen(&absent, 200, "a page"), Ok(Sighting::Missing));
    assert!(seen(&absent, 200, "").is_err() && seen(&absent, 429, "a page").is_err());
    assert!(seen(&absent, 200, "<title>Just a moment...</title>").is_err());
    let within = only(rule(200, "user: yes", 200, "user"));
    assert!(!within.is_weak());
    assert_eq!(seen(&within, 200, "user: yes"), Ok(Sighting::Exists));
    assert_eq!(seen(&within, 200, "user: no"), Ok(Sighting::Missing));
    let bare = only(rule(200, "profile", 302, ""));
    assert_eq!(seen(&bare, 302, ""), Ok(Sighting::Missing));
    let login = judge(&bare, &answer(302, "", Some("/login")));
    assert_eq!(login, Err(Inconclusive::LoginWall));
    assert!(only(rule(301, "", 404, "nobody")).is_weak());
    for (e_code, e, m_code, m) in [
        (200, "same", 200, "same"),
        (200, "a", 500, ""),
        (200, "", 200, ""),
    ] {
        let listing = rule(e_code, e, m_code, m);
        assert!(listing.sites.is_empty());
        assert!(
            listing.unused.iter().all(|p| p.fault == Fault::Rule),
            "{}",
            said(&listing)
        );
    }
}

#[test]
fn every_unused_whatsmyname_entry_is_explained() {
    let private = plain("Inside", "").replace("site.example", "10.0.0.1");
    let listing = wmn(&[
        &plain("Fine", ""),
        &plain("Off", ",\"valid\":false"),
        &plain("Fine!", ""),
        &plain("Misspelt", "").replace("m_string", "m_strng"),
        &private,
        &plain("Twice", ",\"cat\":\"misc\""),
        &plain("Host", ",\"headers\":{\"Host\":\"other.example\"}"),
        &plain("Code", "").replace("404", "\"404\""),
        &plain("Posts", ",\"post_body\":\"n={account}\""),
        "7",
    ]);
    assert_eq!((listing.kind, listing.entries), (FileKind::WhatsMyName, 10));
    assert_eq!(listing.sites.len(), 1);
    let all = said(&listing);
    for expected in [
        "wmn.json:5: site Off: valid is false",
        "site Fine!: its key fine is that of the earlier entry \"Fine\"",
        "site Misspelt: unknown field \"m_strng\", did you mean \"m_string\"?",
        "site Misspelt: m_string is missing",
        "site Inside: uri_check the address is not a public one",
        "site Twice: cat is there twice",
        "site Host: headers: asks for other.example at another host's address",
        "site Code: m_code is a text, not a status code",
        "site Posts: post_body needs a Content-Type",
        "site number 10: is no object",
    ] {
        assert!(all.contains(expected), "{expected:?} not in:\n{all}");
    }
}

#[test]
fn a_word_of_anybodys_is_no_evidence_on_a_page_that_looks_like_a_block() {
    let short = only(wmn(&[&plain("s", "").replace("is here", "home")]));
    let refused = "<title>Access denied</title><a>home</a>";
    assert_eq!(
        seen(&short, 200, "<title>Anna</title><a>home</a>"),
        Ok(Sighting::Exists)
    );
    assert!(seen(&short, 200, refused).is_err());
}

#[test]
fn sherlock_rules_become_two_sided() {
    let status = only(sherlock(
        r#""errorType":"status_code","errorCode":[204],"isNSFW":true"#,
    ));
    assert_eq!(status.key().as_str(), "some-site");
    assert!(status.is_weak() && status.is_adult());
    assert_eq!(
        (status.method(), status.redirects()),
        (Method::Get, Redirects::SameName)
    );
    assert_eq!(seen(&status, 200, "page"), Ok(Sighting::Exists));
    for missing in [204, 404, 410] {
        assert_eq!(seen(&status, missing, ""), Ok(Sighting::Missing));
    }
    for nothing in [202, 302, 400, 403, 429, 503] {
        assert!(seen(&status, nothing, "page").is_err(), "{nothing}");
    }

    let message = only(sherlock(
        r#""errorType":"message","errorMsg":["No such user","The resource is being rate limited"]"#,
    ));
    assert_eq!(seen(&message, 200, "page"), Ok(Sighting::Exists));
    assert_eq!(seen(&message, 200, "No such user"), Ok(Sighting::Missing));
    assert_eq!(seen(&message, 404, "No such user"), Ok(Sighting::Missing));
    assert!(seen(&message, 200, "The resource is being rate limited").is_err());
    assert!(seen(&message, 404, "page").is_err() && seen(&message, 200, "").is_err());

    let away = only(sherlock(
        r#""errorType":"response_url","errorUrl":"https://site.example/""#,
    ));
    assert_eq!(seen(&away, 200, "page"), Ok(Sighting::Exists));
    assert_eq!(seen(&away, 302, ""), Ok(Sighting::Missing));
    let login = judge(&away, &answer(302, "", Some("/login?next=/anna")));
    assert_eq!(login, Err(Inconclusive::LoginWall));

    let several = only(sherlock(
        r#""errorType":["message","status_code"],"errorMsg":"No such user""#,
    ));
    assert_eq!(seen(&several, 200, "page"), Ok(Sighting::Exists));
    assert_eq!(seen(&several, 200, "No such user"), Ok(Sighting::Missing));
    assert_eq!(seen(&several, 404, "page"), Ok(Sighting::Missing));
}

#[test]
fn sherlock_requests_and_names() {
    let posts = only(sherlock(
        r#""errorType":"message","errorMsg":"no","request_method":"POST","urlProbe":"https://api.example/q",
        "request_payload":{"query":"{id}","variables":{"name":"{}","empty":{}}},"regexCheck":"^[a-z.]{3,9}$""#,
    ));
    let request = posts
        .probe_request(&posts.parse_username("anna").unwrap())
        .unwrap();
    assert_eq!(request.url.as_str(), "https://api.example/q");
    assert_eq!(
        request.body.unwrap(),
        r#"{"query":"{id}","variables":{"empty":{},"name":"anna"}}"#
    );
    assert!(request.headers.contains_key("content-type"));
    assert!(posts.parse_username("Anna").is_err() && posts.parse_username("an").is_err());
    // A pattern without anchors is searched for, as its authors do.
    let searched = only(sherlock(
        r#""errorType":"status_code","regexCheck":"[a-z]{3,5}""#,
    ));
    assert!(searched.parse_username("X-anna").is_ok() && searched.parse_username("X-1").is_err());
}

#[test]
fn every_unused_sherlock_entry_is_explained() {
    for (fields, expected) in [
        (
            r#""errorType":"message""#,
            "errorType message needs errorMsg",
        ),
        (r#""errorType":"guess""#, "errorType \"guess\" is no word"),
        (r#""errorType":[]"#, "errorType names no way to tell"),
        (
            r#""errorTyp":"message""#,
            "unknown field \"errorTyp\", did you mean \"errorType\"?",
        ),
        (
            r#""errorType":"message","errorMsg":"<body""#,
            "is on every page",
        ),
        (
            r#""errorType":"message","errorMsg":"<title>Log in</title>""#,
            "no sign of a missing account",
        ),
        (
            r#""errorType":"response_url","errorUrl":"https://site.example/login""#,
            "errorUrl is a login",
        ),
        (
            r#""errorType":"status_code","errorCode":403"#,
            "status 403 is no answer by itself",
        ),
        (
            r#""errorType":"status_code","regexCheck":"(""#,
            "regexCheck Parsing error",
        ),
        (
            r#""errorType":"status_code","request_method":"PUT""#,
            "a watch only reads",
        ),
        (
            r#""errorType":"status_code","request_payload":{"n":"{}"}"#,
            "needs request_method POST",
        ),
        (
            r#""errorType":"status_code","urlProbe":"http://127.0.0.1/{}""#,
            "urlProbe or url the address is not a public one",
        ),
        (
            r#""errorType":"status_code","urlProbe":"https://site.example/""#,
            "urlProbe or url has no {}",
        ),
        (
            r#""errorType":"message","errorMsg":"no","request_method":"HEAD""#,
            "HEAD has no body",
        ),
    ] {
        let listing = sherlock(fields);
        assert!(listing.sites.is_empty(), "{fields}");
        let all = said(&listing);
        assert!(
            all.contains("site Some Site: ") && all.contains(expected),
            "{expected:?} not in:\n{all}"
        );
    }
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
    let catalogue = Catalogue::load(&files, "telegram", false).unwrap();
    for typed in ["my-site", "My Site", "MY-SITE"] {
        assert_eq!(
            catalogue.find(typed).unwrap().url_template(),
            "https://site.example/{name}"
        );
    }
    let notes = catalogue.notes().join("\n");
    assert_eq!(catalogue.notes().len(), 3, "{notes}");
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
        Catalogue::load(&[first.clone(), path], "telegram", false).unwrap_err();
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
