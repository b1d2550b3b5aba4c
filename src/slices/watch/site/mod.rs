//! A site: how to ask it about an account, and how to read its answer.
//!
//! # Invariants
//! - A [`Site`] comes from a checked entry: its templates are URLs, its patterns compile, its rules
//!   differ.
//! - A user name is refused or taken as it is, because an altered name is another person's account.

pub(super) mod entry;
mod likeness;
mod names;
mod pattern;
mod renamed;
mod rule;
mod template;
#[cfg(test)]
mod tests;

use std::time::Duration;

use reqwest::header::HeaderMap;
use url::Url;

pub(crate) use likeness::Shape;
pub(crate) use names::{SiteKey, Username, UsernameProblem};
use pattern::NamePattern;
pub(super) use rule::is_no_answer;
pub(crate) use rule::{Asks, Method, Protection, Redirects, SiteRule};
use template::{BodyTemplate, UrlTemplate};

use super::model::verdict::Sighting;

/// One request, ready to be sent.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    pub method: Method,
    pub url: Url,
    /// The catalogue's headers. They are never sent to another host.
    pub headers: HeaderMap,
    pub body: Option<String>,
}

/// A service, with the rules for judging accounts on it.
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
    exists: SiteRule,
    missing: SiteRule,
    echoes: Vec<String>,
    refusals: Vec<String>,
    is_weak: bool,
    asks: Asks,
    controls: Vec<Username>,
    redirects: Redirects,
    per_site: Option<u32>,
    min_gap: Option<Duration>,
    note: Option<String>,
    refuses_since: Option<String>,
    protection: Vec<Protection>,
    category: Option<String>,
    is_adult: bool,
}

impl Site {
    #[must_use]
    pub fn key(&self) -> &SiteKey {
        &self.key
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// What the answer for an existing account looks like.
    #[must_use]
    pub fn exists(&self) -> &SiteRule {
        &self.exists
    }

    /// What the answer for a missing account looks like.
    #[must_use]
    pub fn missing(&self) -> &SiteRule {
        &self.missing
    }

    /// Texts that a page of an existing account has, with `{name}` for the user name.
    #[must_use]
    pub fn echoes(&self) -> &[String] {
        &self.echoes
    }

    #[must_use]
    pub fn asks(&self) -> Asks {
        self.asks
    }

    /// Texts that mean that we could not look, whatever else the answer contains.
    #[must_use]
    pub fn refusals(&self) -> &[String] {
        &self.refusals
    }

    /// True if one side of the rules has no evidence of its own, only the absence of the other
    /// side's or a bare status. A weak site needs one extra probe before an account counts as
    /// found.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.is_weak
    }

    /// True if the rule does not say by itself what such a page looks like, because it has no text
    /// that is the site's own. Then the page must be like that of a control name.
    #[must_use]
    pub fn needs_proof(&self, seen: Sighting) -> bool {
        let rule = match seen {
            Sighting::Exists => &self.exists,
            Sighting::Missing => &self.missing,
        };
        // Other statuses do say that nobody is there.
        let is_page = seen == Sighting::Exists || rule.statuses().any(|s| (200..300).contains(&s));
        let has_controls = self.is_weak || self.control().is_some();
        self.method != Method::Head && has_controls && is_page && !rule.has_distinct_text()
    }

    /// A name known to exist.
    #[must_use]
    pub fn control(&self) -> Option<&Username> {
        self.controls.first()
    }

    /// All names known to exist; the first one is [`Self::control`].
    #[must_use]
    pub fn controls(&self) -> &[Username] {
        &self.controls
    }

    /// Which redirects are followed instead of being the answer.
    #[must_use]
    pub fn redirects(&self) -> Redirects {
        self.redirects
    }

    /// The protection in front of this site, according to the catalogue.
    #[must_use]
    pub fn protection(&self) -> &[Protection] {
        &self.protection
    }

