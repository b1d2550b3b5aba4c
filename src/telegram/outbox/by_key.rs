//! Finds outbox rows by their key, when there is more to say about their fact.
//!
//! A key's prefix is given without the colon that ends it.
//!
//! # Invariants
//! - Only rows with the given key prefix are read, however many others report the same run.

use rusqlite::{Connection, OptionalExtension as _};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::html::{Html, MESSAGE_LIMIT};

use super::insert::{check_text, insert, stored_keyboard, text_limit};
use crate::telegram::message::file::Recipe;
use crate::telegram::message::outgoing::Outgoing;

/// Chat and message ids of delivered messages whose key begins with `key:`.
pub(crate) fn messages_with_key(
    connection: &Connection,
    key: &str,
) -> anyhow::Result<Vec<(i64, i64)>> {
    let (from, to) = range(key);
    let mut statement = connection.prepare_cached(
        "SELECT chat_id, message_id FROM outbox
         WHERE dedupe > ?1 AND dedupe < ?2 AND state = 'sent' AND message_id IS NOT NULL",
    )?;
    let rows = statement.query_map((from, to), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The delivery results of the rows with one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Delivered {
    pub sent: u64,
    /// May have arrived.
    pub unsure: u64,
    /// Could not be delivered.
    pub dead: u64,
    pub waiting: u64,
}

/// Counts the delivery results of the rows whose key begins with `key:`.
pub(crate) fn delivered(connection: &Connection, key: &str) -> anyhow::Result<Delivered> {
    let (from, to) = range(key);
    let mut statement = connection.prepare_cached(
        "SELECT state, count(*) FROM outbox WHERE dedupe > ?1 AND dedupe < ?2 GROUP BY state",
    )?;
    let mut rows = statement.query([from, to])?;
    let mut delivered = Delivered::default();
    while let Some(row) = rows.next()? {
        let n: u64 = row.get(1)?;
        match row.get_ref(0)?.as_str()? {
            "sent" => delivered.sent += n,
            "unconfirmed" | "folded" => delivered.unsure += n,
            "dead" => delivered.dead += n,
            _ => delivered.waiting += n,
        }
    }
    Ok(delivered)
}

/// Withdraws the waiting messages whose key begins with `key:`.
pub(crate) fn withdraw(tx: &WriteTx<'_>, key: &str) -> anyhow::Result<()> {
    let (from, to) = range(key);
    tx.execute(
        "DELETE FROM outbox WHERE dedupe > ?1 AND dedupe < ?2 AND state = 'pending'",
        [from, to],
    )?;
    Ok(())
}

/// Rewrites the texts of the waiting messages whose key begins with `key:`.
///
/// # Errors
/// When a text is empty or too long, or the database refuses.
pub(crate) fn rewrite_waiting(
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
            .execute((id, html.as_str(), html.summary()))?;
    }
    Ok(())
}

/// The message id of the row with this key, if it has arrived.
pub(crate) fn message_with_key(connection: &Connection, key: &str) -> anyhow::Result<Option<i64>> {
    Ok(match found(connection, key)? {
        Found::Arrived(message_id) => Some(message_id),
        _ => None,
    })
}

/// What is known about a row's message.
enum Found {
    /// It has not left: the row's id.
    Waits(i64),
    /// It is on its way, or may have arrived: the row's id.
    Unsure(i64),
    /// It has arrived: the message's id.
    Arrived(i64),
    /// It never arrived, or there is no such row.
    Nowhere,
}

fn found(connection: &Connection, key: &str) -> anyhow::Result<Found> {
    let row: Option<(i64, String, Option<i64>)> = connection
        .prepare_cached("SELECT id, state, message_id FROM outbox WHERE dedupe = ?1")?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    Ok(match row {
        Some((id, state, _)) if state == "pending" => Found::Waits(id),
        Some((id, state, _)) if state == "sending" || state == "unconfirmed" => Found::Unsure(id),
        Some((_, state, Some(message_id))) if state == "sent" => Found::Arrived(message_id),
        _ => Found::Nowhere,
    })
}

/// Replaces the message of the row with this key: edits the message, or rewrites its row while that
/// waits. For a message on its way, this is decided once its result is known. If none arrived, the
/// replacement is a separate message.
///
/// # Errors
/// As for [`super::insert()`].
pub(crate) fn insert_in_place(
    tx: &WriteTx<'_>,
    now: UnixMs,
    key: &str,
    mut message: Outgoing,
) -> anyhow::Result<()> {
    match found(tx, key)? {
        Found::Waits(row) => return rewrite(tx, row, &message),
        Found::Arrived(message_id) => message = message.in_place_of(message_id),
        Found::Unsure(row) => message.place_row = Some(row),
        Found::Nowhere => {}
    }
    insert(tx, now, &message)?;
    Ok(())
}

/// What the rows whose key begins with `key:` told is over: those that wait are withdrawn, and the
/// others are replaced in place.
///
/// # Errors
/// As for [`super::insert()`].
pub(crate) fn replace_told(
    tx: &WriteTx<'_>,
    now: UnixMs,
    key: &str,
    message: impl Fn(i64) -> anyhow::Result<Outgoing>,
) -> anyhow::Result<()> {
    withdraw(tx, key)?;
    let (from, to) = range(key);
    let sql =
        "SELECT dedupe, chat_id FROM outbox WHERE dedupe > ?1 AND dedupe < ?2 AND state <> 'dead'";
    let mut statement = tx.prepare_cached(sql)?;
    let told = statement.query_map((from, to), |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (key, chat_id) in told.collect::<Result<Vec<(String, i64)>, _>>()? {
        insert_in_place(tx, now, &key, message(chat_id)?)?;
    }
    Ok(())
}

/// Gives a waiting row a new text, new buttons and another file.
fn rewrite(tx: &WriteTx<'_>, row: i64, message: &Outgoing) -> anyhow::Result<()> {
    check_text(&message.html, text_limit(message.file.as_ref()))?;
    let file = message.file.as_ref().map(Recipe::to_json).transpose()?;
    let keyboard = message
        .keyboard
        .as_ref()
        .filter(|keyboard| !keyboard.is_empty());
    tx.prepare_cached(
        "UPDATE outbox SET html = ?2, gist = ?3, keyboard = ?4, file = ?5
         WHERE id = ?1 AND state = 'pending'",
    )?
    .execute((
        row,
        message.html.as_str(),
        message.summary_line(),
        stored_keyboard(keyboard)?,
        file.unwrap_or_default(),
    ))?;
    Ok(())
}

/// A row leaves instead of an unconfirmed one, which then need not be mentioned.
pub(crate) fn overtake(tx: &WriteTx<'_>, now: UnixMs, row: i64) -> anyhow::Result<()> {
    tx.prepare_cached(
        "UPDATE outbox SET state = 'folded', carrier = ?1, closed_at = ?2, html = '', gist = '', keyboard = '', file = ''
         WHERE id = (SELECT place_row FROM outbox WHERE id = ?1) AND state = 'unconfirmed'",
    )?
    .execute((row, now.0))?;
    Ok(())
}

/// True when a waiting row edits the message.
pub(crate) fn changes(
    connection: &Connection,
    chat_id: i64,
    message_id: i64,
) -> anyhow::Result<bool> {
    let sql = "SELECT 1 FROM outbox
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND edit_of = ?2";
    Ok(connection
        .prepare_cached(sql)?
        .exists((chat_id, message_id))?)
}

/// True while a message of the chat waits or is on its way.
pub(crate) fn is_busy(connection: &Connection, chat_id: i64) -> anyhow::Result<bool> {
    let sql = "SELECT 1 FROM outbox
         WHERE closed_at IS NULL AND state IN ('pending', 'making', 'sending') AND chat_id = ?1";
    Ok(connection.prepare_cached(sql)?.exists([chat_id])?)
}

/// The bounds of the keys that begin with `key:`: the colon and the character after it.
fn range(key: &str) -> (String, String) {
    (format!("{key}:"), format!("{key};"))
}

#[cfg(test)]
#[path = "tests/by_key.rs"]
mod tests;
