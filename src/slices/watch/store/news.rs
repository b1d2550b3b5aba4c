//! What was waited for and has happened: the transition, and what there is to tell of a run.
//!
//! What must stay true: what an account is waited for is read in the transaction that writes, so that a look on its way
//! while somebody chooses otherwise ends no wait and tells nothing.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::acts::{Turn, note_turn};
use super::{ACCOUNT_COLUMNS, account_from_row};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::watch::model::account::{News, NewsTotals, State, Until, Verdict};
use crate::slices::watch::model::past::Change;
use crate::slices::watch::verdict::Sighting;

/// Who waits for an account, and for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiter {
    owner_id: i64,
    pub(super) state: State,
    until: Until,
    /// What runs have said of it before.
    pub(super) known: Option<Sighting>,
}

/// Who waits for an account, and for what; nobody when it was removed while a run looked.
pub(super) fn waiter(connection: &Connection, account_id: i64) -> anyhow::Result<Option<Waiter>> {
    connection
        .prepare_cached(
            "SELECT owner_id, state, until, look.known FROM account JOIN look ON look.account_id = account.id
             WHERE account.id = ?1",
        )?
        .query_row([account_id], |row| {
            Ok(Waiter {
                owner_id: row.get(0)?,
                state: super::word(row, 1, State::from_word)?,
                until: super::word(row, 2, Until::from_word)?,
                known: super::known(row, 3)?,
            })
        })
        .optional()
        .with_context(|| format!("look up who waits for account {account_id}"))
}

/// A run saw what its candidate was waited for: ends the wait, or notes the change of an account that waits on. Returns the
/// owner, who is to hear of it; none when the account is waited for otherwise since.
pub(super) fn tell(
    tx: &WriteTx<'_>,
    now: UnixMs,
    account_id: i64,
    waiter: Waiter,
    verdict: Verdict,
    run_id: i64,
) -> anyhow::Result<Option<i64>> {
    let met = verdict
        .sighting()
        .filter(|seen| waiter.until.is_met(waiter.known, *seen));
    let Some(seen) = met else {
        return Ok(None);
    };
    let turn = come_true(tx, now, account_id, waiter, seen)?;
    note_turn(tx, now, &turn.in_run(run_id))?;
    Ok(Some(waiter.owner_id))
}

/// Puts an account into the state in which it is after what it was waited for has happened. The change is still to be
/// noted.
pub(super) fn come_true(
    tx: &WriteTx<'_>,
    now: UnixMs,
    account_id: i64,
    waiter: Waiter,
    seen: Sighting,
) -> anyhow::Result<Turn<'static>> {
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
            State::Done
        }
        Until::Change => {
            tx.prepare_cached(
                "UPDATE account SET state = 'pending' WHERE id = ?1 AND state <> 'pending'",
            )?
            .execute([account_id])
            .with_context(|| format!("account {account_id} waits on"))?;
            State::Pending
        }
    };
    Ok(Turn::new(account_id, what, Some(waiter.state), to))
}

/// What a run has to tell an owner, as far as it is still so.
const ROWS: &str = "account JOIN look ON look.account_id = account.id
         CROSS JOIN transition ON transition.run_id = ?2 AND transition.account_id = account.id
         WHERE (account.owner_id = ?1 AND account.state = 'done'
                OR account.owner_id = ?1 AND account.until = 'change' AND account.state = 'pending')
             AND look.run_id = ?2 AND transition.what IN ('found', 'gone')";

/// The first of those accounts.
pub(super) fn first_sql() -> String {
    format!(
        "SELECT {ACCOUNT_COLUMNS}, transition.what = 'gone' AS gone FROM {ROWS}
         ORDER BY account.until, gone, account.id LIMIT ?3"
    )
}

/// What a run has to tell an owner, as far as it is still so: the first accounts, and how many there are of each kind, by
/// what was seen and whether the wait goes on.
///
/// # Errors
/// When the database fails.
pub fn news_in_run(
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

/// True when a run saw something that somebody waited for.
///
/// # Errors
/// When the database fails.
pub fn has_news(connection: &Connection, run_id: i64) -> anyhow::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM transition WHERE run_id = ?1)")?
        .query_row([run_id], |row| row.get(0))
        .with_context(|| format!("look whether run {run_id} has news"))
}
