//! Which accounts of a site come next when its owners take turns.
//!
//! Most sites answer for fewer accounts in an interval than people can add. In the order of
//! numbers, one person's thousands would keep all others waiting.
//!
//! # Invariants
//! - Nobody has a second turn before everybody with a waiting account has had one.
//! - An owner's account that was probed longest ago comes first.
//! - Memory grows with the page and the owners of the site, not with their accounts.

use std::collections::{BinaryHeap, HashMap};

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _};

use super::probes::{Waiting, narrowed, waiting_from_row};
use crate::slices::watch::model::account::RunScope;

/// The next accounts of a site that a run has not probed, in the order of turns.
pub(crate) fn next_turns(
    connection: &Connection,
    scope: RunScope,
    site: &str,
    run_id: i64,
    limit: usize,
) -> anyhow::Result<Vec<Waiting>> {
    let (index, condition) = narrowed(scope);
    let sql = format!(
        "SELECT account.owner_id, look.run_id, account.id
         FROM account {index} CROSS JOIN look ON look.account_id = account.id
         WHERE account.state = 'pending' AND account.site = :site {condition}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut params: Vec<(&str, &dyn rusqlite::ToSql)> = vec![(":site", &site)];
    let subject = scope.owner_column().or(scope.account_column());
    if subject.is_some() {
        params.push((":subject", &subject));
    }
    let mut rows = statement.query(params.as_slice())?;
    let mut turns = Turns::new(run_id, limit);
    while let Some(row) = rows.next()? {
        turns.offer(row.get(0)?, row.get(1)?, row.get(2)?);
    }
    let mut statement = connection.prepare_cached(
        "SELECT account.id, account.username, account.until, look.known
         FROM account JOIN look ON look.account_id = account.id
         WHERE account.id = ?1 AND account.state = 'pending'",
    )?;
    let mut page = Vec::with_capacity(limit);
    for id in turns.in_order() {
        let waiting = statement.query_row([id], waiting_from_row).optional();
        page.extend(waiting.with_context(|| format!("read account {id}"))?);
    }
    Ok(page)
}

/// The accounts of a site as they are read, and those among them that fill a page.
struct Turns {
    run_id: i64,
    limit: usize,
    /// No owner has more turns than this in the page.
    most: usize,
    kept: usize,
    owners: HashMap<i64, Owner>,
}

#[derive(Default)]
struct Owner {
    /// The last run that probed one of their accounts.
    served: i64,
    /// The accounts probed longest ago, the latest on top: run, chance, number. Neighbours that
    /// always fail would look like a site that is down, so chance orders those of one run.
    next: BinaryHeap<(i64, u32, i64)>,
}

impl Turns {
    fn new(run_id: i64, limit: usize) -> Self {
        Self {
            run_id,
            limit,
            most: limit,
            kept: 0,
            owners: HashMap::new(),
        }
    }

    fn offer(&mut self, owner_id: i64, last_run: i64, account_id: i64) {
        let owner = self.owners.entry(owner_id).or_default();
        owner.served = owner.served.max(last_run);
        if last_run >= self.run_id {
            return;
        }
        owner.next.push((last_run, fastrand::u32(..), account_id));
        self.kept += 1;
        if owner.next.len() > self.most {
            owner.next.pop();
            self.kept -= 1;
        }
        if self.kept > 2 * (self.limit + self.owners.len()) {
            self.narrow();
        }
    }

    /// Drops what cannot come into the page, because the others alone fill it.
    fn narrow(&mut self) {
        let turns = |most| -> usize {
            let owners = self.owners.values();
            owners.map(|owner| owner.next.len().min(most)).sum()
        };
        let (mut few, mut enough) = (1, self.most);
        while few < enough {
            let middle = usize::midpoint(few, enough);
            if turns(middle) >= self.limit {
                enough = middle;
            } else {
                few = middle + 1;
            }
        }
        self.most = enough;
        self.kept = turns(enough);
        for owner in self.owners.values_mut() {
            while owner.next.len() > enough {
                owner.next.pop();
            }
        }
    }

    /// The numbers of the accounts in the page. In a turn, who was served longest ago comes first.
    fn in_order(self) -> Vec<i64> {
        let mut turns = Vec::with_capacity(self.kept);
        for Owner { served, next } in self.owners.into_values() {
            let accounts = next.into_sorted_vec().into_iter().enumerate();
            turns.extend(accounts.map(|(turn, (_, chance, id))| (turn, served, chance, id)));
        }
        turns.sort_unstable();
        turns.truncate(self.limit);
        turns.into_iter().map(|(.., id)| id).collect()
    }
}

#[cfg(test)]
#[path = "tests/turns.rs"]
mod tests;
