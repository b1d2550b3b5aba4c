//! The SQL of the assistant. Functions that write take a `&WriteTx`.
//!
//! # Invariants
//!
//! - A write names its attempt, and changes nothing once a later attempt began or the question
//!   closed.
//! - The cost of a call is recorded even if its result comes too late.
//! - A closed question is never reopened.

mod counts;
mod queue;
mod retention;
mod spend;
#[cfg(test)]
mod tests;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(crate) use counts::counts;
pub(crate) use queue::{NextJob, Settled, claim, in_hand, is_due, settle};
pub(crate) use retention::{KEPT, forget};
pub(crate) use spend::is_over_budget;

use super::question::{Budget, ChatOrigin, Prompt, Question, QuestionState, Reason};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::random;

/// Random bytes of a public id, so that nobody can guess one.
const PUBLIC_ID_BYTES: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewQuestion {
    pub(crate) person_id: i64,
    pub(crate) token_id: Option<i64>,
    /// The client's idempotency key: the same key means the same question.
    pub(crate) client_key: Option<String>,
    pub(crate) origin: Option<ChatOrigin>,
    pub(crate) prompt: Prompt,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AskLimits {
    pub(crate) most_open: u32,
    pub(crate) budget: Budget,
    /// Today in the configured zone.
    pub(crate) day: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AskOutcome {
    /// The question's public id. The client may have asked it before.
    Is(String),
    /// The client used this key for another text.
    OtherText,
    TooManyOpen,
    OverBudget,
}

/// Stores a question, unless the client asked it before or the person is at a limit.
pub(crate) fn ask(
    tx: &WriteTx<'_>,
    now: UnixMs,
    question: &NewQuestion,
    limits: &AskLimits,
) -> anyhow::Result<AskOutcome> {
    if let Some((public_id, prompt)) = asked_before(tx, question)? {
        return Ok(if prompt == question.prompt {
            AskOutcome::Is(public_id)
        } else {
            AskOutcome::OtherText
        });
    }
    let (open, turn) = standing(tx, question.person_id)?;
    if open >= limits.most_open {
        return Ok(AskOutcome::TooManyOpen);
    }
    if is_over_budget(tx, question.person_id, &limits.day, limits.budget)? {
        return Ok(AskOutcome::OverBudget);
    }
    let public_id = random::hex::<PUBLIC_ID_BYTES>()?;
    tx.prepare_cached(
        "INSERT INTO question (public_id, person_id, token_id, client_key, text, state, due_at, created_at, chat_id, topic, under, turn, so_far)
         VALUES (?1, ?2, ?3, ?4, ?5, 'pending', ?6, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        public_id,
        question.person_id,
        question.token_id,
        question.client_key,
        question.prompt.text,
        now.0,
        question.origin.map(|origin| origin.chat_id),
        question.origin.and_then(|origin| origin.topic),
        question.origin.and_then(|origin| origin.message_id),
        turn,
        question.prompt.so_far
    ])
    .context("take a question")?;
    Ok(AskOutcome::Is(public_id))
}

/// The number of a person's open questions, and the turn of their next one: behind all of theirs,
/// beside the first of everybody else's. So one heavy user cannot delay the others.
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
) -> anyhow::Result<Option<(String, Prompt)>> {
    let Some(key) = &question.client_key else {
        return Ok(None);
    };
    tx.prepare_cached(
        "SELECT public_id, text, so_far FROM question WHERE token_id IS ?1 AND client_key = ?2 AND client_key IS NOT NULL",
    )?
    .query_row(params![question.token_id, key], |row| {
        let prompt = Prompt {
            text: row.get(1)?,
            so_far: row.get(2)?,
        };
        Ok((row.get(0)?, prompt))
    })
    .optional()
    .context("look for a question asked before")
}

/// A question by its public id, if this person asked it.
pub(crate) fn get(
    connection: &Connection,
    person_id: i64,
    public_id: &str,
) -> anyhow::Result<Option<Question>> {
    let found = by_public_id(connection, public_id)?;
    Ok(found.filter(|question| question.person_id == person_id))
}

/// A question by its public id, regardless of who asked it.
pub(crate) fn by_public_id(
    connection: &Connection,
    public_id: &str,
) -> anyhow::Result<Option<Question>> {
    connection
        .prepare_cached(
            "SELECT id, public_id, person_id, state, failures, answer, reason, created_at, closed_at,
                 is_truncated
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
        state: QuestionState::from_word(state).context("a state that nobody knows")?,
        failures: row.get(4)?,
        answer: row.get(5)?,
        reason: Reason::from_word(row.get_ref(6)?.as_str()?),
        created_at: UnixMs(row.get(7)?),
        closed_at: closed_at.map(UnixMs),
        is_truncated: row.get(9)?,
    })
}

