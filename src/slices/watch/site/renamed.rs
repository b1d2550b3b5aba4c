//! How the target of a redirect names an account.
//!
//! # Invariants
//! - Letter case makes no difference.
//! - What only a search names is no account.

use std::borrow::Cow;

use url::Url;

use super::Username;
use super::template::{decode, segments};

/// Query fields that name an account, in lower case, without dashes and underscores.
const ACCOUNT_FIELDS: &[&str] = &[
    "user",
    "username",
    "userid",
    "u",
    "uid",
    "id",
    "name",
    "nick",
    "nickname",
    "login",
    "account",
    "profile",
    "profileid",
    "member",
    "memberid",
    "author",
    "handle",
    "screenname",
    "person",
];

/// A path segment of so many digits numbers something, perhaps an account. Shorter ones are
/// statuses and years.
const NUMBER: usize = 5;

/// True if a redirect's target still has the name as a path segment, like `/@name`, `/name.html`,
/// or as it was before. A field of the query also counts if the name was there before, and so does
/// the first label of the host if the path is still the same. Letter case makes no difference.
pub(super) fn is_still_named(name: &Username, target: &Url, before: &Url) -> bool {
    let is_same_host = heads_host(name, before) && heads_host(name, target);
    let name = name.as_str().to_lowercase();
    let lower = |segment: &str| decode(segment).to_lowercase();
    let had_before = |segment: &str| {
        let segment = lower(segment);
        segment.contains(&name) && segments(before).any(|other| lower(other) == segment)
    };
    let is_name = |segment: &str| {
        // Some sites encode twice.
        let plain = decode(&decode(segment)).to_lowercase();
        let plain = plain.trim_start_matches(['@', '~']);
        let ending = plain.strip_prefix(name.as_str());
        ending.is_some_and(|ending| matches!(ending, "" | ".html" | ".htm" | ".php" | ".aspx"))
    };
    let is_field = |(key, value): (Cow<'_, str>, Cow<'_, str>)| {
        let value = value.to_lowercase();
        let is_it = |(other, had): (Cow<'_, str>, Cow<'_, str>)| {
            other == key && had.to_lowercase() == value
        };
        value.contains(&name) && before.query_pairs().any(is_it)
    };
    is_same_host && is_same_path(before, target)
        || segments(target).any(|segment| is_name(segment) || had_before(segment))
        || target.query_pairs().any(is_field)
}

/// True if two paths differ in nothing but a language.
fn is_same_path(before: &Url, target: &Url) -> bool {
    let is_language = |segment: &str| {
        let mut parts = segment.split(['-', '_']);
        let is_letters = |part: &str, most| (2..=most).contains(&part.len()) && part.is_ascii();
        parts.next().is_some_and(|part| is_letters(part, 2))
            && parts.next().is_none_or(|part| is_letters(part, 4))
            && parts.next().is_none()
    };
    let path = |url: &Url| -> Vec<String> {
        let rest = segments(url).filter(|segment| !segment.is_empty() && !is_language(segment));
        rest.map(str::to_lowercase).collect()
    };
    path(before) == path(target)
}

/// True if the name is the first label of the host.
pub(super) fn heads_host(name: &Username, url: &Url) -> bool {
    let label = url.host_str().and_then(|host| host.split('.').next());
    label == Some(name.as_str().to_lowercase().as_str())
}

/// True if a path segment of a redirect's target has the name's letters and digits with other
/// punctuation, or has the name as a word.
pub(super) fn is_almost_named(name: &Username, target: &Url) -> bool {
    let name = name.as_str().to_lowercase();
    let bare = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let (letters, ends) = (bare(&name), |c: Option<char>| {
        !c.is_some_and(char::is_alphanumeric)
    });
    segments(target).any(|segment| {
        let segment = decode(segment).to_lowercase();
        let is_word = |(at, found): (usize, &str)| {
            let (before, after) = (segment.get(..at), segment.get(at + found.len()..));
            ends(before.and_then(|text| text.chars().next_back()))
                && ends(after.and_then(|text| text.chars().next()))
        };
        !letters.is_empty() && bare(&segment) == letters
            || segment.match_indices(name.as_str()).any(is_word)
    })
}

/// True if a redirect that lost the name from its path may still lead to the account: the name is
/// in the fragment or in a field for accounts, or a number stands in its place.
pub(super) fn is_elsewhere(name: &Username, target: &Url, before: &Url) -> bool {
    let name = name.as_str().to_lowercase();
    let is_name = |text: &str| {
        let text = decode(text).to_lowercase();
        text.trim_start_matches(['@', '~']) == name
    };
    let is_number = |text: &str| text.len() >= NUMBER && text.bytes().all(|b| b.is_ascii_digit());
    let is_field = |key: &str| {
        let key = key.to_ascii_lowercase().replace(['-', '_'], "");
        ACCOUNT_FIELDS.contains(&key.as_str())
    };
    let is_search = segments(target).any(|segment| segment.to_ascii_lowercase().contains("search"));
    let is_numbered = || segments(target).any(is_number) && !segments(before).any(is_number);
    let mut words = target
        .fragment()
        .unwrap_or_default()
        .split(['/', '=', '&', '?', '!', ':']);
    !is_search
        && (is_numbered()
            || words.any(is_name)
            || target
                .query_pairs()
                .any(|(key, value)| is_field(&key) && (is_name(&value) || is_number(&value))))
}
