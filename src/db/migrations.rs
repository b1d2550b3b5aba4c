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
#[path = "tests/migrations.rs"]
mod tests;
