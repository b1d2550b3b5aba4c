//! The SQL of the assistant. Functions that change something take a `&WriteTx`, the others any connection.
//!
//! What must stay true: every write about an attempt names its number and changes nothing once a later one was begun or the
//! question is closed; what a call cost is noted all the same; a closed question is never opened again.

mod counts;
mod forget;
mod queue;
mod spend;
#[cfg(test)]
mod tests;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub use counts::{Counts, counts};
pub use forget::{KEPT, forget};
pub use queue::{InHand, Next, Settled, claim, in_hand, is_due, settle};
pub use spend::is_over_budget;

use super::question::{Budget, Question, Reason, Spot, State};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::random;

/// Bytes of chance in a question's public name: nobody finds another's by trying.
const PUBLIC_ID_BYTES: usize = 16;

/// A question that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuestion {
    /// Who asks.
    pub person_id: i64,
    /// The token it comes with.
    pub token_id: Option<i64>,
    /// The client's own name for it: the same one means the same question.
    pub client_key: Option<String>,
    /// Where in Telegram it is asked, and where its answer goes.
    pub spot: Option<Spot>,
    /// What is asked.
    pub text: String,
}

/// What a person may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Questions that are not closed, at most.
    pub most_open: u32,
    /// What a day allows.
    pub budget: Budget,
    /// Which day it is, in the configured zone.
    pub day: String,
}

/// What became of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// There is a question with this public name; the client may have asked it before.
    Is(String),
    /// The client used its name for another text.
    OtherText,
    /// The person has so many open questions that this one is not taken.
    TooManyOpen,
    /// The person has used up what the day allows.
    OverBudget,
}

/// Takes a question, unless the client asked it before or the person is at a limit.
///
/// # Errors
/// When the database or the system's source of chance fails.
pub fn ask(
    tx: &WriteTx<'_>,
    now: UnixMs,
    question: &NewQuestion,
    limits: &Limits,
) -> anyhow::Result<Asked> {
    if let Some((public_id, text)) = asked_before(tx, question)? {
        return Ok(if text == question.text {
            Asked::Is(public_id)
        } else {
            Asked::OtherText
        });
    }
    let (open, turn) = standing(tx, question.person_id)?;
    if open >= limits.most_open {
        return Ok(Asked::TooManyOpen);
    }
    if is_over_budget(tx, question.person_id, &limits.day, limits.budget)? {
        return Ok(Asked::OverBudget);
    }
    let public_id = random::hex::<PUBLIC_ID_BYTES>()?;
    tx.prepare_cached(
        "INSERT INTO question (public_id, person_id, token_id, client_key, text, state, due_at, created_at, chat_id, topic, under, turn)
         VALUES (?1, ?2, ?3, ?4, ?5, 'pending', ?6, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        public_id,
        question.person_id,
        question.token_id,
        question.client_key,
        question.text,
        now.0,
        question.spot.map(|spot| spot.chat_id),
        question.spot.and_then(|spot| spot.topic),
        question.spot.and_then(|spot| spot.message_id),
        turn
    ])
    .context("take a question")?;
    Ok(Asked::Is(public_id))
}

/// How many questions of a person are open, and the turn of the next one: after all of theirs, and among the first of the
/// others. So everybody with open questions is served in turn, however many one of them asks.
fn standing(tx: &WriteTx<'_>, person_id: i64) -> anyhow::Result<(u32, i64)> {
    tx.prepare_cached(
        "SELECT count(*), max(coalesce(max(turn) + 1, 0), coalesce((SELECT min(turn) FROM question WHERE state = 'pending'), 0))
         FROM question WHERE person_id = ?1 AND closed_at IS NULL",
    )?
    .query_row([person_id], |row| Ok((row.get(0)?, row.get(1)?)))
    .context("count open questions")
}

