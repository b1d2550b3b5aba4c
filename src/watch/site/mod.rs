//! What a site is: how to ask it about an account and how to read its answer.
//!
//! A [`Site`] is only made from a checked catalogue entry, so everything in it is lawful: templates are URLs, patterns
//! compile, rules can tell apart. A user name is refused or taken as it is; it is never altered, because an altered
//! name is another person's account.

pub(super) mod entry;
mod rule;
mod template;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use fancy_regex::Regex;
use reqwest::header::HeaderMap;
use url::Url;

pub(super) use rule::is_no_answer;
pub use rule::{Asks, Method, Protection, Redirects, Rule};
use template::{BodyTemplate, UrlTemplate};

/// Longest user name that is accepted, in characters.
pub const USERNAME_MAX_CHARS: usize = 100;

/// Longest site key, in bytes.
const KEY_MAX_BYTES: usize = 64;

/// What people type to name a site: lower-case letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteKey(String);

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
        Ok(Self(text.to_owned()))
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
    /// Checks what holds for user names on every site. A site's own pattern is asked by [`Site::parse_username`]; this
    /// one is for names that were accepted before.
    ///
    /// # Errors
    /// Why the text cannot be a user name.
    pub fn parse(text: &str) -> Result<Self, UsernameProblem> {
        if text.is_empty() {
            return Err(UsernameProblem::Empty);
        }
        if text.chars().nth(USERNAME_MAX_CHARS).is_some() {
            return Err(UsernameProblem::TooLong);
        }
        if let Some(bad) = text
            .chars()
            .find(|c| c.is_whitespace() || c.is_control() || is_invisible(*c))
        {
            return Err(UsernameProblem::Character(bad));
        }
        // As a path segment these two are steps in the path, even percent-encoded.
        if text == "." || text == ".." {
            return Err(UsernameProblem::OnlyDots);
        }
        Ok(Self(text.to_owned()))
    }

    /// Tells whether a redirect from `before` to `target` still leads to this name.
    #[must_use]
    pub fn is_still_in(&self, target: &Url, before: &Url) -> bool {
        template::is_still_named(self, target, before)
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

/// Characters that change how a text looks or reads without being seen: joiners, direction marks, tags.
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
    /// Nothing was given.
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

/// One request, ready to be sent.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    /// The method.
    pub method: Method,
    /// The address, with the user name in it where the site wants it there.
    pub url: Url,
    /// The catalogue's headers. They are this host's and never sent to another.
    pub headers: HeaderMap,
    /// The body of a POST.
    pub body: Option<String>,
}

/// A service with rules how to look at accounts on it.
#[derive(Debug, Clone)]
pub struct Site {
    key: SiteKey,
    name: String,
    url: UrlTemplate,
    probe: UrlTemplate,
    method: Method,
    headers: HeaderMap,
    body: Option<BodyTemplate>,
    name_pattern: Option<NamePattern>,
    refused_characters: String,
    exists: Rule,
    missing: Rule,
    refusals: Vec<String>,
    is_weak: bool,
    asks: Asks,
    controls: Vec<Username>,
    redirects: Redirects,
    per_site: Option<u32>,
    min_gap: Option<Duration>,
    note: Option<String>,
    protection: Vec<Protection>,
    category: Option<String>,
    is_adult: bool,
}

/// A pattern for whole names, with its source for messages.
#[derive(Debug, Clone)]
struct NamePattern {
    source: String,
    regex: Regex,
}

impl Site {
    /// What people type.
    #[must_use]
    pub fn key(&self) -> &SiteKey {
        &self.key
    }

    /// What people read.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the site is asked.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// What the answer for an account that is there looks like.
    #[must_use]
    pub fn exists(&self) -> &Rule {
        &self.exists
    }

    /// What the answer for an account that is not there looks like.
    #[must_use]
    pub fn missing(&self) -> &Rule {
        &self.missing
    }

    /// What a found account means here.
    #[must_use]
    pub fn asks(&self) -> Asks {
        self.asks
    }

    /// Texts that say that we could not look, whatever else the answer says.
    #[must_use]
    pub fn refusals(&self) -> &[String] {
        &self.refusals
    }

