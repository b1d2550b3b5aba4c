//! The queue: who has a question in hand, and what an attempt came to.
//!
//! The stored times are of a clock that people set. Set forward, a pause between two attempts ends early; set back, a
//! question would wait for a moment that is far away, so what is due later than the longest pause allows is due now. Nothing
//! else here depends on the time of day: that an attempt was given up is told by whoever calls [`settle`] for it, by a
//! monotonic clock.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::spend;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::assistant::question::{
    Budget, Claim, LONGEST_WAIT, MOST_FAILURES, Outcome, State, Usage, Venue,
};

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// This attempt.
    Attempt(Claim),
    /// Nothing but to end this one: the person has used up the day's budget.
    OverBudget(InHand),
    /// Nothing is due.
    Nothing,
}

/// The questions that are due: `?1` is now, `?2` the end of the longest pause, `?3` how many one person may have in hand.
const DUE: &str = "FROM question INDEXED BY question_pending
    WHERE state = 'pending' AND (due_at <= ?1 OR due_at > ?2)
        AND person_id NOT IN (SELECT person_id FROM question WHERE state = 'processing' GROUP BY person_id HAVING count(*) >= ?3)";

/// True when there is a question to be taken in hand.
///
/// # Errors
/// When the database fails.
pub fn is_due(connection: &Connection, now: UnixMs, per_person: u32) -> anyhow::Result<bool> {
    connection
        .prepare_cached(&format!("SELECT EXISTS (SELECT 1 {DUE})"))?
        .query_row(
            params![now.0, now.plus(LONGEST_WAIT).0, per_person],
            |row| row.get(0),
        )
        .context("look for a question that is due")
}

/// Takes the question whose turn it is, of a person who has fewer than `per_person` in hand. `models` are called in their
/// order, the next one after each failure.
///
/// # Errors
/// When the database fails or there is no model.
pub fn claim(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    models: &[String],
    budget: Budget,
    per_person: u32,
) -> anyhow::Result<Next> {
    let claim = tx
        .prepare_cached(&format!(
            "UPDATE question SET state = 'processing', attempt = attempt + 1
             WHERE id = (SELECT id {DUE} ORDER BY turn, id LIMIT 1)
             RETURNING id, person_id, attempt, failures, text, chat_id"
        ))?
        .query_row(
            params![now.0, now.plus(LONGEST_WAIT).0, per_person],
            |row| {
                Ok(Claim {
                    id: row.get(0)?,
                    person_id: row.get(1)?,
                    attempt: row.get(2)?,
                    failures: row.get(3)?,
                    text: row.get(4)?,
                    venue: Venue::of(row.get(5)?),
                    model: String::new(),
                })
            },
        )
        .optional()
        .context("take a question in hand")?;
    let Some(mut claim) = claim else {
        return Ok(Next::Nothing);
    };
    if spend::is_over_budget(tx, claim.person_id, day, budget)? {
        return Ok(Next::OverBudget(InHand::of(&claim)));
    }
    let turn = usize::try_from(claim.failures).unwrap_or(usize::MAX);
    let model = models.get(turn).or(models.last());
    claim.model = model.context("there is no model to ask")?.clone();
    tx.prepare_cached(
        "INSERT INTO question_attempt (question_id, attempt, model, started_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![claim.id, claim.attempt, claim.model, now.0])
    .context("note an attempt")?;
    Ok(Next::Attempt(claim))
}

/// An attempt at a question, as far as writing its result needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InHand {
    /// The question's row.
    pub id: i64,
    /// Who asks.
    pub person_id: i64,
    /// The attempt's number.
    pub attempt: u32,
    /// Attempts before it that came to nothing.
    pub failures: u32,
}

impl InHand {
    /// That of a claim.
    #[must_use]
    pub fn of(claim: &Claim) -> Self {
        Self {
            id: claim.id,
            person_id: claim.person_id,
            attempt: claim.attempt,
            failures: claim.failures,
        }
    }
}

/// Every question that an attempt has in hand, or had when the program ended.
///
/// # Errors
/// When the database fails.
pub fn in_hand(connection: &Connection) -> anyhow::Result<Vec<InHand>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, person_id, attempt, failures FROM question WHERE state = 'processing'",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(InHand {
            id: row.get(0)?,
            person_id: row.get(1)?,
            attempt: row.get(2)?,
            failures: row.get(3)?,
        })
    })?;
    rows.collect::<Result<_, _>>()
        .context("read which questions are in hand")
}

/// What became of writing a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The question stands there now.
    At(State),
    /// The result came too late: a later attempt has the question, or it waits for one.
    Late,
    /// The result came too late: the question is closed or forgotten.
    Gone,
}

/// Writes what an attempt came to and what it cost, unless it is too late for the first.
///
/// # Errors
/// When the database fails.
pub fn settle(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    attempt: &InHand,
    outcome: &Outcome,
    usage: &Usage,
) -> anyhow::Result<Settled> {
    let change = Change::of(now, attempt, outcome);
    let changed = tx
        .prepare_cached(
            "UPDATE question SET state = ?3, due_at = ?4, answer = ?5, reason = ?6, failures = failures + ?7, closed_at = ?8
             WHERE id = ?1 AND state = 'processing' AND attempt = ?2",
        )?
        .execute(params![
            attempt.id,
            attempt.attempt,
            change.state.word(),
            change.due_at.0,
            change.answer,
            change.word,
            change.failures,
            change.state.is_closed().then_some(now.0)
        ])
        .with_context(|| format!("settle question {}", attempt.id))?;
    let settled = match changed {
        0 if is_open(tx, attempt.id)? => Settled::Late,
        0 => Settled::Gone,
        _ => Settled::At(change.state),
    };
    let said = match (settled, outcome) {
        (Settled::Late | Settled::Gone, _) => "late",
        (_, Outcome::Answered(_)) => "answered",
        (_, Outcome::Released) => "released",
        (_, Outcome::Failed { reason, .. }) => reason.word(),
    };
    spend::note(tx, now, day, attempt, said, usage)?;
    Ok(settled)
}

fn is_open(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<bool> {
    tx.prepare_cached("SELECT 1 FROM question WHERE id = ?1 AND closed_at IS NULL")?
        .exists([id])
        .with_context(|| format!("look whether question {id} is open"))
}

/// What a result changes of a question.
struct Change<'a> {
    state: State,
    due_at: UnixMs,
    answer: &'a str,
    word: &'static str,
    failures: u32,
}

impl<'a> Change<'a> {
    fn of(now: UnixMs, attempt: &InHand, outcome: &'a Outcome) -> Self {
        match outcome {
            Outcome::Answered(answer) => Self {
                state: State::Completed,
                due_at: now,
                answer,
                word: "",
                failures: 0,
            },
            Outcome::Released => Self {
                state: State::Pending,
                due_at: now,
                answer: "",
                word: "",
                failures: 0,
            },
            Outcome::Failed {
                reason,
                partial,
                again,
            } => match again.filter(|_| attempt.failures + 1 < MOST_FAILURES) {
                Some(wait) => Self {
                    state: State::Pending,
                    due_at: now.plus(wait.min(LONGEST_WAIT)),
                    answer: "",
                    word: reason.word(),
                    failures: 1,
                },
                None => Self {
                    state: State::Failed,
                    due_at: now,
                    answer: partial,
                    word: reason.word(),
                    failures: 1,
                },
            },
        }
    }
}
