//! The parts of a site's definition: how to ask, and what the answers look like.

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

/// What a site is asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asks {
    /// Whether the profile is visible.
    #[default]
    Profile,
    /// Whether the name is taken. A blocked profile keeps its name, so the site cannot see it come
    /// back.
    Name,
}

/// A shorter text may be on any site's pages.
const DISTINCT_BYTES: usize = 8;

/// What an answer looks like: one of the statuses, and all of the texts.
///
/// Some fields come only from foreign files, where some rules are one-sided. A text of the existing
/// side may contain `{name}`; see [`Site::echoes`](super::Site::echoes).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteRule {
    /// Any of these status codes will do.
    pub status: Vec<u16>,
    /// All of these texts must be in the body. Empty if the status alone decides.
    #[serde(default)]
    pub text: Vec<String>,
    /// At least one of these texts must be in the body, unless the list is empty.
    #[serde(skip)]
    pub any_text: Vec<String>,
    /// Texts that must not be in the body. In foreign files these are the texts of the other side,
    /// if this side has none of its own.
    #[serde(default, rename = "without")]
    pub no_text: Vec<String>,
    /// More status codes, which need no text.
    #[serde(default)]
    pub bare: Vec<u16>,
    /// A hidden account gets the same answer as a missing one, so the answer is no verdict.
    #[serde(default)]
    pub or_hidden: bool,
}

impl SiteRule {
    /// True if this rule accepts a status.
    #[must_use]
    pub fn names_status(&self, status: u16) -> bool {
        self.status.contains(&status) || self.bare.contains(&status)
    }

    /// Every status that this rule accepts.
    pub fn statuses(&self) -> impl Iterator<Item = u16> {
        self.status.iter().chain(&self.bare).copied()
    }

    /// True if this rule requires a text.
    #[must_use]
    pub fn has_text(&self) -> bool {
        !self.text.is_empty() || !self.any_text.is_empty()
    }

    /// True if the body has the required texts.
    #[must_use]
    pub fn texts_are_in(&self, body: &str) -> bool {
        let is_in = |text: &String| body.contains(text.as_str());
        self.text.iter().all(is_in) && (self.any_text.is_empty() || self.any_text.iter().any(is_in))
    }

    /// True if a required text is long enough to be the site's own.
    #[must_use]
    pub fn has_distinct_text(&self) -> bool {
        self.all_texts().any(|text| text.len() >= DISTINCT_BYTES)
    }

    /// True if a required text in the body is long enough to be the site's own. "home" or "404" is
    /// on many pages.
    #[must_use]
    pub fn is_surely_in(&self, body: &str) -> bool {
        self.all_texts()
            .any(|text| text.len() >= DISTINCT_BYTES && body.contains(text.as_str()))
    }

    /// True if the body also speaks for this rule, although it fits the other one. A text within a
    /// text of the other rule says nothing.
    #[must_use]
    pub fn also_speaks_in(&self, body: &str, other: &Self) -> bool {
        self.has_text()
            && self.texts_are_in(body)
            && self
                .all_texts()
                .any(|text| is_apart(text, body, other.all_texts()))
    }

    fn all_texts(&self) -> impl Iterator<Item = &String> {
        self.text.iter().chain(&self.any_text)
    }

    /// True if the body has a forbidden text.
    #[must_use]
    pub fn is_excluded_by(&self, body: &str) -> bool {
        self.no_text.iter().any(|text| body.contains(text.as_str()))
    }
}

/// True if a body has a text that is not part of one of the other texts.
fn is_apart<'a>(text: &str, body: &str, others: impl Iterator<Item = &'a String>) -> bool {
    let mut covers = others.filter(|other| other.contains(text)).peekable();
    if covers.peek().is_none() {
        return body.contains(text);
    }
    let rest = covers.fold(body.to_owned(), |rest, other| rest.replace(other, "\0"));
    rest.contains(text)
}

/// Which redirects are followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Redirects {
    /// Redirects within the site whose target still has the user name. Any other redirect is the
    /// answer, because a page without the name, like the front page, says nothing about an account.
    #[default]
    Answer,
    /// As before, and also to other sites.
    SameName,
    /// All.
    Follow,
}

/// The protection in front of a site, according to the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A firewall or challenge of this name.
    Named(&'static str),
    /// Several protections, or an unknown one.
    Unnamed,
    /// A login is required.
    Login,
}

/// Statuses that say nothing about an account, because the site refuses us or is in trouble. A rule
/// may name such a status only together with a text.
#[must_use]
pub(crate) const fn is_no_answer(status: u16) -> bool {
    matches!(
        status,
        401 | 403 | 407 | 408 | 421 | 425 | 429 | 500..=599 | 999
    )
}
