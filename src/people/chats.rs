//! How chats want to be spoken to, and which of them are the admins'.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, named_params};

use crate::db::WriteTx;
use crate::i18n::Lang;

/// Meets a chat: makes its row with the language Telegram names, and takes an unreachable mark away, because whoever
/// writes can be written to. Returns its language.
///
/// # Errors
/// When the database fails.
pub fn meet_chat(
    tx: &WriteTx<'_>,
    chat_id: i64,
    language_code: &str,
    default: Lang,
) -> anyhow::Result<Lang> {
    let known = Lang::from_telegram(language_code).map_or("", Lang::code);
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
    Ok(Lang::from_code(&stored).unwrap_or(default))
}

/// The language a chat is spoken to.
///
/// # Errors
/// When the database fails.
pub fn language_of(connection: &Connection, chat_id: i64, default: Lang) -> anyhow::Result<Lang> {
    let stored: Option<String> = connection
        .prepare_cached("SELECT language FROM chat WHERE id = ?1")?
        .query_row([chat_id], |row| row.get(0))
        .optional()
        .with_context(|| format!("look up the language of chat {chat_id}"))?;
    Ok(stored
        .as_deref()
        .and_then(Lang::from_code)
        .unwrap_or(default))
}

/// Chooses the language of a chat.
///
/// # Errors
/// When the database fails.
pub fn set_language(tx: &WriteTx<'_>, chat_id: i64, language: Lang) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat SET language = :language WHERE id = :id",
        named_params! { ":id": chat_id, ":language": language.code() },
    )
    .with_context(|| format!("set the language of chat {chat_id}"))?;
    Ok(())
}

/// The private chats of all admins and owners that can be reached.
///
/// # Errors
/// When the database fails.
pub fn admin_chats(connection: &Connection) -> anyhow::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT person.id FROM person LEFT JOIN chat ON chat.id = person.id
         WHERE role IN ('admin', 'owner') AND chat.unreachable_at IS NULL
         ORDER BY person.id",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect::<Result<_, _>>().context("list the admins")
}

/// The chats of [`admin_chats`] with their languages.
///
/// # Errors
/// When the database fails.
pub fn admin_languages(connection: &Connection, default: Lang) -> anyhow::Result<Vec<(i64, Lang)>> {
    let chats = admin_chats(connection)?.into_iter();
    chats
        .map(|chat| Ok((chat, language_of(connection, chat, default)?)))
        .collect()
}
