//! Tools for a language model to read about the watch. They show no more than the bot's screens
//! show to the same person.
//!
//! # Invariants
//!
//! - Whose accounts are read depends on the actor, as in the handlers.
//! - Times are in the actor's zone, and everything is precomputed for the model.
//! - People's texts are truncated and stay inside JSON strings.

mod accounts;
mod history;
mod runs;
mod sites;

use serde_json::Value;

use super::model::account::Account;
use super::notices::Notifier;
use super::notices::texts::Formatter;
use crate::clock::{DAY, UnixMs};
use crate::db::Connection;
use crate::html::cut;
use crate::people::{self, Actor};
use crate::slices::watch::model::account::AccountState;
use crate::slices::watch::model::schedule::Schedule;
use crate::tool::{Tool, ToolError};

/// Maximum length of people's texts, in letters.
const LONGEST_WORDS: usize = 120;

#[must_use]
pub(crate) fn tools(notifier: &Notifier, schedule: &Schedule) -> Vec<Box<dyn Tool>> {
    vec![
        Box::new(accounts::ListAccounts(notifier.clone())),
        Box::new(history::AccountHistory(notifier.clone())),
        Box::new(runs::RecentRuns {
            notifier: notifier.clone(),
            schedule: schedule.clone(),
        }),
        Box::new(sites::SitesInTrouble(notifier.clone())),
    ]
}

/// Whose accounts to read: the actor's own, or everybody's if an admin asks for them.
fn owner(actor: &Actor, everybody: bool) -> Result<Option<i64>, ToolError> {
    match (everybody, actor.role.is_admin()) {
        (false, _) => Ok(Some(actor.id)),
        (true, true) => Ok(None),
        (true, false) => Err(ToolError::Misused(
            "only admins may see the accounts of others; this person is none".to_owned(),
        )),
    }
}

fn name_of(connection: &Connection, id: i64) -> anyhow::Result<String> {
    let person = people::get(connection, id)?;
    let name = person.map_or_else(|| id.to_string(), |person| person.spoken().to_plain());
    Ok(cut(&name, LONGEST_WORDS))
}

/// Why we could not look, as the bot says it.
fn why(formatter: Formatter<'_>, reason: &str) -> String {
    super::notices::texts::reason(formatter.lang, reason).to_plain()
}

fn add(told: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(told) = told.as_object_mut() {
        told.insert(key.to_owned(), value.into());
    }
}

fn described(formatter: Formatter<'_>, now: UnixMs, account: &Account) -> Value {
    let at = |moment: UnixMs| formatter.zone.iso(moment);
    let state = match account.state {
        AccountState::Held => "waits for an admin's decision",
        state => state.word(),
    };
    let mut told = serde_json::json!({
        "account": account.id,
        "name": cut(&account.username, LONGEST_WORDS),
        "site": formatter.site_name(&account.site),
        "state": state,
        "waits_until_it_is": account.until.word(),
        "began": at(account.started_at),
        "agreed_days": account.period_days,
        "agreed_end": at(account.ends_at),
    });
    // As in the bot's lists, only a pending account is overdue.
    if account.state == AccountState::Pending {
        let (key, span) = match account.ends_at <= now {
            true => ("days_overdue", now.since(account.ends_at)),
            false => ("whole_days_left", account.ends_at.since(now)),
        };
        add(&mut told, key, span.as_secs() / DAY.as_secs());
    }
    if let Some(done_at) = account.done_at {
        add(&mut told, "done", at(done_at));
    }
    if let (Some(checked_at), Some(verdict)) = (account.checked_at, account.verdict) {
        add(&mut told, "last_look", at(checked_at));
        add(&mut told, "last_look_says", verdict.word());
        if !account.reason.is_empty() {
            add(
                &mut told,
                "could_not_look_because",
                why(formatter, &account.reason),
            );
        }
    }
    if let Some(seen_at) = account.seen_at {
        add(&mut told, "last_found", at(seen_at));
    }
    if !account.note.is_empty() {
        add(&mut told, "note", cut(&account.note, LONGEST_WORDS));
    }
    told
}
