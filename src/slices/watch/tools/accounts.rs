//! Lists of accounts, narrowed as people narrow them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{add, described, name_of, owner};
use crate::clock::{UnixMs, days};
use crate::db::Connection;
use crate::people::Actor;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::store;
use crate::slices::watch::store::{COUNTED, Filter, Listing};
use crate::tool::{self, Tool, ToolError};
use crate::zone::Span;

/// Accounts told at once.
const USUAL: u32 = 20;
const MOST: u32 = 30;

/// Days that are looked ahead where nobody says how many.
const AHEAD: u32 = 7;

/// As `/list`.
#[derive(Debug)]
pub(super) struct ListAccounts(pub(super) Notifier);

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    which: Which,
    days: Option<u32>,
    within: Option<Within>,
    site: Option<String>,
    name: Option<String>,
    everybody: bool,
    skip: u32,
    limit: Option<u32>,
}

#[derive(Debug, Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Which {
    #[default]
    All,
    Pending,
    Overdue,
    Ending,
    Done,
    Paused,
}

#[derive(Debug, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Within {
    Today,
    ThisWeek,
    ThisMonth,
}

impl Tool for ListAccounts {
    fn name(&self) -> &'static str {
        "list_accounts"
    }

    fn purpose(&self) -> &'static str {
        "Lists accounts that the person waits for, and says how many there are. Use it for what is overdue, ends soon, was found, \
         is paused, fails, and for finding the number of an account."
    }

    fn arguments(&self) -> Value {
        json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "which": {
                    "type": "string",
                    "enum": ["all", "pending", "overdue", "ending", "done", "paused"],
                    "description": "pending: looked at in every run; overdue: of these the agreed time is over; ending: of these \
                        it ends soon; done: what was waited for has happened; paused: stopped by a person, or held until an admin \
                        decides. Default: all"
                },
                "days": {
                    "type": "integer", "minimum": 1, "maximum": 3650,
                    "description": "with overdue: the agreed time ended at most so many days ago; with ending: it ends within so \
                        many days (7 when left out); with done: it happened at most so many days ago"
                },
                "within": {
                    "type": "string",
                    "enum": ["today", "this_week", "this_month"],
                    "description": "instead of days, by the calendar: with overdue: the agreed time ended in it; with ending: it \
                        will end in it; with done: it happened in it"
                },
                "site": { "type": "string", "maxLength": 100, "examples": ["GitHub"], "description": "only on this site" },
                "name": {
                    "type": "string", "maxLength": 100, "examples": ["octo"],
                    "description": "only with this text in the user name or the note"
                },
                "everybody": {
                    "type": "boolean",
                    "description": "for admins: the accounts of all people instead of the person's own"
                },
                "skip": { "type": "integer", "minimum": 0, "maximum": 10000, "description": "for the next page" },
                "limit": { "type": "integer", "minimum": 1, "maximum": 30, "description": "accounts told at once, usually 20" }
            }
        })
    }

    fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let wanted: Wanted = tool::parse(arguments)?;
        let listing = self.listing(actor, &wanted)?;
        let skip = tool::within("skip", wanted.skip, 0..=10_000)? as usize;
        let limit = tool::within("limit", wanted.limit.unwrap_or(USUAL), 1..=MOST)? as usize;
        let total = store::count_listed(connection, actor.now, &listing)?;
        let page = store::page(connection, actor.now, &listing, skip, limit)?;
        let formatter = self.0.voice_to(actor);
        let mut accounts = Vec::new();
        for account in &page {
            let mut told = described(formatter, actor.now, account);
            if listing.owner.is_none() {
                add(&mut told, "of", name_of(connection, account.owner_id)?);
            }
            accounts.push(told);
        }
        let counted: Value = match total {
            ..=COUNTED => total.into(),
            _ => format!("more than {COUNTED}").into(),
        };
        let mut told = json!({
            "total": counted,
            "more": skip + accounts.len() < total,
            "accounts": accounts,
        });
        if store::is_partial(connection, actor.now, &listing)? {
            let why = "there are so many accounts that not all of them were looked through";
            add(&mut told, "incomplete", why);
        }
        Ok(told)
    }
}

impl ListAccounts {
    /// The time that is asked about: what began after the first moment, and not after the second; none: all time.
    fn time(&self, actor: &Actor, wanted: &Wanted) -> Result<Option<(UnixMs, UnixMs)>, ToolError> {
        let now = actor.now;
        let around = match wanted.days {
            Some(count) => Some(days(tool::within("days", count, 1..=3650)?)),
            None => None,
        };
        let part = match wanted.within {
            Some(Within::Today) => Span::Day,
            Some(Within::ThisWeek) => Span::Week,
            Some(Within::ThisMonth) => Span::Month,
            None => return Ok(around.map(|span| (now.minus(span), now.plus(span)))),
        };
        let (first, next) = self.0.voice_to(actor).zone.span(now, part);
        let moment = Duration::from_millis(1);
        Ok(Some((first.minus(moment), next.minus(moment))))
    }

    fn listing(&self, actor: &Actor, wanted: &Wanted) -> Result<Listing, ToolError> {
        let now = actor.now;
        let mut filters = match (wanted.which, self.time(actor, wanted)?) {
            (Which::All, _) => Vec::new(),
            (Which::Pending, _) => vec![Filter::Pending],
            (Which::Overdue, None) => vec![Filter::Overdue],
            (Which::Overdue, Some((from, _))) => vec![Filter::Ends(from, now)],
            (Which::Ending, None) => vec![Filter::Ends(now, now.plus(days(AHEAD)))],
            (Which::Ending, Some((_, to))) => vec![Filter::Ends(now, to)],
            (Which::Done, None) => vec![Filter::Done],
            (Which::Done, Some((from, _))) => vec![Filter::DoneSince(from)],
            (Which::Paused, _) => vec![Filter::Paused],
        };
        if let Some(site) = &wanted.site {
            let known = self.0.catalogue.find(short("site", site)?);
            let key = known.map_or_else(
                || site.trim().to_lowercase(),
                |site| site.key().as_str().to_owned(),
            );
            filters.push(Filter::Site(key));
        }
        if let Some(name) = &wanted.name {
            filters.push(Filter::Text(short("name", name)?.to_owned()));
        }
        let mut filters = filters.into_iter();
        Ok(Listing {
            owner: owner(actor, wanted.everybody)?,
            filter: filters.next().unwrap_or_default(),
            also: filters.collect(),
        })
    }
}

/// A text of a length that somebody may look for.
fn short<'t>(name: &str, text: &'t str) -> Result<&'t str, ToolError> {
    match text.chars().count() {
        1..=100 => Ok(text.trim()),
        _ => Err(ToolError::Misused(format!(
            "{name} must have 1 to 100 letters"
        ))),
    }
}
