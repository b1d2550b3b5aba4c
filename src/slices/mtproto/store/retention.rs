//! Retention: logins that are over are kept for a day. A person can have everything removed.

use anyhow::Context as _;
use rusqlite::params;

use super::accounts::abandon;
use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::retention::{CHUNK, Rule};
use crate::slices::mtproto::model::AccountId;

pub(crate) const KEPT: [Rule; 1] = [Rule {
    what: "telegram-logins",
    table: "telegram_login",
    keep: DAY,
    prune: prune_logins,
}];

fn prune_logins(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.prepare_cached(
        "DELETE FROM telegram_login WHERE id IN
             (SELECT id FROM telegram_login WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2)",
    )?
    .execute(params![before.0, CHUNK])
    .context("forget old logins")
}

fn forget_logins(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    tx.execute("DELETE FROM telegram_login WHERE person_id = ?1", [person])
        .context("forget the logins of a person")?;
    super::errands::forget_errands(tx, person)
}

/// Removes everything of a person. Nobody logs out: the slice is off.
pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    forget_logins(tx, person)?;
    tx.execute(
        "DELETE FROM telegram_account WHERE person_id = ?1",
        [person],
    )
    .context("forget the accounts of a person")?;
    Ok(())
}

/// Removes everything of a person except the keys, with which the thread logs out before it removes
/// them, too.
pub(crate) fn release(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    forget_logins(tx, person)?;
    let mut statement = tx.prepare("SELECT id FROM telegram_account WHERE person_id = ?1")?;
    let accounts: Vec<i64> = statement
        .query_map([person], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for account in accounts {
        abandon(tx, AccountId(account))?;
    }
    Ok(())
}
