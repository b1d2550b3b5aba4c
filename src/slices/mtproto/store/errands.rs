//! Errands: what somebody asked for by a button and only Telegram can do. A row goes when its
//! result is written.

use anyhow::Context as _;
use rusqlite::params;

use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Errand {
    pub(crate) id: i64,
    pub(crate) person_id: i64,
    /// The chat whose message shows the result; 0: nobody waits for one.
    pub(crate) chat_id: i64,
    /// The data of the button.
    pub(crate) button: String,
}

impl Errand {
    /// The key of the message that shows the result.
    pub(crate) fn key(&self) -> String {
        errand_key(self.id)
    }
}

pub(crate) fn errand_key(id: i64) -> String {
    format!("telegram-errand:{id}")
}

pub(crate) fn add_errand(
    tx: &WriteTx<'_>,
    now: UnixMs,
    person: i64,
    chat: i64,
    button: &str,
) -> anyhow::Result<i64> {
    tx.prepare_cached(
        "INSERT INTO telegram_errand (person_id, chat_id, button, asked_at)
         VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![person, chat, button, now.0])
    .context("note an errand")?;
    Ok(tx.last_insert_rowid())
}

/// The oldest errands that nobody has done yet.
pub(crate) fn errands(connection: &Connection, most: usize) -> anyhow::Result<Vec<Errand>> {
    let sql = "SELECT id, person_id, chat_id, button FROM telegram_errand
               WHERE id > 0 ORDER BY id LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([most], |row| {
        Ok(Errand {
            id: row.get(0)?,
            person_id: row.get(1)?,
            chat_id: row.get(2)?,
            button: row.get(3)?,
        })
    })?;
    rows.collect::<Result<_, _>>().context("read errands")
}

/// An errand is done; false if its person was forgotten meanwhile.
pub(crate) fn done(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<bool> {
    let removed = tx
        .prepare_cached("DELETE FROM telegram_errand WHERE id = ?1")?
        .execute([id])
        .context("end an errand")?;
    Ok(removed > 0)
}

pub(crate) fn is_wanted(connection: &Connection, id: i64) -> anyhow::Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM telegram_errand WHERE id = ?1")?
        .exists([id])?)
}

/// Withdraws the errands of a person.
pub(super) fn forget_errands(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    tx.execute("DELETE FROM telegram_errand WHERE person_id = ?1", [person])
        .context("forget the errands of a person")?;
    Ok(())
}
