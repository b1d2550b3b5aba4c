//! Tests of `db/migrations.rs`.

use std::collections::BTreeMap;

use super::*;

/// Every part of a schema by name, without comments and spaces.
fn parts(connection: &Connection) -> BTreeMap<String, String> {
    let mut statement = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        .unwrap();
    let rows = statement.query_map([], |row| {
        let text: String = row.get(1)?;
        let code = text.lines().filter_map(|line| line.split("--").next());
        let code: String = code.flat_map(str::split_whitespace).collect();
        Ok((row.get(0)?, code))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn an_upgraded_file_is_as_a_new_one() {
    let mut new = Connection::open_in_memory().unwrap();
    migrate(&mut new).unwrap();
    let mut old = Connection::open_in_memory().unwrap();
    old.execute_batch(include_str!("../schema_1.sql")).unwrap();
    old.pragma_update(None, "application_id", APPLICATION_ID)
        .unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    old.execute_batch(
        "INSERT INTO person (id, role, created_at) VALUES (7, 'user', 0);
             INSERT INTO account (owner_id, site, username, state, period_days, started_at, ends_at, verdict, created_at)
                 VALUES (7, 'github', 'gone', 'pending', 30, 0, 0, 'not_found', 0), (7, 'github', 'new', 'paused', 30, 0, 0, '', 0);
             INSERT INTO transition (account_id, from_state, to_state, at) VALUES (1, '', 'pending', 0);",
    )
    .unwrap();
    migrate(&mut old).unwrap();
    assert_eq!(parts(&old), parts(&new));
    let mut statement = old
        .prepare("SELECT known, history, pending FROM look ORDER BY account_id")
        .unwrap();
    let seen = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    let seen: Vec<(i64, i64, i64)> = seen.unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(seen, [(2, (1 << 48) + 2, 1), (0, 1 << 48, 0)]);
    let held = old.execute("UPDATE account SET state = 'held'", []);
    assert_eq!(held.unwrap(), 2);
    let one = |sql| old.query_row(sql, [], |row| row.get(0)).unwrap();
    let (check, transitions): (String, String) = (
        one("PRAGMA integrity_check"),
        one("SELECT CAST(count(*) AS TEXT) FROM transition"),
    );
    assert_eq!((check.as_str(), transitions.as_str()), ("ok", "1"));
}

#[test]
fn migrating_twice_changes_nothing() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate(&mut connection).unwrap();
    migrate(&mut connection).unwrap();
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, VERSION);
}

#[test]
fn a_newer_file_and_a_foreign_file_are_refused_untouched() {
    let mut newer = Connection::open_in_memory().unwrap();
    migrate(&mut newer).unwrap();
    newer
        .pragma_update(None, "user_version", VERSION + 1)
        .unwrap();
    let error = migrate(&mut newer).unwrap_err();
    assert!(format!("{error:#}").contains("newer Vakhta"), "{error:#}");

    let mut foreign = Connection::open_in_memory().unwrap();
    foreign.execute_batch("CREATE TABLE cat (name)").unwrap();
    let error = migrate(&mut foreign).unwrap_err();
    assert!(
        format!("{error:#}").contains("another program"),
        "{error:#}"
    );
    let tables: i64 = foreign
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1);
}
