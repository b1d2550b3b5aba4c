//! Rows of the outbox found again by their key, when there is more to say about what they tell of.
//!
//! What a key begins with is given without the colon that ends it. Must stay true: only such rows are read, however many
//! others tell of the same run.

use rusqlite::{Connection, OptionalExtension as _};

use crate::db::WriteTx;
use crate::html::{Html, MESSAGE_LIMIT};

use super::markup::Keyboard;
use super::outbox::{check_text, stored_keyboard};

/// The Telegram messages that have arrived, of the rows whose key begins with `key:`: chat and message id.
///
/// # Errors
/// When the database cannot be read.
pub fn messages_with_key(connection: &Connection, key: &str) -> anyhow::Result<Vec<(i64, i64)>> {
    let (from, to) = range(key);
    let mut statement = connection.prepare_cached(
        "SELECT chat_id, message_id FROM outbox
         WHERE dedupe > ?1 AND dedupe < ?2 AND state = 'sent' AND message_id IS NOT NULL",
    )?;
    let rows = statement.query_map((from, to), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives the messages that still wait, of the rows whose key begins with `key:`, another text for their chat.
///
/// # Errors
/// When a text is empty or too long, or the database refuses.
pub fn rewrite_waiting(
    tx: &WriteTx<'_>,
    key: &str,
    text: impl Fn(i64) -> anyhow::Result<Html>,
) -> anyhow::Result<()> {
    let (from, to) = range(key);
    let sql =
        "SELECT id, chat_id FROM outbox WHERE dedupe > ?1 AND dedupe < ?2 AND state = 'pending'";
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map((from, to), |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, chat_id) in rows.collect::<Result<Vec<(i64, i64)>, _>>()? {
        let html = text(chat_id)?;
        check_text(&html, MESSAGE_LIMIT)?;
        tx.prepare_cached("UPDATE outbox SET html = ?2, gist = ?3 WHERE id = ?1")?
            .execute((id, html.as_str(), html.gist()))?;
    }
    Ok(())
}

/// Where the message of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a row that has not left: its id.
    Waits(i64),
    /// On its way to Telegram.
    OnItsWay,
    /// In its chat: the message's id.
    At(i64),
    /// Nobody knows: it never arrived, it may not have, or there is no such row.
    Nowhere,
}

/// Where the message of the row with this key is.
///
/// # Errors
/// When the database cannot be read.
pub fn place(connection: &Connection, key: &str) -> anyhow::Result<Place> {
    let row: Option<(i64, String, Option<i64>)> = connection
        .prepare_cached("SELECT id, state, message_id FROM outbox WHERE dedupe = ?1")?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    Ok(match row {
        Some((id, state, _)) if state == "pending" => Place::Waits(id),
        Some((_, state, _)) if state == "sending" => Place::OnItsWay,
        Some((_, state, Some(message_id))) if state == "sent" => Place::At(message_id),
        _ => Place::Nowhere,
    })
}

/// Gives a row that waits another text and other buttons.
///
/// # Errors
/// When the text is empty or too long, or the database refuses.
pub fn rewrite(tx: &WriteTx<'_>, row: i64, html: &Html, keyboard: &Keyboard) -> anyhow::Result<()> {
    check_text(html, MESSAGE_LIMIT)?;
    let keyboard = stored_keyboard(Some(keyboard).filter(|keyboard| !keyboard.is_empty()))?;
    tx.prepare_cached(
        "UPDATE outbox SET html = ?2, gist = ?3, keyboard = ?4 WHERE id = ?1 AND state = 'pending'",
    )?
    .execute((row, html.as_str(), html.gist(), keyboard))?;
    Ok(())
}

/// The bounds of the keys that begin with `key:`: between the colon and the sign after it.
pub(super) fn range(key: &str) -> (String, String) {
    (format!("{key}:"), format!("{key};"))
}
