//! Pauses: places that refuse messages for now, and when each is tried again.
//!
//! A place is a chat, one topic of a group, or all files for a chat: a group may let us write words
//! only.
//!
//! # Invariants
//! - One message is tried when a pause is over; the others wait for its result.
//! - A pause ends with the first message that arrives there.

use std::time::Duration;

use rusqlite::OptionalExtension as _;

use crate::backoff::delay;
use crate::clock::UnixMs;
use crate::db::WriteTx;

/// Means all files of a chat where a pause names a topic; Telegram's topics are positive.
pub(crate) const FILES: i64 = -1;

/// Distances between tries: somebody in the chat has to act, which takes minutes or days.
const REFUSED: [Duration; 2] = [Duration::from_secs(30), Duration::from_secs(3600)];

/// Distances between tries while Telegram itself fails, which mostly takes seconds.
const INCIDENT: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(300)];

/// Why a message was refused that may arrive later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The topic that refuses, or [`FILES`]; `None`: the whole chat.
    pub(crate) topic: Option<i64>,
    /// Telegram itself fails.
    pub(crate) incident: bool,
    /// Telegram's words.
    pub(crate) why: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) chat_id: i64,
    /// 0: the whole chat; or [`FILES`].
    pub(crate) topic: i64,
    pub(crate) incident: bool,
    pub(crate) since: UnixMs,
}

/// A message was refused: its place is left alone for a while, longer each time. Returns the moment
/// of the next try, too.
pub(super) fn pause(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    refusal: &Refusal,
) -> anyhow::Result<(Pause, UnixMs)> {
    let topic = refusal.topic.unwrap_or(0);
    let before: Option<(i64, u32, bool)> = tx
        .prepare_cached(
            "SELECT since, refusals, incident FROM chat_pause WHERE chat_id = ?1 AND topic = ?2",
        )?
        .query_row((chat_id, topic), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let (since, refusals, was_incident) = before.unwrap_or((now.0, 0, true));
    let refusals = refusals.saturating_add(1);
    // An incident during a pause of the chat's own does not end it.
    let incident = refusal.incident && was_incident;
    let [first, most] = if incident { INCIDENT } else { REFUSED };
    let until = now.plus(delay(first, most, refusals));
    tx.execute(
        "INSERT OR REPLACE INTO chat_pause (chat_id, topic, incident, since, refusals, until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (chat_id, topic, incident, since, refusals, until.0),
    )?;
    let pause = Pause {
        chat_id,
        topic,
        incident,
        since: UnixMs(since),
    };
    Ok((pause, until))
}

/// A message has arrived: the pauses of its places are over. An edit proves only that Telegram
/// works.
pub(crate) fn arrived(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    places: [i64; 3],
    is_edit: bool,
) -> anyhow::Result<Vec<Pause>> {
    let mut statement = tx.prepare_cached(
        "DELETE FROM chat_pause WHERE chat_id = ?1 AND topic IN (?2, ?3, ?4) AND incident >= ?5
         RETURNING topic, incident, since",
    )?;
    let [chat, topic, files] = places;
    let rows = statement.query_map((chat_id, chat, topic, files, is_edit), |ended| {
        Ok(Pause {
            chat_id,
            topic: ended.get(0)?,
            incident: ended.get(1)?,
            since: UnixMs(ended.get(2)?),
        })
    })?;
    let ended: Vec<Pause> = rows.collect::<Result<_, _>>()?;
    if !ended.is_empty() {
        make_due(tx, now, chat_id)?;
    }
    Ok(ended)
}

/// Tries a chat's paused places now; false if it has none.
pub(crate) fn try_now(tx: &WriteTx<'_>, now: UnixMs, chat_id: i64) -> anyhow::Result<bool> {
    let paused = tx.execute(
        "UPDATE chat_pause SET until = ?2, refusals = 0 WHERE chat_id = ?1",
        (chat_id, now.0),
    )?;
    if paused > 0 {
        make_due(tx, now, chat_id)?;
    }
    Ok(paused > 0)
}

/// Tries all places now that are paused because Telegram itself failed.
pub(super) fn incident_over(tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat_pause SET until = ?1 WHERE until > ?1 AND incident = 1",
        (now.0,),
    )?;
    Ok(())
}

/// Forgets the pauses of a chat that is unreachable, has another id, or is forgotten.
pub(super) fn forget_pauses(tx: &WriteTx<'_>, chat_id: i64) -> anyhow::Result<()> {
    tx.prepare_cached("DELETE FROM chat_pause WHERE chat_id = ?1")?
        .execute((chat_id,))?;
    Ok(())
}

/// The rows that were tried need not wait for their own next try.
fn make_due(tx: &WriteTx<'_>, now: UnixMs, chat_id: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE outbox SET due_at = ?2
         WHERE closed_at IS NULL AND state = 'pending' AND chat_id = ?1 AND attempts > 0 AND due_at > ?2",
        (chat_id, now.0),
    )?;
    Ok(())
}

#[cfg(test)]
#[path = "tests/pause.rs"]
mod tests;
