//! Batches: a card's codes for individual things.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::add_code;
use crate::db::WriteTx;

/// Maximum number of codes in a batch. One transaction makes them, in about ten milliseconds.
pub(crate) const MOST_CODES: u32 = 1000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    /// The id of its first code, which names the batch in buttons.
    pub(crate) first: i64,
    pub(crate) name: String,
    pub(crate) codes: u64,
    /// Counted scans.
    pub(crate) checks: u64,
}

const BATCH_COLUMNS: &str = "min(id), batch, count(*), sum(checks)";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Batch> {
    Ok(Batch {
        first: row.get(0)?,
        name: row.get(1)?,
        codes: row.get(2)?,
        checks: row.get(3)?,
    })
}

/// Makes a batch; false if the card already has one with this name.
pub fn add_batch(tx: &WriteTx<'_>, card: i64, name: &str, codes: u32) -> anyhow::Result<bool> {
    let known: bool = tx
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM card_code WHERE card_id = ?1 AND batch = ?2)",
            params![card, name],
            |row| row.get(0),
        )
        .with_context(|| format!("look for a batch of card {card}"))?;
    if known {
        return Ok(false);
    }
    for serial in 1..=codes.min(MOST_CODES) {
        add_code(tx, card, name, serial)?;
    }
    Ok(true)
}

/// The newest first.
pub(crate) fn batches(
    connection: &Connection,
    card: i64,
    limit: usize,
) -> anyhow::Result<Vec<Batch>> {
    let sql = format!(
        "SELECT {BATCH_COLUMNS} FROM card_code
         WHERE card_id = ?1 AND batch <> '' GROUP BY batch ORDER BY 1 DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![card, limit], from_row)?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("list the batches of card {card}"))
}

/// By the id of its first code.
pub(crate) fn batch(
    connection: &Connection,
    card: i64,
    first: i64,
) -> anyhow::Result<Option<Batch>> {
    let sql = format!(
        "SELECT {BATCH_COLUMNS} FROM card_code WHERE card_id = ?1 AND batch =
             (SELECT batch FROM card_code WHERE id = ?2 AND card_id = ?1 AND batch <> '')
         GROUP BY batch"
    );
    connection
        .prepare_cached(&sql)?
        .query_row([card, first], from_row)
        .optional()
        .with_context(|| format!("look up a batch of card {card}"))
}

/// A batch by name; none for the empty name, which belongs to the shared code.
pub(crate) fn batch_of(
    connection: &Connection,
    card: i64,
    name: &str,
) -> anyhow::Result<Option<Batch>> {
    if name.is_empty() {
        return Ok(None);
    }
    let sql = format!(
        "SELECT {BATCH_COLUMNS} FROM card_code WHERE card_id = ?1 AND batch = ?2 GROUP BY batch"
    );
    connection
        .prepare_cached(&sql)?
        .query_row(params![card, name], from_row)
        .optional()
        .with_context(|| format!("look up a batch of card {card}"))
}
