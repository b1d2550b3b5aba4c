//! The page is complete in both languages and obeys its own content security policy.

use super::*;
use crate::slices::assistant::question::Reason;

#[test]
fn the_page_is_whole_in_both_languages() {
    for lang in Lang::ALL {
        let page = rendered(lang);
        assert!(page.contains(&format!("<html lang=\"{}\">", lang.word())));
        for left in ["{{", "}}", ">page-", "\"page-", ">assistant-"] {
            assert!(!page.contains(left), "{left:?} is left in {lang:?}");
        }
        assert!(
            page.contains("{attempt}") && page.contains("{seconds}"),
            "{lang:?}"
        );
    }
    assert!(rendered(Lang::Ru).contains("({attempt} из 3)"));
}

#[test]
fn every_text_that_the_script_says_is_there_and_every_reason_has_one() {
    let mut said: Vec<String> = Reason::WORDS
        .iter()
        .map(|(reason, _)| format!("failed-{reason}"))
        .collect();
    for (_, _, script) in ASSETS {
        let named = script.split("say('").skip(1);
        said.extend(named.filter_map(|rest| Some(rest.split_once('\'')?.0.to_owned())));
    }
    assert!(said.len() > 25, "{said:?}");
    for key in said {
        assert!(
            DOCUMENT.contains(&format!("data-key=\"{key}\"")),
            "the page has no text {key:?}"
        );
    }
}

#[test]
fn nothing_is_written_that_the_policy_forbids() {
    for (name, _, content) in ASSETS.into_iter().chain([("page.html", "", DOCUMENT)]) {
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "eval(",
            "Function(",
            "://",
            "style=",
            "<style",
            "javascript:",
        ] {
            let is_allowed = content.contains("http://www.w3.org/2000/svg") && word == "://";
            assert!(is_allowed || !content.contains(word), "{name} has {word}");
        }
    }
    for script in DOCUMENT.split("<script").skip(1) {
        assert!(
            script.contains("src=\"{{assets}}page.js\"></script>"),
            "{script}"
        );
    }
    let handlers = DOCUMENT.split(" on").skip(1);
    assert!(
        handlers
            .into_iter()
            .all(|rest| !rest.split('>').next().unwrap().contains("=\""))
    );
}

#[test]
fn the_language_is_what_the_link_says_or_the_browser_likes() {
    let of = |accepted: &str, address: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
        language(&headers, &address.parse().unwrap(), Lang::Ru)
    };
    for (accepted, address, lang) in [
        ("", "/", Lang::Ru),
        ("de", "/", Lang::Ru),
        ("ru-RU, ru;q=0.9, en;q=0.8", "/", Lang::Ru),
        ("en-US,en;q=0.9,ru;q=0.8", "/", Lang::En),
        ("de-DE, ru;q=0.2, en;q=0.7", "/", Lang::En),
        ("en;q=0, ru;q=0.1", "/", Lang::Ru),
        ("en; q=x", "/?lang=", Lang::Ru),
        ("ru", "/?lang=en", Lang::En),
        ("en", "/?x=1&lang=ru", Lang::Ru),
        ("en", "/?lang=de", Lang::En),
    ] {
        assert_eq!(of(accepted, address), lang, "{accepted:?} {address}");
    }
}
