//! Inserts messages, and checks what Telegram would refuse before they are rows.

use anyhow::ensure;
use rusqlite::params;

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::html::{CAPTION_LIMIT, Html, MESSAGE_LIMIT};
use crate::people::Mute;
use crate::telegram::message::file::Recipe;
use crate::telegram::message::markup::Keyboard;
use crate::telegram::message::outgoing::Outgoing;

/// Makes a message durable; returns its row id, or `None` if its dedupe key exists already.
///
/// # Errors
/// When the text is empty or over 4096 UTF-16 units (1024 beside a file), or the database refuses.
pub(crate) fn insert(
    tx: &WriteTx<'_>,
    now: UnixMs,
    message: &Outgoing,
) -> anyhow::Result<Option<i64>> {
    check_text(&message.html, text_limit(message.file.as_ref()))?;
    let keyboard = stored_keyboard(message.keyboard.as_ref())?;
    let file = message.file.as_ref().map(Recipe::to_json).transpose()?;
    if let Some(key) = &message.dedupe
        && tx
            .prepare_cached("SELECT 1 FROM outbox WHERE dedupe = ?1")?
            .exists((key,))?
    {
        return Ok(None);
    }
    if let Some(edit_of) = message.edit_of {
        replace_edit(tx, now, message.chat_id, edit_of)?;
    }
    let mute = message.mute(tx, now)?;
    let due_at = message.due_at(now, mute);
    let id = tx
        .prepare_cached(
            "INSERT INTO outbox (chat_id, dedupe, priority, edit_of, html, keyboard, silent, gist, run_id, state, due_at, created_at, file, topic,
                 place_row, reply_to)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'pending', ?10, ?11, ?12, ?13, ?14, ?15) RETURNING id",
        )?
        .query_row(
            params![
                message.chat_id,
                &message.dedupe,
                message.priority as i64,
                message.edit_of,
                message.html.as_str(),
                keyboard,
                message.silent || mute == Mute::Silent,
                message.summary_line(),
                message.run_id,
                due_at.0,
                now.0,
                file.unwrap_or_default(),
                message.topic,
                message.place_row,
                message.reply_to,
            ],
            |row| row.get(0),
        )?;
    Ok(Some(id))
}

pub(crate) fn check_text(html: &Html, limit: usize) -> anyhow::Result<()> {
    let units = html.telegram_len();
    ensure!(units > 0, "a message without text");
    ensure!(
        units <= limit,
        "a message of {units} UTF-16 units; {limit} are allowed"
    );
    Ok(())
}

/// The longest text, in UTF-16 units: beside a file it is a caption.
pub(crate) fn text_limit(file: Option<&Recipe>) -> usize {
    if file.is_some() {
        CAPTION_LIMIT
    } else {
        MESSAGE_LIMIT
    }
}

pub(crate) fn stored_keyboard(keyboard: Option<&Keyboard>) -> anyhow::Result<String> {
    keyboard.map_or_else(|| Ok(String::new()), Keyboard::to_json)
}

/// Makes room for a newer edit of the same message. The key of a replaced row is kept, because the
/// newer edit tells its news.
fn replace_edit(tx: &WriteTx<'_>, now: UnixMs, chat_id: i64, edit_of: i64) -> anyhow::Result<()> {
    // The plus keeps SQLite off the index of keys, where all rows without a key are adjacent.
    tx.prepare_cached(
        "DELETE FROM outbox WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND edit_of = ?2 AND +dedupe IS NULL",
    )?
    .execute((chat_id, edit_of))?;
    tx.prepare_cached(
        "UPDATE outbox SET state = 'sent', message_id = ?2, closed_at = ?3, problem = 'replaced by a newer edit',
             html = '', gist = '', keyboard = '', file = ''
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND edit_of = ?2",
    )?
    .execute((chat_id, edit_of, now.0))?;
    Ok(())
}
