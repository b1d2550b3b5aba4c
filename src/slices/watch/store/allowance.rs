//! How many accounts a person may add.

use rusqlite::Connection;

use super::accounts::{Added, NewAccount, add, count_of_owner, is_known};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::people;

/// How many more accounts a person may have; `None`: as many as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance(Option<usize>);

impl Allowance {
    pub(crate) const UNLIMITED: Self = Self(None);

    /// What is left of a limit for each person. 0 is no limit, and admins have none.
    pub(crate) fn of(
        connection: &Connection,
        owner: i64,
        per_owner: usize,
    ) -> anyhow::Result<Self> {
        let person = people::get(connection, owner)?;
        if per_owner == 0 || person.is_some_and(|person| person.role.is_admin()) {
            return Ok(Self::UNLIMITED);
        }
        let has = count_of_owner(connection, owner)?;
        Ok(Self(Some(per_owner.saturating_sub(has))))
    }

    pub(crate) fn left(self) -> Option<usize> {
        self.0
    }

    pub(crate) fn is_used_up(self) -> bool {
        self.0 == Some(0)
    }

    /// How many of some new accounts may be added.
    pub(crate) fn of_new(self, new: usize) -> usize {
        self.0.map_or(new, |left| left.min(new))
    }

    /// Adds an account as [`add`] does. `None` if it is new and its owner may add no more.
    pub(crate) fn add(
        &mut self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        new: &NewAccount,
    ) -> anyhow::Result<Option<Added>> {
        if self.is_used_up() && !is_known(tx, new)? {
            return Ok(None);
        }
        let added = add(tx, now, new)?;
        if let (Added::New(_), Some(left)) = (added, &mut self.0) {
            *left -= 1;
        }
        Ok(Some(added))
    }
}
