//! Single codes as admins see them, and whose the thing of one is.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{get, sql_limit};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::cards::card::{Card, CodeState};
use crate::slices::cards::code::Code;

/// A code as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Ours, by which buttons name it.
    pub id: i64,
    /// The code.
    pub code: Code,
    /// The name of its batch; empty for the code that things share.
    pub batch: String,
    /// Its number in the batch, from 1.
    pub serial: u32,
    /// What the owner says of it.
    pub state: CodeState,
    /// Counted scans.
    pub checks: u64,
    /// The first of them.
    pub first_at: Option<UnixMs>,
    /// Whoever scans it is warned.
    pub suspicious: bool,
    /// The owner wants to hear who scans it.
    pub watched: bool,
    /// Whose the thing is, and since when; person 0 was forgotten.
    pub claimed: Option<(i64, UnixMs)>,
}

const COLUMNS: &str = "card_code.id, card_code.code, card_code.batch, card_code.serial, card_code.state, card_code.checks, \
     card_code.first_at, card_code.suspicious, card_code.watched, card_code.claimed_by, card_code.claimed_at";

fn from_row(row: &Row<'_>) -> anyhow::Result<Printed> {
    let at = |place: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(place)?.map(UnixMs));
    let claimed_by: Option<i64> = row.get(9)?;
    Ok(Printed {
        id: row.get(0)?,
        code: Code::read(row.get_ref(1)?.as_str()?).context("a stored code is damaged")?,
        batch: row.get(2)?,
        serial: row.get(3)?,
        state: CodeState::from_word(row.get_ref(4)?.as_str()?).context("an unknown state")?,
        checks: row.get(5)?,
        first_at: at(6)?,
        suspicious: row.get(7)?,
        watched: row.get(8)?,
        claimed: claimed_by.zip(at(10)?),
    })
}

/// The codes that a condition with one or two parameters names.
fn select(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> anyhow::Result<Vec<Printed>> {
    let sql = format!("SELECT {COLUMNS} FROM card_code WHERE {condition}");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(parameters).context("look up codes")?;
    let mut codes = Vec::new();
    while let Some(row) = rows.next().context("look up codes")? {
        codes.push(from_row(row)?);
    }
    Ok(codes)
}

/// A code of a card, by its id.
///
/// # Errors
/// When the database fails, or the code is damaged.
pub fn printed(connection: &Connection, card: i64, id: i64) -> anyhow::Result<Option<Printed>> {
    let found = select(connection, "id = ?1 AND card_id = ?2", [id, card])?;
    Ok(found.into_iter().next())
}

/// The code that all things of a card share.
///
/// # Errors
/// When the database fails, or the card has none.
pub fn shared(connection: &Connection, card: i64) -> anyhow::Result<Printed> {
    let found = select(connection, "card_id = ?1 AND batch = ''", [card])?;
    let first = found.into_iter().next();
    first.with_context(|| format!("card {card} has no code"))
}

/// The codes of a batch, in their order, from the one after `offset`.
///
/// # Errors
/// When the database fails, or a code is damaged.
pub fn unit_codes(
    connection: &Connection,
    card: i64,
    batch: &str,
    offset: usize,
    limit: usize,
) -> anyhow::Result<Vec<Printed>> {
    let condition = "card_id = ?1 AND batch = ?2 ORDER BY serial LIMIT ?3 OFFSET ?4";
    let parameters = params![card, batch, sql_limit(limit), sql_limit(offset)];
    select(connection, condition, parameters)
}

/// The card of a code, and the code's id.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &Connection, code: &Code) -> anyhow::Result<Option<(Card, i64)>> {
    let found: Option<(i64, i64)> = connection
        .prepare_cached("SELECT card_id, id FROM card_code WHERE code = ?1")?
        .query_row([code.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .context("look for a code")?;
    let Some((card, id)) = found else {
        return Ok(None);
    };
    Ok(get(connection, card)?.map(|card| (card, id)))
}

/// Says of a code what is to be told of it; true when that changed it.
///
/// # Errors
/// When the database fails.
pub fn set_state(tx: &WriteTx<'_>, code: &Code, state: CodeState) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE card_code SET state = ?2 WHERE code = ?1 AND state <> ?2",
            params![code.as_str(), state.word()],
        )
        .context("set the state of a code")?;
    Ok(changed > 0)
}

/// Notes that the thing of a code is a person's, who has scanned it; false when it is somebody's already, was never scanned
/// by them, or its code is not active.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &WriteTx<'_>, now: UnixMs, person: i64, code_id: i64) -> anyhow::Result<bool> {
    let changed = tx
        .prepare_cached(
            "UPDATE card_code SET claimed_by = ?2, claimed_at = ?3
             WHERE id = ?1 AND batch <> '' AND state = 'active' AND claimed_by IS NULL
               AND EXISTS (SELECT 1 FROM card WHERE card.id = card_id AND card.active = 1)
               AND EXISTS (SELECT 1 FROM scan WHERE code_id = ?1 AND person_id = ?2 AND result = 'genuine')",
        )?
        .execute(params![code_id, person, now.0])
        .with_context(|| format!("claim the thing of code {code_id}"))?;
    Ok(changed > 0)
}

/// Makes a thing nobody's again, as before it is sold on; true when it was somebody's.
///
/// # Errors
/// When the database fails.
pub fn release(tx: &WriteTx<'_>, code_id: i64) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE card_code SET claimed_by = NULL, claimed_at = NULL WHERE id = ?1 AND claimed_by IS NOT NULL",
            [code_id],
        )
        .with_context(|| format!("release the thing of code {code_id}"))?;
    Ok(changed > 0)
}
