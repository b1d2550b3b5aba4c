//! Telegram's ids of uploaded files, by which they can be sent again.
//!
//! An id is a shortcut and belongs to one bot. A message always carries the recipe.
//!
//! # Invariants
//! - An id that Telegram refuses is forgotten, and the file is made again.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::{UnixMs, days};
use crate::db::WriteTx;
use crate::retention::CHUNK;

use crate::telegram::message::file::Recipe;

/// How long an id is kept after the file was uploaded.
pub(crate) const KEEP_FILES: Duration = days(90);

/// Telegram's id of a file that this bot sent before; `None` for a recipe whose file may change.
pub(crate) fn file_id(
    connection: &Connection,
    bot_id: i64,
    recipe: &Recipe,
) -> anyhow::Result<Option<String>> {
    let Some(key) = recipe.same_as() else {
        return Ok(None);
    };
    let id = connection
        .prepare_cached("SELECT file_id FROM sent_file WHERE bot_id = ?1 AND key = ?2")?
        .query_row(params![bot_id, key], |row| row.get(0))
        .optional()?;
    Ok(id)
}

/// Stores Telegram's id of an uploaded file.
pub(crate) fn note_file(
    tx: &WriteTx<'_>,
    now: UnixMs,
    bot_id: i64,
    recipe: &Recipe,
    file_id: &str,
) -> anyhow::Result<()> {
    if let Some(key) = recipe.same_as() {
        tx.prepare_cached(
            "INSERT INTO sent_file (bot_id, key, file_id, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (bot_id, key) DO UPDATE SET file_id = excluded.file_id, at = excluded.at",
        )?
        .execute(params![bot_id, key, file_id, now.0])?;
    }
    Ok(())
}

/// Forgets the id of a file that Telegram does not know any more.
pub(crate) fn forget_file(tx: &WriteTx<'_>, bot_id: i64, recipe: &Recipe) -> anyhow::Result<()> {
    if let Some(key) = recipe.same_as() {
        tx.execute(
            "DELETE FROM sent_file WHERE bot_id = ?1 AND key = ?2",
            params![bot_id, key],
        )?;
    }
    Ok(())
}

pub(crate) fn prune_files(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    Ok(tx.execute(
        "DELETE FROM sent_file WHERE rowid IN (SELECT rowid FROM sent_file WHERE at < ?1 LIMIT ?2)",
        (before.0, CHUNK),
    )?)
}

#[cfg(test)]
#[path = "tests/files.rs"]
mod tests;
