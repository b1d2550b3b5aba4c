//! Retention: old runs are deleted after a while. A person can have their rows removed.

use anyhow::Context as _;

use super::acts::KEPT_REMOVED;
use super::listing::KEPT_SEARCHES;
use super::{days, runs};
use crate::clock;
use crate::db::WriteTx;
use crate::people::NOBODY;
use crate::retention::Rule;

/// How long the watch keeps its rows. Accounts and their history stay until a person removes them.
pub(crate) const KEPT: [Rule; 4] = [
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

/// Removes a person's accounts with their history and requests; returns the number of accounts.
/// Their changes to other accounts, and runs made for them, stay without a name.
pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<usize> {
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
