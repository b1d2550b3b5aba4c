//! The log of scans, as admins read it.

use anyhow::Context as _;
use rusqlite::{Connection, Row, params};

use super::sql_limit;
use crate::clock::UnixMs;
use crate::slices::cards::card::Outcome;

/// Scans in a file at most, the newest: some 20 MB, and a few seconds to make.
pub const MOST_EXPORTED: usize = 200_000;

/// A scan as it was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// When.
    pub at: UnixMs,
    /// What came of it.
    pub outcome: Outcome,
    /// The card's name; empty where there is no such code.
    pub card: String,
    /// The code.
    pub code: String,
    /// The name of its batch.
    pub batch: String,
    /// Its number in the batch; 0 for the code that things share.
    pub serial: u32,
    /// Who scanned it; 0: somebody who was forgotten.
    pub person: i64,
    /// What they called themselves then.
    pub name: String,
    /// Their user name then.
    pub username: String,
}

const SELECT: &str = "SELECT scan.at, scan.result, coalesce(card.name, ''), coalesce(card_code.code, ''), coalesce(card_code.batch, ''), \
     coalesce(card_code.serial, 0), scan.person_id, scan.name, scan.username \
     FROM scan LEFT JOIN card_code ON card_code.id = scan.code_id LEFT JOIN card ON card.id = scan.card_id";

fn from_row(row: &Row<'_>) -> anyhow::Result<Logged> {
    Ok(Logged {
        at: UnixMs(row.get(0)?),
        outcome: Outcome::from_word(row.get_ref(1)?.as_str()?).context("an unknown outcome")?,
        card: row.get(2)?,
        code: row.get(3)?,
        batch: row.get(4)?,
        serial: row.get(5)?,
        person: row.get(6)?,
        name: row.get(7)?,
        username: row.get(8)?,
    })
}

/// The newest scans of a card.
///
/// # Errors
/// When the database fails.
pub fn last_scans(connection: &Connection, card: i64, limit: usize) -> anyhow::Result<Vec<Logged>> {
    let mut scans = Vec::new();
    each(connection, Some(card), limit, |scan| {
        scans.push(scan);
        Ok(())
    })?;
    Ok(scans)
}

/// Gives the newest scans of a card, or of everything, one after another.
///
/// # Errors
/// When the database or the taker fails.
pub fn export(
    connection: &Connection,
    card: Option<i64>,
    take: impl FnMut(Logged) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    each(connection, card, MOST_EXPORTED, take)
}

fn each(
    connection: &Connection,
    card: Option<i64>,
    limit: usize,
    mut take: impl FnMut(Logged) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let of_card = if card.is_some() {
        "WHERE scan.card_id = ?1"
    } else {
        "WHERE ?1 IS NULL"
    };
    let sql = format!("{SELECT} {of_card} ORDER BY scan.id DESC LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![card, sql_limit(limit)])?;
    while let Some(row) = rows.next().context("read the scans")? {
        take(from_row(row)?)?;
    }
    Ok(())
}
