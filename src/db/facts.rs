//! Small facts, one row each; each key belongs to one room.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _};

use super::WriteTx;

pub(crate) fn get(connection: &Connection, key: &str) -> anyhow::Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM fact WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()
        .with_context(|| format!("look up the fact {key}"))
}

pub(crate) fn set(tx: &WriteTx<'_>, key: &str, value: &str) -> anyhow::Result<()> {
    tx.execute(
        "INSERT INTO fact (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )
    .with_context(|| format!("set the fact {key}"))?;
    Ok(())
}

/// Sets a fact unless it exists; false if it did.
pub(crate) fn set_once(tx: &WriteTx<'_>, key: &str, value: &str) -> anyhow::Result<bool> {
    let set = tx
        .execute(
            "INSERT INTO fact (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",
            [key, value],
        )
        .with_context(|| format!("set the fact {key} once"))?;
    Ok(set > 0)
}

/// Removes a fact and returns its value.
pub(crate) fn take(tx: &WriteTx<'_>, key: &str) -> anyhow::Result<Option<String>> {
    tx.prepare_cached("DELETE FROM fact WHERE key = ?1 RETURNING value")?
        .query_row([key], |row| row.get(0))
        .optional()
        .with_context(|| format!("remove the fact {key}"))
}