/// Ends an open question for a reason other than an attempt's result, and keeps `partial`. False if
/// it was already closed. A running attempt can write nothing after this.
pub(crate) fn end(
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

/// Row ids of open questions.
pub(crate) fn open(connection: &Connection, most: u32) -> anyhow::Result<Vec<i64>> {
    let sql = "SELECT id FROM question WHERE state = 'processing'
         UNION ALL SELECT id FROM question WHERE state = 'pending' LIMIT ?1";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([most], |row| row.get(0))?;
    rows.collect::<Result<_, _>>()
        .context("read which questions are open")
}

/// Row ids of a person's open questions.
pub(crate) fn open_of(connection: &Connection, person_id: i64) -> anyhow::Result<Vec<i64>> {
    let sql = "SELECT id FROM question WHERE person_id = ?1 AND closed_at IS NULL";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([person_id], |row| row.get(0))?;
    rows.collect::<Result<_, _>>()
        .context("read which questions of a person are open")
}

/// Whether this attempt still owns the question.
pub(crate) fn is_in_hand(connection: &Connection, id: i64, attempt: u32) -> anyhow::Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM question WHERE id = ?1 AND attempt = ?2 AND state = 'processing'",
        )?
        .exists(params![id, attempt])
        .with_context(|| format!("look who has question {id} in hand"))
}

pub(crate) fn prompt(connection: &Connection, id: i64) -> anyhow::Result<Prompt> {
    connection
        .prepare_cached("SELECT text, so_far FROM question WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(Prompt {
                text: row.get(0)?,
                so_far: row.get(1)?,
            })
        })
        .with_context(|| format!("read question {id}"))
}

/// A question that was asked in a chat, with everything for its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InChat {
    pub(crate) origin: ChatOrigin,
    pub(crate) person_id: i64,
    pub(crate) public_id: String,
    pub(crate) state: QuestionState,
    /// The answer, or the part that exists.
    pub(crate) answer: String,
    pub(crate) reason: Option<Reason>,
    pub(crate) is_truncated: bool,
}

/// None if the question was not asked in a chat.
pub(crate) fn in_chat(connection: &Connection, id: i64) -> anyhow::Result<Option<InChat>> {
    connection
        .prepare_cached(
            "SELECT chat_id, topic, under, person_id, public_id, state, answer, reason, is_truncated
             FROM question WHERE id = ?1 AND chat_id IS NOT NULL",
        )?
        .query_and_then([id], |row| {
            let state = row.get_ref(5)?.as_str()?;
            let origin = ChatOrigin {
                chat_id: row.get(0)?,
                topic: row.get(1)?,
                message_id: row.get(2)?,
            };
            Ok(InChat {
                origin,
                person_id: row.get(3)?,
                public_id: row.get(4)?,
                state: QuestionState::from_word(state).context("a state that nobody knows")?,
                answer: row.get(6)?,
                reason: Reason::from_word(row.get_ref(7)?.as_str()?),
                is_truncated: row.get(8)?,
            })
        })?
        .next()
        .transpose()
}
