//! Hands rows to the sender.

use rusqlite::{OptionalExtension as _, Row};

use super::by_key::overtake;
use super::chats::close_pending;
use super::pause::FILES;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::html::Html;
use crate::telegram::message::file::Recipe;
use crate::telegram::message::markup::Keyboard;
use crate::telegram::message::priority::{Priority, Urgency};

/// Maximum number of earlier messages that one message mentions: a longer list helps nobody.
const FOLD_LIMIT: u32 = 10;

/// A row that the sender has claimed.
#[derive(Debug, Clone)]
pub(crate) struct ClaimedRow {
    pub(crate) id: i64,
    pub(crate) chat_id: i64,
    pub(crate) edit_of: Option<i64>,
    pub(crate) html: Html,
    pub(crate) keyboard: Option<Keyboard>,
    pub(crate) file: Option<Recipe>,
    pub(crate) topic: Option<i64>,
    /// The message to reply to.
    pub(crate) reply_to: Option<i64>,
    pub(crate) silent: bool,
    pub(crate) urgency: Urgency,
    /// Including this one.
    pub(crate) attempts: u32,
    /// Deaths of the program while the file was made.
    pub(crate) deaths: u32,
    pub(crate) created_at: UnixMs,
    /// The chat's language; empty if unknown.
    pub(crate) language: String,
    /// Earlier messages of the chat that may not have arrived: row id and summary.
    pub(crate) unconfirmed: Vec<(i64, String)>,
}

impl ClaimedRow {
    /// The places of the chat that the row needs: the chat, its topic, and files.
    pub(crate) fn places(&self) -> [i64; 3] {
        let files = if self.file.is_some() { FILES } else { 0 };
        [0, self.topic.unwrap_or(0), files]
    }
}

/// Claims rows for the sender. They are `sending` from the commit on, or `making` if they have a
/// file. Rows that are no longer pending are left out. Rows of an unreachable chat are closed.
pub(crate) fn claim(tx: &WriteTx<'_>, now: UnixMs, ids: &[i64]) -> anyhow::Result<Vec<ClaimedRow>> {
    let mut claimed = Vec::with_capacity(ids.len());
    for id in ids {
        let row = tx
            .prepare_cached(
                "SELECT o.id, o.chat_id,
                        coalesce(o.edit_of, (SELECT p.message_id FROM outbox p WHERE p.id = o.place_row AND p.state = 'sent')),
                        o.html, o.keyboard, o.silent, o.attempts + 1, o.created_at,
                        coalesce(c.language, ''), c.unreachable_at IS NOT NULL, coalesce(c.unreachable_why, ''), o.priority, o.file,
                        coalesce(o.topic, iif(o.priority >= ?2, c.topic, NULL)), o.reply_to, o.deaths
                 FROM outbox o LEFT JOIN chat c ON c.id = o.chat_id WHERE o.id = ?1 AND o.state = 'pending'",
            )?
            .query_row((id, Priority::Notice as i64), |row| {
                Ok((read_row(row)?, row.get::<_, String>(4)?, row.get::<_, bool>(9)?, row.get::<_, String>(10)?, row.get::<_, String>(12)?))
            })
            .optional()?;
        let Some((mut row, keyboard, unreachable, why, file)) = row else {
            continue;
        };
        if unreachable {
            close_pending(tx, now, row.chat_id, &why)?;
            continue;
        }
        if !keyboard.is_empty() {
            row.keyboard = Some(Keyboard::from_json(&keyboard)?);
        }
        if !file.is_empty() {
            row.file = Some(Recipe::from_json(&file)?);
        }
        if row.edit_of.is_none() {
            overtake(tx, now, row.id)?;
            row.unconfirmed = unconfirmed_in(tx, row.chat_id)?;
        }
        tx.prepare_cached(
            "UPDATE outbox SET state = iif(file = '', 'sending', 'making'), attempts = attempts + 1, edit_of = ?2 WHERE id = ?1",
        )?
        .execute((id, row.edit_of))?;
        claimed.push(row);
    }
    Ok(claimed)
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<ClaimedRow> {
    Ok(ClaimedRow {
        id: row.get(0)?,
        chat_id: row.get(1)?,
        edit_of: row.get(2)?,
        html: Html::from_storage(row.get(3)?),
        keyboard: None,
        file: None,
        topic: row.get(13)?,
        reply_to: row.get(14)?,
        silent: row.get(5)?,
        attempts: row.get(6)?,
        deaths: row.get(15)?,
        created_at: UnixMs(row.get(7)?),
        language: row.get(8)?,
        urgency: Priority::urgency(row.get(11)?),
        unconfirmed: Vec::new(),
    })
}

fn unconfirmed_in(tx: &WriteTx<'_>, chat_id: i64) -> anyhow::Result<Vec<(i64, String)>> {
    let mut query = tx.prepare_cached(
        "SELECT id, gist FROM outbox
         WHERE closed_at IS NULL AND state = 'unconfirmed' AND chat_id = ?1 ORDER BY id LIMIT ?2",
    )?;
    let rows = query.query_map((chat_id, FOLD_LIMIT), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The file of the row is made and its call leaves: `sending` from the commit on. False if the row
/// is gone.
pub(crate) fn mark_sending(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<bool> {
    let sql = "UPDATE outbox SET state = 'sending' WHERE id = ?1 AND state = 'making'";
    Ok(tx.prepare_cached(sql)?.execute((id,))? == 1)
}
