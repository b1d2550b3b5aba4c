//! Retention: questions and their cost are kept for a month. A person can have everything removed.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::params;

use crate::clock::{UnixMs, days};
use crate::db::WriteTx;
use crate::retention::{CHUNK, Rule};
use crate::zone::Zone;

const MONTH: Duration = days(30);

pub(crate) const KEPT: [Rule; 2] = [
    Rule {
        what: "questions",
        table: "question",
        keep: MONTH,
        prune: prune_questions,
    },
    Rule {
        what: "spend",
        table: "question_spend",
        keep: MONTH,
        prune: prune_spend,
    },
];

fn prune_questions(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.prepare_cached(
        "DELETE FROM question WHERE id IN
             (SELECT id FROM question WHERE closed_at < ?1 ORDER BY closed_at LIMIT ?2)",
    )?
    .execute(params![before.0, CHUNK])
    .context("forget old questions")
}

fn prune_spend(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.prepare_cached(
        "DELETE FROM question_spend WHERE (person_id, day) IN
             (SELECT person_id, day FROM question_spend WHERE day < ?1 ORDER BY day LIMIT ?2)",
    )?
    .execute(params![Zone::UTC.day(before), CHUNK])
    .context("forget what questions of old days cost")
}

/// Removes everything of a person. A running attempt then has no row to write to.
pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    for sql in [
        "DELETE FROM question WHERE person_id = ?1",
        "DELETE FROM question_spend WHERE person_id = ?1",
    ] {
        tx.execute(sql, [person])
            .with_context(|| format!("forget the questions of person {person}"))?;
    }
    Ok(())
}
