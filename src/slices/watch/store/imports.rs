//! Large tables being added, each with its progress.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The owner of the new accounts.
    pub person: i64,
    /// Where the table was sent, and where the result goes.
    pub chat: i64,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// The last line that was handled; 0: none.
    pub line: u64,
    /// Accounts that were added.
    pub added: u64,
}

/// Begins to add a table; false if another one of the same person is being added.
pub fn begin_import(tx: &WriteTx<'_>, now: UnixMs, import: &Import) -> anyhow::Result<bool> {
    let begun = tx
        .execute(
            "INSERT INTO import (person_id, chat_id, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![import.person, import.chat, now.0],
        )
        .context("begin to add a table")?;
    if begun > 0 {
        tx.execute(
            "INSERT INTO import_text (person_id, text) VALUES (?1, ?2)",
            params![import.person, import.text],
        )
        .context("keep a table")?;
    }
    Ok(begun > 0)
}

/// The table to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImportInHand {
    pub person: i64,
    pub chat: i64,
    /// How often the program died with it in hand before, without coming further.
    pub deaths: u32,
}

/// Takes the table that has waited longest. Until [`note_imported`] or [`let_go`], a death of the
/// program counts against it. `in_hand`: whose table this program has in hand already.
pub(crate) fn take_import(
    tx: &WriteTx<'_>,
    in_hand: Option<i64>,
) -> anyhow::Result<Option<ImportInHand>> {
    tx.prepare_cached(
        "UPDATE import SET deaths = deaths + (person_id IS NOT ?1)
         WHERE person_id = (SELECT person_id FROM import ORDER BY created_at LIMIT 1)
         RETURNING person_id, chat_id, deaths - 1",
    )?
    .query_row([in_hand], |row| {
        Ok(ImportInHand {
            person: row.get(0)?,
            chat: row.get(1)?,
            deaths: row.get(2)?,
        })
    })
    .optional()
    .context("take a table to add")
}

/// The program stops in order with a table in hand.
pub(crate) fn let_go(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE import SET deaths = max(deaths - 1, 0) WHERE person_id = ?1",
        [person],
    )
    .context("let go of a table")?;
    Ok(())
}

/// A person's table; none if it no longer exists.
pub(crate) fn import(connection: &Connection, person: i64) -> anyhow::Result<Option<Import>> {
    connection
        .query_row(
            "SELECT person_id, chat_id, text FROM import JOIN import_text USING (person_id) WHERE person_id = ?1",
            [person],
            |row| {
                Ok(Import {
                    person: row.get(0)?,
                    chat: row.get(1)?,
                    text: row.get(2)?,
                })
            },
        )
        .optional()
        .context("read a table to add")
}

/// The progress of a person's table; none if it no longer exists.
pub(crate) fn imported(connection: &Connection, person: i64) -> anyhow::Result<Option<Imported>> {
    connection
        .prepare_cached("SELECT line, added FROM import WHERE person_id = ?1")?
        .query_row([person], |row| {
            Ok(Imported {
                line: row.get(0)?,
                added: row.get(1)?,
            })
        })
        .optional()
        .context("look how far a table is")
}

/// Records the progress of a person's table, which is still in hand. What came further was not
/// what the program died over.
pub fn note_imported(tx: &WriteTx<'_>, person: i64, imported: Imported) -> anyhow::Result<()> {
    tx.prepare_cached("UPDATE import SET line = ?2, added = ?3, deaths = 1 WHERE person_id = ?1")?
        .execute(params![person, imported.line, imported.added])
        .context("note how far a table is")?;
    Ok(())
}

/// Deletes a person's table, because it has been added or must not be.
pub(crate) fn end_import(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    tx.execute("DELETE FROM import WHERE person_id = ?1", [person])
        .context("forget a table")?;
    Ok(())
}

#[cfg(test)]
#[path = "tests/imports.rs"]
mod tests;
