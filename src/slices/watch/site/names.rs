//! What people type: keys of sites and user names.
//!
//! # Invariants
//! - A name is refused or taken exactly as it is, because an altered name is another person's
//!   account.

use std::fmt;
use std::sync::Arc;

use url::Url;

/// Longest user name that is accepted, in characters.
pub(crate) const USERNAME_MAX_CHARS: usize = 100;

/// Longest site key, in bytes.
const KEY_MAX_BYTES: usize = 64;

/// What people type to name a site: lower-case letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteKey(Arc<str>);

impl SiteKey {
    /// Reads a key; upper-case letters are refused, not folded.
    ///
    /// # Errors
    /// When the text is no key.
    pub fn parse(text: &str) -> Result<Self, SiteKeyProblem> {
        let lawful =
            |c: char| c.is_alphanumeric() && !c.is_uppercase() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || text.len() > KEY_MAX_BYTES || !text.chars().all(lawful) {
            return Err(SiteKeyProblem);
        }
        Ok(Self(text.into()))
    }

    /// The key as text.
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
    /// Checks the rules for user names on every site, for names that were accepted before.
    /// [`Site::parse_username`](super::Site::parse_username) checks a site's own pattern.
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
        let is_bad = |c: &char| {
            !c.is_ascii_graphic() && (c.is_whitespace() || c.is_control() || is_invisible(*c))
        };
        if let Some(bad) = text.chars().find(is_bad) {
            return Err(UsernameProblem::Character(bad));
        }
        // As a path segment these two are steps in the path, even percent-encoded.
        if text == "." || text == ".." {
            return Err(UsernameProblem::OnlyDots);
        }
        Ok(Self(text.to_owned()))
    }

    /// True if a redirect from `before` to `target` still leads to this name.
    #[must_use]
    pub fn is_still_in(&self, target: &Url, before: &Url) -> bool {
        super::template::is_still_named(self, target, before)
    }

    /// The name as text.
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

/// Characters that change how a text looks or reads without being seen: joiners, direction marks,
/// tags.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
    )
}

/// Why a text cannot be a user name on a site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsernameProblem {
    #[error("the user name is empty")]
    Empty,
    /// More than [`USERNAME_MAX_CHARS`] characters.
    #[error("the user name is longer than 100 characters")]
    TooLong,
    /// A space, a control character or one that cannot be seen.
    #[error("the user name has a character no site allows (U+{:04X})", u32::from(*.0))]
    Character(char),
    /// `.` or `..`.
    #[error("the user name is only dots")]
    OnlyDots,
    /// The site's pattern does not allow it; the pattern is kept for the reply.
    #[error("this site has no such user names; they look like {0}")]
    Pattern(String),
    /// The pattern gave up on this name.
    #[error("the site's name pattern cannot judge this user name")]
    PatternTooHard,
    /// A character that this site's names do not have.
    #[error("this site has no user names with the character {0:?}")]
    NotOnThisSite(char),
    /// The name is part of a host name on this site.
    #[error("on this site a user name has 1 to 63 lower-case letters, digits and '-'")]
    NotADnsLabel,
    /// The URL with this name in it is not one.
    #[error("the user name does not fit into the site's address")]
    NotInUrl,
}
