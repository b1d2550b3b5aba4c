//! Tests of entries of Sherlock files.

use super::{answer, only, read, said, seen};
use crate::slices::watch::catalogue::Listing;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::{Method, Redirects, Username};
use crate::slices::watch::verdict::{Inconclusive, judge};

/// A Sherlock file with one entry.
fn sherlock(fields: &str) -> Listing {
    let text = format!(
        r#"{{"$schema":"x","Some Site":{{"url":"https://site.example/{{}}","urlMain":"https://site.example/",
        "username_claimed":"anna",{fields}}}}}"#
    );
    read("data.json", &text, false)
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
    // A pattern without anchors is searched for, as in Sherlock itself.
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
            r#""errorType":"status_code","headers":{"Host":"other.example"}"#,
            "headers: asks for other.example at another host's address",
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
fn a_known_name_that_breaks_its_own_pattern_is_a_control_all_the_same() {
    let site = only(sherlock(
        r#""errorType":"status_code","regexCheck":"^[a-z]{5,9}$""#,
    ));
    assert!(site.parse_username("anna").is_err());
    assert_eq!(site.control().map(Username::as_str), Some("anna"));
}
