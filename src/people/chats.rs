//! Chats: their languages, the admins' chats, and the groups that get reports of runs.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, named_params};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::html::{Html, clean_name};
use crate::i18n::Lang;

/// Creates the chat's row with the language from Telegram, and clears the unreachable mark, because
/// a chat that writes can be written to. Returns the chat's language.
pub(crate) fn meet_chat(
    tx: &WriteTx<'_>,
    chat_id: i64,
    language_code: &str,
    default: Lang,
) -> anyhow::Result<Lang> {
    let known = Lang::from_telegram(language_code).map_or("", Lang::word);
    let stored: String = tx
        .prepare_cached(
            "INSERT INTO chat (id, language) VALUES (:id, :language)
             ON CONFLICT (id) DO UPDATE SET
                 language = CASE language WHEN '' THEN :language ELSE language END,
                 unreachable_at = NULL, unreachable_why = ''
             RETURNING language",
        )?
        .query_row(
            named_params! { ":id": chat_id, ":language": known },
            |row| row.get(0),
        )
        .with_context(|| format!("meet chat {chat_id}"))?;
    Ok(Lang::from_word(&stored).unwrap_or(default))
}

pub(crate) fn language_of(
    connection: &Connection,
    chat_id: i64,
    default: Lang,
) -> anyhow::Result<Lang> {
    let stored: Option<String> = connection
        .prepare_cached("SELECT language FROM chat WHERE id = ?1")?
        .query_row([chat_id], |row| row.get(0))
        .optional()
        .with_context(|| format!("look up the language of chat {chat_id}"))?;
    Ok(stored
        .as_deref()
        .and_then(Lang::from_word)
        .unwrap_or(default))
}

/// What to call a chat: the title of a group that gets reports, the name of a person, or the id.
pub(crate) fn spoken_chat(connection: &Connection, chat_id: i64) -> anyhow::Result<Html> {
    let title: Option<String> = connection
        .prepare_cached("SELECT title FROM chat WHERE id = ?1")?
        .query_row([chat_id], |row| row.get(0))
        .optional()?;
    if let Some(title) = title.filter(|title| !title.is_empty()) {
        return Ok(Html::name(&title));
    }
    Ok(match super::get(connection, chat_id)? {
        Some(person) => person.spoken(),
        None => Html::code(&chat_id.to_string()),
    })
}

/// The reachable private chats of all admins and owners.
pub(crate) fn admin_chats(connection: &Connection) -> anyhow::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT person.id FROM person LEFT JOIN chat ON chat.id = person.id
         WHERE role IN ('admin', 'owner') AND chat.unreachable_at IS NULL
         ORDER BY person.id",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect::<Result<_, _>>().context("list the admins")
}

/// The chats of [`admin_chats`] with their languages.
pub(crate) fn admin_languages(
    connection: &Connection,
    default: Lang,
) -> anyhow::Result<Vec<(i64, Lang)>> {
    let chats = admin_chats(connection)?.into_iter();
    chats
        .map(|chat| Ok((chat, language_of(connection, chat, default)?)))
        .collect()
}

/// The chats that get reports of runs and alarms: those of [`admin_chats`], and groups that an
/// admin has bound.
pub(crate) fn report_chats(connection: &Connection) -> anyhow::Result<Vec<i64>> {
    let mut chats = admin_chats(connection)?;
    let mut statement = connection.prepare_cached(
        "SELECT id FROM chat WHERE bound_by IS NOT NULL AND unreachable_at IS NULL ORDER BY id",
    )?;
    let groups = statement.query_map([], |row| row.get(0))?;
    for group in groups {
        chats.push(group.context("list the groups that hear of runs")?);
    }
    Ok(chats)
}

/// Sends nothing to the chat before `until`, as Telegram asked with a 429.
pub(crate) fn freeze_chat(tx: &WriteTx<'_>, chat_id: i64, until: UnixMs) -> anyhow::Result<()> {
    tx.execute(
        "INSERT INTO chat (id, frozen_until) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET frozen_until = max(frozen_until, excluded.frozen_until)",
        (chat_id, until.0),
    )?;
    Ok(())
}

/// Nothing can be sent to the chat; `why` is Telegram's reason.
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
    Ok(())
}

/// Somebody in the chat acted, so messages can be sent to it again.
pub(crate) fn chat_reachable(tx: &WriteTx<'_>, chat_id: i64) -> anyhow::Result<()> {
    tx.prepare_cached(
        "UPDATE chat SET unreachable_at = NULL, unreachable_why = '' WHERE id = ?1 AND unreachable_at IS NOT NULL",
    )?
    .execute((chat_id,))?;
    Ok(())
}

/// A topic of the group is gone: reports go to the group itself.
pub(crate) fn topic_gone(tx: &WriteTx<'_>, chat_id: i64, topic: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat SET topic = NULL WHERE id = ?1 AND topic = ?2",
        [chat_id, topic],
    )?;
    Ok(())
}

/// A group got a new id. The new chat may already have a row; its settings win because they are
/// newer.
pub(crate) fn move_chat(tx: &WriteTx<'_>, from: i64, to: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE OR IGNORE chat SET id = ?2 WHERE id = ?1",
        (from, to),
    )?;
    tx.execute("DELETE FROM chat WHERE id = ?1", (from,))?;
    tx.execute(
        "UPDATE chat SET frozen_until = 0, unreachable_at = NULL, unreachable_why = '' WHERE id = ?1",
        (to,),
    )?;
    Ok(())
}

/// A group that gets reports of runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Telegram's id of the group.
    pub chat_id: i64,
    /// The group's title; free text of others.
    pub title: String,
}

/// The groups that get reports of runs. One that removed the bot gets none until the bot is back.
pub fn bound(connection: &Connection) -> anyhow::Result<Vec<Bound>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, title FROM chat WHERE bound_by IS NOT NULL AND unreachable_at IS NULL ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Bound {
            chat_id: row.get(0)?,
            title: row.get(1)?,
        })
    })?;
    rows.collect::<Result<_, _>>()
        .context("list the groups that hear of runs")
}

/// Sends reports of runs and alarms to a group, or to one of its topics.
pub(crate) fn bind(
    tx: &WriteTx<'_>,
    by: i64,
    group: &Bound,
    topic: Option<i64>,
) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat SET bound_by = :by, topic = :topic, title = :title WHERE id = :id",
        named_params! { ":id": group.chat_id, ":by": by, ":topic": topic, ":title": clean_name(&group.title) },
    )
    .with_context(|| format!("bind group {}", group.chat_id))?;
    Ok(())
}

/// Stops the reports to a group; true if it got any.
pub(crate) fn unbind(tx: &WriteTx<'_>, group: i64) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE chat SET bound_by = NULL, topic = NULL, title = '' WHERE id = ?1 AND bound_by IS NOT NULL",
            [group],
        )
        .with_context(|| format!("unbind group {group}"))?;
    Ok(changed > 0)
}
