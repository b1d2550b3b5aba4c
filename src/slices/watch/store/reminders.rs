//! Reminders before, at and after the end of the agreed time.

use anyhow::Context as _;
use rusqlite::{Connection, params};

use super::{ACCOUNT_COLUMNS, ACCOUNTS, account_from_row};
use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::slices::watch::model::account::Account;

/// A reminder that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DueReminder {
    pub account: Account,
    /// How often the wait was restarted: part of the notice's key.
    pub epoch: i64,
}

/// Accounts whose reminder is due, the most overdue first.
pub(crate) fn due(
    connection: &Connection,
    now: UnixMs,
    limit: usize,
) -> anyhow::Result<Vec<DueReminder>> {
    let sql = format!(
        "SELECT {ACCOUNT_COLUMNS}, account.epoch AS epoch FROM {ACCOUNTS}
         WHERE state = 'pending' AND remind_at IS NOT NULL AND remind_at <= ?1 ORDER BY remind_at LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![now.0, limit], |row| {
        Ok(DueReminder {
            account: account_from_row(row)?,
            epoch: row.get("epoch")?,
        })
    })?;
    rows.collect::<Result<_, _>>().context("list due reminders")
}

/// Days after the end of the agreed time on which the owner is reminded that we still wait.
const STILL_WAITING: [u32; 5] = [1, 3, 7, 14, 30];

/// Schedules the account's next reminder: on the last day, at the end, then at growing intervals,
/// then none.
pub(crate) fn mark_sent(tx: &WriteTx<'_>, now: UnixMs, account: &Account) -> anyhow::Result<()> {
    let ends_at = account.ends_at;
    let later = STILL_WAITING.map(|days| ends_at.plus(DAY * days));
    let next = [ends_at.minus(DAY), ends_at]
        .into_iter()
        .chain(later)
        .find(|at| *at > now);
    tx.prepare_cached("UPDATE account SET remind_at = ?2 WHERE id = ?1")?
        .execute(params![account.id, next.map(|at| at.0)])
        .with_context(|| format!("plan the next reminder of account {}", account.id))?;
    Ok(())
}
