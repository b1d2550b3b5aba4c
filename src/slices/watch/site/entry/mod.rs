//! A catalogue entry as written, and its conversion to a [`Site`].
//!
//! Every problem of an entry is collected, so that its author sees all of them at once.

mod fields;

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Deserialize;

pub(crate) use self::fields::FieldProblem;
use self::fields::{
    FieldProblems, check_rules, read_body, read_gap, read_headers, read_probe, read_url,
};
use super::template::{self, BodyTemplate, UrlTemplate};
use super::{Asks, Method, NamePattern, Protection, Redirects, Site, SiteKey, Username};
use crate::slices::watch::site::SiteRule;

/// The keys that an entry may have, in the order of the format's documentation.
pub(crate) const FIELDS: [&str; 17] = [
    "key",
    "name",
    "url",
    "probe",
    "method",
    "headers",
    "body",
    "name_pattern",
    "exists",
    "missing",
    "asks",
    "control",
    "follow_redirects",
    "per_site",
    "min_gap",
    "note",
    "refuses_since",
];

/// One `[[site]]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteEntry {
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    pub(crate) url: String,
    pub(crate) probe: Option<String>,
    #[serde(default)]
    pub(crate) method: Method,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<String>,
    pub(crate) name_pattern: Option<String>,
    pub(crate) exists: SiteRule,
    pub(crate) missing: SiteRule,
    #[serde(default)]
    pub(crate) asks: Asks,
    pub(crate) control: Option<String>,
    #[serde(default)]
    pub(crate) follow_redirects: bool,
    pub(crate) per_site: Option<u32>,
    pub(crate) min_gap: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) refuses_since: Option<String>,
    /// Only entries of foreign files have this.
    #[serde(skip)]
    pub(crate) foreign: Option<Foreign>,
}

/// Parts of a foreign entry that our own format cannot express.
#[derive(Debug, Default)]
pub(crate) struct Foreign {
    /// The placeholder for the user name in the body.
    pub(crate) body_mark: &'static str,
    /// Characters that user names cannot have.
    pub(crate) refused_characters: String,
    /// Names known to exist. Names that do not fit the entry are left out.
    pub(crate) known: Vec<String>,
    pub(crate) redirects: Redirects,
    pub(crate) refusals: Vec<String>,
    pub(crate) is_weak: bool,
    pub(crate) protection: Vec<Protection>,
    pub(crate) category: Option<String>,
    pub(crate) is_adult: bool,
}

/// The parsed parts of an entry; `None` for a part with problems.
struct Parts {
    key: Option<SiteKey>,
    name: String,
    url: Option<UrlTemplate>,
    probe: Option<UrlTemplate>,
    headers: HeaderMap,
    body: Option<BodyTemplate>,
    name_pattern: Option<NamePattern>,
    min_gap: Option<Duration>,
}

impl SiteEntry {
    /// Checks an entry and converts it to a site.
    ///
    /// # Errors
    /// All problems of the entry.
    pub(crate) fn into_site(mut self, allow_private: bool) -> Result<Site, Vec<FieldProblem>> {
        let mut problems = FieldProblems::default();
        let parts = self.read_parts(&mut problems, allow_private);
        if !problems.is_empty() {
            return Err(problems.into_list());
        }
        let control = self.control.take();
        let known = self
            .foreign
            .as_mut()
            .map(|foreign| std::mem::take(&mut foreign.known));
        let Some(mut site) = self.with_parts(parts) else {
            return Err(problems.into_list());
        };
        add_controls(
            &mut problems,
            &mut site,
            control,
            &known.unwrap_or_default(),
        );
        if let Some(pattern) = &mut site.name_pattern {
            pattern.rest();
        }
        if problems.is_empty() {
            Ok(site)
        } else {
            Err(problems.into_list())
        }
    }

    fn read_parts(&self, problems: &mut FieldProblems, allow_private: bool) -> Parts {
        let is_foreign = self.foreign.is_some();
        let key = problems.check("key", SiteKey::parse(&self.key));
        let body_text = self.body.as_deref().filter(|body| !body.is_empty());
        let mark = self.foreign.as_ref().map(|foreign| foreign.body_mark);
        let body_has_name = body_text.is_some_and(|body| template::body_has_name(body, mark));
        let url = read_url(problems, &self.url, is_foreign);
        let probe = match &self.probe {
            Some(raw) => read_probe(problems, "probe", raw, allow_private, body_has_name),
            None if url.is_some() => {
                read_probe(problems, "url", &self.url, allow_private, body_has_name)
            }
            None => None,
        };
        let headers = read_headers(problems, &self.headers);
        let body = body_text
            .and_then(|text| read_body(problems, text, self.method, &headers))
            .map(|(text, kind)| BodyTemplate::new(text, kind, mark));
        let name_pattern = self
            .name_pattern
            .as_deref()
            .map(|source| NamePattern::parse(source, is_foreign))
            .and_then(|parsed| problems.check("name_pattern", parsed));
        check_rules(problems, self);
        let min_gap = self
            .min_gap
            .as_deref()
            .and_then(|text| read_gap(problems, text));
        if self.per_site == Some(0) {
            problems.add("per_site", "is 0; the least is 1");
        }
        let name = self.name.clone().unwrap_or_else(|| self.key.clone());
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            problems.add("name", "is empty or has control characters");
        }
        Parts {
            key,
            name,
            url,
            probe,
            headers,
            body,
            name_pattern,
            min_gap,
        }
    }

    /// The site without its controls; `None` if a part is missing.
    fn with_parts(mut self, parts: Parts) -> Option<Site> {
        let is_own = self.foreign.is_none();
        let is_echo = |text: &mut String| is_own && template::has_name(text);
        let echoes = self.exists.text.extract_if(.., is_echo).collect();
        let own_redirects = if self.follow_redirects {
            Redirects::Follow
        } else {
            Redirects::Answer
        };
        let redirects = self.foreign.as_ref().map_or(own_redirects, |f| f.redirects);
        let foreign = self.foreign.unwrap_or_default();
        Some(Site {
            key: parts.key?,
            name: parts.name,
            url: parts.url?,
            probe: parts.probe?,
            method: self.method,
            headers: parts.headers,
            body: parts.body,
            name_pattern: parts.name_pattern,
            refused_characters: foreign.refused_characters,
            exists: self.exists,
            missing: self.missing,
            echoes,
            refusals: foreign.refusals,
            is_weak: foreign.is_weak,
            asks: self.asks,
            controls: Vec::new(),
            redirects,
            per_site: self.per_site,
            min_gap: parts.min_gap,
            note: self.note,
            refuses_since: self.refuses_since,
            protection: foreign.protection,
            category: foreign.category,
            is_adult: foreign.is_adult,
        })
    }
}

/// Adds the entry's own control name, which must be valid, and those known names that are. If none
/// is, those that only the entry's pattern refuses are better than nothing: its authors looked.
fn add_controls(
    problems: &mut FieldProblems,
    site: &mut Site,
    control: Option<String>,
    known: &[String],
) {
    if let Some(control) = control {
        let parsed = site
            .exact_username(&control)
            .map_err(|error| format!("{control:?} is refused: {error}"));
        site.controls.extend(problems.check("control", parsed));
    }
    let valid = known
        .iter()
        .filter_map(|name| site.exact_username(name).ok());
    let valid: Vec<Username> = valid.collect();
    site.controls.extend(valid);
    if site.controls.is_empty() {
        let claimed = known
            .iter()
            .filter_map(|name| site.claimed_username(name).ok());
        site.controls = claimed.collect();
    }
}
