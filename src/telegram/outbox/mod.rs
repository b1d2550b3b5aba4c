//! The table of everything that is to be said, and what became of it.
//!
//! A row is inserted in the transaction of the fact it tells of. Its way: (held →) pending → (making →) sending → sent |
//! dead | unconfirmed → folded. Must stay true: a row is `sending` before its call leaves, so after a crash we know which
//! calls may have had an effect and never repeat those; a row whose file is being made is `making`, so a crash there
//! costs nothing; one row of a chat at most is `making` or `sending`; a row that was tried goes again before later ones of
//! its chat, and a crowd of notices keeps no other chat waiting but stays in line within its own, so the order within a
//! chat is kept; a closed row (sent, dead, folded) keeps its fate and its key, but no text.

mod by_key;
mod counts;
pub(crate) mod files;
mod next;
pub(crate) mod reserved;
#[cfg(test)]
mod tests;

use std::time::Duration;

use anyhow::ensure;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::html::{CAPTION_LIMIT, Html, MESSAGE_LIMIT};
use crate::people::Mute;

use super::delivery::rates::Urgency;
use super::message::file::Recipe;
use super::message::markup::Keyboard;
use super::message::outgoing::{Outgoing, Priority};
use super::upkeep;

pub(crate) use self::by_key::{changes, overtake};
pub use self::by_key::{
    insert_in_place, is_busy, message_with_key, messages_with_key, range, rewrite_waiting,
};
pub use self::counts::{Backlog, OutboxCounts, backlog, counts, each_recipe};
pub use self::files::file_id;
pub use self::next::is_quiet;
pub(crate) use self::next::{Head, heads, next_due};
pub use super::upkeep::migrate;

/// Rows whose message may be mentioned in one later message: a list any longer helps nobody.
const FOLD_LIMIT: u32 = 10;

/// How long a message is tried before it is given up, and an unconfirmed one waits for a carrier.
pub(crate) const GIVE_UP: Duration = Duration::from_secs(7 * 24 * 3600);

/// The problem of a row that waits because Telegram could not be reached or was busy.
pub(crate) const OUT_OF_REACH: &str = "Telegram could not be reached";

/// How long closed rows are kept.
pub(crate) const KEEP_CLOSED: Duration = Duration::from_secs(7 * 24 * 3600);

/// Makes a message durable; its row id, or `None` when its dedupe key is there already.
///
/// # Errors
/// When the text is empty or over 4096 UTF-16 units (1024 beside a file), or the database refuses.
pub fn insert(tx: &WriteTx<'_>, now: UnixMs, message: &Outgoing) -> anyhow::Result<Option<i64>> {
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
        upkeep::replace_edit(tx, now, message.chat_id, edit_of)?;
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

/// How long a text may be, in UTF-16 units: beside a file it is a caption.
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

/// A row in the sender's hands.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub(crate) id: i64,
    pub(crate) chat_id: i64,
    pub(crate) edit_of: Option<i64>,
    pub(crate) html: Html,
    pub(crate) keyboard: Option<Keyboard>,
    /// The file it carries.
    pub(crate) file: Option<Recipe>,
    /// The topic of a group it goes to.
    pub(crate) topic: Option<i64>,
    /// The message it answers.
    pub(crate) reply_to: Option<i64>,
    pub(crate) silent: bool,
    /// Whether somebody waits for it.
    pub(crate) urgency: Urgency,
    /// This try included.
    pub(crate) attempts: u32,
    pub(crate) created_at: UnixMs,
    /// The chat's language; empty when not known.
    pub(crate) language: String,
    /// Earlier messages of the chat that may not have arrived: row and summary.
    pub(crate) unconfirmed: Vec<(i64, String)>,
}

/// Takes rows into the sender's hands: `sending` from the commit on, or `making` with a file. Rows that went another way meanwhile are left out;
/// those of an unreachable chat are closed.
pub(crate) fn claim(tx: &WriteTx<'_>, now: UnixMs, ids: &[i64]) -> anyhow::Result<Vec<Parcel>> {
    let mut parcels = Vec::with_capacity(ids.len());
    for id in ids {
        let row = tx
            .prepare_cached(
                "SELECT o.id, o.chat_id,
                        coalesce(o.edit_of, (SELECT p.message_id FROM outbox p WHERE p.id = o.place_row AND p.state = 'sent')), o.html, o.keyboard, o.silent, o.attempts + 1, o.created_at,
                        coalesce(c.language, ''), c.unreachable_at IS NOT NULL, coalesce(c.unreachable_why, ''), o.priority, o.file,
                        coalesce(o.topic, iif(o.priority >= ?2, c.topic, NULL)), o.reply_to
                 FROM outbox o LEFT JOIN chat c ON c.id = o.chat_id WHERE o.id = ?1 AND o.state = 'pending'",
            )?
            .query_row((id, Priority::Notice as i64), |row| {
                Ok((read_parcel(row)?, row.get::<_, String>(4)?, row.get::<_, bool>(9)?, row.get::<_, String>(10)?, row.get::<_, String>(12)?))
            })
            .optional()?;
        let Some((mut parcel, keyboard, unreachable, why, file)) = row else {
            continue;
        };
        if unreachable {
            close_pending(tx, now, parcel.chat_id, &why)?;
            continue;
        }
        if !keyboard.is_empty() {
            parcel.keyboard = Some(Keyboard::from_json(&keyboard)?);
        }
        if !file.is_empty() {
            parcel.file = Some(Recipe::from_json(&file)?);
        }
        if parcel.edit_of.is_none() {
            overtake(tx, now, parcel.id)?;
            parcel.unconfirmed = unconfirmed_in(tx, parcel.chat_id)?;
        }
        tx.prepare_cached(
            "UPDATE outbox SET state = iif(file = '', 'sending', 'making'), attempts = attempts + 1, edit_of = ?2 WHERE id = ?1",
        )?
        .execute((id, parcel.edit_of))?;
        parcels.push(parcel);
    }
    Ok(parcels)
}

