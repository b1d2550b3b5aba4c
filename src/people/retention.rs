//! Deleting people: strangers after a time, everybody else on request.

use anyhow::Context as _;
use rusqlite::{Connection, params};

use super::{NOBODY, audit};
use crate::clock::{UnixMs, days};
use crate::db::WriteTx;
use crate::retention::{CHUNK, Rule};

/// Retention of strangers. People who were let in, are waiting for an answer, or were refused are
/// kept.
pub const KEPT: [Rule; 2] = [
    Rule {
        what: "strangers",
        table: "person",
        keep: days(30),
        prune: prune_strangers,
    },
    Rule {
        what: "audit",
        table: "audit",
        keep: days(365),
        prune: audit::prune,
    },
];

/// Deletes people who only spoke to the bot once, and private chats without a person.
fn prune_strangers(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    let gone = tx
        .execute(
            "DELETE FROM person WHERE id IN (
                 SELECT id FROM person WHERE role = 'stranger' AND max(created_at, told_at) < ?1 LIMIT ?2)",
            params![before.0, CHUNK],
        )
        .context("forget strangers")?;
    // A group has a negative id and no person.
    tx.execute(
        "DELETE FROM chat WHERE id > 0 AND id NOT IN (SELECT id FROM person)",
        [],
    )
    .context("forget chats of nobody")?;
    Ok(gone)
}

/// Deletes a person and their chat's preferences. For a refused person the id stays with that mark,
/// so that they cannot ask again and again. Their deeds for others stay as done by nobody.
///
/// # Errors
/// When the database fails, or while the person still has accounts.
pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    let context = || format!("forget person {person}");
    audit::forget(tx, person)?;
    tx.execute(
        "UPDATE chat SET bound_by = ?2 WHERE bound_by = ?1",
        [person, NOBODY],
    )
    .with_context(context)?;
    tx.execute(
        "UPDATE person SET name = '', username = '' WHERE id = ?1 AND role = 'refused'",
        [person],
    )
    .with_context(context)?;
    tx.execute(
        "DELETE FROM person WHERE id = ?1 AND role <> 'refused'",
        [person],
    )
    .with_context(context)?;
    tx.execute("DELETE FROM chat WHERE id = ?1", [person])
        .with_context(context)?;
    Ok(())
}

/// True if somebody else can manage the bot.
pub(crate) fn other_admin_than(connection: &Connection, id: i64) -> anyhow::Result<bool> {
    connection
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM person WHERE role IN ('admin', 'owner') AND id <> ?1)",
            [id],
            |row| row.get(0),
        )
        .context("look for another admin")
}
