//! What an answer must look like, and how it is asked for: the plain words of a site's definition.

use serde::Deserialize;

/// The request method of a probe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Asks for the page.
    #[default]
    Get,
    /// Asks for the status only. The site's rules have no texts then.
    Head,
    /// Sends a body.
    Post,
}

/// What a found account means on this site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asks {
    /// The profile is there to be seen.
    #[default]
    Profile,
    /// Whether the name is taken. A blocked profile keeps its name, so the site cannot see it come
    /// back.
    Name,
}

/// A text of fewer bytes may be on a page of anybody's.
const DISTINCT_BYTES: usize = 8;

/// What an answer looks like: one of the statuses and all of the texts.
///
/// Fields that our own format does not have come from foreign files, where some rules are
/// one-sided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteRule {
    /// Status codes, any of which will do.
    pub status: Vec<u16>,
    /// Texts, all of which must be in the body. Empty where the status alone tells.
    #[serde(default)]
    pub text: Vec<String>,
    /// Texts, one of which must be in the body, unless there are none.
    #[serde(skip)]
    pub any_text: Vec<String>,
    /// Texts that must not be in the body: the other side's, if this side has none of its own.
    #[serde(skip)]
    pub no_text: Vec<String>,
    /// Further status codes, which need no text.
    #[serde(skip)]
    pub bare: Vec<u16>,
}

impl SiteRule {
    /// True if this rule counts answers of a status.
    #[must_use]
    pub fn names_status(&self, status: u16) -> bool {
        self.status.contains(&status) || self.bare.contains(&status)
    }

    /// Every status this rule counts.
    pub fn statuses(&self) -> impl Iterator<Item = u16> {
        self.status.iter().chain(&self.bare).copied()
    }

    /// True if this rule asks for a text that must be there.
    #[must_use]
    pub fn has_text(&self) -> bool {
        !self.text.is_empty() || !self.any_text.is_empty()
    }

    /// True if the body has the texts it must have.
    #[must_use]
    pub fn texts_are_in(&self, body: &str) -> bool {
        let is_in = |text: &String| body.contains(text.as_str());
        self.text.iter().all(is_in) && (self.any_text.is_empty() || self.any_text.iter().any(is_in))
    }

    /// True if one of the texts in the body is long enough to be the site's own: "home" or "404" is
    /// on many pages.
    #[must_use]
    pub fn is_surely_in(&self, body: &str) -> bool {
        let mut texts = self.text.iter().chain(&self.any_text);
        texts.any(|text| text.len() >= DISTINCT_BYTES && body.contains(text.as_str()))
    }

    /// True if the body has a text it must not have.
    #[must_use]
    pub fn is_excluded_by(&self, body: &str) -> bool {
        self.no_text.iter().any(|text| body.contains(text.as_str()))
    }
}

/// Which redirects lead on to the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Redirects {
    /// None: a redirect is the answer.
    #[default]
    Answer,
    /// Follows redirects to an address that still has the user name in its path or host. Any other
    /// redirect is the answer: a page without the name, like the front page, says nothing about an
    /// account.
    SameName,
    /// All.
    Follow,
}

/// What is in front of a site, as its catalogue says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A firewall or challenge of this name.
    Named(&'static str),
    /// Several, or one without a name.
    Unnamed,
    /// Nothing is shown without a login.
    Login,
}

/// Statuses that say nothing about an account: we are refused, or the site is in trouble. A rule
/// may name such a status only together with a text.
#[must_use]
pub(crate) const fn is_no_answer(status: u16) -> bool {
    matches!(
        status,
        401 | 403 | 407 | 408 | 421 | 425 | 429 | 500..=599 | 999
    )
}
