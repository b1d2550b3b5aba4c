//! Allowed imports: rooms are arranged on floors, and the files of a room form no cycle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{code, files, is_test_file};

/// The floors, lowest first: a room imports only from lower floors, or from itself. `src/a/b.rs`
/// belongs to the room `a`, `src/slices/a/b.rs` to the room `slices::a` on the floor `slices`.
const FLOORS: &[&[&str]] = &[
    &[
        "activation",
        "backoff",
        "chart",
        "clock",
        "counters",
        "html",
        "qr",
        "random",
        "redaction",
        "suggest",
        "words",
    ],
    &["settings"],
    &["logging", "secrets", "tasks", "zone"],
    &["http_client", "i18n"],
    &["db", "sheet"],
    &["retention"],
    &["people"],
    &["dialogue", "http_server", "telegram", "tool"],
    &["navigation"],
    &["slice"],
    &["registry"],
    &["slices"],
    &["bot", "config"],
    &["app", "demo"],
    &["cli"],
    &["lib", "main", "testing"],
];

/// Pairs that the floors alone do not rule out: the first never names the second.
const NEVER: &[(&str, &str)] = &[("bot", "slices::")];

/// The room of a file.
pub(super) fn room(path: &Path) -> String {
    let module = module(path);
    match module.as_slice() {
        [first, slice, ..] if first == "slices" => format!("slices::{slice}"),
        [first, ..] => first.clone(),
        [] => "lib".to_owned(),
    }
}

/// The module of a file, without `crate`.
fn module(path: &Path) -> Vec<String> {
    let inner = path.strip_prefix("src").unwrap().with_extension("");
    let mut parts: Vec<String> = inner
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if parts
        .last()
        .is_some_and(|last| last == "mod" || last == "lib")
    {
        parts.pop();
    }
    parts
}

/// All paths that code names from `crate`, `super` or `self`, made absolute, without `crate`.
fn named(code: &str, own: &[String]) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for root in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(root) {
            let before = code.get(..at).unwrap().chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            tree(code.get(at..).unwrap(), &[], &mut |path| {
                found.insert(absolute(path, own));
            });
        }
    }
    found
}

/// Reads a path or a tree of paths, as after `use`; returns the rest of the text.
fn tree<'a>(text: &'a str, prefix: &[String], take: &mut impl FnMut(&[String])) -> &'a str {
    let mut path = prefix.to_vec();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(list) = rest.strip_prefix('{') {
            rest = list;
            while !rest.trim_start().starts_with('}') && !rest.is_empty() {
                rest = tree(rest, &path, take).trim_start();
                rest = rest.strip_prefix(',').unwrap_or(rest);
            }
            return rest.trim_start().strip_prefix('}').unwrap_or("");
        }
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let end = end.unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        path.push(name.to_owned());
        match behind.strip_prefix("::") {
            Some(more) if !name.is_empty() => rest = more,
            _ => {
                take(&path);
                let skipped = behind.find([',', '}', ';']).unwrap_or(behind.len());
                return if prefix.is_empty() {
                    behind
                } else {
                    behind.split_at(skipped).1
                };
            }
        }
    }
}

fn absolute(path: &[String], own: &[String]) -> Vec<String> {
    let mut base: Vec<String> = own.to_vec();
    let mut rest = path;
    while let [first, more @ ..] = rest {
        match first.as_str() {
            "crate" => base.clear(),
            "super" => {
                base.pop();
            }
            "self" => {}
            _ => break,
        }
        rest = more;
    }
    base.extend(rest.iter().cloned());
    base
}

fn room_of(path: &[String]) -> Option<String> {
    match path {
        [first, slice, ..] if first == "slices" => Some(format!("slices::{slice}")),
        [first, ..] => Some(first.clone()),
        [] => None,
    }
}

#[test]
fn nobody_knows_a_floor_above() {
    let floor_of: BTreeMap<&str, usize> = FLOORS
        .iter()
        .enumerate()
        .flat_map(|(floor, rooms)| rooms.iter().map(move |room| (*room, floor)))
        .collect();
    let floor_of = |room: &str| floor_of.get(room.split("::").next()?).copied();
    for (path, text) in files("src") {
        if is_test_file(&path) || path.ends_with("slices/mod.rs") {
            continue;
        }
        let own = room(&path);
        let floor = floor_of(&own).unwrap_or_else(|| panic!("{own} has no floor in FLOORS"));
        for other in named(&code(&text), &module(&path))
            .iter()
            .filter_map(|path| room_of(path))
        {
            // A name without a floor is an item of the crate root, such as a macro.
            let Some(theirs) = floor_of(&other) else {
                continue;
            };
            let allowed = other == own || theirs < floor;
            assert!(allowed, "{} ({own}) may not know {other}", path.display());
            let never = NEVER.iter().any(|(a, b)| own == *a && other.starts_with(b));
            assert!(!never, "{} ({own}) never knows {other}", path.display());
        }
    }
}

/// Which file of a room names which other file. A file and the `mod.rs` above it count as one.
fn arrows(modules: &BTreeMap<Vec<String>, String>) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let mut arrows = BTreeMap::new();
    for (own, text) in modules {
        let mut to = BTreeSet::new();
        for path in named(text, own) {
            let mut module = path.as_slice();
            while !module.is_empty() && !modules.contains_key(module) {
                module = module.split_last().unwrap().1;
            }
            let is_family = own.starts_with(module) || module.starts_with(own);
            if !module.is_empty() && !is_family && room_of(module) == room_of(own) {
                to.insert(module.to_vec());
            }
        }
        arrows.insert(own.clone(), to);
    }
    arrows
}

#[test]
fn no_files_of_a_room_go_round_in_a_circle() {
    let modules: BTreeMap<Vec<String>, String> = files("src")
        .into_iter()
        .filter(|(path, _)| !is_test_file(path) && !path.ends_with("main.rs"))
        .map(|(path, text)| (module(&path), code(&text)))
        .collect();
    let arrows = arrows(&modules);
    assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 300);
    let mut circles = Vec::new();
    for start in arrows.keys() {
        // No path of imports from a file leads back to it.
        let mut seen = BTreeSet::new();
        let mut ahead: Vec<&Vec<String>> = arrows[start].iter().collect();
        while let Some(next) = ahead.pop() {
            if seen.insert(next) {
                ahead.extend(&arrows[next]);
            }
        }
        if seen.contains(start) {
            circles.push(start.join("::"));
        }
    }
    assert!(circles.is_empty(), "files in circles: {circles:#?}");
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let own = ["telegram", "outbox", "next"].map(str::to_owned);
    let text =
        "use super::{by_key::{a, b}, counts};\nuse crate::html::Html;\nfn f() { self::g::h(); }";
    let found: Vec<String> = named(text, &own)
        .iter()
        .map(|path| path.join("::"))
        .collect();
    assert_eq!(
        found,
        [
            "html::Html",
            "telegram::outbox::by_key::a",
            "telegram::outbox::by_key::b",
            "telegram::outbox::counts",
            "telegram::outbox::next::g::h",
        ]
    );
}
