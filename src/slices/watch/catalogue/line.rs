//! One line of input becomes an account: `name`, `name site`, `name site days`, or the address of a
//! profile.
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

/// Agreed days that can be given.
pub(crate) const DAYS: std::ops::RangeInclusive<u32> = 1..=3650;

/// The longest note, in characters.
pub(crate) const LONGEST_NOTE: usize = 200;

/// What a line says.
#[derive(Debug, Clone)]
pub(crate) struct AccountLine {
    pub site: Arc<Site>,
    /// The name on it.
    pub username: Username,
    /// Agreed days, when given.
    pub days: Option<u32>,
    /// What is waited for.
    pub until: Until,
}

/// Why a line cannot become an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LineProblem {
    Empty,
    /// More than three words.
    TooLong,
    /// No site of this key or name.
    Site(String),
    /// Not a number of days that can be agreed.
    Days(String),
    /// The site cannot have this name: site, name.
    Name(String, String),
    /// An address of no profile on a known site.
    Url,
    /// A table without a column that it needs.
    NoColumn(&'static str),
    /// Nothing in a cell that must not be empty, by its column.
    NoCell(&'static str),
    /// Not a word for what can be waited for.
    Until(String),
    /// The note is too long: its number of characters.
    Note(usize),
}

impl LineProblem {
    /// The problem in a person's language.
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
/// What is wrong with it.
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
    // A site may be given by its name, which may contain spaces: the last word is the days, the
    // rest is the site.
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
        // `name 30`: days without a site mean the default one.
        None if rest.parse::<u32>().is_ok() => {
            of_parts(catalogue, username, default_site, Some(rest))
        }
        None => Err(LineProblem::Site(rest.to_owned())),
    }
}

/// An account from separate columns.
///
/// # Errors
/// What is wrong with one of them.
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

/// A number of days that can be agreed.
///
/// # Errors
/// When it is none.
pub(crate) fn parse_days(text: &str) -> Result<u32, LineProblem> {
    let days = text.trim().parse().ok().filter(|days| DAYS.contains(days));
    days.ok_or_else(|| LineProblem::Days(text.trim().to_owned()))
}

/// An address with or without its scheme, perhaps with days; none if the line does not look like an
/// address.
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
