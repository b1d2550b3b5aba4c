//! Accounts held because too many on their site changed at once, and the questions about them.
//!
//! # Invariants
//! - An account leaves `held` once, by an UPDATE that names that state.
//! - A question is decided once.

use std::collections::HashSet;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::news::{come_true, waiter};
use super::tallies::{Tallies, count, count_errors};
use super::transitions::Transition;
use super::{ACCOUNT_COLUMNS, ACCOUNTS, account_from_row};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::slices::watch::model::account::{
    Account, AccountState, MassChange, MassDecision, News, SiteTally, Until,
};
use crate::slices::watch::model::past::ProbeHistory;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::model::verdict::Verdict;

/// Why a held account has no verdict: a machine key.
pub(super) const REASON: &str = "mass-change";

const COLUMNS: &str = "id, site, run_id, changed, answered, decision, gone";

/// Accounts of a site that a run has held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldSite {
    /// Key of the site.
    pub site: String,
    pub changed: u64,
    /// The number of held accounts that are missing.
    pub gone: u64,
    /// The number of held accounts that no run had seen before.
    pub fresh: u64,
}

/// How many accounts a run has held, by site.
pub(crate) fn held_in_run(connection: &Connection, run_id: i64) -> anyhow::Result<Vec<HeldSite>> {
    let mut statement = connection.prepare_cached(
        "SELECT site, count(*), count(*) FILTER (WHERE until = 'gone' OR until = 'change' AND look.known = ?2),
             count(*) FILTER (WHERE look.known = 0) FROM account JOIN look ON look.account_id = account.id
         WHERE state = 'held' AND look.run_id = ?1 GROUP BY site",
    )?;
    let found = ProbeHistory::bits(Verdict::Found);
    let rows = statement.query_map([run_id, found], |row| {
        Ok(HeldSite {
            site: row.get(0)?,
            changed: row.get(1)?,
            gone: row.get(2)?,
            fresh: row.get(3)?,
        })
    })?;
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("count what run {run_id} holds"))
}

