//! Every table has one room that writes it, read from the SQL.

use std::collections::{BTreeMap, BTreeSet};

use super::rooms::room;
use super::{code, files, is_test_file};

/// The prefixes of writing statements; the table's name follows.
const WRITES: [&str; 6] = [
    "INSERT INTO ",
    "INSERT OR IGNORE INTO ",
    "INSERT OR REPLACE INTO ",
    "UPDATE ",
    "UPDATE OR IGNORE ",
    "DELETE FROM ",
];

/// Migrations rewrite every table.
const MIGRATIONS: &str = "src/db/steps.rs";

fn tables() -> BTreeSet<String> {
    let schema = std::fs::read_to_string("schema.sql").unwrap();
    let created = schema
        .lines()
        .filter_map(|line| line.strip_prefix("CREATE TABLE "));
    created.map(|rest| name(rest).to_owned()).collect()
}

fn name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

#[test]
fn every_table_has_one_room_that_writes_it() {
    let tables = tables();
    assert!(tables.len() > 30, "only {tables:?}");
    let mut writers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in files("src") {
        if is_test_file(&path) || path.ends_with(MIGRATIONS) {
            continue;
        }
        let code = code(&text);
        for begin in WRITES {
            for rest in code.split(begin).skip(1) {
                let table = name(rest);
                if tables.contains(table) {
                    writers
                        .entry(table.to_owned())
                        .or_default()
                        .insert(room(&path));
                }
            }
        }
    }
    let shared: Vec<_> = writers
        .iter()
        .filter(|(_, rooms)| rooms.len() > 1)
        .collect();
    assert!(shared.is_empty(), "{shared:#?}");
}
