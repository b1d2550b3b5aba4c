//! The log of scans, for admins.

use anyhow::Context as _;
use rusqlite::{Connection, Row, params};

use super::sql_limit;
use crate::clock::UnixMs;
use crate::slices::cards::card::ScanOutcome;

/// Maximum number of scans in a file: about 20 MB, which takes a few seconds.
pub(crate) const MOST_EXPORTED: usize = 200_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedScan {
    pub at: UnixMs,
    pub outcome: ScanOutcome,
    /// Empty if no code matched.
    pub card: String,
    pub code: String,
    pub batch: String,
    /// The number in the batch; 0 for the shared code.
    pub serial: u32,
    /// Who scanned it; 0 for a person whose data was deleted.
    pub person: i64,
    /// The person's name at that time.
    pub name: String,
    pub username: String,
}

const SELECT: &str = "SELECT scan.at, scan.result, coalesce(card.name, ''), coalesce(card_code.code, ''), coalesce(card_code.batch, ''), \
     coalesce(card_code.serial, 0), scan.person_id, scan.name, scan.username \
     FROM scan LEFT JOIN card_code ON card_code.id = scan.code_id LEFT JOIN card ON card.id = scan.card_id";

fn from_row(row: &Row<'_>) -> anyhow::Result<LoggedScan> {
    Ok(LoggedScan {
        at: UnixMs(row.get(0)?),
        outcome: ScanOutcome::from_word(row.get_ref(1)?.as_str()?).context("an unknown outcome")?,
        card: row.get(2)?,
        code: row.get(3)?,
        batch: row.get(4)?,
        serial: row.get(5)?,
        person: row.get(6)?,
        name: row.get(7)?,
        username: row.get(8)?,
    })
}

pub fn last_scans(
    connection: &Connection,
    card: i64,
    limit: usize,
) -> anyhow::Result<Vec<LoggedScan>> {
    let mut scans = Vec::new();
    each(connection, Some(card), limit, |scan| {
        scans.push(scan);
        Ok(())
    })?;
    Ok(scans)
}

/// Calls `take` with the newest scans, of one card or of all.
pub(crate) fn export(
    connection: &Connection,
    card: Option<i64>,
    take: impl FnMut(LoggedScan) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    each(connection, card, MOST_EXPORTED, take)
}

fn each(
    connection: &Connection,
    card: Option<i64>,
    limit: usize,
    mut take: impl FnMut(LoggedScan) -> anyhow::Result<()>,
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
