//! Lists of cards, and totals over all of them.

use anyhow::Context as _;
use rusqlite::Connection;

use super::{CARD_COLUMNS, CARD_WIDTH, card_from_row, get, sql_limit};
use crate::slices::cards::card::Card;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardFilter {
    Active,
    Inactive,
    /// Cards with this text in their name, active or not.
    Named(String),
}

/// One page, the newest first, and the number of all cards in the list.
pub fn page(
    connection: &Connection,
    which: &CardFilter,
    offset: usize,
    limit: usize,
) -> anyhow::Result<(Vec<Card>, usize)> {
    let active = match which {
        CardFilter::Active => 1,
        CardFilter::Inactive => 0,
        CardFilter::Named(text) => return named(connection, text, offset, limit),
    };
    // A literal, because with a parameter SQLite would not use the partial index.
    let total = connection
        .prepare_cached(&format!(
            "SELECT count(*) FROM card WHERE active = {active}"
        ))?
        .query_row([], |row| row.get(0))
        .context("count cards")?;
    let sql = format!(
        "SELECT {CARD_COLUMNS} FROM card WHERE active = {active} ORDER BY id DESC LIMIT ?1 OFFSET ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([sql_limit(limit), sql_limit(offset)], card_from_row)?;
    let cards = rows.collect::<Result<_, _>>().context("list cards")?;
    Ok((cards, total))
}

/// Searches the index that holds only names.
fn named(
    connection: &Connection,
    text: &str,
    offset: usize,
    limit: usize,
) -> anyhow::Result<(Vec<Card>, usize)> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM card INDEXED BY card_named WHERE instr(folded(name), ?1) > 0",
    )?;
    let rows = statement.query_map([text.to_lowercase()], |row| row.get(0))?;
    let mut ids: Vec<i64> = rows.collect::<Result<_, _>>().context("search cards")?;
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let wanted = ids.iter().skip(offset).take(limit);
    let cards = wanted.filter_map(|id| get(connection, *id).transpose());
    Ok((cards.collect::<anyhow::Result<_>>()?, ids.len()))
}

/// Every card with its shared code, the oldest first.
pub(crate) fn each_card(
    connection: &Connection,
    mut take: impl FnMut(Card, &str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let sql = format!(
        "SELECT {CARD_COLUMNS}, card_code.code FROM card
         CROSS JOIN card_code ON card_code.card_id = card.id AND card_code.batch = '' ORDER BY card.id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([]).context("read the cards")?;
    while let Some(row) = rows.next().context("read the cards")? {
        take(card_from_row(row)?, row.get_ref(CARD_WIDTH)?.as_str()?)?;
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardTotals {
    pub cards: u64,
    pub active: u64,
    /// Counted scans.
    pub checks: u64,
    /// The number of people who made them.
    pub people: u64,
}

pub fn sums(connection: &Connection) -> anyhow::Result<CardTotals> {
    connection
        .prepare_cached(
            // Each is read from an index, because the rows hold long descriptions.
            "SELECT (SELECT count(*) FROM card), (SELECT count(*) FROM card WHERE active = 1),
                 (SELECT coalesce(sum(checks), 0) FROM card), (SELECT count(*) FROM card_person WHERE card_id = 0)",
        )?
        .query_row([], |row| {
            Ok(CardTotals {
                cards: row.get(0)?,
                active: row.get(1)?,
                checks: row.get(2)?,
                people: row.get(3)?,
            })
        })
        .context("sum up cards")
}

/// Counted scans by day, from this day (`2026-11-21`) on. Days without scans are left out.
pub(crate) fn days(connection: &Connection, from: &str) -> anyhow::Result<Vec<(String, u32)>> {
    let mut statement = connection.prepare_cached(
        "SELECT day, sum(checks) FROM card_day WHERE day >= ?1 GROUP BY day ORDER BY day",
    )?;
    let rows = statement.query_map([from], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect::<Result<_, _>>().context("count scans by day")
}

/// The cards with the most scans; of two with the same number, the newer first.
pub fn top(connection: &Connection, limit: usize) -> anyhow::Result<Vec<Card>> {
    let sql = format!(
        "SELECT {CARD_COLUMNS} FROM card WHERE checks > 0 ORDER BY checks DESC, id DESC LIMIT ?1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([limit], card_from_row)?;
    rows.collect::<Result<_, _>>()
        .context("list the cards that are checked most")
}
