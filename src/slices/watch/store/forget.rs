//! What the watch forgets: old runs after a time, a person's part when they ask for it.

use anyhow::Context as _;

use super::acts::KEPT_REMOVED;
use super::listing::KEPT_SEARCHES;
use super::{days, runs};
use crate::clock;
use crate::db::WriteTx;
use crate::people::NOBODY;
use crate::retention::Rule;

/// What of the watch is kept for how long. Accounts and their history stay until somebody removes them.
pub const KEPT: [Rule; 4] = [
    Rule {
        what: "runs",
        table: "run",
        keep: clock::days(90),
        prune: runs::prune,
    },
    Rule {
        what: "days",
        table: "site_day",
        keep: clock::days(400),
        prune: days::prune,
    },
    KEPT_REMOVED,
    KEPT_SEARCHES,
];

/// Removes a person's accounts with their history and what they asked for. What they did to accounts of others, and runs
/// made for them, stay as done by nobody. Returns how many accounts there were.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<usize> {
    let context = || format!("forget the accounts of person {person}");
    let accounts = tx
        .execute("DELETE FROM account WHERE owner_id = ?1", [person])
        .with_context(context)?;
    tx.execute(
        "DELETE FROM check_request WHERE owner_id = ?1 OR chat_id = ?1",
        [person],
    )
    .with_context(context)?;
    tx.execute("DELETE FROM open_screen WHERE chat_id = ?1", [person])
        .with_context(context)?;
    tx.execute("DELETE FROM import WHERE person_id = ?1", [person])
        .with_context(context)?;
    tx.execute("DELETE FROM search WHERE person_id = ?1", [person])
        .with_context(context)?;
    tx.execute(
        "UPDATE run SET owner_id = ?2 WHERE owner_id = ?1",
        [person, NOBODY],
    )
    .with_context(context)?;
    tx.execute(
        "UPDATE run SET stopped_by = ?2 WHERE stopped_by = ?1",
        [person, NOBODY],
    )
    .with_context(context)?;
    tx.execute(
        "UPDATE transition SET by_person = ?2 WHERE by_person = ?1",
        [person, NOBODY],
    )
    .with_context(context)?;
    tx.execute(
        "UPDATE mass_change SET decided_by = ?2 WHERE decided_by = ?1",
        [person, NOBODY],
    )
    .with_context(context)?;
    Ok(accounts)
}