    /// The kind of site, as the catalogue calls it.
    #[must_use]
    pub fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }

    /// True if the site is for adults. Such sites are never offered unasked.
    #[must_use]
    pub fn is_adult(&self) -> bool {
        self.is_adult
    }

    /// The site's own limit on requests in flight.
    #[must_use]
    pub fn per_site(&self) -> Option<u32> {
        self.per_site
    }

    /// The site's own minimum time between the starts of two requests.
    #[must_use]
    pub fn min_gap(&self) -> Option<Duration> {
        self.min_gap
    }

    /// The site's limits, as a note for people.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Since when the site refuses everybody who has no login or key.
    #[must_use]
    pub fn refuses_since(&self) -> Option<&str> {
        self.refuses_since.as_deref()
    }

    /// The pattern of whole user names, as the catalogue wrote it.
    #[must_use]
    pub fn name_pattern(&self) -> Option<&str> {
        self.name_pattern.as_ref().map(NamePattern::source)
    }

    /// The address shown to people, with `{name}` in it.
    #[must_use]
    pub fn url_template(&self) -> &str {
        self.url.as_str()
    }

    /// The address to request, with `{name}` in it.
    #[must_use]
    pub fn probe_template(&self) -> &str {
        self.probe.as_str()
    }

    /// The host to contact, with a sample name if the user name is part of it.
    #[must_use]
    pub fn host(&self) -> &str {
        self.probe.sample().host_str().unwrap_or_default()
    }

    /// True if every account has a host of its own.
    #[must_use]
    pub fn names_host(&self) -> bool {
        self.probe.names_host()
    }

    /// The port in the requested address, if the catalogue names one.
    #[must_use]
    pub fn named_port(&self) -> Option<u16> {
        self.probe.sample().port()
    }

    /// Reads a user name as typed. One leading `@` is not part of the name. Otherwise the name is
    /// refused or taken exactly as it is.
    ///
    /// # Errors
    /// Why this site does not allow such a name.
    pub fn parse_username(&self, typed: &str) -> Result<Username, UsernameProblem> {
        self.exact_username(typed.strip_prefix('@').unwrap_or(typed))
    }

    fn exact_username(&self, text: &str) -> Result<Username, UsernameProblem> {
        self.stored_username(text)?;
        self.claimed_username(text)
    }

    /// Reads a name that the catalogue says to exist, whatever the site's pattern says.
    fn claimed_username(&self, text: &str) -> Result<Username, UsernameProblem> {
        let name = self.lawful_username(text)?;
        self.probe.expand(&name)?;
        self.url.expand(&name)?;
        Ok(name)
    }

    /// Reads a stored user name, which was accepted before. [`Self::probe_request`] checks whether
    /// it still fits into the addresses.
    ///
    /// # Errors
    /// Why this site no longer allows such a name.
    pub fn stored_username(&self, text: &str) -> Result<Username, UsernameProblem> {
        let name = self.lawful_username(text)?;
        if let Some(pattern) = &self.name_pattern {
            pattern.check(text)?;
        }
        Ok(name)
    }

    fn lawful_username(&self, text: &str) -> Result<Username, UsernameProblem> {
        let name = Username::parse(text)?;
        if let Some(refused) = text.chars().find(|c| self.refused_characters.contains(*c)) {
            return Err(UsernameProblem::NotOnThisSite(refused));
        }
        Ok(name)
    }

    /// A random valid name that nobody has; `None` if the site's pattern allows no such name.
    #[must_use]
    pub fn random_name(&self) -> Option<Username> {
        // The longer the name, the less likely that anybody has it. But some sites cut long names.
        // Some patterns allow no digits, or none at the end.
        let lengths = [15_usize, 20, 16, 14, 12, 10, 8].into_iter();
        let mut kinds = lengths.flat_map(|length| [(length, true), (length, false)]);
        kinds.find_map(|(length, with_digits)| {
            let first = fastrand::lowercase();
            let rest = (1..length).map(|_| {
                if with_digits && fastrand::bool() {
                    fastrand::digit(10)
                } else {
                    fastrand::lowercase()
                }
            });
            let name: String = std::iter::once(first).chain(rest).collect();
            self.parse_username(&name).ok()
        })
    }

    #[must_use]
    pub fn profile_url(&self, name: &Username) -> String {
        self.url.display(name)
    }

    /// The request for a name. The name is percent-encoded in the address. In the body it is
    /// escaped for JSON or a form, according to the Content-Type.
    ///
    /// # Errors
    /// If the name does not fit into the address. That happens only to names that this site did not
    /// parse.
    pub fn probe_request(&self, name: &Username) -> Result<ProbeRequest, UsernameProblem> {
        Ok(ProbeRequest {
            method: self.method,
            url: self.probe.expand(name)?,
            headers: self.headers.clone(),
            body: self.body.as_ref().map(|body| body.expand(name)),
        })
    }

    /// Finds the user name in a profile's address. The scheme, `www.`, a trailing slash and other
    /// query fields make no difference.
    #[must_use]
    pub fn name_from_url(&self, url: &Url) -> Option<Username> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        self.exact_username(&self.url.find_name(url)?).ok()
    }
}
