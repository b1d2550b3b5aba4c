//! The history of an account: what changed its state, and who did it.

use anyhow::Context as _;
use rusqlite::{Connection, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::watch::model::account::AccountState;
use crate::slices::watch::model::past::{By, Change, Past};

#[derive(Debug, Clone, Copy)]
pub(super) struct Transition<'a> {
    account_id: i64,
    what: Change,
    from: Option<AccountState>,
    to: AccountState,
    run_id: Option<i64>,
    by: Option<i64>,
    detail: &'a str,
}

impl<'a> Transition<'a> {
    pub(super) fn new(
        account_id: i64,
        what: Change,
        from: Option<AccountState>,
        to: AccountState,
    ) -> Self {
        Self {
            account_id,
            what,
            from,
            to,
            run_id: None,
            by: None,
            detail: "",
        }
    }

    /// The change was made by a person.
    pub(super) fn by(mut self, person: i64) -> Self {
        self.by = Some(person);
        self
    }

    /// The change was made by a run.
    pub(super) fn in_run(mut self, run_id: i64) -> Self {
        self.run_id = Some(run_id);
        self
    }

    /// Somebody else has the name now; `before` is the identity of who had it.
    pub(super) fn by_other_owner(mut self, before: &'a str) -> Self {
        self.what = Change::OtherOwner;
        self.detail = before;
        self
    }

    pub(super) fn detail(mut self, detail: &'a str) -> Self {
        self.detail = detail;
        self
    }

    /// The account's state is the same before and after.
    pub(super) fn in_state(mut self, state: AccountState) -> Self {
        self.from = Some(state);
        self.to = state;
        self
    }

    /// Adds the row to the history.
    pub(super) fn note(self, tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<()> {
        tx.prepare_cached(
            "INSERT INTO transition (account_id, run_id, by_person, from_state, to_state, at, what, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            self.account_id,
            self.run_id,
            self.by,
            self.from.map_or("", AccountState::word),
            self.to.word(),
            now.0,
            self.what.word(),
            self.detail
        ])
        .with_context(|| format!("note the change of account {}", self.account_id))?;
        Ok(())
    }
}

/// The last changes of an account, the newest first.
pub(crate) fn history(connection: &Connection, id: i64, limit: usize) -> anyhow::Result<Vec<Past>> {
    let mut statement = connection.prepare_cached(
        "SELECT what, detail, by_person, at FROM transition WHERE account_id = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![id, limit], |row| {
        Ok(Past {
            what: super::word(row, 0, Change::from_word)?,
            detail: row.get(1)?,
            by: match row.get(2)? {
                None => By::Run,
                Some(0) => By::Nobody,
                Some(person) => By::Person(person),
            },
            at: UnixMs(row.get(3)?),
        })
    })?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("read the history of account {id}"))
}
