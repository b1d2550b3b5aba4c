//! What people type: keys of sites and user names.
//!
//! # Invariants
//! - A name is refused or taken exactly as it is, because an altered name is another person's
//!   account.

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::html::is_hidden;

pub(crate) const USERNAME_MAX_CHARS: usize = 100;

const KEY_MAX_BYTES: usize = 64;

/// The name by which people refer to a site: lower-case letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteKey(Arc<str>);

impl SiteKey {
    /// Parses a key. Upper-case letters are refused, not lowered.
    ///
    /// # Errors
    /// If the text is not a key.
    pub fn parse(text: &str) -> Result<Self, SiteKeyProblem> {
        let lawful =
            |c: char| c.is_alphanumeric() && !c.is_uppercase() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || text.len() > KEY_MAX_BYTES || !text.chars().all(lawful) {
            return Err(SiteKeyProblem);
        }
        Ok(Self(text.into()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no site key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a site's key has 1 to 64 lower-case letters, digits, '-', '_' or '.'")]
pub struct SiteKeyProblem;

/// A user name as it is spelt on its site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Username(String);

impl Username {
    /// Checks the rules that hold on every site.
    /// [`Site::parse_username`](super::Site::parse_username) also checks the site's own pattern.
    ///
    /// # Errors
    /// Why the text cannot be a user name.
    pub fn parse(text: &str) -> Result<Self, UsernameProblem> {
        if text.is_empty() {
            return Err(UsernameProblem::Empty);
        }
        if text.len() > USERNAME_MAX_CHARS && text.chars().nth(USERNAME_MAX_CHARS).is_some() {
            return Err(UsernameProblem::TooLong);
        }
        let is_bad = |c: &char| *c == ' ' || is_hidden(*c);
        if let Some(bad) = text.chars().find(is_bad) {
            return Err(UsernameProblem::Character(bad));
        }
        // As path segments, these two navigate, even if percent-encoded.
        if text == "." || text == ".." {
            return Err(UsernameProblem::OnlyDots);
        }
        Ok(Self(text.to_owned()))
    }

    /// True if a redirect from `before` to `target` still leads to this name.
    #[must_use]
    pub fn is_still_in(&self, target: &Url, before: &Url) -> bool {
        super::renamed::is_still_named(self, target, before)
    }

    /// True if the name is the first label of an address's host.
    #[must_use]
    pub fn heads_host(&self, url: &Url) -> bool {
        super::renamed::heads_host(self, url)
    }

    /// True if a redirect leads to a name that is spelt almost like this one: with other
    /// punctuation, or with something beside it. It may or may not be the same account.
    #[must_use]
    pub fn is_almost_in(&self, target: &Url) -> bool {
        super::renamed::is_almost_named(self, target)
    }

    /// True if a redirect from `before` to `target` may lead to this name, although its path has
    /// lost it.
    #[must_use]
    pub fn is_elsewhere_in(&self, target: &Url, before: &Url) -> bool {
        super::renamed::is_elsewhere(self, target, before)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot be a user name on a site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsernameProblem {
    #[error("the user name is empty")]
    Empty,
    /// More than [`USERNAME_MAX_CHARS`] characters.
    #[error("the user name is longer than 100 characters")]
    TooLong,
    /// A space, a control character or an invisible character.
    #[error("the user name has a character no site allows (U+{:04X})", u32::from(*.0))]
    Character(char),
    /// `.` or `..`.
    #[error("the user name is only dots")]
    OnlyDots,
    /// The site's pattern does not allow it. Holds the pattern, for the reply.
    #[error("this site has no such user names; they look like {0}")]
    Pattern(String),
    /// The pattern took too many steps on this name.
    #[error("the site's name pattern cannot judge this user name")]
    PatternTooHard,
    /// A character that names on this site cannot have.
    #[error("this site has no user names with the character {0:?}")]
    NotOnThisSite(char),
    /// The name is not a DNS label, but is part of a host name on this site.
    #[error("on this site a user name has 1 to 63 lower-case letters, digits and '-'")]
    NotADnsLabel,
    /// The name does not yield a valid URL.
    #[error("the user name does not fit into the site's address")]
    NotInUrl,
}
