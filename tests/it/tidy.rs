//! The rules of the house, read from the source: who may know whom, how files open, how long they are, which crates
//! are named where, and what stands in the tree of dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines of a file at most; more than 400 is already a reason to split.
const LONGEST_FILE: usize = 600;

/// The floors of the house, the lowest first: a room imports only from lower floors, or from its own floor where it
/// names itself. `src/a/b.rs` belongs to the room `a`.
const FLOORS: &[&[&str]] = &[
    &[
        "activation",
        "backoff",
        "random",
        "chart",
        "clock",
        "counters",
        "html",
        "settings",
        "words",
    ],
    &["logging", "tasks", "zone"],
    &["http_client", "i18n"],
    &["db", "sheet"],
    &["retention"],
    &["people"],
    &["dialogue", "http_server", "telegram", "tool"],
    &["assistant", "cards", "watch"],
    &["bot", "config", "vitals"],
    &["app", "demo"],
    &["cli"],
    &["lib", "main"],
];

/// Files that may name a crate.
const CRATE_ROOMS: &[(&str, &[&str])] = &[
    (
        "rusqlite",
        &[
            "src/db/",
            "src/slices/assistant/store/",
            "src/slices/cards/store/",
            "src/slices/watch/store/",
            "src/people/",
            "src/http_server/bearer.rs",
            "src/http_server/sessions.rs",
            "src/http_server/tokens.rs",
            "src/dialogue.rs",
            "src/telegram/outbox",
            "src/telegram/inbound/inbox.rs",
        ],
    ),
    ("frankenstein", &["src/telegram/", "src/demo/"]),
    ("std::env::var", &["src/config.rs"]),
    ("r2d2", &["src/db/"]),
    ("plotters", &["src/chart/"]),
    ("png", &["src/chart/", "src/slices/cards/qr.rs"]),
    ("qrcodegen", &["src/slices/cards/qr.rs"]),
    ("rqrr", &["src/slices/cards/qr.rs"]),
    ("pulldown_cmark", &["src/slices/assistant/markdown.rs"]),
    ("pdf_writer", &["src/slices/cards/label.rs"]),
    ("image", &["src/slices/cards/photo.rs"]),
    (
        "chrono",
        &[
            "src/slices/watch/run/schedule.rs",
            "src/slices/watch/run/ticks.rs",
        ],
    ),
    ("tokio_cron_scheduler", &["src/slices/watch/run/ticks.rs"]),
    ("axum", &["src/http_server/", "src/slices/assistant/api/"]),
    ("utoipa", &["src/slices/assistant/api/"]),
    ("metrics", &["src/counters.rs", "src/http_server/"]),
];

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

pub(crate) fn everything() -> Vec<(PathBuf, String)> {
    ["src", "tests", "benches"]
        .into_iter()
        .flat_map(files)
        .collect()
}

pub(crate) fn is_test_file(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.contains("/tests")
        || text.contains("_tests")
        || text.contains("/tests_")
        || text.contains("test_kit")
}

/// The code of a file without its comments and its tests.
fn code(text: &str) -> String {
    let before_tests = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn room(path: &Path) -> String {
    let inner = path.strip_prefix("src").unwrap();
    let mut parts = inner.iter().map(|part| part.to_string_lossy());
    let first = parts.next().unwrap();
    let room = match (first.as_ref(), parts.next()) {
        ("slices", Some(slice)) => slice,
        _ => first,
    };
    room.trim_end_matches(".rs").to_owned()
}

#[test]
fn every_file_opens_with_what_lives_there() {
    for (path, text) in everything() {
        assert!(
            text.starts_with("//! "),
            "{} does not open with //!",
            path.display()
        );
    }
}

#[test]
fn files_are_short() {
    for (path, text) in everything() {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{} has {lines} lines",
            path.display()
        );
    }
}

