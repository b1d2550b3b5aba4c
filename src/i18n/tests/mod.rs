//! Both languages say the same things, and Russian plural forms are right.

mod lengths;

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;

use super::*;

/// Key → placeholders, over all files of a language.
fn keys(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let of_lang = catalogue::CATALOGUES
        .iter()
        .filter(|file| file.lang == lang);
    for text in of_lang.map(|file| file.source) {
        FluentResource::try_new(text.to_owned()).expect("a catalogue parses whole");
        let mut key = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =")
                && !line.starts_with(' ')
            {
                key = name.to_owned();
                assert!(catalogue::holding(lang, &key).is_some(), "{key}");
                let before = found.insert(key.clone(), BTreeSet::new());
                assert!(before.is_none(), "{key} stands twice in {lang:?}");
            }
            // A text that refers to another would have to be in the same file.
            let refers = line.split('{').skip(1).any(|inner| {
                let inner = inner.trim_start();
                inner.starts_with('-') || inner.starts_with(|c: char| c.is_ascii_lowercase())
            });
            assert!(!refers, "{line}");
            for piece in line.split('$').skip(1) {
                let is_name = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
                let name = piece.chars().take_while(is_name).collect();
                found.get_mut(&key).unwrap().insert(name);
            }
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    let (russian, english) = (keys(Lang::Ru), keys(Lang::En));
    assert!(russian.len() > 50);
    assert_eq!(russian, english);
}

#[test]
fn every_key_named_in_the_code_exists_and_every_text_is_used() {
    let mut code = String::new();
    let mut folders = vec![std::path::PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                code.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let unused: Vec<String> = keys(Lang::Ru)
        .into_keys()
        .filter(|key| !code.contains(&format!("\"{key}\"")))
        .filter(|key| !code.contains(&format!("{{{{{key}}}}}")))
        // The code builds these keys from a word.
        .filter(|key| {
            ![
                "alarm-done-",
                "assistant-failed-",
                "assistant-trouble-",
                "button-alarm-",
                "button-chart-",
                "button-code-",
                "button-edit-",
                "button-labels-",
                "card-ask-",
                "card-edit-",
                "card-expected-",
                "card-is-",
                "code-is-",
                "outcome-",
                "scan-",
                "reason-",
                "role-",
                "notify-",
                "site-note-",
                "control-",
                "kept-",
                "mtproto-refusal-",
                "rows-",
                "deed-",
                "kind-",
                "button-export-",
                "export-",
                "starts-",
                "reminders-",
                "quiet-",
                "button-starts-",
                "button-reminders-",
                "button-quiet-",
                "change-",
                "until-",
                "filter-",
                "telegram-state-",
                "telegram-told-",
            ]
            .iter()
            .any(|begin| key.starts_with(begin))
        })
        .collect();
    assert!(unused.is_empty(), "texts that nothing shows: {unused:?}");
}

#[test]
fn russian_counts_by_its_own_rules() {
    let say = |n: u64| plain(Lang::Ru, "n-accounts", &Args::new().number("n", n));
    assert_eq!(say(1), "1 аккаунт");
    assert_eq!(say(2), "2 аккаунта");
    assert_eq!(say(5), "5 аккаунтов");
    assert_eq!(say(11), "11 аккаунтов");
    assert_eq!(say(121), "121 аккаунт");
}

#[test]
fn spans_show_two_units() {
    let span = |seconds| span(Lang::Ru, Duration::from_secs(seconds));
    assert_eq!(span(298), "4 мин 58 с");
    assert_eq!(span(0), "0 с");
    assert_eq!(span(3600), "1 ч");
    assert_eq!(span(90_061), "1 д 1 ч");
}

#[test]
fn sizes_are_written_as_the_language_does() {
    assert_eq!(megabytes(Lang::Ru, 12_900_000), "12,4");
    assert_eq!(megabytes(Lang::En, 1), "0.1");
}

#[test]
fn arguments_are_escaped() {
    let shown = html(
        Lang::En,
        "person-asks",
        &Args::new()
            .html("who", &Html::name("<b>Ева & Ко"))
            .text("id", "<i>"),
    );
    assert!(shown.as_str().contains("&lt;b&gt;Ева &amp; Ко"));
    assert!(!shown.as_str().contains("<i>"));
}
