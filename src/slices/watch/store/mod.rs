//! The SQL of the watch. Functions that write take a `&WriteTx`, the others any connection.
//!
//! # Invariants
//! - One transaction writes a verdict, its transition and its reserved notice.
//! - A run changes an account's row only while the account is pending.
//! - The number of the run that last probed an account never decreases.

mod accounts;
mod acts;
mod allowance;
mod breakers;
mod charts;
mod days;
mod imports;
mod listing;
mod marks;
mod mass;
mod news;
mod probes;
mod reminders;
mod reports;
mod requests;
mod retention;
mod rounds;
mod runs;
mod screens;
mod silences;
mod sites;
mod tallies;
mod transitions;
mod turns;

use rusqlite::Row;

pub use accounts::{Added, NewAccount, add, get, totals};
pub(crate) use accounts::{count_of_owner, export, get_any, is_known, some_wait_otherwise};
pub(crate) use acts::{again, extend, remove, restore, set_note, set_paused, set_until};
pub(crate) use allowance::Allowance;
pub use breakers::{Breaker, set_breakers};
pub(crate) use breakers::{Breakers, breakers};
pub(crate) use charts::{durations, waits_of_owner};
pub use days::days;
pub(crate) use days::{SiteDay, by_site, count_day};
pub use imports::{Import, Imported, begin_import, note_imported};
pub(crate) use imports::{end_import, import, imported, let_go, take_import};
pub(crate) use listing::Filter;
pub use listing::{AccountQuery, page};
pub(crate) use listing::{
    COUNTED, SEARCHED, count_listed, is_partial, note_search, search, search_is_partial,
    sites_in_use,
};
pub(crate) use marks::{
    ControlNews, Marks, control_news, marks, note_controls, note_offline, note_online,
    offline_since,
};
pub use mass::mass_changes;
pub(crate) use mass::{
    HeldSite, apply_held, close_question, count_held, decide, held_in_run, held_without_question,
    keep, mass_change, release, rest, resting, return_held,
};
pub(crate) use news::{has_news, news_in_run};
pub(crate) use probes::{
    Bearing, ProbeResult, Subject, Waiting, apply, next_page, subject, unreached,
};
pub(crate) use reminders::{DueReminder, due as due_reminders, mark_sent as mark_reminder_sent};
pub(crate) use reports::{OwnSums, digest, own_sums, owners_with_digest};
pub(crate) use requests::move_requests;
pub(crate) use requests::withdraw;
pub use requests::{ask, open_requests, request_run};
pub(crate) use retention::{KEPT, forget};
pub(crate) use rounds::{Stretch, begin_round, first_stretch, settle_rounds};
pub(crate) use runs::LastRun;
pub use runs::{RunProgress, export_runs, is_running, last, progress};
pub(crate) use runs::{
    accounts_of_run, begin, close_crashed, count_pending_by_site, counts, end, errors_of_run,
    is_stopped, last_unfinished, recent, stop,
};
pub(crate) use screens::{is_open, leave_screen, open_screen, open_screens};
pub(crate) use silences::silences;
pub(crate) use sites::{SiteMute, control, errors_since, mute, muted, sites_of_owner, unmute};
pub(crate) use transitions::history;
pub(crate) use turns::next_turns;

use super::model::account::{Account, Until};
use super::model::past::ProbeHistory;
use crate::clock::UnixMs;
use crate::slices::watch::model::account::AccountState;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::model::verdict::Verdict;

const ACCOUNT_COLUMNS: &str = "account.id, account.owner_id, account.site, account.username, account.state, \
     account.period_days, account.started_at, account.ends_at, account.done_at, \
     look.history, look.reason, look.at, account.until, account.note, look.seen_at";

const ACCOUNTS: &str = "account JOIN look ON look.account_id = account.id";

fn account_from_row(row: &Row<'_>) -> rusqlite::Result<Account> {
    let probes = ProbeHistory::stored(row.get(9)?);
    Ok(Account {
        id: row.get(0)?,
        owner_id: row.get(1)?,
        site: row.get(2)?,
        username: row.get(3)?,
        state: word(row, 4, AccountState::from_word)?,
        period_days: row.get(5)?,
        started_at: UnixMs(row.get(6)?),
        ends_at: UnixMs(row.get(7)?),
        done_at: row.get::<_, Option<i64>>(8)?.map(UnixMs),
        verdict: probes.last(),
        reason: row.get(10)?,
        checked_at: row.get::<_, Option<i64>>(11)?.map(UnixMs),
        until: word(row, 12, Until::from_word)?,
        note: row.get(13)?,
        seen_at: row.get::<_, Option<i64>>(14)?.map(UnixMs),
        probes,
    })
}

/// The column `look.known`.
fn known(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Sighting>> {
    Ok(ProbeHistory::stored(row.get(column)?)
        .last()
        .and_then(Verdict::sighting))
}

/// A column of fixed words; the schema's CHECK allows no others.
fn word<T>(row: &Row<'_>, column: usize, parse: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    parse(text).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            format!("the word {text} is not known").into(),
        )
    })
}

#[cfg(test)]
mod tests;
