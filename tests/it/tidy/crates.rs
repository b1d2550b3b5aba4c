//! Which crates may be named where, and which ones are in the dependency tree.

use std::process::Command;

use super::{code, files, is_test_file};

/// Where MTProto is spoken.
const MTPROTO: &[&str] = &["src/demo/datacenter/", "src/slices/mtproto/"];

/// Files that may name a crate, by path prefix; `*` is any folder.
const CRATE_ROOMS: &[(&str, &[&str])] = &[
    ("grammers_client", MTPROTO),
    ("grammers_crypto", MTPROTO),
    ("grammers_mtproto", MTPROTO),
    ("grammers_session", MTPROTO),
    ("grammers_tl_types", MTPROTO),
    ("num_bigint", MTPROTO),
    (
        "rusqlite",
        &[
            "src/db/",
            "src/slices/*/store",
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
    ("png", &["src/chart/", "src/qr.rs"]),
    ("qrcodegen", &["src/qr.rs"]),
    ("rqrr", &["src/qr.rs"]),
    ("pulldown_cmark", &["src/slices/assistant/markdown.rs"]),
    ("pdf_writer", &["src/slices/cards/label.rs"]),
    ("image", &["src/slices/cards/photo.rs"]),
    (
        "chrono",
        &[
            "src/slices/watch/model/schedule.rs",
            "src/slices/watch/run/ticks.rs",
        ],
    ),
    ("tokio_cron_scheduler", &["src/slices/watch/run/ticks.rs"]),
    (
        "axum",
        &[
            "src/http_server/",
            "src/slices/assistant/api/",
            "src/slices/mtproto/routes/",
        ],
    ),
    (
        "utoipa",
        &[
            "src/http_server/",
            "src/slices/assistant/api/",
            "src/slices/mtproto/routes/",
        ],
    ),
    ("grammers_client", &["src/slices/mtproto/", "src/demo/"]),
    ("grammers_crypto", &["src/slices/mtproto/", "src/demo/"]),
    ("grammers_mtproto", &["src/slices/mtproto/", "src/demo/"]),
    ("grammers_session", &["src/slices/mtproto/", "src/demo/"]),
    ("grammers_tl_types", &["src/slices/mtproto/", "src/demo/"]),
    ("chacha20poly1305", &["src/secrets/"]),
    ("metrics", &["src/counters.rs", "src/http_server/"]),
];

fn is_in(place: &str, room: &str) -> bool {
    let Some((above, below)) = room.split_once('*') else {
        return place.starts_with(room);
    };
    let folder = place.strip_prefix(above);
    folder
        .and_then(|rest| rest.find('/'))
        .is_some_and(|end| place.split_at(above.len() + end).1.starts_with(below))
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
                !named || rooms.iter().any(|room| is_in(&place, room)),
                "{place} names {name}"
            );
        }
    }
}

fn metadata() -> serde_json::Value {
    // Only crates built for this machine: those for other systems were never fetched.
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
fn the_tree_of_dependencies_is_as_deny_toml_says() {
    let deny: toml::Table = std::fs::read_to_string("deny.toml")
        .unwrap()
        .parse()
        .unwrap();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    for ban in deny["bans"]["deny"].as_array().unwrap() {
        let name = ban["crate"].as_str().unwrap();
        let n = packages
            .iter()
            .filter(|package| package["name"] == name)
            .count();
        match ban.get("deny-multiple-versions") {
            Some(_) => assert_eq!(n, 1, "{name} is {n} times in the tree"),
            None => assert_eq!(n, 0, "{name} is in the tree"),
        }
    }
    let allowed: Vec<&str> = deny["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"]
            .as_str()
            .unwrap_or_default()
            .replace('/', " OR ");
        let is_allowed = licence.split(" OR ").any(|choice| {
            choice
                .split(" AND ")
                .all(|one| allowed.contains(&one.trim_matches(['(', ')', ' '])))
        });
        assert!(is_allowed, "{name} has the licence {licence:?}");
    }
}