fn read_parcel(row: &Row<'_>) -> rusqlite::Result<Parcel> {
    Ok(Parcel {
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

/// The file of the row is there and its call leaves: `sending` from the commit on. False when the row is gone.
pub(crate) fn leaves(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<bool> {
    let sql = "UPDATE outbox SET state = 'sending' WHERE id = ?1 AND state = 'making'";
    Ok(tx.prepare_cached(sql)?.execute((id,))? == 1)
}

/// The row was delivered as `message_id` and mentioned the rows in `folded`.
pub(crate) fn sent(
    tx: &WriteTx<'_>,
    now: UnixMs,
    parcel: &Parcel,
    message_id: i64,
    folded: &[i64],
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "UPDATE outbox SET state = 'sent', message_id = ?2, closed_at = ?3, problem = '', html = '', gist = '', keyboard = '', file = ''
         WHERE id = ?1",
    )?
    .execute((parcel.id, message_id, now.0))?;
    // Of the last word to somebody who was forgotten nothing stays.
    tx.prepare_cached(
        "DELETE FROM outbox WHERE id = ?1 AND dedupe IS NULL AND chat_id NOT IN (SELECT id FROM chat)",
    )?
    .execute((parcel.id,))?;
    for id in folded {
        tx.execute(
            "UPDATE outbox SET state = 'folded', carrier = ?2, closed_at = ?3, html = '', gist = '', keyboard = '', file = ''
             WHERE id = ?1 AND state = 'unconfirmed'",
            (id, parcel.id, now.0),
        )?;
    }
    // The message to edit was gone and this one took its place: who looks the old one up must find the new one.
    if let Some(gone) = parcel.edit_of.filter(|gone| *gone != message_id) {
        tx.execute(
            "UPDATE outbox SET message_id = ?3 WHERE chat_id = ?1 AND message_id = ?2 AND state = 'sent'",
            (parcel.chat_id, gone, message_id),
        )?;
        tx.execute(
            "UPDATE outbox SET edit_of = ?3 
             WHERE closed_at IS NULL AND state IN ('held', 'pending') AND chat_id = ?1 AND edit_of = ?2",
            (parcel.chat_id, gone, message_id),
        )?;
    }
    Ok(())
}

/// The row was surely not delivered and goes again at `due_at`.
pub(crate) fn returned(
    tx: &WriteTx<'_>,
    id: i64,
    due_at: UnixMs,
    problem: &str,
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "UPDATE outbox SET state = 'pending', due_at = ?2, problem = ?3 WHERE id = ?1",
    )?
    .execute((id, due_at.0, problem))?;
    Ok(())
}

/// The row is given up.
pub(crate) fn dead(tx: &WriteTx<'_>, now: UnixMs, id: i64, problem: &str) -> anyhow::Result<()> {
    let sql = "UPDATE outbox SET state = 'dead', problem = ?3, closed_at = ?2, html = '', gist = '', keyboard = '', file = '' WHERE id = ?1";
    tx.execute(sql, (id, now.0, problem))?;
    Ok(())
}

/// Whether the row was delivered is not known.
pub(crate) fn unconfirmed(tx: &WriteTx<'_>, id: i64, problem: &str) -> anyhow::Result<()> {
    let sql = "UPDATE outbox SET state = 'unconfirmed', problem = ?2 WHERE id = ?1";
    tx.execute(sql, (id, problem))?;
    Ok(())
}

/// A topic of the group is gone: what was meant for it goes to the group itself.
pub(crate) fn topic_gone(tx: &WriteTx<'_>, chat_id: i64, topic: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat SET topic = NULL WHERE id = ?1 AND topic = ?2",
        [chat_id, topic],
    )?;
    tx.execute(
        "UPDATE outbox SET topic = NULL 
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND topic = ?2",
        [chat_id, topic],
    )?;
    Ok(())
}

/// Nothing goes to the chat before `until` (a 429).
pub(crate) fn freeze_chat(tx: &WriteTx<'_>, chat_id: i64, until: UnixMs) -> anyhow::Result<()> {
    tx.execute(
        "INSERT INTO chat (id, frozen_until) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET frozen_until = max(frozen_until, excluded.frozen_until)",
        (chat_id, until.0),
    )?;
    Ok(())
}

/// Nothing can be sent to the chat: it is marked, and what waits for it is given up.
pub(crate) fn chat_unreachable(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    why: &str,
) -> anyhow::Result<()> {
    tx.execute(
        "INSERT INTO chat (id, unreachable_at, unreachable_why) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET unreachable_at = coalesce(unreachable_at, excluded.unreachable_at),
             unreachable_why = excluded.unreachable_why",
        (chat_id, now.0, why),
    )?;
    close_pending(tx, now, chat_id, why)
}

/// Somebody in the chat acted, so it can be written to again.
pub(crate) fn chat_reachable(tx: &WriteTx<'_>, chat_id: i64) -> anyhow::Result<()> {
    tx.prepare_cached(
        "UPDATE chat SET unreachable_at = NULL, unreachable_why = '' WHERE id = ?1 AND unreachable_at IS NOT NULL",
    )?
    .execute((chat_id,))?;
    Ok(())
}

fn close_pending(tx: &WriteTx<'_>, now: UnixMs, chat_id: i64, why: &str) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE outbox SET state = 'dead', problem = ?3, closed_at = ?2, html = '', gist = '', keyboard = '', file = ''
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1",
        (chat_id, now.0, why),
    )?;
    Ok(())
}
