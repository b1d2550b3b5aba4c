//! Lists of accounts: whose, with which filter, one page at a time.
//!
//! # Invariants
//! - The cost of a list hardly depends on the number of accounts.
//! - A list counts no further than [`COUNTED`].
//! - Every filter has an index, except the search for a text, which reads at most [`SEARCHED`]
//!   accounts.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, ToSql, named_params, params};

use super::{ACCOUNT_COLUMNS, account_from_row};
use crate::clock::{UnixMs, days};
use crate::db::WriteTx;
use crate::retention::{CHUNK, Rule};
use crate::slices::watch::model::account::Account;

/// A list counts and pages through at most this many accounts. Nobody pages further, and filters
/// find the others.
pub(crate) const COUNTED: usize = 10_000;

/// In everybody's list, a text search covers this many of the newest accounts. That takes the
/// writer about ten milliseconds, and a list does it twice.
pub(crate) const SEARCHED: i64 = 20_000;

/// A search is forgotten after this time without use. Older buttons then show the whole list.
pub(super) const KEPT_SEARCHES: Rule = Rule {
    what: "searches",
    table: "search",
    keep: days(30),
    prune: prune_searches,
};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Filter {
    #[default]
    Everything,
    /// Accounts probed in every run.
    Pending,
    /// Pending accounts whose agreed time is over.
    Overdue,
    /// Accounts whose wait is over.
    Done,
    /// Paused accounts, and accounts held for an admin's decision.
    Paused,
    /// Accounts on one site, by its key.
    Site(String),
    /// Accounts with a text in their name or note.
    Text(String),
    /// Pending accounts whose agreed time ends after the first moment and not after the second.
    Ends(UnixMs, UnixMs),
    /// Accounts whose wait has ended since a moment, the latest first.
    DoneSince(UnixMs),
}

impl Filter {
    /// The filter as an SQL condition.
    fn wanted(&self) -> &'static str {
        match self {
            Self::Everything => "account.state <> 'removed'",
            Self::Pending => "account.state = 'pending'",
            Self::Overdue => "account.state = 'pending' AND account.ends_at <= :now",
            Self::Done => "account.state = 'done'",
            Self::Paused => "account.state IN ('paused', 'held')",
            Self::Site(_) => "account.site = :site AND account.state <> 'removed'",
            Self::Text(_) => {
                "account.state <> 'removed'
                 AND (instr(folded(account.username), :text) > 0 OR instr(folded(account.note), :text) > 0)"
            }
            Self::Ends(..) => {
                "account.state = 'pending' AND account.ends_at > :after AND account.ends_at <= :to"
            }
            Self::DoneSince(_) => "account.state = 'done' AND account.done_at >= :after",
        }
    }
}

/// Selects accounts by owner and filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountQuery {
    /// None means everybody's accounts.
    pub owner: Option<i64>,
    pub filter: Filter,
    /// Additional filters. In everybody's list they apply to the first [`COUNTED`] accounts only.
    pub also: Vec<Filter>,
}

impl AccountQuery {
    /// The rows, as FROM and WHERE; `more` is a further join.
    fn rows(&self, more: &str) -> String {
        let wanted = self.filter.wanted();
        let also = self
            .also
            .iter()
            .map(|filter| format!(" AND {}", filter.wanted()));
        let also: String = also.collect();
        let (index, whose) = match self.owner {
            Some(_) => (
                "INDEXED BY account_of_owner",
                "account.owner_id = :owner AND",
            ),
            None if matches!(self.filter, Filter::Text(_)) => (
                "",
                "account.id > (SELECT max(id) FROM account) - :searched AND",
            ),
            None if self.filter == Filter::Paused => ("INDEXED BY account_stopped", ""),
            None => ("", ""),
        };
        if also.is_empty() || self.owner.is_some() {
            return format!("account {index} {more} WHERE {whose} {wanted}{also}");
        }
        let first = format!(
            "SELECT account.id FROM account {index} WHERE {whose} {wanted} ORDER BY {} LIMIT {COUNTED}",
            self.order()
        );
        format!(
            "({first}) AS bounded CROSS JOIN account ON account.id = bounded.id {more} WHERE true{also}"
        )
    }

    /// Pending accounts come first, sorted by the end of the agreed time.
    fn order(&self) -> &'static str {
        match (self.owner, &self.filter) {
            (Some(_), Filter::Everything) => {
                "CASE state WHEN 'done' THEN 2 WHEN 'paused' THEN 1 ELSE 0 END, account.id"
            }
            (
                _,
                Filter::Pending
                | Filter::Overdue
                | Filter::Done
                | Filter::Paused
                | Filter::Ends(..),
            ) => "account.ends_at, account.id",
            (_, Filter::DoneSince(_)) => "account.done_at DESC, account.id DESC",
            _ => "account.id",
        }
    }

    pub(super) fn page_sql(&self) -> String {
        format!(
            "SELECT {ACCOUNT_COLUMNS} FROM {} ORDER BY {} LIMIT :limit OFFSET :offset",
            self.rows("JOIN look ON look.account_id = account.id"),
            self.order()
        )
    }

    fn query<T>(
        &self,
        connection: &Connection,
        now: UnixMs,
        sql: &str,
        more: &[(&str, &dyn ToSql)],
        read: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> anyhow::Result<Vec<T>> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut own: Vec<(&str, &dyn ToSql)> = vec![
            (":searched", &SEARCHED),
            (":owner", &self.owner),
            (":now", &now.0),
        ];
        let mut folded = String::new();
        for filter in std::iter::once(&self.filter).chain(&self.also) {
            match filter {
                Filter::Site(key) => own.push((":site", key)),
                Filter::Text(text) => folded = text.to_lowercase(),
                Filter::Ends(after, to) => own.extend([
                    (":after", &after.0 as &dyn ToSql),
                    (":to", &to.0 as &dyn ToSql),
                ]),
                Filter::DoneSince(at) => own.push((":after", &at.0)),
                _ => {}
            }
        }
        own.push((":text", &folded));
        for (name, value) in own.iter().chain(more) {
            if let Some(place) = statement.parameter_index(name)? {
                statement.raw_bind_parameter(place, value)?;
            }
        }
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().context("list accounts")? {
            found.push(read(row)?);
        }
        Ok(found)
    }
}

