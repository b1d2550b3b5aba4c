//! Every text fits its place in both languages, even with the longest arguments.
//!
//! Screens made of several texts are measured by the walk in `src/app/tests/walk`. An unknown
//! argument fails the test, so that nobody forgets to state its length.

use crate::html::{CAPTION_LIMIT, MESSAGE_LIMIT};
use crate::i18n::*;

/// Longest label that is still readable on a button of a phone, in UTF-16 units.
const LABEL_LIMIT: usize = 96;

/// Longest answer to a callback that Telegram shows, in UTF-16 units.
const NOTE_LIMIT: usize = 200;

/// Texts on buttons.
const LABELS: [&str; 9] = [
    "button-",
    "filter-",
    "kind-",
    "city-",
    "account-button",
    "site-button",
    "card-button",
    "batch-button",
    "labels-size",
];

/// Texts that answer a callback.
const NOTES: [&str; 30] = [
    "account-gone",
    "account-muted",
    "add-over",
    "alarm-done-",
    "assistant-of-another",
    "broadcast-busy",
    "broadcast-stopping",
    "cards-chart-none",
    "changed-meanwhile",
    "chart-drawing",
    "chart-nothing",
    "check-accepted",
    "check-nothing",
    "check-queued",
    "done-already",
    "export-coming",
    "general-error-tap",
    "groups-unbound",
    "no-right",
    "only-in-private",
    "owners-only",
    "person-answered",
    "person-by-config",
    "person-gone",
    "run-over",
    "run-stopping",
    "site-not-muted",
    "stale-button",
    "telegram-cancelling",
    "trying-now",
];

/// Texts below files.
const CAPTIONS: [&str; 17] = [
    "backup-caption",
    "card-labels-caption",
    "card-packaged",
    "card-qr-caption",
    "cards-caption",
    "chart-",
    "export-accounts",
    "export-audit",
    "export-runs",
    "scan-",
    "scans-caption",
    "mtproto-refusal-",
    "table-caption",
    "telegram-link-over",
    "telegram-linked",
    "telegram-password",
    "telegram-qr",
];

/// Maximum length of arguments, in UTF-16 units; all others are numbers. Lists are cut where they
/// are made.
const LENGTHS: [(&str, usize); 64] = [
    ("about", 122),
    ("accounts", 30),
    ("admin", 64),
    ("app", 64),
    ("at", 20),
    ("batch", 64),
    ("by", 64),
    ("card", 100),
    ("chat", 20),
    ("code", 30),
    ("column", 100),
    ("command", 32),
    ("country", 64),
    ("date", 20),
    ("deed", 60),
    ("ends", 20),
    ("fault", 120),
    ("first", 20),
    ("hour", 10),
    ("id", 20),
    ("ip", 64),
    ("is", 120),
    ("language", 20),
    ("line", 10),
    ("lines", 3000),
    ("longest", 30),
    ("looks", 24),
    ("made", 20),
    ("mark", 3),
    ("model", 64),
    ("name", 100),
    ("names", 200),
    ("near", 64),
    ("note", 200),
    ("notify", 60),
    ("now", 60),
    ("oldest", 30),
    ("outcome", 40),
    ("owned", 60),
    ("period", 30),
    ("problem", 600),
    ("real", 200),
    ("reason", 120),
    ("role", 40),
    ("scan", 300),
    ("share", 300),
    ("since", 20),
    ("site", 64),
    ("sites", 1000),
    ("size", 12),
    ("span", 30),
    ("started", 20),
    ("state", 40),
    ("system", 64),
    ("text", 3500),
    ("time", 30),
    ("title", 128),
    ("took", 30),
    ("until", 40),
    ("usual", 30),
    ("verdict", 120),
    ("what", 120),
    ("who", 100),
    ("zone", 60),
];

/// Arguments that are numbers.
const NUMBERS: [&str; 53] = [
    "active",
    "added",
    "all",
    "answered",
    "asked",
    "attempt",
    "bad",
    "cards",
    "changed",
    "checked",
    "checks",
    "codes",
    "day",
    "days",
    "dead",
    "description",
    "done",
    "errors",
    "ever",
    "failed",
    "found",
    "kb",
    "known",
    "least",
    "left",
    "limit",
    "mb",
    "missed",
    "mm",
    "most",
    "n",
    "new",
    "not_found",
    "open",
    "over",
    "page",
    "pages",
    "paused",
    "pending",
    "people",
    "run",
    "runs",
    "seconds",
    "sent",
    "serial",
    "size_mb",
    "status",
    "step",
    "steps",
    "total",
    "unconfirmed",
    "unsure",
    "waiting",
];

fn limit(key: &str) -> usize {
    let is_of = |kind: &[&str]| {
        kind.iter()
            .any(|begin| key == *begin || begin.ends_with('-') && key.starts_with(begin))
    };
    if is_of(&LABELS) {
        LABEL_LIMIT
    } else if is_of(&NOTES) {
        NOTE_LIMIT
    } else if is_of(&CAPTIONS) {
        CAPTION_LIMIT
    } else {
        MESSAGE_LIMIT
    }
}

/// The keys of a language with the names of their arguments.
fn texts(lang: Lang) -> Vec<(String, Vec<String>)> {
    let files = catalogue::CATALOGUES
        .iter()
        .filter(|file| file.lang == lang);
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for line in files
        .flat_map(|file| file.source.lines())
        .filter(|line| !line.starts_with('#'))
    {
        if let Some((key, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
            texts.push((key.to_owned(), Vec::new()));
        }
        let names = line.split('$').skip(1).map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect()
        });
        if let Some((_, arguments)) = texts.last_mut() {
            arguments.extend(names);
        }
    }
    texts
}

#[test]
fn no_text_is_longer_than_the_place_where_it_stands() {
    for lang in Lang::ALL {
        let texts = texts(lang);
        assert!(texts.len() > 300);
        for (key, names) in texts {
            let mut args = Args::new();
            for name in &names {
                let known = LENGTHS.iter().find(|(known, _)| known == name);
                args = match known {
                    // Names on buttons and in notes are cut to forty characters.
                    Some((known, length)) if limit(&key) <= NOTE_LIMIT => {
                        args.text(known, &"Ж".repeat(41.min(*length)))
                    }
                    Some((known, length)) => args.text(known, &"Ж".repeat(*length)),
                    None => match NUMBERS.iter().find(|known| *known == name) {
                        Some(number) => args.number(number, 100_000_000),
                        None => panic!("{key}: how long can {name} be?"),
                    },
                };
            }
            let units = html(lang, &key, &args).telegram_len();
            assert!(
                units > 0 && units <= limit(&key),
                "{key} in {lang:?} has {units}"
            );
        }
    }
}
