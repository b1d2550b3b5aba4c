//! Parses one line of input into an account: `name`, `name site`, `name site days`, the same with
//! the site first, or a profile's address.
//!
//! `/add`, its dialogue and tables share these rules.
//!
//! # Invariants
//! - A name is taken exactly as given or refused, never altered.
//! - The name comes first where both orders make sense.
//! - A hidden character of a refused text is shown by its code.

use std::sync::Arc;

use super::Catalogue;
use crate::html::{Html, cut, is_hidden, revealed};
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
    /// No site has this key or name; the key that was probably meant.
    Site(String, Option<String>),
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
            Self::Until(word) => {
                let args = Args::new().text("until", &cut(&revealed(word), 20));
                i18n::html(lang, "bad-until", &args)
            }
            Self::Note(length) => {
                let args = Args::new()
                    .number("n", *length)
                    .number("most", LONGEST_NOTE);
                i18n::html(lang, "bad-note", &args)
            }
            Self::Site(site, near) => {
                let args = Args::new().text("site", &cut(&revealed(site), 40));
                match near {
                    Some(near) => i18n::html(lang, "bad-site-near", &args.text("near", near)),
                    None => i18n::html(lang, "bad-site", &args),
                }
            }
            Self::Days(days) => {
                let args = Args::new().text("days", &cut(&revealed(days), 20));
                i18n::html(lang, "bad-days", &args)
            }
            Self::Name(site, name) => {
                let args = Args::new()
                    .text("site", site)
                    .text("name", &cut(&revealed(name), 60));
                let key = match name.contains(is_hidden) {
                    true => "bad-name-hidden",
                    false => "bad-name",
                };
                i18n::html(lang, key, &args)
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
    let name_first = match rest.rsplit_once(char::is_whitespace) {
        Some((site, days)) if catalogue.find(site.trim()).is_some() => {
            return of_parts(catalogue, username, site.trim(), Some(days));
        }
        Some((site, _)) if site.split_whitespace().count() == 1 => {
            Err(unknown_site(catalogue, site))
        }
        Some(_) => Err(LineProblem::TooLong),
        // `name 30`: without a site, the days apply to the default site.
        None if rest.parse::<u32>().is_ok() => {
            of_parts(catalogue, username, default_site, Some(rest))
        }
        None => Err(unknown_site(catalogue, rest)),
    };
    name_first.or_else(|problem| site_first(catalogue, line).unwrap_or(Err(problem)))
}

/// `site name` or `site name days`; `None` if the line does not begin with a site.
fn site_first(catalogue: &Catalogue, line: &str) -> Option<Result<AccountLine, LineProblem>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    // A site's name may contain spaces; the longest one is meant.
    (1..words.len()).rev().find_map(|length| {
        let (site, rest) = words.split_at(length);
        let site = site.join(" ");
        catalogue.find(&site)?;
        Some(match rest {
            [name] => of_parts(catalogue, name, &site, None),
            [name, days] => of_parts(catalogue, name, &site, Some(days)),
            _ => Err(LineProblem::TooLong),
        })
    })
}

fn unknown_site(catalogue: &Catalogue, typed: &str) -> LineProblem {
    let near = catalogue.near(typed).map(|key| key.as_str().to_owned());
    LineProblem::Site(typed.to_owned(), near)
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
        .ok_or_else(|| unknown_site(catalogue, site))?;
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

#[cfg(test)]
#[path = "tests/line.rs"]
mod tests;