    /// Tells whether one side of the rules has no evidence of its own but the absence of the other's, or a bare status.
    /// Such a site needs one look more than others before an account counts as found.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.is_weak
    }

    /// A name that is surely there.
    #[must_use]
    pub fn control(&self) -> Option<&Username> {
        self.controls.first()
    }

    /// All names that are surely there; the first one is [`Self::control`].
    #[must_use]
    pub fn controls(&self) -> &[Username] {
        &self.controls
    }

    /// Which redirects lead on to the answer instead of being it.
    #[must_use]
    pub fn redirects(&self) -> Redirects {
        self.redirects
    }

    /// What the catalogue says stands in front of this site.
    #[must_use]
    pub fn protection(&self) -> &[Protection] {
        &self.protection
    }

    /// What kind of site it is, in the words of its catalogue.
    #[must_use]
    pub fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }

    /// Tells whether the site is for adults: then it is never offered unasked.
    #[must_use]
    pub fn is_adult(&self) -> bool {
        self.is_adult
    }

    /// This site's own limit of requests in flight.
    #[must_use]
    pub fn per_site(&self) -> Option<u32> {
        self.per_site
    }

    /// This site's own least time between the starts of two requests.
    #[must_use]
    pub fn min_gap(&self) -> Option<Duration> {
        self.min_gap
    }

    /// Where it cannot be trusted, for people to read.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The pattern of whole user names, as the catalogue wrote it.
    #[must_use]
    pub fn name_pattern(&self) -> Option<&str> {
        self.name_pattern
            .as_ref()
            .map(|pattern| pattern.source.as_str())
    }

    /// The address people see, with `{name}` in it.
    #[must_use]
    pub fn url_template(&self) -> &str {
        self.url.as_str()
    }

    /// The address that is asked, with `{name}` in it.
    #[must_use]
    pub fn probe_template(&self) -> &str {
        self.probe.as_str()
    }

    /// The port the catalogue wrote into the asked address, if it wrote one.
    #[must_use]
    pub fn named_port(&self) -> Option<u16> {
        self.probe.sample().port()
    }

    /// Reads a user name as somebody typed it. One leading `@` is how people write names and is not part of it; beyond
    /// that the name is refused or taken exactly as it is.
    ///
    /// # Errors
    /// Why this site cannot have such a name.
    pub fn parse_username(&self, typed: &str) -> Result<Username, UsernameProblem> {
        self.exact_username(typed.strip_prefix('@').unwrap_or(typed))
    }

    fn exact_username(&self, text: &str) -> Result<Username, UsernameProblem> {
        let name = self.stored_username(text)?;
        self.probe.expand(&name)?;
        self.url.expand(&name)?;
        Ok(name)
    }

    /// Reads a user name that was accepted before. Whether it still fits into the addresses is left to
    /// [`Self::probe_request`], which needs the address anyway.
    ///
    /// # Errors
    /// Why this site cannot have such a name any more.
    pub fn stored_username(&self, text: &str) -> Result<Username, UsernameProblem> {
        let name = Username::parse(text)?;
        if let Some(pattern) = &self.name_pattern {
            match pattern.regex.is_match(text) {
                Ok(true) => {}
                Ok(false) => return Err(UsernameProblem::Pattern(pattern.source.clone())),
                Err(_) => return Err(UsernameProblem::PatternTooHard),
            }
        }
        if let Some(refused) = text.chars().find(|c| self.refused_characters.contains(*c)) {
            return Err(UsernameProblem::NotOnThisSite(refused));
        }
        Ok(name)
    }

    /// A lawful name that surely nobody has; none when the site's pattern allows no such name.
    #[must_use]
    pub fn random_name(&self) -> Option<Username> {
        // From long to short: the longer, the surer that nobody has it.
        [20_usize, 16, 14, 12, 10, 8]
            .into_iter()
            .find_map(|length| {
                let first = fastrand::lowercase();
                let rest = (1..length).map(|_| {
                    if fastrand::bool() {
                        fastrand::lowercase()
                    } else {
                        fastrand::digit(10)
                    }
                });
                let name: String = std::iter::once(first).chain(rest).collect();
                self.parse_username(&name).ok()
            })
    }

    /// The profile's address, for people.
    #[must_use]
    pub fn profile_url(&self, name: &Username) -> String {
        self.url.display(name)
    }

    /// The request that asks about a name. The name is percent-encoded in the address and escaped for JSON or a form in
    /// the body, after the request's Content-Type.
    ///
    /// # Errors
    /// When the name cannot stand where this site wants it, which happens only to names this site did not parse.
    pub fn probe_request(&self, name: &Username) -> Result<ProbeRequest, UsernameProblem> {
        Ok(ProbeRequest {
            method: self.method,
            url: self.probe.expand(name)?,
            headers: self.headers.clone(),
            body: self.body.as_ref().map(|body| body.expand(name)),
        })
    }

    /// Finds the user name in a profile's address. The scheme, `www.`, a trailing slash and a query the site does not
    /// ask for make no difference.
    #[must_use]
    pub fn name_from_url(&self, url: &Url) -> Option<Username> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        self.exact_username(&self.url.find_name(url)?).ok()
    }
}
