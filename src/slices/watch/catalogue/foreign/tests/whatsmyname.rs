//! Tests of entries of WhatsMyName files.

use super::{answer, only, plain, said, seen, wmn};
use crate::slices::watch::catalogue::{EntryFault, FileKind};
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::{Asks, Method, UsernameProblem};
use crate::slices::watch::verdict::{Inconclusive, judge};

#[test]
fn a_whatsmyname_entry_with_every_field() {
    let site = only(wmn(&[&plain(
        "My Site (Users)",
        r#","uri_pretty":"https://pretty.example/{account}","post_body":"{\"q\":{\"n\":\"{account}\"}}","strip_bad_char":".",
        "headers":{"Content-Type":"application/json","Host":"other.example","TE":"trailers","X-One":"1"},
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
    // An answer without a body has no text.
    let bodiless = only(rule(200, "profile", 304, "nobody"));
    assert_eq!(seen(&bodiless, 304, ""), Ok(Sighting::Missing));
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
            listing.unused.iter().all(|p| p.fault == EntryFault::Rule),
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
        &plain("Code", "").replace("404", "\"404\""),
        &plain("Posts", ",\"post_body\":\"n={account}\""),
        "7",
    ]);
    assert_eq!((listing.kind, listing.entries), (FileKind::WhatsMyName, 9));
    assert_eq!(listing.sites.len(), 1);
    let all = said(&listing);
    for expected in [
        "wmn.json:5: site Off: valid is false",
        "site Fine!: its key fine is that of the earlier entry \"Fine\"",
        "site Misspelt: unknown field \"m_strng\", did you mean \"m_string\"?",
        "site Misspelt: m_string is missing",
        "site Inside: uri_check the address is not a public one",
        "site Twice: cat is there twice",
        "site Code: m_code is a text, not a status code",
        "site Posts: post_body needs a Content-Type",
        "site number 9: is no object",
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
