//! From an empty or older file to the schema of today.
//!
//! `PRAGMA application_id` says that a file is ours, `PRAGMA user_version` how old it is. A new file is made from
//! `schema.sql`; an older one takes the steps after its version; a newer one is refused untouched. All of it is one
//! exclusive transaction, so a crash leaves the file as it was.

use anyhow::{Context as _, bail};
use rusqlite::{Connection, TransactionBehavior};

/// What a database looks like today.
const SCHEMA: &str = include_str!("../../schema.sql");

/// The version `schema.sql` describes: one more than there are steps.
pub const VERSION: i64 = 1;

/// Marks a file as Vakhta's: the letters `VKHT`.
const APPLICATION_ID: i64 = 0x564b_4854;

/// Step `n` brings version `n + 1` to `n + 2`. Steps are only ever appended.
const STEPS: &[&str] = &[];

/// Makes the schema, or brings it up to date.
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
    use super::*;

    #[test]
    fn the_version_counts_the_steps() {
        assert_eq!(i64::try_from(STEPS.len()).unwrap() + 1, VERSION);
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
