//! The rows of the outbox that tell of a run: found again when there is more to say about it.

use rusqlite::Connection;

use crate::db::WriteTx;
use crate::html::{Html, MESSAGE_LIMIT};

use super::outbox::check_text;

/// The Telegram messages about a run that have arrived, of the rows whose key begins with `kind:`: chat and message id.
///
/// # Errors
/// When the database cannot be read.
pub fn messages_of_run(
    connection: &Connection,
    run_id: i64,
    kind: &str,
) -> anyhow::Result<Vec<(i64, i64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT chat_id, message_id FROM outbox
         WHERE run_id = ?1 AND state = 'sent' AND message_id IS NOT NULL AND dedupe LIKE ?2 || ':%'",
    )?;
    let rows = statement.query_map((run_id, kind), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives the messages about a run that still wait, of the rows whose key begins with `kind:`, another text for their
/// chat.
///
/// # Errors
/// When a text is empty or too long, or the database refuses.
pub fn rewrite_waiting(
    tx: &WriteTx<'_>,
    run_id: i64,
    kind: &str,
    text: impl Fn(i64) -> anyhow::Result<Html>,
) -> anyhow::Result<()> {
    let sql = "SELECT id, chat_id FROM outbox WHERE run_id = ?1 AND state = 'pending' AND dedupe LIKE ?2 || ':%'";
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map((run_id, kind), |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, chat_id) in rows.collect::<Result<Vec<(i64, i64)>, _>>()? {
        let html = text(chat_id)?;
        check_text(&html, MESSAGE_LIMIT)?;
        tx.prepare_cached("UPDATE outbox SET html = ?2, gist = ?3 WHERE id = ?1")?
            .execute((id, html.as_str(), html.gist()))?;
    }
    Ok(())
}
