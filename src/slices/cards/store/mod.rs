//! The SQL of cards. Functions that change something take a `&WriteTx`, the others any connection.
//!
//! What must stay true: what a scan found, its count and its row in the log are written by one transaction; a card's
//! `checks` are the sum of its codes' and the number of its rows that say *genuine*, as long as those are kept.

mod alarm;
mod batches;
mod codes;
mod forget;
mod listing;
mod log;
mod scan;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub use alarm::{Decision, decide};
pub use batches::{Batch, MOST_CODES, add_batch, batch, batch_of, batches};
pub use codes::{Printed, claim, find, printed, release, set_state, shared, unit_codes};
pub use forget::{KEPT, forget};
pub use listing::{Sums, Which, days, each_card, page, sums, top};
pub use log::{Logged, MOST_EXPORTED, export, last_scans};
pub use scan::{GRACE, MOST_ASTRAY, scan};

use super::card::Card;
use super::code::Code;
use crate::clock::UnixMs;
use crate::db::{WriteTx, facts};
use crate::random;
use crate::telegram::Me;

const CARD_COLUMNS: &str = "card.id, card.public_id, card.owner_id, card.name, card.description, card.photo, card.packaged, \
     card.active, card.checks, card.people, card.created_at";

/// How many columns that are.
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

/// What a new card consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCard {
    /// Who makes it.
    pub owner_id: i64,
    /// What the thing is called.
    pub name: String,
    /// What is said of it.
    pub description: String,
    /// Its picture.
    pub photo: String,
    /// The second one; may be empty.
    pub packaged: String,
}

/// Makes a card with one shared code, and returns its id.
///
/// # Errors
/// When the database or the system's source of chance fails.
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

/// Gives a card another code. One that exists already, which chance does not bring about, is an error.
fn add_code(tx: &WriteTx<'_>, card: i64, batch: &str, serial: u32) -> anyhow::Result<()> {
    let code = Code::draw()?;
    tx.prepare_cached(
        "INSERT INTO card_code (card_id, code, batch, serial) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![card, code.as_str(), batch, serial])
    .with_context(|| format!("give card {card} a code"))?;
    Ok(())
}

/// A card by its id.
///
/// # Errors
/// When the database fails.
pub fn get(connection: &Connection, id: i64) -> anyhow::Result<Option<Card>> {
    let sql = format!("SELECT {CARD_COLUMNS} FROM card WHERE id = ?1");
    connection
        .prepare_cached(&sql)?
        .query_row([id], card_from_row)
        .optional()
        .with_context(|| format!("look up card {id}"))
}

/// A card by the name under which it is shared.
///
/// # Errors
/// When the database fails.
pub fn by_public_id(connection: &Connection, public_id: &str) -> anyhow::Result<Option<Card>> {
    let sql = format!("SELECT {CARD_COLUMNS} FROM card WHERE public_id = ?1");
    connection
        .prepare_cached(&sql)?
        .query_row([public_id], card_from_row)
        .optional()
        .context("look up a shared card")
}

/// Makes a card active or not; true when that changed it.
///
/// # Errors
/// When the database fails.
pub fn set_active(tx: &WriteTx<'_>, card: i64, active: bool) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE card SET active = ?2 WHERE id = ?1 AND active <> ?2",
            params![card, active],
        )
        .with_context(|| format!("set whether card {card} is active"))?;
    Ok(changed > 0)
}

/// What is changed of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// What the thing is called.
    Name(String),
    /// What is said of it.
    Description(String),
    /// Its picture.
    Photo(String),
    /// The second one; empty: none any longer.
    Packaged(String),
}

/// Changes a card; true when it was different before.
///
/// # Errors
/// When the database fails.
pub fn change(tx: &WriteTx<'_>, card: i64, change: &Change) -> anyhow::Result<bool> {
    let (sql, value) = match change {
        Change::Name(name) => (
            "UPDATE card SET name = ?2 WHERE id = ?1 AND name <> ?2",
            name,
        ),
        Change::Description(text) => (
            "UPDATE card SET description = ?2 WHERE id = ?1 AND description <> ?2",
            text,
        ),
        Change::Photo(photo) => (
            "UPDATE card SET photo = ?2 WHERE id = ?1 AND photo <> ?2",
            photo,
        ),
        Change::Packaged(photo) => (
            "UPDATE card SET packaged = ?2 WHERE id = ?1 AND packaged <> ?2",
            photo,
        ),
    };
    let changed = tx
        .execute(sql, params![card, value])
        .with_context(|| format!("change card {card}"))?;
    Ok(changed > 0)
}

/// Gives the names of all pictures of cards, some of them empty.
///
/// # Errors
/// When the database fails.
pub fn each_photo(connection: &Connection, mut take: impl FnMut(&str)) -> anyhow::Result<()> {
    let mut photos = connection.prepare_cached("SELECT photo, packaged FROM card")?;
    let mut rows = photos.query([]).context("read the names of photos")?;
    while let Some(row) = rows.next().context("read the names of photos")? {
        take(row.get_ref(0)?.as_str()?);
        take(row.get_ref(1)?.as_str()?);
    }
    Ok(())
}

/// The fact that holds who we are at Telegram, for links that are made while it is out of reach.
const BOT_FACT: &str = "cards-bot";

/// Notes who we are at Telegram.
///
/// # Errors
/// When the database fails.
pub fn note_bot(tx: &WriteTx<'_>, me: &Me) -> anyhow::Result<()> {
    facts::set(tx, BOT_FACT, &serde_json::to_string(me)?)
}

/// Who we are at Telegram; none while it never said.
///
/// # Errors
/// When the database fails.
pub fn bot(connection: &Connection) -> anyhow::Result<Option<Me>> {
    let noted = facts::get(connection, BOT_FACT)?;
    Ok(noted.and_then(|json| serde_json::from_str(&json).ok()))
}

/// A number of rows as SQLite takes it.
fn sql_limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
