//! Single codes, and the owners of their things.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{get, sql_limit};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::cards::card::{Card, CodeState};
use crate::slices::cards::code::Code;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCode {
    pub id: i64,
    pub code: Code,
    /// The batch's name; empty for the shared code.
    pub batch: String,
    /// The number in the batch, from 1.
    pub serial: u32,
    pub state: CodeState,
    /// Counted scans.
    pub checks: u64,
    /// The first counted scan.
    pub first_at: Option<UnixMs>,
    /// Everybody who scans the code is warned.
    pub suspicious: bool,
    /// Alarms are on.
    pub watched: bool,
    /// The thing's owner, and since when. Person 0 stands in for deleted people.
    pub claimed: Option<(i64, UnixMs)>,
}

const COLUMNS: &str = "card_code.id, card_code.code, card_code.batch, card_code.serial, card_code.state, card_code.checks, \
     card_code.first_at, card_code.suspicious, card_code.watched, card_code.claimed_by, card_code.claimed_at";

fn from_row(row: &Row<'_>) -> anyhow::Result<StoredCode> {
    let at = |place: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(place)?.map(UnixMs));
    let claimed_by: Option<i64> = row.get(9)?;
    Ok(StoredCode {
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

/// `condition` has one or two parameters.
fn select(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> anyhow::Result<Vec<StoredCode>> {
    let sql = format!("SELECT {COLUMNS} FROM card_code WHERE {condition}");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(parameters).context("look up codes")?;
    let mut codes = Vec::new();
    while let Some(row) = rows.next().context("look up codes")? {
        codes.push(from_row(row)?);
    }
    Ok(codes)
}

pub(crate) fn printed(
    connection: &Connection,
    card: i64,
    id: i64,
) -> anyhow::Result<Option<StoredCode>> {
    let found = select(connection, "id = ?1 AND card_id = ?2", [id, card])?;
    Ok(found.into_iter().next())
}

/// # Errors
/// If the database fails, or the card has no shared code.
pub fn shared(connection: &Connection, card: i64) -> anyhow::Result<StoredCode> {
    let found = select(connection, "card_id = ?1 AND batch = ''", [card])?;
    let first = found.into_iter().next();
    first.with_context(|| format!("card {card} has no code"))
}

/// The codes of a batch in order, after the first `offset`.
pub(crate) fn unit_codes(
    connection: &Connection,
    card: i64,
    batch: &str,
    offset: usize,
    limit: usize,
) -> anyhow::Result<Vec<StoredCode>> {
    let condition = "card_id = ?1 AND batch = ?2 ORDER BY serial LIMIT ?3 OFFSET ?4";
    let parameters = params![card, batch, sql_limit(limit), sql_limit(offset)];
    select(connection, condition, parameters)
}

/// The card of a code, and the code's id.
pub(crate) fn find(connection: &Connection, code: &Code) -> anyhow::Result<Option<(Card, i64)>> {
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

/// True if this changed something.
pub fn set_state(tx: &WriteTx<'_>, code: &Code, state: CodeState) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE card_code SET state = ?2 WHERE code = ?1 AND state <> ?2",
            params![code.as_str(), state.word()],
        )
        .context("set the state of a code")?;
    Ok(changed > 0)
}

/// Records that a thing belongs to a person who has scanned it. False if it already has an owner,
/// if they never scanned it, or if the code is not active.
pub(crate) fn claim(
    tx: &WriteTx<'_>,
    now: UnixMs,
    person: i64,
    code_id: i64,
) -> anyhow::Result<bool> {
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

/// Clears a thing's owner, before it is sold on; true if it had one.
pub(crate) fn release(tx: &WriteTx<'_>, code_id: i64) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE card_code SET claimed_by = NULL, claimed_at = NULL WHERE id = ?1 AND claimed_by IS NOT NULL",
            [code_id],
        )
        .with_context(|| format!("release the thing of code {code_id}"))?;
    Ok(changed > 0)
}
