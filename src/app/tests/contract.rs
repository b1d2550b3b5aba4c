//! The contract of slices, checked on the program's slices.

use std::collections::{BTreeMap, BTreeSet};

use super::built;
use crate::db::testing::Store;
use crate::i18n::{self, Lang};
use crate::slice::{Slices, Who};

/// A configuration with everything on.
const ALL: &str = "[telegram]\nadmins = [1]\n[cards]\nenabled = true\n\
                   [assistant]\nenabled = true\nurl = \"http://127.0.0.1:9\"\n\
                 [mtproto]\nenabled = true\napi_id = 1\n";

fn all() -> Slices {
    built(ALL, &[]).1.slices
}

/// Fails on every name that has two owners.
fn assert_one_owner(what: &str, named: impl Iterator<Item = (&'static str, &'static str)>) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, owner) in named {
        let other = owners.insert(name, owner);
        assert!(other.is_none(), "{what} {name}: {other:?} and {owner}");
    }
    assert!(!owners.is_empty(), "no {what} at all");
}

#[test]
fn every_name_command_prefix_table_and_export_has_one_owner() {
    let slices = all();
    assert_one_owner(
        "name",
        slices.iter().map(|slice| (slice.about().name, "a slice")),
    );
    let commands = slices.iter().flat_map(|slice| {
        let commands = slice.about().commands.iter();
        commands.map(|command| (command.name, slice.about().name))
    });
    assert_one_owner("command", commands);
    let prefixes = slices.iter().flat_map(|slice| {
        let rules = slice.about().callbacks.iter();
        rules.map(|rule| (rule.prefix, slice.about().name))
    });
    assert_one_owner("prefix", prefixes);
    let rules = slices.kept();
    let kept = rules.iter().map(|rule| (rule.what, rule.table));
    assert_one_owner("retention rule", kept);
    let exports = slices.exports();
    assert_one_owner("export", exports.iter().map(|export| (export.word, "")));
    let tables = slices.iter().flat_map(|slice| {
        let tables: BTreeSet<&str> = slice
            .about()
            .retention
            .iter()
            .map(|rule| rule.table)
            .collect();
        tables.into_iter().map(|table| (table, slice.about().name))
    });
    assert_one_owner("table", tables);
}

#[test]
fn every_place_in_the_menu_is_taken_once() {
    let slices = all();
    let places = slices.iter().flat_map(|slice| {
        let menu = slice
            .about()
            .commands
            .iter()
            .filter_map(|command| command.menu);
        menu.map(move |(place, _)| (place, slice.about().name))
    });
    let mut owners: BTreeMap<u8, &str> = BTreeMap::new();
    for (place, owner) in places {
        let other = owners.insert(place, owner);
        assert!(other.is_none(), "place {place}: {other:?} and {owner}");
    }
    assert!(owners.len() > 10);
}

#[test]
fn a_button_belongs_to_the_longest_prefix_that_fits() {
    let slices = all();
    let owner = |data: &str| slices.callbacks(data).map(|(_, rule)| rule.prefix);
    assert_eq!(owner("watch:mass:apply:7"), Some("watch:mass"));
    assert_eq!(owner("watch:list:mine:0"), Some("watch"));
    assert_eq!(owner("watch:massive"), Some("watch"));
    assert_eq!(owner("watching"), None);
    assert_eq!(owner(""), None);
}

#[test]
fn the_data_of_a_button_can_only_make_its_right_stricter() {
    let slices = all();
    for (data, expected) in [
        ("watch:list:mine:0", Who::Member),
        ("watch:list:all:0", Who::Admin),
        ("watch:charts", Who::Admin),
        ("watch:mass:apply:7", Who::Admin),
        ("admin:stats", Who::Admin),
        ("admin:backup:ask", Who::Owner),
        ("set:zones", Who::Member),
        ("bot:privacy", Who::Anyone),
    ] {
        let (_, rule) = slices.callbacks(data).unwrap();
        let base = rule.private.unwrap();
        assert_eq!(rule.who(base, data), expected, "{data}");
    }
}

#[test]
fn every_text_that_the_tables_name_is_there() {
    let slices = all();
    for lang in Lang::ALL {
        for command in slices.commands() {
            let menu = command.menu.map(|(_, key)| key);
            for key in [menu, command.help, Some(command.refusal)]
                .into_iter()
                .flatten()
            {
                assert!(i18n::has(lang, key), "{key} of /{}", command.name);
            }
        }
        for rule in slices.iter().flat_map(|slice| slice.about().callbacks) {
            assert!(i18n::has(lang, rule.refusal), "{}", rule.refusal);
        }
        for export in slices.exports() {
            for key in ["button-export", "export"].map(|key| format!("{key}-{}", export.word)) {
                assert!(i18n::has(lang, &key), "{key}");
            }
        }
    }
}

#[test]
fn what_is_off_is_pruned_and_forgotten_all_the_same() {
    let off = built("[telegram]\nadmins = [1]\n", &[]).1.slices;
    let tables = |slices: &Slices| -> BTreeSet<&str> {
        slices.kept().iter().map(|rule| rule.table).collect()
    };
    assert_eq!(tables(&off), tables(&all()));
    assert!(off.command("ask").is_none());
    assert!(off.callbacks("cards:list:0").is_none());
}

#[tokio::test]
async fn a_new_chat_id_is_written_everywhere() {
    let store = Store::new();
    let slices = all();
    let found = store.db.write(move |tx| {
        for sql in [
            "INSERT INTO chat (id, language, frozen_until) VALUES (-5, 'en', 9)",
            "INSERT INTO dialogue VALUES (-5, 7, '{}', 1)",
            "INSERT INTO check_request (chat_id, created_at) VALUES (-5, 1)",
        ] {
            tx.execute(sql, ())?;
        }
        // Telegram may report it twice: by a message, and by a refusal.
        slices.chat_moved(tx, -5, -1005)?;
        slices.chat_moved(tx, -5, -1005)?;
        let count = |chat: i64| {
            let sql = "SELECT (SELECT count(*) FROM chat WHERE id = ?1 AND frozen_until = 0)
                 + (SELECT count(*) FROM dialogue WHERE chat_id = ?1)
                 + (SELECT count(*) FROM check_request WHERE chat_id = ?1)";
            tx.query_row(sql, [chat], |row| row.get::<_, i64>(0))
        };
        Ok((count(-5)?, count(-1005)?))
    });
    assert_eq!(found.await.unwrap(), (0, 3));
}