#[test]
fn nobody_knows_a_floor_above() {
    let floor_of: BTreeMap<&str, usize> = FLOORS
        .iter()
        .enumerate()
        .flat_map(|(floor, rooms)| rooms.iter().map(move |room| (*room, floor)))
        .collect();
    for (path, text) in files("src") {
        if is_test_file(&path) || path.ends_with("slices/mod.rs") {
            continue;
        }
        let own = room(&path);
        let floor = *floor_of
            .get(own.as_str())
            .unwrap_or_else(|| panic!("{own} has no floor in FLOORS"));
        for other in imports(&code(&text)) {
            let theirs = floor_of
                .get(other.as_str())
                .unwrap_or_else(|| panic!("{other} has no floor in FLOORS"));
            let allowed = other == own || *theirs < floor;
            assert!(allowed, "{} ({own}) may not know {other}", path.display());
        }
    }
}

/// The rooms named by `crate::…` in a text.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let code = code.replace("crate::slices::", "crate::");
    for piece in code.split("crate::").skip(1) {
        let names: Vec<&str> = match piece.strip_prefix('{') {
            Some(list) => list
                .split('}')
                .next()
                .unwrap()
                .split(',')
                .map(str::trim)
                .collect(),
            None => vec![piece],
        };
        for name in names {
            let is_name = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
            let name: String = name.chars().take_while(is_name).collect();
            if !name.is_empty() {
                found.insert(name);
            }
        }
    }
    found
}

#[test]
fn crates_are_named_only_in_their_rooms() {
    for (path, text) in files("src") {
        if is_test_file(&path) {
            continue;
        }
        let place = path.to_string_lossy().into_owned();
        let code = code(&text);
        for (name, rooms) in CRATE_ROOMS {
            let named = code.contains(&format!("{name}::"))
                || code.contains(&format!("use {name}"))
                || (name.contains("::") && code.contains(name));
            assert!(
                !named || rooms.iter().any(|room| place.starts_with(room)),
                "{place} names {name}"
            );
        }
    }
}

#[test]
fn tests_do_not_sleep_and_nothing_is_left_undone() {
    for (path, text) in everything() {
        if path.ends_with("tidy.rs") {
            continue;
        }
        // The macros that stand for missing code are refused by the lints.
        for word in ["TODO", "FIXME", "XXX"] {
            assert!(!text.contains(word), "{} contains {word}", path.display());
        }
        let is_test = path.starts_with("tests") || is_test_file(&path);
        let sleeps = text.contains("time::sleep(") || text.contains("thread::sleep");
        assert!(!(is_test && sleeps), "{} sleeps", path.display());
    }
}

fn metadata() -> serde_json::Value {
    // Only what is built for this machine: crates for other systems were never fetched.
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            host,
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_tree_has_one_of_each_that_matters_and_known_licences() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    for single in [
        "rusqlite",
        "libsqlite3-sys",
        "reqwest",
        "rustls",
        "ring",
        "tokio",
        "hyper",
    ] {
        let n = packages
            .iter()
            .filter(|package| package["name"] == single)
            .count();
        assert_eq!(n, 1, "{single} stands {n} times in the tree");
    }
    for banned in ["openssl-sys", "native-tls", "aws-lc-sys", "sqlx"] {
        assert!(
            packages.iter().all(|package| package["name"] != banned),
            "{banned} is in the tree"
        );
    }
    let known = [
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Zlib",
        "Unicode-3.0",
        "CC0-1.0",
        "Unlicense",
        "0BSD",
        "WTFPL",
        "CDLA-Permissive-2.0",
        "MPL-2.0",
        "BSL-1.0",
        "Apache-2.0 WITH LLVM-exception",
        "MIT-0",
        "LGPL-2.1-or-later",
    ];
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"]
            .as_str()
            .unwrap_or_default()
            .replace('/', " OR ");
        let lawful = licence.split(" OR ").any(|choice| {
            choice
                .split(" AND ")
                .all(|one| known.contains(&one.trim_matches(['(', ')', ' '])))
        });
        assert!(lawful, "{name} has the licence {licence:?}");
    }
}
