//! The queue: which question is next, who owns it, and how an attempt ends.
//!
//! Due times come from the wall clock, which may be changed. If it jumps forward, a pause ends
//! early. If it jumps back, a question would wait too long, so a question due later than the
//! longest pause allows counts as due now. Nothing else depends on the wall clock: the worker finds
//! lost attempts by a monotonic clock.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::spend;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::assistant::question::{
    AttemptOutcome, AttemptRef, Budget, Claim, LONGEST_WAIT, MOST_FAILURES, Prompt, QuestionState,
    Usage, Venue,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NextJob {
    Attempt(Claim),
    /// End this question: the person has used up the day's budget.
    OverBudget(AttemptRef),
    Nothing,
}

/// Questions that are due. `?1` is now, `?2` the end of the longest pause, `?3` how many questions
/// of one person may be processing. Of those whose attempt was lost, one is processing at a time:
/// if the program dies again, that one is the reason.
const DUE: &str = "FROM question INDEXED BY question_pending
    WHERE state = 'pending' AND (due_at <= ?1 OR due_at > ?2)
        AND (reason <> 'interrupted' OR NOT EXISTS (SELECT 1 FROM question WHERE state = 'processing' AND reason = 'interrupted'))
        AND person_id NOT IN (SELECT person_id FROM question WHERE state = 'processing' GROUP BY person_id HAVING count(*) >= ?3)";

pub(crate) fn is_due(
    connection: &Connection,
    now: UnixMs,
    per_person: u32,
) -> anyhow::Result<bool> {
    connection
        .prepare_cached(&format!("SELECT EXISTS (SELECT 1 {DUE})"))?
        .query_row(
            params![now.0, now.plus(LONGEST_WAIT).0, per_person],
            |row| row.get(0),
        )
        .context("look for a question that is due")
}

/// Claims the next question of a person who has fewer than `per_person` processing. The models are
/// used in order, the next one after each failure.
///
/// # Errors
/// If the database fails or `models` is empty.
pub(crate) fn claim(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    models: &[String],
    budget: Budget,
    per_person: u32,
) -> anyhow::Result<NextJob> {
    let claim = tx
        .prepare_cached(&format!(
            "UPDATE question SET state = 'processing', attempt = attempt + 1
             WHERE id = (SELECT id {DUE} ORDER BY turn, id LIMIT 1)
             RETURNING id, person_id, attempt, failures, text, chat_id, so_far"
        ))?
        .query_row(
            params![now.0, now.plus(LONGEST_WAIT).0, per_person],
            |row| {
                Ok(Claim {
                    id: row.get(0)?,
                    person_id: row.get(1)?,
                    attempt: row.get(2)?,
                    failures: row.get(3)?,
                    prompt: Prompt {
                        text: row.get(4)?,
                        so_far: row.get(6)?,
                    },
                    venue: Venue::of(row.get(5)?),
                    model: String::new(),
                })
            },
        )
        .optional()
        .context("take a question in hand")?;
    let Some(mut claim) = claim else {
        return Ok(NextJob::Nothing);
    };
    if spend::is_over_budget(tx, claim.person_id, day, budget)? {
        return Ok(NextJob::OverBudget(AttemptRef::of(&claim)));
    }
    let turn = usize::try_from(claim.failures).unwrap_or(usize::MAX);
    let model = models.get(turn).or(models.last());
    claim.model = model.context("there is no model to ask")?.clone();
    tx.prepare_cached(
        "INSERT INTO question_attempt (question_id, attempt, model, started_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![claim.id, claim.attempt, claim.model, now.0])
    .context("note an attempt")?;
    Ok(NextJob::Attempt(claim))
}

/// Every question that an attempt owns, or owned when the program last ended; and whether the
/// attempt before that was lost.
pub(crate) fn in_hand(connection: &Connection) -> anyhow::Result<Vec<(AttemptRef, bool)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, person_id, attempt, failures, reason = 'interrupted' FROM question WHERE state = 'processing'",
    )?;
    let rows = statement.query_map([], |row| {
        let attempt = AttemptRef {
            id: row.get(0)?,
            person_id: row.get(1)?,
            attempt: row.get(2)?,
            failures: row.get(3)?,
        };
        Ok((attempt, row.get(4)?))
    })?;
    rows.collect::<Result<_, _>>()
        .context("read which questions are in hand")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The question is now in this state.
    At(QuestionState),
    /// Too late: a later attempt owns the question, or it waits for one.
    Late,
    /// Too late: the question is closed or forgotten.
    Gone,
}

/// Writes the result of an attempt unless it comes too late. The cost is always written.
pub(crate) fn settle(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    attempt: &AttemptRef,
    outcome: &AttemptOutcome,
    usage: &Usage,
) -> anyhow::Result<Settled> {
    let change = RowUpdate::of(now, attempt, outcome);
    let changed = tx
        .prepare_cached(
            "UPDATE question SET state = ?3, due_at = ?4, answer = ?5, reason = ?6, failures = failures + ?7, closed_at = ?8,
                 is_truncated = ?9
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
            change.state.is_closed().then_some(now.0),
            matches!(outcome, AttemptOutcome::Answered { is_truncated: true, .. })
        ])
        .with_context(|| format!("settle question {}", attempt.id))?;
    let settled = match changed {
        0 if is_open(tx, attempt.id)? => Settled::Late,
        0 => Settled::Gone,
        _ => Settled::At(change.state),
    };
    let said = match (settled, outcome) {
        (Settled::Late | Settled::Gone, _) => "late",
        (_, AttemptOutcome::Answered { .. }) => "answered",
        (_, AttemptOutcome::Released) => "released",
        (_, AttemptOutcome::Failed { reason, .. }) => reason.word(),
    };
    spend::note(tx, now, day, attempt, said, usage)?;
    Ok(settled)
}

fn is_open(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<bool> {
    tx.prepare_cached("SELECT 1 FROM question WHERE id = ?1 AND closed_at IS NULL")?
        .exists([id])
        .with_context(|| format!("look whether question {id} is open"))
}

struct RowUpdate<'a> {
    state: QuestionState,
    due_at: UnixMs,
    answer: &'a str,
    word: &'static str,
    failures: u32,
}

impl<'a> RowUpdate<'a> {
    fn of(now: UnixMs, attempt: &AttemptRef, outcome: &'a AttemptOutcome) -> Self {
        match outcome {
            AttemptOutcome::Answered { text, .. } => Self {
                state: QuestionState::Completed,
                due_at: now,
                answer: text,
                word: "",
                failures: 0,
            },
            AttemptOutcome::Released => Self {
                state: QuestionState::Pending,
                due_at: now,
                answer: "",
                word: "",
                failures: 0,
            },
            AttemptOutcome::Failed {
                reason,
                partial,
                again,
            } => match again.filter(|_| attempt.failures + 1 < MOST_FAILURES) {
                Some(wait) => Self {
                    state: QuestionState::Pending,
                    due_at: now.plus(wait.min(LONGEST_WAIT)),
                    answer: "",
                    word: reason.word(),
                    failures: 1,
                },
                None => Self {
                    state: QuestionState::Failed,
                    due_at: now,
                    answer: partial,
                    word: reason.word(),
                    failures: 1,
                },
            },
        }
    }
}
