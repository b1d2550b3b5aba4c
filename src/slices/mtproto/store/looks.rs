//! Look-ups for the watch, counted per account.
//!
//! # Invariants
//! - An account has at most [`MOST_LOOKS`] look-ups in an hour, across restarts.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::params;

use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::slices::mtproto::model::{AccountId, Caller};

/// Look-ups of an account in an hour: few enough that Telegram does not mind.
pub(crate) const MOST_LOOKS: u32 = 20;

const HOUR: Duration = Duration::from_hours(1);

/// Accounts chosen for the watch, the one whose last look-up is the oldest first.
fn chosen(connection: &Connection) -> anyhow::Result<Vec<(AccountId, i64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, person_id FROM telegram_account
         WHERE watch_with = 1 AND state = 'linked' AND person_id != 0
         ORDER BY (SELECT max(at) FROM telegram_look WHERE account_id = telegram_account.id), id",
    )?;
    let rows = statement.query_map([], |row| Ok((AccountId(row.get(0)?), row.get(1)?)))?;
    rows.collect::<Result<_, _>>()
        .context("read the accounts of the watch")
}

/// Takes a look-up of an account chosen for the watch: of this one, or of the next one in turn.
/// `None` if none may look up anything now.
pub(crate) fn take_look(
    tx: &WriteTx<'_>,
    now: UnixMs,
    account: Option<AccountId>,
) -> anyhow::Result<Option<Caller>> {
    for (id, person_id) in chosen(tx)? {
        if account.is_some_and(|account| account != id) {
            continue;
        }
        tx.prepare_cached("DELETE FROM telegram_look WHERE account_id = ?1 AND at <= ?2")?
            .execute(params![id.0, now.minus(HOUR).0])
            .context("forget look-ups of an earlier hour")?;
        let taken: u32 = tx
            .prepare_cached("SELECT count(*) FROM telegram_look WHERE account_id = ?1")?
            .query_row([id.0], |row| row.get(0))
            .context("count look-ups")?;
        if taken < MOST_LOOKS {
            tx.prepare_cached("INSERT INTO telegram_look (account_id, at) VALUES (?1, ?2)")?
                .execute(params![id.0, now.0])
                .context("count a look-up")?;
            let account = Some(id);
            return Ok(Some(Caller { person_id, account }));
        }
    }
    Ok(None)
}
