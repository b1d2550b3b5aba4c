//! Counts of waiting and failed messages, for `/status` and health; the recipes that wait.

use rusqlite::Connection;

use crate::clock::UnixMs;
use crate::html::Html;
use crate::i18n::{self, Args, Lang};

use super::retention::KEEP_CLOSED;

/// The state of the outbox, for `/status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxCounts {
    /// Waiting or on its way.
    pub pending: u64,
    /// May or may not have arrived; the chat's next message will mention it.
    pub unconfirmed: u64,
    /// Given up in the last seven days (a chat that blocked us, a refusal).
    pub dead: u64,
}

impl OutboxCounts {
    /// One line for admins.
    #[must_use]
    pub(crate) fn line(self, lang: Lang) -> Html {
        let args = Args::new()
            .number("pending", self.pending)
            .number("unconfirmed", self.unconfirmed)
            .number("dead", self.dead);
        i18n::html(lang, "status-outbox", &args)
    }
}

/// Counts waiting and failed messages.
pub fn counts(connection: &Connection, now: UnixMs) -> anyhow::Result<OutboxCounts> {
    let count = |sql: &str| -> anyhow::Result<u64> {
        let n: i64 = connection
            .prepare_cached(sql)?
            .query_row([], |row| row.get(0))?;
        Ok(u64::try_from(n).unwrap_or(0))
    };
    let since = now.minus(KEEP_CLOSED).0;
    // Of a week's closed messages only a few are dead.
    let dead: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM outbox INDEXED BY outbox_dead WHERE state = 'dead' AND closed_at >= ?1",
        )?
        .query_row((since,), |row| row.get(0))?;
    Ok(OutboxCounts {
        pending: count(
            "SELECT count(*) FROM outbox WHERE closed_at IS NULL AND state = 'pending'",
        )? + count(
            "SELECT count(*) FROM outbox WHERE closed_at IS NULL AND state IN ('making', 'sending')",
        )?,
        unconfirmed: count(
            "SELECT count(*) FROM outbox WHERE closed_at IS NULL AND state = 'unconfirmed'",
        )?,
        dead: u64::try_from(dead).unwrap_or(0),
    })
}

/// The waiting messages, for health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Backlog {
    /// Due or on its way.
    pub pending: u64,
    /// May or may not have arrived.
    pub unconfirmed: u64,
    /// When the oldest due row could first have been delivered.
    pub oldest_due: Option<UnixMs>,
}

/// Counts the rows that could have been delivered by now. A row that was tried has waited since it
/// was inserted. What a chat itself refuses is no fault of ours.
pub(crate) fn backlog(connection: &Connection, now: UnixMs) -> anyhow::Result<Backlog> {
    let (waiting, oldest): (u64, Option<i64>) = connection
        .prepare_cached(
            "SELECT count(*), min(CASE attempts WHEN 0 THEN due_at ELSE created_at END) FROM outbox
             WHERE closed_at IS NULL AND state = 'pending' AND (due_at <= ?1 OR attempts > 0)
               AND NOT EXISTS (SELECT 1 FROM chat_pause p WHERE p.chat_id = outbox.chat_id AND p.incident = 0)",
        )?
        .query_row((now.0,), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let count = |sql: &str| -> anyhow::Result<u64> {
        Ok(connection
            .prepare_cached(sql)?
            .query_row([], |row| row.get(0))?)
    };
    Ok(Backlog {
        pending: waiting
            + count(
                "SELECT count(*) FROM outbox WHERE closed_at IS NULL AND state IN ('making', 'sending')",
            )?,
        unconfirmed: count(
            "SELECT count(*) FROM outbox WHERE closed_at IS NULL AND state = 'unconfirmed'",
        )?,
        oldest_due: oldest.map(UnixMs),
    })
}

/// Passes on the recipe of every waiting file, as JSON.
pub(crate) fn each_recipe(
    connection: &Connection,
    take: &mut impl FnMut(&str),
) -> anyhow::Result<()> {
    let mut recipes = connection.prepare_cached(
        "SELECT file FROM outbox
         WHERE closed_at IS NULL AND state IN ('pending', 'held', 'making', 'sending') AND file <> ''",
    )?;
    let mut rows = recipes.query([])?;
    while let Some(row) = rows.next()? {
        take(row.get_ref(0)?.as_str()?);
    }
    Ok(())
}