/// The number of accounts in a list. [`COUNTED`] plus one means more than [`COUNTED`].
pub(crate) fn count_listed(
    connection: &Connection,
    now: UnixMs,
    listing: &AccountQuery,
) -> anyhow::Result<usize> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {})",
        listing.rows(""),
        COUNTED + 1
    );
    let counts = listing.query(connection, now, &sql, &[], |row| row.get(0))?;
    counts.first().copied().context("count the accounts")
}

/// True if a text search in everybody's list leaves out the oldest accounts.
pub(crate) fn search_is_partial(connection: &Connection) -> anyhow::Result<bool> {
    connection
        .prepare_cached("SELECT coalesce((SELECT max(id) FROM account) - (SELECT min(id) FROM account), 0) >= ?1")?
        .query_row([SEARCHED], |row| row.get(0))
        .context("look how many accounts there are")
}

/// True if a list of everybody's accounts is incomplete.
pub(crate) fn is_partial(
    connection: &Connection,
    now: UnixMs,
    listing: &AccountQuery,
) -> anyhow::Result<bool> {
    if listing.owner.is_some() {
        return Ok(false);
    }
    if matches!(listing.filter, Filter::Text(_)) && search_is_partial(connection)? {
        return Ok(true);
    }
    let whole = AccountQuery {
        also: Vec::new(),
        ..listing.clone()
    };
    Ok(!listing.also.is_empty() && count_listed(connection, now, &whole)? > COUNTED)
}

/// One page of a list.
pub fn page(
    connection: &Connection,
    now: UnixMs,
    listing: &AccountQuery,
    offset: usize,
    limit: usize,
) -> anyhow::Result<Vec<Account>> {
    let more: [(&str, &dyn ToSql); 2] = [(":limit", &limit), (":offset", &offset)];
    listing.query(
        connection,
        now,
        &listing.page_sql(),
        &more,
        account_from_row,
    )
}

/// The sorted keys of sites with accounts (of an owner, or anybody), after a key.
pub(crate) fn sites_in_use(
    connection: &Connection,
    owner: Option<i64>,
    offset: usize,
    limit: usize,
) -> anyhow::Result<Vec<String>> {
    let sql = match owner {
        Some(_) => {
            "SELECT DISTINCT site FROM account INDEXED BY account_of_owner
             WHERE owner_id = :owner AND state <> 'removed' ORDER BY site LIMIT :limit OFFSET :offset"
        }
        // One step into the index for each site, not for each account.
        None => {
            "WITH RECURSIVE used (site) AS (
                 SELECT min(site) FROM account INDEXED BY account_by_site
                 UNION ALL
                 SELECT (SELECT min(site) FROM account INDEXED BY account_by_site WHERE site > used.site)
                 FROM used WHERE used.site IS NOT NULL
             ) SELECT site FROM used WHERE site IS NOT NULL AND :owner IS NULL LIMIT :limit OFFSET :offset"
        }
    };
    let mut statement = connection.prepare_cached(sql)?;
    let params = named_params! { ":owner": owner, ":limit": limit, ":offset": offset };
    let rows = statement.query_map(params, |row| row.get(0))?;
    rows.collect::<Result<_, _>>().context("list sites in use")
}

/// Stores a text search and returns its number, for buttons.
///
/// # Errors
/// If the database fails, or the filter has no text.
pub(crate) fn note_search(
    tx: &WriteTx<'_>,
    now: UnixMs,
    person: i64,
    filter: &Filter,
) -> anyhow::Result<i64> {
    let (kind, words) = match filter {
        Filter::Site(key) => ("site", key),
        Filter::Text(text) => ("text", text),
        _ => anyhow::bail!("a filter without words is no search"),
    };
    tx.prepare_cached(
        "INSERT INTO search (person_id, kind, words, used_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (person_id, kind, words) DO UPDATE SET used_at = excluded.used_at RETURNING id",
    )?
    .query_row(params![person, kind, words, now.0], |row| row.get(0))
    .context("note a search")
}

/// A person's search by its number; none if it has been deleted.
pub(crate) fn search(
    connection: &Connection,
    person: i64,
    id: i64,
) -> anyhow::Result<Option<Filter>> {
    connection
        .prepare_cached("SELECT kind = 'site', words FROM search WHERE id = ?1 AND person_id = ?2")?
        .query_row([id, person], |row| {
            let words = row.get(1)?;
            Ok(if row.get(0)? {
                Filter::Site(words)
            } else {
                Filter::Text(words)
            })
        })
        .optional()
        .context("look up a search")
}

fn prune_searches(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    tx.prepare_cached(
        "DELETE FROM search WHERE id IN (SELECT id FROM search WHERE used_at < ?1 LIMIT ?2)",
    )?
    .execute(params![before.0, CHUNK])
    .context("forget searches")
}
