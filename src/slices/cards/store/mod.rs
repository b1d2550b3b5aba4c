//! The SQL of cards. Functions that write take a `&WriteTx`.
//!
//! # Invariants
//!
//! - One transaction writes a scan's result, its count and its row in the log.
//! - A card's `checks` equal the sum of its codes' checks.
//! - While scans are kept, they also equal the card's rows with result *genuine*.

mod alarm;
mod batches;
mod codes;
mod listing;
mod log;
mod retention;
mod scan;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(crate) use alarm::{AlarmDecision, decide};
pub use batches::add_batch;
pub(crate) use batches::{Batch, MOST_CODES, batch, batch_of, batches};
pub(crate) use codes::{StoredCode, claim, find, printed, release, unit_codes};
pub use codes::{set_state, shared};
pub use listing::{CardFilter, page, sums, top};
pub(crate) use listing::{days, each_card};
pub use log::last_scans;
pub(crate) use log::{LoggedScan, MOST_EXPORTED, export};
pub(crate) use retention::{KEPT, forget};
pub(crate) use scan::MOST_UNMATCHED;
pub use scan::scan;

use super::card::Card;
use super::code::Code;
use crate::clock::UnixMs;
use crate::db::{WriteTx, facts};
use crate::random;
use crate::telegram::Me;

const CARD_COLUMNS: &str = "card.id, card.public_id, card.owner_id, card.name, card.description, card.photo, card.packaged, \
     card.active, card.checks, card.people, card.created_at";

const CARD_WIDTH: usize = 11;

fn card_from_row(row: &Row<'_>) -> rusqlite::Result<Card> {
    Ok(Card {
        id: row.get(0)?,
        public_id: row.get(1)?,
        owner_id: row.get(2)?,
        name: row.get(3)?,
        description: row.get(4)?,
        photo: row.get(5)?,
        packaged: row
            .get::<_, Option<String>>(6)?
            .filter(|name| !name.is_empty()),
        active: row.get(7)?,
        checks: row.get(8)?,
        people: row.get(9)?,
        created_at: UnixMs(row.get(10)?),
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCard {
    pub owner_id: i64,
    pub name: String,
    pub description: String,
    pub photo: String,
    /// The second photo; may be empty.
    pub packaged: String,
}

/// Makes a card with its shared code; returns its id.
pub fn add(tx: &WriteTx<'_>, now: UnixMs, card: &NewCard) -> anyhow::Result<i64> {
    let public_id = random::hex::<8>()?;
    tx.execute(
        "INSERT INTO card (public_id, owner_id, name, description, photo, packaged, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            public_id,
            card.owner_id,
            card.name,
            card.description,
            card.photo,
            card.packaged,
            now.0
        ],
    )
    .context("make a card")?;
    let id = tx.last_insert_rowid();
    add_code(tx, id, "", 0)?;
    Ok(id)
}

/// Adds a code. An existing one is an error; 80 random bits do not repeat.
fn add_code(tx: &WriteTx<'_>, card: i64, batch: &str, serial: u32) -> anyhow::Result<()> {
    let code = Code::draw()?;
    tx.prepare_cached(
        "INSERT INTO card_code (card_id, code, batch, serial) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![card, code.as_str(), batch, serial])
    .with_context(|| format!("give card {card} a code"))?;
    Ok(())
}

pub fn get(connection: &Connection, id: i64) -> anyhow::Result<Option<Card>> {
    let sql = format!("SELECT {CARD_COLUMNS} FROM card WHERE id = ?1");
    connection
        .prepare_cached(&sql)?
        .query_row([id], card_from_row)
        .optional()
        .with_context(|| format!("look up card {id}"))
}

/// A card by the name in its share link.
pub(crate) fn by_public_id(
    connection: &Connection,
    public_id: &str,
) -> anyhow::Result<Option<Card>> {
    let sql = format!("SELECT {CARD_COLUMNS} FROM card WHERE public_id = ?1");
    connection
        .prepare_cached(&sql)?
        .query_row([public_id], card_from_row)
        .optional()
        .context("look up a shared card")
}

/// True if this changed something.
pub(crate) fn set_active(tx: &WriteTx<'_>, card: i64, active: bool) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE card SET active = ?2 WHERE id = ?1 AND active <> ?2",
            params![card, active],
        )
        .with_context(|| format!("set whether card {card} is active"))?;
    Ok(changed > 0)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CardChange {
    Name(String),
    Description(String),
    Photo(String),
    /// The second photo; empty removes it.
    Packaged(String),
}

/// True if this changed something.
pub(crate) fn change(tx: &WriteTx<'_>, card: i64, change: &CardChange) -> anyhow::Result<bool> {
    let (sql, value) = match change {
        CardChange::Name(name) => (
            "UPDATE card SET name = ?2 WHERE id = ?1 AND name <> ?2",
            name,
        ),
        CardChange::Description(text) => (
            "UPDATE card SET description = ?2 WHERE id = ?1 AND description <> ?2",
            text,
        ),
        CardChange::Photo(photo) => (
            "UPDATE card SET photo = ?2 WHERE id = ?1 AND photo <> ?2",
            photo,
        ),
        CardChange::Packaged(photo) => (
            "UPDATE card SET packaged = ?2 WHERE id = ?1 AND packaged <> ?2",
            photo,
        ),
    };
    let changed = tx
        .execute(sql, params![card, value])
        .with_context(|| format!("change card {card}"))?;
    Ok(changed > 0)
}

/// The names of all photos of cards, some of them empty.
pub(crate) fn each_photo(
    connection: &Connection,
    mut take: impl FnMut(&str),
) -> anyhow::Result<()> {
    let mut photos = connection.prepare_cached("SELECT photo, packaged FROM card")?;
    let mut rows = photos.query([]).context("read the names of photos")?;
    while let Some(row) = rows.next().context("read the names of photos")? {
        take(row.get_ref(0)?.as_str()?);
        take(row.get_ref(1)?.as_str()?);
    }
    Ok(())
}

/// The fact that holds the bot's user name, for links made while Telegram is unreachable.
const BOT_FACT: &str = "cards-bot";

pub(crate) fn note_bot(tx: &WriteTx<'_>, me: &Me) -> anyhow::Result<()> {
    facts::set(tx, BOT_FACT, &serde_json::to_string(me)?)
}

/// None until Telegram has told us the bot's name.
pub(crate) fn bot(connection: &Connection) -> anyhow::Result<Option<Me>> {
    let noted = facts::get(connection, BOT_FACT)?;
    Ok(noted.and_then(|json| serde_json::from_str(&json).ok()))
}

fn sql_limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
