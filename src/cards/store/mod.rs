//! The SQL of cards. Functions that change something take a `&WriteTx`, the others any connection.
//!
//! What must stay true: what a scan found, its count and its row in the log are written by one transaction; a card's
//! `checks` are the sum of its codes' and the number of its rows that say *genuine*, as long as those are kept.

mod alarm;
mod batches;
mod forget;
mod scan;

use anyhow::Context as _;
use ring::rand::SecureRandom as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub use alarm::{Decision, decide};
pub use batches::{Batch, MOST_CODES, UnitCode, add_batch, batch, batches, unit_codes};
pub use forget::{KEPT, forget};
pub use scan::{GRACE, MOST_ASTRAY, scan};

use super::card::{Card, CodeState};
use super::code::Code;
use crate::clock::UnixMs;
use crate::db::WriteTx;

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
    let mut bytes = [0_u8; 8];
    ring::rand::SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    let public_id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
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
pub fn shared(connection: &Connection, public_id: &str) -> anyhow::Result<Option<Card>> {
    let sql = format!("SELECT {CARD_COLUMNS} FROM card WHERE public_id = ?1");
    connection
        .prepare_cached(&sql)?
        .query_row([public_id], card_from_row)
        .optional()
        .context("look up a shared card")
}

/// One page of cards, the newest active ones first, and how many cards there are.
///
/// # Errors
/// When the database fails.
pub fn page(
    connection: &Connection,
    offset: usize,
    limit: usize,
) -> anyhow::Result<(Vec<Card>, usize)> {
    let total = connection
        .prepare_cached("SELECT count(*) FROM card WHERE active = 1")?
        .query_row([], |row| row.get(0))
        .context("count cards")?;
    let sql = format!(
        "SELECT {CARD_COLUMNS} FROM card WHERE active = 1 ORDER BY id DESC LIMIT ?1 OFFSET ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![limit, offset], card_from_row)?;
    let cards = rows.collect::<Result<_, _>>().context("list cards")?;
    Ok((cards, total))
}

/// The code that all things of a card share.
///
/// # Errors
/// When the database fails, or the card has none.
pub fn shared_code(connection: &Connection, card: i64) -> anyhow::Result<Code> {
    let text: String = connection
        .prepare_cached("SELECT code FROM card_code WHERE card_id = ?1 AND batch = ''")?
        .query_row([card], |row| row.get(0))
        .with_context(|| format!("look up the code of card {card}"))?;
    Code::read(&text).with_context(|| format!("the code of card {card} is damaged"))
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

/// Says of a code what is to be told of it; true when that changed it.
///
/// # Errors
/// When the database fails.
pub fn set_state(tx: &WriteTx<'_>, code: &Code, state: CodeState) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE card_code SET state = ?2 WHERE code = ?1 AND state <> ?2",
            params![code.as_str(), state.word()],
        )
        .context("set the state of a code")?;
    Ok(changed > 0)
}

/// The fact that holds what the bot is called at Telegram, for links that are made while Telegram is out of reach.
const BOT_FACT: &str = "cards-bot";

/// Notes what the bot is called.
///
/// # Errors
/// When the database fails.
pub fn note_bot_name(tx: &WriteTx<'_>, username: &str) -> anyhow::Result<()> {
    tx.execute(
        "INSERT INTO fact (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [BOT_FACT, username],
    )
    .context("note the name of the bot")?;
    Ok(())
}

/// What the bot is called; none while Telegram never said.
///
/// # Errors
/// When the database fails.
pub fn bot_name(connection: &Connection) -> anyhow::Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM fact WHERE key = ?1")?
        .query_row([BOT_FACT], |row| row.get(0))
        .optional()
        .context("look up the name of the bot")
}

/// Sums over all cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// Cards.
    pub cards: u64,
    /// Of them active.
    pub active: u64,
    /// Counted scans.
    pub checks: u64,
    /// People who made them.
    pub people: u64,
}

/// Sums over all cards.
///
/// # Errors
/// When the database fails.
pub fn sums(connection: &Connection) -> anyhow::Result<Sums> {
    connection
        .prepare_cached(
            // Each is read from an index: the rows themselves hold descriptions.
            "SELECT (SELECT count(*) FROM card), (SELECT count(*) FROM card WHERE active = 1),
                 (SELECT coalesce(sum(checks), 0) FROM card), (SELECT count(*) FROM card_person WHERE card_id = 0)",
        )?
        .query_row([], |row| {
            Ok(Sums {
                cards: row.get(0)?,
                active: row.get(1)?,
                checks: row.get(2)?,
                people: row.get(3)?,
            })
        })
        .context("sum up cards")
}

/// Counted scans by day, from a day on (`2026-11-21`), where there were any.
///
/// # Errors
/// When the database fails.
pub fn days(connection: &Connection, from: &str) -> anyhow::Result<Vec<(String, u32)>> {
    let mut statement = connection.prepare_cached(
        "SELECT day, sum(checks) FROM card_day WHERE day >= ?1 GROUP BY day ORDER BY day",
    )?;
    let rows = statement.query_map([from], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect::<Result<_, _>>().context("count scans by day")
}

/// The cards that are checked most.
///
/// # Errors
/// When the database fails.
pub fn top(connection: &Connection, limit: usize) -> anyhow::Result<Vec<Card>> {
    let sql = format!(
        "SELECT {CARD_COLUMNS} FROM card WHERE checks > 0 ORDER BY checks DESC, id LIMIT ?1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([limit], card_from_row)?;
    rows.collect::<Result<_, _>>()
        .context("list the cards that are checked most")
}

#[cfg(test)]
mod tests;
