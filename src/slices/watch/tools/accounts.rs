//! The tool that lists accounts, with the filters of `/list`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{add, described, name_of, owner};
use crate::clock::{UnixMs, days};
use crate::db::Connection;
use crate::people::Actor;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::store;
use crate::slices::watch::store::{AccountQuery, COUNTED, Filter};
use crate::tool::{self, Number, Text, Tool, ToolError};
use crate::zone::Span;

const LIMIT: Number = Number {
    name: "limit",
    least: 1,
    most: 30,
    about: "accounts told at once, usually 20",
};
const USUAL_LIMIT: u32 = 20;

const DAYS: Number = Number {
    name: "days",
    least: 1,
    most: 3650,
    about: "with overdue: the agreed time ended at most so many days ago; with ending: it ends within so \
        many days (7 when left out); with done: it happened at most so many days ago",
};
/// The default for accounts that end soon.
const DAYS_AHEAD: u32 = 7;

const SKIP: Number = Number {
    name: "skip",
    least: 0,
    most: 10_000,
    about: "for the next page",
};

const SITE: Text = Text {
    name: "site",
    longest: 100,
    example: "GitHub",
    about: "only on this site",
};

const NAME: Text = Text {
    name: "name",
    longest: 100,
    example: "octo",
    about: "only with this text in the user name or the note",
};

/// The same as `/list`.
#[derive(Debug)]
pub(super) struct ListAccounts(pub(super) Notifier);

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct ListArguments {
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
        let which = json!({
            "type": "string",
            "enum": ["all", "pending", "overdue", "ending", "done", "paused"],
            "description": "pending: looked at in every run; overdue: of these the agreed time is over; ending: of these \
                it ends soon; done: what was waited for has happened; paused: stopped by a person, or held until an admin \
                decides. Default: all"
        });
        let within = json!({
            "type": "string",
            "enum": ["today", "this_week", "this_month"],
            "description": "instead of days, by the calendar: with overdue: the agreed time ended in it; with ending: it \
                will end in it; with done: it happened in it"
        });
        let everybody = json!({
            "type": "boolean",
            "description": "for admins: the accounts of all people instead of the person's own"
        });
        tool::schema([
            ("which", which),
            DAYS.property(),
            ("within", within),
            SITE.property(),
            NAME.property(),
            ("everybody", everybody),
            SKIP.property(),
            LIMIT.property(),
        ])
    }

    fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let given: ListArguments = tool::parse(arguments)?;
        let listing = self.listing(actor, &given)?;
        let skip = SKIP.check(given.skip)? as usize;
        let limit = LIMIT.check(given.limit.unwrap_or(USUAL_LIMIT))? as usize;
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
    /// The time span of the question, excluding its start and including its end; none means all
    /// time.
    fn time(
        &self,
        actor: &Actor,
        given: &ListArguments,
    ) -> Result<Option<(UnixMs, UnixMs)>, ToolError> {
        let now = actor.now;
        let around = match given.days {
            Some(count) => Some(days(DAYS.check(count)?)),
            None => None,
        };
        let part = match given.within {
            Some(Within::Today) => Span::Day,
            Some(Within::ThisWeek) => Span::Week,
            Some(Within::ThisMonth) => Span::Month,
            None => return Ok(around.map(|span| (now.minus(span), now.plus(span)))),
        };
        let (first, next) = self.0.voice_to(actor).zone.span(now, part);
        let moment = Duration::from_millis(1);
        Ok(Some((first.minus(moment), next.minus(moment))))
    }

    fn listing(&self, actor: &Actor, given: &ListArguments) -> Result<AccountQuery, ToolError> {
        let now = actor.now;
        let mut filters = match (given.which, self.time(actor, given)?) {
            (Which::All, _) => Vec::new(),
            (Which::Pending, _) => vec![Filter::Pending],
            (Which::Overdue, None) => vec![Filter::Overdue],
            (Which::Overdue, Some((from, _))) => vec![Filter::Ends(from, now)],
            (Which::Ending, None) => vec![Filter::Ends(now, now.plus(days(DAYS_AHEAD)))],
            (Which::Ending, Some((_, to))) => vec![Filter::Ends(now, to)],
            (Which::Done, None) => vec![Filter::Done],
            (Which::Done, Some((from, _))) => vec![Filter::DoneSince(from)],
            (Which::Paused, _) => vec![Filter::Paused],
        };
        if let Some(site) = &given.site {
            let known = self.0.catalogue.find(SITE.check(site)?);
            let key = known.map_or_else(
                || site.trim().to_lowercase(),
                |site| site.key().as_str().to_owned(),
            );
            filters.push(Filter::Site(key));
        }
        if let Some(name) = &given.name {
            filters.push(Filter::Text(NAME.check(name)?.to_owned()));
        }
        let mut filters = filters.into_iter();
        Ok(AccountQuery {
            owner: owner(actor, given.everybody)?,
            filter: filters.next().unwrap_or_default(),
            also: filters.collect(),
        })
    }
}
