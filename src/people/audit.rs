//! The audit log: who did what that changed something for others.
//!
//! # Invariants
//! - A row is written by the transaction of the deed.
//! - Rows are only added, and triggers enforce it.
//! - Rows leave after a year, behind a mark that retention sets first.
//! - A person who was forgotten is shown as *somebody*.

use anyhow::Context as _;
use rusqlite::{Connection, params};

use super::NOBODY;
use crate::clock::UnixMs;
use crate::db::{WriteTx, facts};
use crate::retention::CHUNK;
use crate::words::words;

/// The fact behind which rows may leave: the oldest moment that is kept.
const KEPT_SINCE: &str = "audit-kept-since";

/// Rows counted, and so reached by the pages of a screen, at most: who needs older ones takes the
/// file.
pub(crate) const COUNTED: usize = 10_000;

words! {
    /// What was done; the word is its kind and the deed, with a point between.
    pub enum Deed {
        /// Somebody's role was changed, to the one named.
        Role = "people.role",
        /// Somebody became the owner by a claim link.
        Claim = "people.claim",
        /// Somebody else's account was stopped for a while.
        Pause = "accounts.pause",
        /// It is looked at again.
        Resume = "accounts.resume",
        /// It is waited for anew.
        Again = "accounts.again",
        /// It is waited for longer.
        Extend = "accounts.extend",
        /// It was removed.
        Delete = "accounts.delete",
        /// It was brought back.
        Restore = "accounts.restore",
        /// Its note was changed.
        Note = "accounts.note",
        /// Something else is waited for.
        Until = "accounts.until",
        /// A site is not looked at.
        Mute = "sites.mute",
        /// It is looked at again.
        Unmute = "sites.unmute",
        /// A mass change was called true.
        Apply = "sites.apply",
        /// A mass change was called not true.
        Discard = "sites.discard",
        /// A run over everybody's accounts was asked for.
        CheckAll = "runs.check",
        /// A run was stopped.
        StopRun = "runs.stop",
        /// Something was said to everybody.
        Broadcast = "messages.broadcast",
        /// It was cut short.
        StopBroadcast = "messages.stop",
        /// A group hears of runs.
        Bind = "messages.bind",
        /// A group hears no more of runs.
        Unbind = "messages.unbind",
        /// A product card was made.
        MakeCard = "cards.make",
        /// Its codes are genuine again.
        CardOn = "cards.on",
        /// Its codes are not told to be genuine any more.
        CardOff = "cards.off",
        /// Its name, description or pictures were changed.
        EditCard = "cards.edit",
        /// Something was said of one of its codes.
        CardCode = "cards.code",
        /// Data of others left as a file.
        Export = "data.export",
        /// The whole database left as a file.
        Backup = "data.backup",
    }
}

impl Deed {
    /// The kinds by which the log is narrowed.
    pub const KINDS: [&'static str; 7] = [
        "people", "accounts", "sites", "runs", "messages", "cards", "data",
    ];
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: UnixMs,
    /// Who; 0: somebody who was forgotten.
    pub by: i64,
    /// The name that one has today; empty when nothing is known of them.
    pub by_name: String,
    /// What; none when a newer program wrote it.
    pub deed: Option<Deed>,
    /// The person it concerned; 0: somebody who was forgotten.
    pub person: Option<i64>,
    /// The name that one has today.
    pub person_name: String,
    /// What it concerned.
    pub what: String,
}

/// Notes a deed, in the transaction that does it.
pub(crate) fn note(
    tx: &WriteTx<'_>,
    now: UnixMs,
    by: i64,
    deed: Deed,
    person: Option<i64>,
    what: &str,
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO audit (at, by_person, deed, person, what) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![now.0, by, deed.word(), person, what])
    .with_context(|| format!("note the deed {}", deed.word()))?;
    Ok(())
}

/// One page of the log, the newest first, of one kind or (`""`) of all, and how many rows there
/// are; one more than [`COUNTED`] stands for all beyond.
pub fn page(
    connection: &Connection,
    kind: &str,
    offset: usize,
    limit: usize,
) -> anyhow::Result<(Vec<Entry>, usize)> {
    let of_kind = match kind {
        "" => "?1 = ''",
        // As the schema's index has it.
        _ => "substr(deed, 1, instr(deed, '.') - 1) = ?1",
    };
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM audit WHERE {of_kind} LIMIT {})",
        COUNTED + 1
    );
    let total = connection
        .prepare_cached(&sql)?
        .query_row([kind], |row| row.get(0))
        .context("count the log")?;
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE {of_kind} ORDER BY audit.id DESC LIMIT ?2 OFFSET ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![kind, limit, offset], from_row)?;
    let rows = rows.collect::<Result<_, _>>().context("read the log")?;
    Ok((rows, total))
}

/// Calls `each` with every row of the log, the oldest first.
///
/// # Errors
/// When the database or `each` fails.
pub(crate) fn export(
    connection: &Connection,
    mut each: impl FnMut(&Entry) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} ORDER BY audit.id");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(&from_row(row)?)?;
    }
    Ok(())
}

const COLUMNS: &str =
    "at, by_person, coalesce(doer.name, ''), deed, person, coalesce(met.name, ''), what";
const TABLES: &str =
    "audit LEFT JOIN person doer ON doer.id = by_person LEFT JOIN person met ON met.id = person";

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        at: UnixMs(row.get(0)?),
        by: row.get(1)?,
        by_name: row.get(2)?,
        deed: Deed::from_word(row.get_ref(3)?.as_str()?),
        person: row.get(4)?,
        person_name: row.get(5)?,
        what: row.get(6)?,
    })
}

/// Forgets what was done before a moment.
pub(super) fn prune(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    facts::set(tx, KEPT_SINCE, &before.0.to_string())?;
    // Rows stand in the order of their times, unless the clock was set back; those leave a little
    // later.
    tx.execute(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT ?2) AND at < ?1",
        params![before.0, CHUNK],
    )
    .context("forget what was done long ago")
}

/// Takes a person out of the log; what they did stays as done by somebody.
pub(super) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE audit SET by_person = ?2 WHERE by_person = ?1",
        [person, NOBODY],
    )
    .context("forget who did something")?;
    tx.execute(
        "UPDATE audit SET person = ?2, what = '' WHERE person = ?1",
        [person, NOBODY],
    )
    .context("forget whom something concerned")?;
    Ok(())
}
