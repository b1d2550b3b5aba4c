//! The part is complete in both languages, obeys the page's policy, and has words for everything
//! that the server may say.

use super::*;
use crate::http_server::page::tests::{demand_lawful, demand_whole, said};
use crate::slices::mtproto::model::{AccountState, CodeWay, Media};

#[test]
fn the_part_is_whole_lawful_and_has_words_for_every_value() {
    demand_whole(PART);
    demand_lawful(PART);
    assert!(said(PART).len() > 30);
    let has = |kind: &str, word: &str| {
        let key = format!("data-key=\"{kind}-{word}\"");
        assert!(PART.document.contains(&key), "{kind} {word}");
    };
    for (word, _) in AccountState::WORDS {
        has("tg-state", word);
    }
    for (word, _) in CodeWay::WORDS {
        has("tg-via", word);
    }
    for (word, media) in Media::WORDS {
        if *media != Media::None {
            has("tg-media", word);
        }
    }
    for lang in Lang::ALL {
        assert!(text(lang, "mtproto-page-qr-left").contains("{seconds}"));
        assert!(text(lang, "mtproto-page-linked").contains("{name}"));
    }
}

#[test]
fn every_refusal_has_its_words_on_the_page() {
    let catalogue = include_str!("../../../../../../locales/en/mtproto.ftl");
    let codes: Vec<&str> = catalogue
        .lines()
        .filter_map(|line| line.strip_prefix("mtproto-refusal-")?.split_once(" ="))
        .map(|(code, _)| code)
        .collect();
    assert!(codes.len() > 20);
    for code in codes {
        let line = format!("data-key=\"refusal-{code}\">{{{{mtproto-refusal-{code}}}}}<");
        assert!(PART.document.contains(&line), "{code}");
    }
}
