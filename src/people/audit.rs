//! The audit log: who changed what for others.
//!
//! # Invariants
//! - A row is written by the transaction of the deed.
//! - Rows are only added, and triggers enforce it.
//! - Rows are deleted after a year, behind a mark that retention sets first.
//! - A person who was forgotten is shown as *somebody*.

use anyhow::Context as _;
use rusqlite::{Connection, params};

use super::{Actor, NOBODY};
use crate::clock::UnixMs;
use crate::db::{WriteTx, facts};
use crate::retention::CHUNK;
use crate::words::words;

/// The fact with the oldest moment that is kept; the triggers let only older rows be deleted.
const KEPT_SINCE: &str = "audit-kept-since";

/// Maximum number of rows counted, and so the limit of the screen's pages. Older rows are in the
/// exported file.
pub(crate) const COUNTED: usize = 10_000;

words! {
    /// An audited action. The word is its kind and its name, separated by a point.
    pub enum Deed {
        /// Somebody's role was changed to the named one.
        Role = "people.role",
        /// Somebody became the owner by a claim link.
        Claim = "people.claim",
        /// Somebody else's account was paused.
        Pause = "accounts.pause",
        /// The account is checked again.
        Resume = "accounts.resume",
        /// The wait for the account was restarted.
        Again = "accounts.again",
        /// The wait for the account was extended.
        Extend = "accounts.extend",
        /// The account was deleted.
        Delete = "accounts.delete",
        /// The account was restored.
        Restore = "accounts.restore",
        /// The account's note was changed.
        Note = "accounts.note",
        /// The awaited result of the account was changed.
        Until = "accounts.until",
        /// Checks of a site were stopped.
        Mute = "sites.mute",
        /// Checks of the site were resumed.
        Unmute = "sites.unmute",
        /// A mass change was accepted as real.
        Apply = "sites.apply",
        /// A mass change was rejected as false.
        Discard = "sites.discard",
        /// A run over everybody's accounts was requested.
        CheckAll = "runs.check",
        StopRun = "runs.stop",
        /// A broadcast was sent.
        Broadcast = "messages.broadcast",
        /// The broadcast was stopped.
        StopBroadcast = "messages.stop",
        /// A group now gets reports of runs.
        Bind = "messages.bind",
        /// A group no longer gets reports of runs.
        Unbind = "messages.unbind",
        MakeCard = "cards.make",
        /// The card's codes count as genuine again.
        CardOn = "cards.on",
        /// The card's codes no longer count as genuine.
        CardOff = "cards.off",
        /// The card's name, description or pictures were changed.
        EditCard = "cards.edit",
        /// The state of one of the card's codes was changed.
        CardCode = "cards.code",
        /// Other people's data was exported as a file.
        Export = "data.export",
        /// The whole database was exported as a file.
        Backup = "data.backup",
    }
}

impl Deed {
    /// The kinds by which the log can be filtered.
    pub const KINDS: [&'static str; 7] = [
        "people", "accounts", "sites", "runs", "messages", "cards", "data",
    ];
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: UnixMs,
    /// The id of the actor; 0 for a forgotten person.
    pub by: i64,
    /// The actor's current name; empty if unknown.
    pub by_name: String,
    /// `None` if a newer program wrote the deed.
    pub deed: Option<Deed>,
    /// The person concerned; 0 for a forgotten person.
    pub person: Option<i64>,
    /// That person's current name.
    pub person_name: String,
    /// The thing concerned.
    pub what: String,
}

/// Records a deed, in the transaction that does it.
pub(crate) fn note(
    tx: &WriteTx<'_>,
    actor: &Actor,
    deed: Deed,
    person: Option<i64>,
    what: &str,
) -> anyhow::Result<()> {
    tx.prepare_cached(
        "INSERT INTO audit (at, by_person, deed, person, what) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![actor.now.0, actor.id, deed.word(), person, what])
    .with_context(|| format!("note the deed {}", deed.word()))?;
    Ok(())
}

/// One page of the log, newest first, of one kind or (`""`) of all, with the number of rows. The
/// number [`COUNTED`] + 1 means that there are more.
pub fn page(
    connection: &Connection,
    kind: &str,
    offset: usize,
    limit: usize,
) -> anyhow::Result<(Vec<Entry>, usize)> {
    let of_kind = match kind {
        "" => "?1 = ''",
        // Same expression as in the schema's index.
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

/// Calls `each` with every row of the log, oldest first.
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

pub(super) fn prune(tx: &WriteTx<'_>, before: UnixMs) -> anyhow::Result<usize> {
    facts::set(tx, KEPT_SINCE, &before.0.to_string())?;
    // Rows are in the order of their times unless the clock was set back; those rows are deleted a
    // little later.
    tx.execute(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT ?2) AND at < ?1",
        params![before.0, CHUNK],
    )
    .context("forget what was done long ago")
}

/// Removes a person from the log; their deeds are shown as done by *somebody*.
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
