//! The page is complete in both languages and obeys its own content security policy. What is
//! demanded here of a part, the tests of each slice demand of theirs.

use super::*;

fn with(part: Part) -> Page {
    Page::new(vec![part], Lang::Ru)
}

/// The keys of the texts that the scripts say.
pub(crate) fn said(part: Part) -> Vec<String> {
    let mut said = Vec::new();
    for (_, _, script) in with(part).assets() {
        let named = script.split("say('").skip(1);
        said.extend(named.filter_map(|rest| Some(rest.split_once('\'')?.0.to_owned())));
    }
    said
}

/// Every text is there, in both languages, and every text that a script says.
pub(crate) fn demand_whole(part: Part) {
    for lang in Lang::ALL {
        let page = with(part).rendered(lang);
        assert!(page.contains(&format!("<html lang=\"{}\">", lang.word())));
        for left in ["{{", "}}", ">page-", "\"page-", ">assistant-", ">mtproto-"] {
            assert!(!page.contains(left), "{left:?} is left in {lang:?}");
        }
        for key in said(part) {
            let named = format!("data-key=\"{key}\"");
            assert!(page.contains(&named), "the page has no text {key:?}");
        }
    }
}

/// Nothing is written that the policy forbids.
pub(crate) fn demand_lawful(part: Part) {
    let page = with(part);
    let documents = [("page.html", "", DOCUMENT), ("its part", "", part.document)];
    for (name, _, content) in page.assets().copied().chain(documents) {
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
    let page = page.rendered(Lang::En);
    for script in page.split("<script").skip(1) {
        let head = script.split('>').next().unwrap();
        assert!(
            head.starts_with(" type=\"module\" src=\"/assets/"),
            "{script}"
        );
    }
    let mut handlers = page.split(" on").skip(1);
    assert!(handlers.all(|rest| !rest.split('>').next().unwrap().contains("=\"")));
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
