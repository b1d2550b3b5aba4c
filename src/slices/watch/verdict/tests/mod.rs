//! Tests of the verdicts: a table of answers, and properties over hostile ones.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use url::Url;

use super::blocks::tests::block_pages;
use super::{AnswerHeaders, BlockPage, Inconclusive, is_certain, judge};
use crate::slices::watch::catalogue::Catalogue;
use crate::slices::watch::model::config::BrokenEntries;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::Site;
use crate::slices::watch::verdict::SiteAnswer;

pub(super) fn site(more: &str) -> Arc<Site> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sites.toml");
    std::fs::write(
        &path,
        format!("[[site]]\nkey = \"demo\"\nurl = \"https://demo.example/{{name}}\"\n{more}"),
    )
    .unwrap();
    Arc::clone(
        Catalogue::load(&[path], "demo", false, BrokenEntries::Refuse)
            .unwrap()
            .default_site(),
    )
}

/// Text on one side, status alone on the other.
pub(super) fn plain() -> Arc<Site> {
    site(
        "exists = { status = [200], text = [\"profile of\", \"posts\"] }\nmissing = { status = [404] }",
    )
}

/// Status alone on both sides: the weakest definition there is.
pub(super) fn bare() -> Arc<Site> {
    site("exists = { status = [200] }\nmissing = { status = [404, 302] }")
}

/// The built-in sites and the two above, parsed once for all cases of a property.
static SITES: LazyLock<Vec<Arc<Site>>> = LazyLock::new(|| {
    let mut sites: Vec<_> = Catalogue::load(&[], "telegram", false, BrokenEntries::Refuse)
        .unwrap()
        .iter()
        .cloned()
        .collect();
    sites.extend([plain(), bare()]);
    sites
});

pub(super) fn answer(status: u16, body: &str) -> SiteAnswer {
    SiteAnswer {
        url: Url::parse("https://demo.example/ann").unwrap(),
        status,
        headers: AnswerHeaders::default(),
        location: None,
        body: body.to_owned(),
    }
}

pub(super) fn redirect(location: &str) -> SiteAnswer {
    SiteAnswer {
        location: Some(location.to_owned()),
        ..answer(302, "")
    }
}

#[test]
fn both_sides_need_their_own_evidence() {
    let plain = plain();
    for (status, body, expected) in [
        (200, "profile of ann, 3 posts", Ok(Sighting::Exists)),
        (404, "nobody", Ok(Sighting::Missing)),
        (404, "", Ok(Sighting::Missing)),
        (200, "profile of ann", Err(Inconclusive::NoRuleMatches)),
        (200, "", Err(Inconclusive::EmptyBody)),
        (200, " \n", Err(Inconclusive::EmptyBody)),
        (202, "", Err(Inconclusive::EmptyBody)),
        (404, "profile of ann, 3 posts", Ok(Sighting::Missing)),
        (410, "gone", Err(Inconclusive::Status(410))),
        (
            206,
            "profile of ann, 3 posts",
            Err(Inconclusive::Status(206)),
        ),
    ] {
        assert_eq!(
            judge(&plain, &answer(status, body)),
            expected,
            "{status} {body}"
        );
    }
    let both = site(
        "exists = { status = [200], text = [\"a\"] }\nmissing = { status = [200], text = [\"b\"] }",
    );
    assert_eq!(judge(&both, &answer(200, "a")), Ok(Sighting::Exists));
    assert_eq!(judge(&both, &answer(200, "b")), Ok(Sighting::Missing));
    assert_eq!(
        judge(&both, &answer(200, "ab")),
        Err(Inconclusive::BothRulesMatch)
    );
    assert_eq!(
        judge(&both, &answer(200, "c")),
        Err(Inconclusive::NoRuleMatches)
    );
}

#[test]
fn the_texts_of_both_sides_on_one_page_say_nothing() {
    // A page may say that there is no such user and list similar ones, with either status.
    let apart = site(
        "exists = { status = [200], text = [\"posts by\"] }\nmissing = { status = [404], text = [\"no such user\"] }",
    );
    // One side's text is part of the other's.
    let within = site(
        "exists = { status = [200], text = [\"- Example\"] }\nmissing = { status = [404], text = [\"Example\"] }",
    );
    let both = Err(Inconclusive::BothRulesMatch);
    for (site, status, body, expected) in [
        (&apart, 404, "no such user", Ok(Sighting::Missing)),
        (&apart, 200, "posts by ann", Ok(Sighting::Exists)),
        (&apart, 404, "no such user; posts by anna", both),
        (&apart, 200, "no such user; posts by anna", both),
        (&within, 200, "ann - Example", Ok(Sighting::Exists)),
        (&within, 404, "not on Example", Ok(Sighting::Missing)),
        (&within, 200, "ann - Example, not on Example", both),
        (&within, 404, "not on Example, anna - Example", both),
    ] {
        assert_eq!(
            judge(site, &answer(status, body)),
            expected,
            "{status} {body}"
        );
    }
    // The rest of the page may have the other text.
    assert!(!is_certain(&apart, 200, "posts by ann"));
}

