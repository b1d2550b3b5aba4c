//! The sums of the daily digest.

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::UnixMs;
use crate::slices::watch::model::account::RunCounts;
use crate::slices::watch::model::past::ProbeHistory;
use crate::slices::watch::model::verdict::Verdict;

/// The number and sums of the runs over all accounts that ended after the first moment and not
/// after the second.
pub(crate) fn digest(
    connection: &Connection,
    after: UnixMs,
    to: UnixMs,
) -> anyhow::Result<(u64, RunCounts)> {
    connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(found), 0), coalesce(sum(not_found), 0), coalesce(sum(errors), 0)
             FROM run WHERE ended_at > ?1 AND ended_at <= ?2 AND owner_id IS NULL AND account_id IS NULL",
        )?
        .query_row([after.0, to.0], |row| {
            let counts = RunCounts {
                found: row.get(1)?,
                not_found: row.get(2)?,
                errors: row.get(3)?,
            };
            Ok((row.get(0)?, counts))
        })
        .context("sum up the runs")
}

/// Members who want a digest of their own accounts, the oldest digest first: chat and time of the
/// last digest.
pub(crate) fn owners_with_digest(
    connection: &Connection,
    limit: usize,
) -> anyhow::Result<Vec<(i64, UnixMs)>> {
    let mut statement = connection.prepare_cached(
        "SELECT chat.id, digest_at FROM chat INDEXED BY chat_digest CROSS JOIN person ON person.id = chat.id
         WHERE notify = 'digest' AND role = 'user' AND unreachable_at IS NULL ORDER BY digest_at LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| Ok((row.get(0)?, UnixMs(row.get(1)?))))?;
    rows.collect::<Result<_, _>>()
        .context("list the owners who want a digest")
}

/// Sums over an owner's accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnSums {
    pub pending: u64,
    pub found: u64,
    /// Pending accounts whose last probe had no verdict.
    pub errors: u64,
}

/// Sums up an owner's accounts; `found` counts those found after a moment.
pub(crate) fn own_sums(
    connection: &Connection,
    owner: i64,
    after: UnixMs,
) -> anyhow::Result<OwnSums> {
    connection
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE state IN ('pending', 'held')),
                    count(*) FILTER (WHERE state = 'done' AND done_at > ?2),
                    count(*) FILTER (WHERE state = 'pending' AND history & 3 = ?3)
             FROM account JOIN look ON look.account_id = account.id WHERE owner_id = ?1",
        )?
        .query_row(
            params![owner, after.0, ProbeHistory::bits(Verdict::Error)],
            |row| {
                Ok(OwnSums {
                    pending: row.get(0)?,
                    found: row.get(1)?,
                    errors: row.get(2)?,
                })
            },
        )
        .with_context(|| format!("sum up the accounts of {owner}"))
}
