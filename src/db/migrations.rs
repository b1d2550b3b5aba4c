//! From an empty or older file to today's schema.
//!
//! `PRAGMA application_id` marks the file as ours, `PRAGMA user_version` holds its version. A new
//! file is made from `schema.sql`; an older file takes the steps after its version; a newer file is
//! refused untouched. All of it is one exclusive transaction, so a crash leaves the file as it was.

use anyhow::{Context as _, bail};
use rusqlite::{Connection, TransactionBehavior};

use super::steps::STEPS;

/// The current schema.
const SCHEMA: &str = include_str!("../../schema.sql");

/// The version `schema.sql` describes.
pub(crate) const VERSION: i64 = STEPS.len() as i64 + 1;

/// Marks a file as Vakhta's: the letters `VKHT`.
const APPLICATION_ID: i64 = 0x564b_4854;

/// Creates the schema, or brings it up to date.
///
/// # Errors
/// When the file is not a database, not ours, newer than this program, or cannot be written.
pub(super) fn migrate(connection: &mut Connection) -> anyhow::Result<()> {
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .context("take the database for an upgrade")?;
    let version: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i64 = tx.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = tx.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        tx.execute_batch(SCHEMA).context("create the schema")?;
    } else if application != APPLICATION_ID {
        bail!("it is a database of another program; name a file of its own in [database] path");
    } else if version > VERSION {
        bail!(
            "it was written by a newer Vakhta (schema {version}, this one knows {VERSION}); \
             start that version, or restore a backup made with this one"
        );
    } else {
        let done = usize::try_from(version.saturating_sub(1)).unwrap_or(0);
        for step in STEPS.iter().skip(done) {
            tx.execute_batch(step)
                .with_context(|| format!("upgrade the schema from version {version}"))?;
        }
    }
    if version != VERSION {
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", VERSION)?;
    }
    tx.commit().context("commit the schema")
}

#[cfg(test)]
mod tests {
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
        old.execute_batch(include_str!("schema_1.sql")).unwrap();
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
}