#[test]
fn statuses_that_are_no_answer_need_a_text() {
    for (status, expected) in [
        (401, Inconclusive::Forbidden),
        (403, Inconclusive::Forbidden),
        (407, Inconclusive::Forbidden),
        (408, Inconclusive::Status(408)),
        (421, Inconclusive::Status(421)),
        (425, Inconclusive::Status(425)),
        (429, Inconclusive::RateLimited),
        (500, Inconclusive::ServerError(500)),
        (503, Inconclusive::ServerError(503)),
        (599, Inconclusive::ServerError(599)),
        (999, Inconclusive::Status(999)),
    ] {
        for site in [plain(), bare()] {
            assert_eq!(
                judge(&site, &answer(status, "profile of ann, 3 posts")),
                Err(expected),
                "{status}"
            );
        }
        let named = site(&format!(
            "exists = {{ status = [200] }}\nmissing = {{ status = [{status}], text = [\"no such user\"] }}"
        ));
        assert_eq!(
            judge(&named, &answer(status, "there is no such user")),
            Ok(Sighting::Missing),
            "{status}"
        );
        assert_eq!(
            judge(&named, &answer(status, "something else")),
            Err(expected),
            "{status}"
        );
    }
}

#[test]
fn head_answers_are_judged_by_status() {
    let head = site("method = \"HEAD\"\nexists = { status = [200] }\nmissing = { status = [404] }");
    assert_eq!(judge(&head, &answer(200, "")), Ok(Sighting::Exists));
    assert_eq!(judge(&head, &answer(404, "")), Ok(Sighting::Missing));
    assert_eq!(
        judge(&head, &answer(503, "")),
        Err(Inconclusive::ServerError(503))
    );
}

#[test]
fn certainty_needs_a_text_and_a_status_of_its_own() {
    assert!(is_certain(&plain(), 200, "profile of ann, 3 posts"));
    assert!(!is_certain(&plain(), 200, "profile of"));
    assert!(!is_certain(&plain(), 404, "anything"));
    let shared = site(
        "exists = { status = [200], text = [\"a\"] }\nmissing = { status = [200], text = [\"b\"] }",
    );
    assert!(!is_certain(&shared, 200, "a"));
}

#[test]
fn keys_are_distinct_and_texts_are_said() {
    let all = [
        Inconclusive::Dns,
        Inconclusive::Tls,
        Inconclusive::Connect,
        Inconclusive::Reset,
        Inconclusive::Timeout,
        Inconclusive::RedirectLoop,
        Inconclusive::TooManyRedirects,
        Inconclusive::BodyTooLarge,
        Inconclusive::CutBody,
        Inconclusive::BadBody,
        Inconclusive::BlockPage(BlockPage::Other),
        Inconclusive::LoginWall,
        Inconclusive::RateLimited,
        Inconclusive::Forbidden,
        Inconclusive::ServerError(500),
        Inconclusive::Status(302),
        Inconclusive::EmptyBody,
        Inconclusive::BothRulesMatch,
        Inconclusive::NoRuleMatches,
        Inconclusive::MissingOrHidden,
        Inconclusive::UnlikeControls,
        Inconclusive::BreakerOpen,
        Inconclusive::ProbesDisagree,
        Inconclusive::PrivateTarget,
        Inconclusive::UnknownSite,
        Inconclusive::BadName,
        Inconclusive::ControlFailed,
        Inconclusive::Offline,
    ];
    let keys: std::collections::BTreeSet<_> = all.iter().map(|reason| reason.key()).collect();
    assert_eq!(keys.len(), all.len());
    assert!(
        keys.iter()
            .all(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
    );
    assert!(all.iter().all(|reason| !reason.to_string().is_empty()));
}

fn hostile_status() -> impl Strategy<Value = u16> {
    prop_oneof![
        Just(401),
        Just(403),
        Just(407),
        Just(408),
        Just(421),
        Just(425),
        Just(429),
        500_u16..600,
        Just(999)
    ]
}

proptest! {
    #[test]
    fn judging_never_panics_and_verdicts_have_evidence(
        status in 100_u16..1000,
        body in any::<String>(),
        location in proptest::option::of(any::<String>()),
    ) {
        let answer = SiteAnswer { location, ..answer(status, &body) };
        for site in SITES.iter() {
            match judge(site, &answer) {
                Ok(Sighting::Exists) => prop_assert!(site.exists().names_status(status) && site.exists().texts_are_in(&body)),
                Ok(Sighting::Missing) => {
                    let missing = site.missing();
                    prop_assert!(missing.bare.contains(&status) || missing.names_status(status) && missing.texts_are_in(&body));
                }
                Err(_) => {}
            }
        }
    }

    #[test]
    fn hostile_answers_give_no_verdict_on_built_in_sites(
        status in hostile_status(),
        words in "[a-z <>\"]{0,80}",
        page in 0..block_pages().len(),
        pick in 0_u8..5,
    ) {
        let (block, _) = block_pages().swap_remove(page);
        let hostile = match pick {
            0 => answer(status, &words),
            1 => answer(status, &block),
            2 => answer(200, &format!("{block}{words}")),
            3 => answer(if page % 2 == 0 { 200 } else { 202 }, ""),
            _ => redirect(["/login", "/accounts/login/?next=/ann", "/ann", "/captcha", "https://consent.demo.example/"][page % 5]),
        };
        for site in SITES.iter() {
            prop_assert!(judge(site, &hostile).is_err(), "{} {hostile:?}", site.key());
        }
    }
}
