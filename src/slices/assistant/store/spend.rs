//! What calls cost: by attempt, and by person and day.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::assistant::question::{AttemptRef, Budget, Usage};

/// Records how an attempt ended and its usage. Nothing is recorded for a forgotten question.
pub(super) fn note(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    attempt: &AttemptRef,
    said: &str,
    usage: &Usage,
) -> anyhow::Result<()> {
    let noted = tx
        .prepare_cached(
            "UPDATE question_attempt SET outcome = ?3, ended_at = ?4, model = coalesce(nullif(?5, ''), model), generation = ?6,
                 prompt_tokens = ?7, completion_tokens = ?8, cost_nanousd = ?9
             WHERE question_id = ?1 AND attempt = ?2",
        )?
        .execute(params![
            attempt.id,
            attempt.attempt,
            said,
            now.0,
            usage.model,
            usage.generation,
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.cost_nanousd
        ])
        .context("note what an attempt used")?;
    let tokens = usage.prompt_tokens.saturating_add(usage.completion_tokens);
    if noted == 0 || (tokens == 0 && usage.cost_nanousd == 0) {
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT INTO question_spend (person_id, day, tokens, cost_nanousd) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (person_id, day) DO UPDATE SET tokens = tokens + excluded.tokens, cost_nanousd = cost_nanousd + excluded.cost_nanousd",
    )?
    .execute(params![attempt.person_id, day, tokens, usage.cost_nanousd])
    .context("sum up what a person used")?;
    Ok(())
}

pub(crate) fn is_over_budget(
    connection: &Connection,
    person_id: i64,
    day: &str,
    budget: Budget,
) -> anyhow::Result<bool> {
    let used: Option<(u64, u64)> = connection
        .prepare_cached(
            "SELECT tokens, cost_nanousd FROM question_spend WHERE person_id = ?1 AND day = ?2",
        )?
        .query_row(params![person_id, day], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .context("look up what a person used")?;
    let (tokens, cost_nanousd) = used.unwrap_or_default();
    Ok(budget.tokens.is_some_and(|most| tokens >= most)
        || budget.cost_nanousd.is_some_and(|most| cost_nanousd >= most))
}
