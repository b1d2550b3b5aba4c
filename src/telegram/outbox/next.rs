//! Which rows of the outbox may leave now, and when the next ones may.
//!
//! # Invariants
//! - Answers leave first, then notices, then crowds of notices, over all chats.
//! - A chat keeps its order.
//! - A paused place gets nothing before its next try; what else goes to its chat leaves.
//! - A look costs the same with ten thousand waiting chats as with a hundred.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _};

use crate::clock::UnixMs;

use crate::telegram::message::priority::{Priority, Urgency};

/// True when nothing is on its way or due.
pub fn is_quiet(connection: &Connection, now: UnixMs) -> anyhow::Result<bool> {
    let on_the_way: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE closed_at IS NULL AND state IN ('making', 'sending'))",
        [],
        |row| row.get(0),
    )?;
    Ok(!on_the_way && heads(connection, now, 1)?.is_empty())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) id: i64,
    pub(crate) chat_id: i64,
    pub(crate) urgency: Urgency,
    pub(crate) carries_file: bool,
    /// Deaths of the program while the file was made.
    pub(crate) deaths: u32,
}

/// The next row of each chat that may leave now, most urgent first, then longest waiting. The cost
/// grows with `limit` and with the rows of one chat, not with the number of chats.
pub(crate) fn heads(
    connection: &Connection,
    now: UnixMs,
    limit: usize,
) -> anyhow::Result<Vec<Head>> {
    let mut due = connection.prepare_cached(DUE_SQL)?;
    let mut heads = Vec::new();
    let mut chats = HashSet::new();
    for priority in Priority::ALL {
        let mut rows = due.query((priority as i64, now.0))?;
        while let Some(row) = rows.next()? {
            let chat_id = row.get(0)?;
            if chats.insert(chat_id)
                && let Some(head) = head_of(connection, now, chat_id)?
            {
                heads.push(head);
                if heads.len() >= limit {
                    return Ok(heads);
                }
            }
        }
    }
    Ok(heads)
}

/// The chats of the due rows of a priority, once per row.
const DUE_SQL: &str = "SELECT chat_id FROM outbox WHERE state = 'pending' AND priority = ?1 AND due_at <= ?2 ORDER BY due_at, id";

/// The next row of a chat. A chat's notices keep their order, crowd or not. A notice without a
/// topic of its own goes to the chat's.
const HEAD_SQL: &str = "SELECT o.id, o.priority, o.file <> '', o.deaths FROM outbox o LEFT JOIN chat c ON c.id = o.chat_id
     WHERE o.id = (
         SELECT h.id FROM outbox h
         WHERE h.closed_at IS NULL AND h.state = 'pending' AND h.chat_id = ?1 AND (h.due_at <= ?2 OR h.attempts > 0)
           AND NOT EXISTS (
               SELECT 1 FROM chat_pause p WHERE p.chat_id = ?1 AND p.until > ?2 AND p.topic IN (
                   coalesce(h.topic, iif(h.priority >= 2, (SELECT g.topic FROM chat g WHERE g.id = ?1), NULL)),
                   iif(h.file <> '', -1, NULL)))
         ORDER BY min(h.priority, 2), h.id LIMIT 1)
       AND o.due_at <= ?2 AND coalesce(c.frozen_until, 0) <= ?2
       AND NOT EXISTS (SELECT 1 FROM chat_pause p WHERE p.chat_id = ?1 AND p.topic = 0 AND p.until > ?2)
       AND NOT EXISTS (
           SELECT 1 FROM outbox s WHERE s.closed_at IS NULL AND s.state IN ('making', 'sending') AND s.chat_id = ?1)";

/// The row of a chat that may leave now. A row that was tried and is not due yet blocks its chat.
fn head_of(connection: &Connection, now: UnixMs, chat_id: i64) -> anyhow::Result<Option<Head>> {
    let mut query = connection.prepare_cached(HEAD_SQL)?;
    let head = query.query_row((chat_id, now.0), |row| {
        Ok(Head {
            id: row.get(0)?,
            chat_id,
            urgency: Priority::urgency(row.get(1)?),
            carries_file: row.get(2)?,
            deaths: row.get(3)?,
        })
    });
    Ok(head.optional()?)
}

/// When the next row becomes due, or the next chat is no longer frozen or paused.
pub(crate) fn next_due(connection: &Connection, now: UnixMs) -> anyhow::Result<Option<UnixMs>> {
    let mut due = connection.prepare_cached(
        "SELECT min(due_at) FROM outbox WHERE state = 'pending' AND priority = ?1 AND due_at > ?2",
    )?;
    let thawed: Option<i64> = connection
        .prepare_cached(
            "SELECT min(frozen_until) FROM chat WHERE frozen_until > 0 AND frozen_until > ?1",
        )?
        .query_row((now.0,), |row| row.get(0))?;
    let tried: Option<i64> = connection
        .prepare_cached("SELECT min(until) FROM chat_pause WHERE until > ?1")?
        .query_row((now.0,), |row| row.get(0))?;
    let mut next = thawed.into_iter().chain(tried).min();
    for priority in Priority::ALL {
        let at: Option<i64> = due.query_row((priority as i64, now.0), |row| row.get(0))?;
        next = next.into_iter().chain(at).min();
    }
    Ok(next.map(UnixMs))
}

#[cfg(test)]
#[path = "tests/next.rs"]
mod tests;
