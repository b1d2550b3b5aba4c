//! Multi-step conversations, stored as rows.
//!
//! A step is the JSON of a slice's own enum, stored by chat and person. So a restart loses nothing,
//! and two people in one group do not mix. A step that cannot be read, for example after an
//! upgrade, ends the conversation politely.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::people::Actor;
use crate::retention::Rule;

/// A conversation ends after this long without a message: a later text is meant for something else.
const LIFE: Duration = Duration::from_secs(60 * 60);

/// Conversations are removed once they have expired.
pub(crate) const KEPT: [Rule; 1] = [Rule {
    what: "conversations",
    table: "dialogue",
    keep: LIFE,
    prune,
}];

fn prune(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.prepare_cached("DELETE FROM dialogue WHERE expires_at <= ?1")?
        .execute([before.plus(LIFE).0])
        .context("forget conversations that are over")
}

pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    tx.execute(
        "DELETE FROM dialogue WHERE user_id = ?1 OR chat_id = ?1",
        [person],
    )
    .with_context(|| format!("forget the conversations of person {person}"))?;
    Ok(())
}

/// A group got a new id. A dialogue already begun under the new id wins.
pub(crate) fn move_chat(tx: &WriteTx<'_>, from: i64, to: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE OR IGNORE dialogue SET chat_id = ?2 WHERE chat_id = ?1",
        (from, to),
    )?;
    tx.execute("DELETE FROM dialogue WHERE chat_id = ?1", (from,))?;
    Ok(())
}

/// The actor's current step, if a conversation is open.
pub(crate) fn step<T: DeserializeOwned>(
    connection: &Connection,
    actor: &Actor,
) -> anyhow::Result<Option<T>> {
    let json: Option<String> = connection
        .prepare_cached(
            "SELECT step FROM dialogue WHERE chat_id = ?1 AND user_id = ?2 AND expires_at > ?3",
        )?
        .query_row(params![actor.chat_id, actor.id, actor.now.0], |row| {
            row.get(0)
        })
        .optional()
        .context("look up the conversation")?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

/// Replaces any earlier step.
pub(crate) fn set<T: Serialize>(tx: &WriteTx<'_>, actor: &Actor, step: &T) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO dialogue (chat_id, user_id, step, expires_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (chat_id, user_id) DO UPDATE SET step = excluded.step, expires_at = excluded.expires_at",
    )?
    .execute(params![
        actor.chat_id,
        actor.id,
        serde_json::to_string(step)?,
        actor.now.plus(LIFE).0
    ])
    .context("store the conversation")?;
    Ok(())
}

/// Ends the conversation; true if one was open.
pub(crate) fn end(tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<bool> {
    let deleted = tx
        .prepare_cached("DELETE FROM dialogue WHERE chat_id = ?1 AND user_id = ?2")?
        .execute(params![actor.chat_id, actor.id])
        .context("end the conversation")?;
    Ok(deleted > 0)
}

pub(crate) fn is_open(connection: &Connection, actor: &Actor) -> anyhow::Result<bool> {
    Ok(step::<serde::de::IgnoredAny>(connection, actor)?.is_some())
}

/// Passes on every stored step of every person as JSON.
pub(crate) fn each_step(
    connection: &Connection,
    take: &mut impl FnMut(&str),
) -> anyhow::Result<()> {
    let mut steps = connection.prepare_cached("SELECT step FROM dialogue")?;
    let mut rows = steps.query([]).context("read the conversations")?;
    while let Some(row) = rows.next().context("read the conversations")? {
        take(row.get_ref(0)?.as_str()?);
    }
    Ok(())
}
