//! Parses one line of input into an account: `name`, `name site`, `name site days`, or a profile's
//! address.
//!
//! `/add`, its dialogue and tables share these rules.
//!
//! # Invariants
//! - A name is taken exactly as given or refused, never altered.

use std::sync::Arc;

use super::Catalogue;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, Lang};
use crate::slices::watch::model::account::Until;
use crate::slices::watch::site::{Site, Username};

pub(crate) const DAYS: std::ops::RangeInclusive<u32> = 1..=3650;

/// The longest note, in characters.
pub(crate) const LONGEST_NOTE: usize = 200;

/// A parsed line.
#[derive(Debug, Clone)]
pub(crate) struct AccountLine {
    pub site: Arc<Site>,
    pub username: Username,
    /// Agreed days, when given.
    pub days: Option<u32>,
    pub until: Until,
}

/// Why a line cannot become an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LineProblem {
    Empty,
    /// More than three words.
    TooLong,
    /// No site has this key or name.
    Site(String),
    /// Not a number of days that can be agreed.
    Days(String),
    /// The site does not allow this name: site, name.
    Name(String, String),
    /// The address leads to no profile on a known site.
    Url,
    /// A table lacks a required column.
    NoColumn(&'static str),
    /// A required cell is empty; named by its column.
    NoCell(&'static str),
    /// Not a word for a kind of wait.
    Until(String),
    /// The note is too long: its number of characters.
    Note(usize),
}

impl LineProblem {
    #[must_use]
    pub(crate) fn text(&self, lang: Lang) -> Html {
        match self {
            Self::Empty => i18n::text(lang, "bad-line-empty"),
            Self::TooLong => i18n::text(lang, "bad-line-long"),
            Self::Url => i18n::text(lang, "bad-url"),
            Self::NoColumn(column) => {
                i18n::html(lang, "bad-columns", &Args::new().text("column", column))
            }
            Self::NoCell(column) => {
                i18n::html(lang, "bad-cell", &Args::new().text("column", column))
            }
            Self::Until(word) => i18n::html(
                lang,
                "bad-until",
                &Args::new().text("until", &cut(word, 20)),
            ),
            Self::Note(length) => {
                let args = Args::new()
                    .number("n", *length)
                    .number("most", LONGEST_NOTE);
                i18n::html(lang, "bad-note", &args)
            }
            Self::Site(site) => {
                i18n::html(lang, "bad-site", &Args::new().text("site", &cut(site, 40)))
            }
            Self::Days(days) => {
                i18n::html(lang, "bad-days", &Args::new().text("days", &cut(days, 20)))
            }
            Self::Name(site, name) => {
                let args = Args::new().text("site", site).text("name", &cut(name, 60));
                i18n::html(lang, "bad-name", &args)
            }
        }
    }
}

/// Parses a line. A name without a site is on `default_site`.
///
/// # Errors
/// If the line cannot become an account.
pub(crate) fn parse_line(
    catalogue: &Catalogue,
    default_site: &str,
    line: &str,
) -> Result<AccountLine, LineProblem> {
    let line = line.trim();
    if line.is_empty() {
        return Err(LineProblem::Empty);
    }
    if let Some(parsed) = parse_url(catalogue, line) {
        return parsed;
    }
    // A site's name may contain spaces. So the last word is the number of days, and the rest is the
    // site.
    let (username, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    if rest.is_empty() {
        return of_parts(catalogue, username, default_site, None);
    }
    if catalogue.find(rest).is_some() {
        return of_parts(catalogue, username, rest, None);
    }
    match rest.rsplit_once(char::is_whitespace) {
        Some((site, days)) if catalogue.find(site.trim()).is_some() => {
            of_parts(catalogue, username, site.trim(), Some(days))
        }
        Some((site, _)) if site.split_whitespace().count() == 1 => {
            Err(LineProblem::Site(site.to_owned()))
        }
        Some(_) => Err(LineProblem::TooLong),
        // `name 30`: without a site, the days apply to the default site.
        None if rest.parse::<u32>().is_ok() => {
            of_parts(catalogue, username, default_site, Some(rest))
        }
        None => Err(LineProblem::Site(rest.to_owned())),
    }
}

/// An account from separate columns.
///
/// # Errors
/// If a column cannot be used.
pub(crate) fn of_parts(
    catalogue: &Catalogue,
    username: &str,
    site: &str,
    days: Option<&str>,
) -> Result<AccountLine, LineProblem> {
    let site = catalogue
        .find(site)
        .ok_or_else(|| LineProblem::Site(site.to_owned()))?;
    let days = days.map(parse_days).transpose()?;
    let username = site
        .parse_username(username)
        .map_err(|_| LineProblem::Name(site.name().to_owned(), username.to_owned()))?;
    Ok(AccountLine {
        site: Arc::clone(site),
        username,
        days,
        until: Until::Found,
    })
}

/// Parses a number of agreed days.
///
/// # Errors
/// If the text is not a number within [`DAYS`].
pub(crate) fn parse_days(text: &str) -> Result<u32, LineProblem> {
    let days = text.trim().parse().ok().filter(|days| DAYS.contains(days));
    days.ok_or_else(|| LineProblem::Days(text.trim().to_owned()))
}

/// Parses an address, with or without scheme, and optional days. `None` if the line does not look
/// like an address.
fn parse_url(catalogue: &Catalogue, line: &str) -> Option<Result<AccountLine, LineProblem>> {
    let (url, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    if !url.contains('/') {
        return None;
    }
    let Some((site, username)) = catalogue.from_url(url) else {
        return Some(Err(LineProblem::Url));
    };
    let days = match rest.trim() {
        "" => Ok(None),
        days => parse_days(days).map(Some),
    };
    Some(days.map(|days| AccountLine {
        site,
        username,
        days,
        until: Until::Found,
    }))
}