/// Releases some of the accounts that a run held, as the run saw them, and counts them for the run.
/// Returns their owners; none if no account of the site is left.
pub(crate) fn release(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    run_id: i64,
    site: &str,
    limit: usize,
) -> anyhow::Result<Vec<i64>> {
    let mut statement = tx.prepare_cached(
        "SELECT id, owner_id FROM account JOIN look ON look.account_id = account.id
         WHERE state = 'held' AND site = ?1 AND look.run_id = ?2 ORDER BY owner_id, id LIMIT ?3",
    )?;
    let rows = statement.query_map(params![site, run_id, limit], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let accounts: Vec<(i64, i64)> = rows
        .collect::<Result<_, _>>()
        .with_context(|| format!("read what is held of {site}"))?;
    let mut owners = Vec::new();
    let mut tally = SiteTally::default();
    for (id, owner) in accounts {
        if let Some((seen, turn)) = finish(tx, now, id)? {
            turn.in_run(run_id).note(tx, now)?;
            tally.counts.add(Verdict::of(seen));
            owners.push(owner);
        }
    }
    count(tx, day, run_id, Tallies::from([(site, tally)]))?;
    owners.dedup();
    Ok(owners)
}

/// Applies what the last probe of a held account saw: what was waited for. Returns the sighting and
/// the transition to record; none if the account is not held.
fn finish(
    tx: &WriteTx<'_>,
    now: UnixMs,
    id: i64,
) -> anyhow::Result<Option<(Sighting, Transition<'static>)>> {
    let Some(waiter) = waiter(tx, id)?.filter(|waiter| waiter.state == AccountState::Held) else {
        return Ok(None);
    };
    let seen = match (waiter.until, waiter.known) {
        (Until::Gone, _) | (Until::Change, Some(Sighting::Exists)) => Sighting::Missing,
        (Until::Found | Until::Change, _) => Sighting::Exists,
    };
    let verdict = Verdict::of(seen);
    tx.prepare_cached(
        "UPDATE look SET reason = '', known = ?2, history = (history & ~3) | ?2, seen_at = iif(?3, at, seen_at)
         WHERE account_id = ?1",
    )?
    .execute(params![
        id,
        ProbeHistory::bits(verdict),
        seen == Sighting::Exists
    ])
    .with_context(|| format!("let account {id} go"))?;
    let turn = come_true(tx, now, id, waiter, seen)?;
    Ok(Some((seen, turn)))
}

/// Keeps a run's held accounts of a site for a question, and counts them as not probed. Returns the
/// question if it is new. If a question about the site is already open, the accounts join it.
pub(crate) fn keep(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    run_id: i64,
    held: &HeldSite,
    answered: u64,
) -> anyhow::Result<Option<MassChange>> {
    let HeldSite {
        site,
        changed,
        gone,
        ..
    } = held;
    count_held(tx, day, run_id, site, *changed)?;
    let joined = tx.execute(
        "UPDATE mass_change SET changed = changed + ?2, answered = answered + ?3, gone = gone + ?4 WHERE site = ?1",
        params![site, changed, answered, gone],
    )?;
    if joined > 0 {
        return Ok(None);
    }
    tx.execute(
        "INSERT INTO mass_change (site, run_id, changed, answered, asked_at, gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![site, run_id, changed, answered, now.0, gone],
    )
    .with_context(|| format!("ask about the mass change of {site}"))?;
    mass_change(tx, tx.last_insert_rowid())
}

/// Counts a run's held accounts as not probed.
pub(crate) fn count_held(
    tx: &WriteTx<'_>,
    day: &str,
    run_id: i64,
    site: &str,
    changed: u64,
) -> anyhow::Result<()> {
    let mut tally = SiteTally::default();
    tally.counts.errors = changed;
    count(tx, day, run_id, Tallies::from([(site, tally)]))?;
    count_errors(tx, run_id, site, REASON, changed)
}

/// Allows no new question about a site before a moment.
pub(crate) fn rest(tx: &WriteTx<'_>, now: UnixMs, site: &str, until: UnixMs) -> anyhow::Result<()> {
    tx.execute("DELETE FROM mass_rest WHERE until <= ?1", [now.0])
        .context("forget what was answered long ago")?;
    tx.execute(
        "INSERT INTO mass_rest (site, until) VALUES (?1, ?2) ON CONFLICT (site) DO UPDATE SET until = excluded.until",
        params![site, until.0],
    )
    .with_context(|| format!("note that the question about {site} is answered"))?;
    Ok(())
}

/// Sites without new questions for now, because an admin answered recently.
pub(crate) fn resting(connection: &Connection, now: UnixMs) -> anyhow::Result<HashSet<String>> {
    let mut statement = connection.prepare_cached("SELECT site FROM mass_rest WHERE until > ?1")?;
    let rows = statement.query_map([now.0], |row| row.get(0))?;
    rows.collect::<Result<_, _>>()
        .context("read which questions are answered")
}

/// An open question by its number.
pub(crate) fn mass_change(connection: &Connection, id: i64) -> anyhow::Result<Option<MassChange>> {
    let sql = format!("SELECT {COLUMNS} FROM mass_change WHERE id = ?1");
    connection
        .prepare_cached(&sql)?
        .query_row([id], mass_change_from_row)
        .optional()
        .with_context(|| format!("look up question {id}"))
}

/// The open questions, the oldest first, including those decided but not yet carried out.
pub fn mass_changes(connection: &Connection) -> anyhow::Result<Vec<MassChange>> {
    let sql = format!("SELECT {COLUMNS} FROM mass_change ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], mass_change_from_row)?;
    rows.collect::<Result<_, _>>().context("list the questions")
}

fn mass_change_from_row(row: &Row<'_>) -> rusqlite::Result<MassChange> {
    Ok(MassChange {
        id: row.get(0)?,
        site: row.get(1)?,
        run_id: row.get(2)?,
        changed: row.get(3)?,
        answered: row.get(4)?,
        decision: MassDecision::from_word(row.get_ref(5)?.as_str()?),
        gone: row.get(6)?,
    })
}

/// Decides a question; false if it was already decided.
pub(crate) fn decide(
    tx: &WriteTx<'_>,
    by: i64,
    id: i64,
    decision: MassDecision,
) -> anyhow::Result<bool> {
    let decided = tx
        .execute(
            "UPDATE mass_change SET decision = ?2, decided_by = ?3 WHERE id = ?1 AND decision = ''",
            params![id, decision.word(), by],
        )
        .with_context(|| format!("decide question {id}"))?;
    Ok(decided > 0)
}

/// Applies what was seen of one owner's held accounts, after an admin has confirmed it. Returns the
/// accounts; none if no account of the site is held.
pub(crate) fn apply_held(
    tx: &WriteTx<'_>,
    now: UnixMs,
    question: &MassChange,
    limit: usize,
) -> anyhow::Result<Vec<News>> {
    let sql = format!(
        "SELECT {ACCOUNT_COLUMNS} FROM {ACCOUNTS} WHERE state = 'held' AND site = ?1 AND owner_id =
             (SELECT min(owner_id) FROM account WHERE state = 'held' AND site = ?1)
         ORDER BY id LIMIT ?2"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map(params![question.site, limit], account_from_row)?;
    let accounts: Vec<Account> = rows
        .collect::<Result<_, _>>()
        .with_context(|| format!("read what is held of {}", question.site))?;
    let decided_by: Option<i64> = tx.query_row(
        "SELECT decided_by FROM mass_change WHERE id = ?1",
        [question.id],
        |row| row.get(0),
    )?;
    let mut news = Vec::new();
    for mut account in accounts {
        if let Some((seen, turn)) = finish(tx, now, account.id)? {
            let turn = decided_by.map_or(turn, |person| turn.by(person));
            turn.note(tx, now)?;
            account.done_at = Some(now);
            news.push(News {
                account,
                seen,
                is_other_owner: false,
            });
        }
    }
    Ok(news)
}

/// Returns held accounts of a site to waiting; the next run probes them. Returns their number.
pub(crate) fn return_held(tx: &WriteTx<'_>, site: &str, limit: usize) -> anyhow::Result<usize> {
    tx.execute(
        "UPDATE account SET state = 'pending' WHERE id IN
             (SELECT id FROM account WHERE state = 'held' AND site = ?1 ORDER BY owner_id, id LIMIT ?2)",
        params![site, limit],
    )
    .with_context(|| format!("let the accounts of {site} wait again"))
}

/// A site with accounts that an interrupted run held without a decision.
pub(crate) fn held_without_question(connection: &Connection) -> anyhow::Result<Option<String>> {
    connection
        .prepare_cached(
            "SELECT site FROM account WHERE state = 'held' AND site NOT IN (SELECT site FROM mass_change) LIMIT 1",
        )?
        .query_row([], |row| row.get(0))
        .optional()
        .context("look for accounts that are held for no reason")
}

/// Deletes a question that has been carried out.
pub(crate) fn close_question(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<()> {
    tx.execute("DELETE FROM mass_change WHERE id = ?1", [id])
        .with_context(|| format!("close question {id}"))?;
    Ok(())
}
