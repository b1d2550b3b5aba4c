//! Waits that are over: the transition, and a run's news about it.
//!
//! # Invariants
//! - The writing transaction re-reads the wait, so a late probe ends no changed wait.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::transitions::Transition;
use super::{ACCOUNT_COLUMNS, account_from_row};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::watch::model::account::{AccountState, News, NewsTotals, Until};
use crate::slices::watch::model::past::Change;
use crate::slices::watch::model::verdict::{Sighting, Verdict};

#[derive(Debug, Clone, Copy)]
pub(super) struct Waiter {
    owner_id: i64,
    pub(super) state: AccountState,
    pub(super) until: Until,
    /// What earlier runs saw.
    pub(super) known: Option<Sighting>,
}

/// The wait for an account; none if the account was removed during the run.
pub(super) fn waiter(connection: &Connection, account_id: i64) -> anyhow::Result<Option<Waiter>> {
    connection
        .prepare_cached(
            "SELECT owner_id, state, until, look.known FROM account JOIN look ON look.account_id = account.id
             WHERE account.id = ?1",
        )?
        .query_row([account_id], |row| {
            Ok(Waiter {
                owner_id: row.get(0)?,
                state: super::word(row, 1, AccountState::from_word)?,
                until: super::word(row, 2, Until::from_word)?,
                known: super::known(row, 3)?,
            })
        })
        .optional()
        .with_context(|| format!("look up who waits for account {account_id}"))
}

/// A run saw what was waited for. Ends the wait, or records the change if the account keeps
/// waiting. The identity is that of who has the name, if known. Returns the owner to tell; none if
/// the wait was changed since.
pub(super) fn tell(
    tx: &WriteTx<'_>,
    now: UnixMs,
    account_id: i64,
    waiter: Waiter,
    (verdict, identity): (Verdict, &str),
    run_id: i64,
) -> anyhow::Result<Option<i64>> {
    let met = verdict
        .sighting()
        .filter(|seen| waiter.until.is_met(waiter.known, *seen));
    let Some(seen) = met else {
        return Ok(None);
    };
    let turn = come_true(tx, now, account_id, waiter, seen)?;
    match meet(tx, account_id, identity)? {
        Some(before) => turn.by_other_owner(&before).in_run(run_id).note(tx, now)?,
        None => turn.in_run(run_id).note(tx, now)?,
    }
    Ok(Some(waiter.owner_id))
}

/// Stores who has the name of an account. Returns the identity of who had the name before, if that
/// was somebody else.
fn meet(tx: &WriteTx<'_>, account_id: i64, identity: &str) -> anyhow::Result<Option<String>> {
    if identity.is_empty() {
        return Ok(None);
    }
    let before: String = tx
        .prepare_cached("SELECT identity FROM account WHERE id = ?1")?
        .query_row([account_id], |row| row.get(0))?;
    if before == identity {
        return Ok(None);
    }
    tx.prepare_cached("UPDATE account SET identity = ?2 WHERE id = ?1")?
        .execute(params![account_id, identity])
        .with_context(|| format!("store who has the name of account {account_id}"))?;
    Ok((!before.is_empty()).then_some(before))
}

/// Moves an account to its state after the wait. Returns the transition to record.
pub(super) fn come_true(
    tx: &WriteTx<'_>,
    now: UnixMs,
    account_id: i64,
    waiter: Waiter,
    seen: Sighting,
) -> anyhow::Result<Transition<'static>> {
    let what = match seen {
        Sighting::Exists => Change::Found,
        Sighting::Missing => Change::Gone,
    };
    let to = match waiter.until {
        Until::Found | Until::Gone => {
            tx.prepare_cached(
                "UPDATE account SET state = 'done', done_at = ?2, remind_at = NULL WHERE id = ?1",
            )?
            .execute(params![account_id, now.0])
            .with_context(|| format!("the wait for account {account_id} is over"))?;
            AccountState::Done
        }
        Until::Change => {
            tx.prepare_cached(
                "UPDATE account SET state = 'pending' WHERE id = ?1 AND state <> 'pending'",
            )?
            .execute([account_id])
            .with_context(|| format!("account {account_id} waits on"))?;
            AccountState::Pending
        }
    };
    Ok(Transition::new(account_id, what, Some(waiter.state), to))
}

/// The run's news for an owner that is still true.
const ROWS: &str = "account JOIN look ON look.account_id = account.id
         CROSS JOIN transition ON transition.run_id = ?2 AND transition.account_id = account.id
         WHERE (account.owner_id = ?1 AND account.state = 'done'
                OR account.owner_id = ?1 AND account.until = 'change' AND account.state = 'pending')
             AND look.run_id = ?2 AND transition.what IN ('found', 'other', 'gone')";

pub(super) fn first_sql() -> String {
    format!(
        "SELECT {ACCOUNT_COLUMNS}, transition.what = 'gone' AS gone, transition.what = 'other' AS other FROM {ROWS}
         ORDER BY account.until, gone, account.id LIMIT ?3"
    )
}

/// The run's news for an owner that is still true: the first accounts, and the totals by wait and
/// sighting.
pub(crate) fn news_in_run(
    connection: &Connection,
    run_id: i64,
    owner: i64,
    limit: usize,
) -> anyhow::Result<(Vec<News>, NewsTotals)> {
    let seen = |gone: bool| {
        if gone {
            Sighting::Missing
        } else {
            Sighting::Exists
        }
    };
    let mut statement = connection.prepare_cached(&first_sql())?;
    let rows = statement.query_map(params![owner, run_id, limit], |row| {
        Ok(News {
            account: account_from_row(row)?,
            seen: seen(row.get("gone")?),
            is_other_owner: row.get("other")?,
        })
    })?;
    let first: Vec<News> = rows
        .collect::<Result<_, _>>()
        .with_context(|| format!("list what run {run_id} has to tell"))?;
    let mut totals = NewsTotals::new();
    if first.len() < limit {
        for news in &first {
            *totals.entry((news.account.until, news.seen)).or_insert(0) += 1;
        }
        return Ok((first, totals));
    }
    let mut statement = connection.prepare_cached(&format!(
        "SELECT account.until, transition.what = 'gone', count(*) FROM {ROWS} GROUP BY 1, 2"
    ))?;
    let rows = statement.query_map(params![owner, run_id], |row| {
        let until = super::word(row, 0, Until::from_word)?;
        Ok(((until, seen(row.get(1)?)), row.get(2)?))
    })?;
    let totals = rows
        .collect::<Result<_, _>>()
        .with_context(|| format!("count what run {run_id} has to tell"))?;
    Ok((first, totals))
}

/// True if a run saw something that a person waited for.
pub(crate) fn has_news(connection: &Connection, run_id: i64) -> anyhow::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM transition WHERE run_id = ?1)")?
        .query_row([run_id], |row| row.get(0))
        .with_context(|| format!("look whether run {run_id} has news"))
}
