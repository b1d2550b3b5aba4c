//! Traces statements and their query plans, for tests.
//!
//! # Invariants
//! - A step that is not known to stay small is a fault: no new table or statement can be forgotten.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Barrier, Mutex};

use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use super::{Db, READERS};

/// Tables that have only a few rows: one for each site, each state or each small fact.
const SMALL: [&str; 9] = [
    "account_tally",
    "fact",
    "mass_change",
    "mass_rest",
    "round",
    "site_breaker",
    "site_control",
    "site_mute",
    "site_silence",
];

/// Names of subqueries that walk an index from key to key, with a limit on the rows.
const WALKS: [&str; 4] = ["bounded", "used", "waiting", "w"];

thread_local! {
    static HERE: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

static ANYWHERE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Runs `work` on a connection; returns its result and the statements it ran.
pub(crate) fn spied<T>(connection: &Connection, work: impl FnOnce() -> T) -> (T, BTreeSet<String>) {
    listen(connection, |event| {
        HERE.with_borrow_mut(|run| run.extend(begun(&event)));
    });
    let result = work();
    connection.trace_v2(TraceEventCodes::empty(), None);
    (result, HERE.take())
}

/// From now on, records every statement run on a database, on any connection.
pub(crate) async fn listen_to_all(db: &Db) {
    let note: fn(TraceEvent<'_>) = |event| ANYWHERE.lock().unwrap().extend(begun(&event));
    // Readers that wait for each other must be distinct, so this reaches all of them.
    let together = Arc::new(Barrier::new(READERS as usize));
    let readers = (0..READERS).map(|_| {
        let together = Arc::clone(&together);
        db.read(move |connection| {
            together.wait();
            listen(connection, note);
            Ok(())
        })
    });
    futures_util::future::try_join_all(readers).await.unwrap();
    let writer = db.write(move |tx| {
        listen(tx, note);
        Ok(())
    });
    writer.await.unwrap();
}

/// The statements recorded since [`listen_to_all`].
pub(crate) fn heard() -> BTreeSet<String> {
    ANYWHERE.lock().unwrap().clone()
}

fn listen(connection: &Connection, note: fn(TraceEvent<'_>)) {
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note));
}

/// The statement about to run. A pragma has no plan, and some pragmas act as soon as they are
/// prepared.
fn begun(event: &TraceEvent<'_>) -> Option<String> {
    match event {
        TraceEvent::Stmt(statement, _) => Some(statement.sql().into_owned()),
        _ => None,
    }
    .filter(|sql| !sql.starts_with("PRAGMA"))
}

/// The steps of a statement's plan, in SQLite's words.
pub(crate) fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap_or_else(|err| panic!("{sql}: {err}"));
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    steps
}

/// The origin of statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Screens,
    Tools,
    /// The program's background work.
    Program,
    /// The removal of files that no card names.
    Leftovers,
    /// The deletion of a person who leaves.
    Leaving,
}

/// Costly steps that are acceptable: one list for all tests.
const ACCEPTED: &str = include_str!("accepted.txt");

/// The accepted steps of a place: a part of the statement, and the beginning of the step.
fn accepted(place: Place) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    for line in ACCEPTED.lines().filter(|line| !line.starts_with('#')) {
        let [part, step, places, _] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("four columns are needed: {line}");
        };
        if places.split(' ').any(|name| name == format!("{place:?}")) {
            found.push((part, step));
        }
    }
    found
}

/// The costly statements of a place that are not accepted, each with its origin. Also the accepted
/// entries that no longer match anything.
pub(crate) fn faults(
    connection: &Connection,
    statements: &BTreeMap<String, String>,
    place: Place,
) -> (Vec<String>, BTreeSet<String>) {
    let accepted = accepted(place);
    let mut unused: BTreeSet<String> = accepted
        .iter()
        .map(|(part, _)| (*part).to_owned())
        .collect();
    let mut faults = Vec::new();
    for (sql, by) in statements {
        for step in costly_steps(connection, sql) {
            let known = accepted
                .iter()
                .find(|(part, begins)| sql.contains(part) && step.starts_with(begins));
            match known {
                Some((part, _)) => _ = unused.remove(*part),
                None => faults.push(format!("{by}: {sql}: {step}")),
            }
        }
    }
    (faults, unused)
}

/// Steps whose cost grows with a table: a full scan of a table or an index, a sort without an
/// index, a search for all rows that have NULL in a column.
fn costly_steps(connection: &Connection, sql: &str) -> Vec<String> {
    let mut steps = plan(connection, sql);
    steps.retain(|step| match step.strip_prefix("SCAN ") {
        Some(scanned) => {
            let name = scanned.split(' ').next().unwrap_or_default();
            // Results of other steps are in parentheses.
            let is_table = !name.starts_with('(') && !scanned.contains("CONSTANT ROW");
            is_table && !SMALL.contains(&name) && !WALKS.contains(&name)
        }
        None => step.starts_with("USE TEMP B-TREE") || is_search_for_nothing(sql, step),
    });
    steps
}

/// SQLite treats `IS NULL` on a unique column like a search for a value. But a value has one row,
/// and NULL may have any number of rows.
fn is_search_for_nothing(sql: &str, step: &str) -> bool {
    let (_, by) = step.split_once('(').unwrap_or_default();
    let columns = by.split(" AND ").filter_map(|part| part.split_once('='));
    let mut columns = columns.map(|(column, _)| format!(" {column} IS NULL"));
    columns.any(|column| sql.contains(&column))
}