fn asked_before(
    tx: &WriteTx<'_>,
    question: &NewQuestion,
) -> anyhow::Result<Option<(String, String)>> {
    let Some(key) = &question.client_key else {
        return Ok(None);
    };
    tx.prepare_cached(
        "SELECT public_id, text FROM question WHERE token_id IS ?1 AND client_key = ?2 AND client_key IS NOT NULL",
    )?
    .query_row(params![question.token_id, key], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
    .optional()
    .context("look for a question asked before")
}

/// A person's question by its public name.
///
/// # Errors
/// When the database fails.
pub fn get(
    connection: &Connection,
    person_id: i64,
    public_id: &str,
) -> anyhow::Result<Option<Question>> {
    let found = named(connection, public_id)?;
    Ok(found.filter(|question| question.person_id == person_id))
}

/// A question by its public name, whoever asked it.
///
/// # Errors
/// When the database fails.
pub fn named(connection: &Connection, public_id: &str) -> anyhow::Result<Option<Question>> {
    connection
        .prepare_cached(
            "SELECT id, public_id, person_id, state, failures, answer, reason, created_at, closed_at
             FROM question WHERE public_id = ?1",
        )?
        .query_and_then([public_id], from_row)?
        .next()
        .transpose()
        .context("look up a question")
}

fn from_row(row: &Row<'_>) -> anyhow::Result<Question> {
    let state = row.get_ref(3)?.as_str()?;
    let closed_at: Option<i64> = row.get(8)?;
    Ok(Question {
        id: row.get(0)?,
        public_id: row.get(1)?,
        person_id: row.get(2)?,
        state: State::from_word(state).context("a state that nobody knows")?,
        failures: row.get(4)?,
        answer: row.get(5)?,
        reason: Reason::from_word(row.get_ref(6)?.as_str()?),
        created_at: UnixMs(row.get(7)?),
        closed_at: closed_at.map(UnixMs),
    })
}

/// Ends an open question because whoever asked wants no answer any longer, or for another reason that no attempt gives;
/// what was there of it is kept. True when it was open. An attempt that has it in hand can write nothing after this.
///
/// # Errors
/// When the database fails.
pub fn end(
    tx: &WriteTx<'_>,
    now: UnixMs,
    id: i64,
    reason: Reason,
    partial: &str,
) -> anyhow::Result<bool> {
    let ended = tx
        .prepare_cached(
            "UPDATE question SET state = 'failed', reason = ?2, answer = ?3, closed_at = ?4
             WHERE id = ?1 AND closed_at IS NULL",
        )?
        .execute(params![id, reason.word(), partial, now.0])
        .with_context(|| format!("end question {id}"))?;
    Ok(ended > 0)
}

/// Open questions, at most so many: their rows.
///
/// # Errors
/// When the database fails.
pub fn open(connection: &Connection, most: u32) -> anyhow::Result<Vec<i64>> {
    let sql = "SELECT id FROM question WHERE state = 'processing'
         UNION ALL SELECT id FROM question WHERE state = 'pending' LIMIT ?1";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([most], |row| row.get(0))?;
    rows.collect::<Result<_, _>>()
        .context("read which questions are open")
}

/// Open questions of a person: their rows.
///
/// # Errors
/// When the database fails.
pub fn open_of(connection: &Connection, person_id: i64) -> anyhow::Result<Vec<i64>> {
    let sql = "SELECT id FROM question WHERE person_id = ?1 AND closed_at IS NULL";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([person_id], |row| row.get(0))?;
    rows.collect::<Result<_, _>>()
        .context("read which questions of a person are open")
}

/// True while an attempt has a question in hand.
///
/// # Errors
/// When the database fails.
pub fn is_in_hand(connection: &Connection, id: i64, attempt: u32) -> anyhow::Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM question WHERE id = ?1 AND attempt = ?2 AND state = 'processing'",
        )?
        .exists(params![id, attempt])
        .with_context(|| format!("look who has question {id} in hand"))
}

/// What was asked.
///
/// # Errors
/// When the database fails or there is no such question.
pub fn text(connection: &Connection, id: i64) -> anyhow::Result<String> {
    connection
        .prepare_cached("SELECT text FROM question WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .with_context(|| format!("read question {id}"))
}

/// A question that was asked in a chat, as far as that chat is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InChat {
    /// Where it was asked.
    pub spot: Spot,
    /// Who asked.
    pub person_id: i64,
    /// What clients call it.
    pub public_id: String,
    /// Where it stands.
    pub state: State,
    /// The answer, or the part that was there.
    pub answer: String,
    /// Why there is none.
    pub reason: Option<Reason>,
}

/// A question by its row; none when it was not asked in a chat.
///
/// # Errors
/// When the database fails.
pub fn in_chat(connection: &Connection, id: i64) -> anyhow::Result<Option<InChat>> {
    connection
        .prepare_cached(
            "SELECT chat_id, topic, under, person_id, public_id, state, answer, reason
             FROM question WHERE id = ?1 AND chat_id IS NOT NULL",
        )?
        .query_and_then([id], |row| {
            let state = row.get_ref(5)?.as_str()?;
            let spot = Spot {
                chat_id: row.get(0)?,
                topic: row.get(1)?,
                message_id: row.get(2)?,
            };
            Ok(InChat {
                spot,
                person_id: row.get(3)?,
                public_id: row.get(4)?,
                state: State::from_word(state).context("a state that nobody knows")?,
                answer: row.get(6)?,
                reason: Reason::from_word(row.get_ref(7)?.as_str()?),
            })
        })?
        .next()
        .transpose()
}
