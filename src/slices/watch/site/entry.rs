//! A catalogue entry as it is written, and how it becomes a [`Site`].
//!
//! Every problem of an entry is collected, so that its author sees all of them at once.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

use super::template::{self, BodyKind, BodyTemplate, UrlTemplate};
use super::{
    Asks, Method, NamePattern, Protection, Redirects, Rule, Site, SiteKey, Username, is_no_answer,
};
use crate::clock::DAY;
use crate::http_client::check_target;

/// A longer gap would let one account use up a day.
const MIN_GAP_MAX: Duration = DAY;

/// Headers that would break how the request is made: its framing, its target, or the decoding of its answer.
const REFUSED_HEADERS: [&str; 8] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "te",
    "upgrade",
    "accept-encoding",
    "proxy-authorization",
];

/// The keys an entry may have, in the order of the format's description.
pub(in crate::slices::watch) const FIELDS: [&str; 16] = [
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
];

/// One `[[site]]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::slices::watch) struct SiteEntry {
    pub(in crate::slices::watch) key: String,
    pub(in crate::slices::watch) name: Option<String>,
    pub(in crate::slices::watch) url: String,
    pub(in crate::slices::watch) probe: Option<String>,
    #[serde(default)]
    pub(in crate::slices::watch) method: Method,
    #[serde(default)]
    pub(in crate::slices::watch) headers: BTreeMap<String, String>,
    pub(in crate::slices::watch) body: Option<String>,
    pub(in crate::slices::watch) name_pattern: Option<String>,
    pub(in crate::slices::watch) exists: Rule,
    pub(in crate::slices::watch) missing: Rule,
    #[serde(default)]
    pub(in crate::slices::watch) asks: Asks,
    pub(in crate::slices::watch) control: Option<String>,
    #[serde(default)]
    pub(in crate::slices::watch) follow_redirects: bool,
    pub(in crate::slices::watch) per_site: Option<u32>,
    pub(in crate::slices::watch) min_gap: Option<String>,
    pub(in crate::slices::watch) note: Option<String>,
    /// What only entries of foreign files have.
    #[serde(skip)]
    pub(in crate::slices::watch) foreign: Option<Foreign>,
}

/// What an entry of a foreign file says beyond the words of our own format.
#[derive(Debug, Default)]
pub(in crate::slices::watch) struct Foreign {
    /// What stands for the user name in the body.
    pub(in crate::slices::watch) body_mark: &'static str,
    /// Characters no user name has.
    pub(in crate::slices::watch) refused_characters: String,
    /// Names that are surely there. Those the entry itself cannot ask about are left out.
    pub(in crate::slices::watch) known: Vec<String>,
    pub(in crate::slices::watch) redirects: Redirects,
    pub(in crate::slices::watch) refusals: Vec<String>,
    pub(in crate::slices::watch) is_weak: bool,
    pub(in crate::slices::watch) protection: Vec<Protection>,
    pub(in crate::slices::watch) category: Option<String>,
    pub(in crate::slices::watch) is_adult: bool,
}

/// What is wrong with one field of an entry.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::slices::watch) struct FieldProblem {
    pub(in crate::slices::watch) field: &'static str,
    pub(in crate::slices::watch) reason: String,
}

/// Collects problems while an entry is read.
#[derive(Debug, Default)]
struct Problems(Vec<FieldProblem>);

impl Problems {
    fn add(&mut self, field: &'static str, reason: impl Into<String>) {
        self.0.push(FieldProblem {
            field,
            reason: reason.into(),
        });
    }

    fn check<T, E: ToString>(&mut self, field: &'static str, result: Result<T, E>) -> Option<T> {
        result
            .map_err(|error| self.add(field, error.to_string()))
            .ok()
    }
}

impl SiteEntry {
    /// Checks an entry and makes it a site.
    ///
    /// # Errors
    /// All problems of the entry.
    pub(in crate::slices::watch) fn into_site(
        self,
        allow_private: bool,
    ) -> Result<Site, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let key = problems.check("key", SiteKey::parse(&self.key));
        let body_text = self.body.as_deref().filter(|body| !body.is_empty());
        let mark = self.foreign.as_ref().map(|foreign| foreign.body_mark);
        let names = body_text.is_some_and(|body| template::body_has_name(body, mark));
        let url = read_url(&mut problems, &self.url, self.foreign.is_some());
        let probe = match &self.probe {
            Some(raw) => read_probe(&mut problems, "probe", raw, allow_private, names),
            None if url.is_some() => {
                read_probe(&mut problems, "url", &self.url, allow_private, names)
            }
            None => None,
        };
        let headers = read_headers(&mut problems, &self.headers);
        let body = body_text
            .and_then(|text| read_body(&mut problems, text, self.method, &headers))
            .map(|(text, kind)| BodyTemplate::new(text, kind, mark));
        let name_pattern = self
            .name_pattern
            .as_deref()
            .map(|source| NamePattern::parse(source, self.foreign.is_some()))
            .and_then(|parsed| problems.check("name_pattern", parsed));
        check_rules(&mut problems, &self);
        let min_gap = self
            .min_gap
            .as_deref()
            .and_then(|text| read_gap(&mut problems, text));
        if self.per_site == Some(0) {
            problems.add("per_site", "is 0; the least is 1");
        }
        let name = self.name.unwrap_or_else(|| self.key.clone());
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            problems.add("name", "is empty or has control characters");
        }
        let (Some(key), Some(url), Some(probe), true) = (key, url, probe, problems.0.is_empty())
        else {
            return Err(problems.0);
        };
        let own_redirects = if self.follow_redirects {
            Redirects::Follow
        } else {
            Redirects::Answer
        };
        let redirects = self.foreign.as_ref().map_or(own_redirects, |f| f.redirects);
        let foreign = self.foreign.unwrap_or_default();
        let mut site = Site {
            key,
            name,
            url,
            probe,
            method: self.method,
            headers,
            body,
            name_pattern,
            refused_characters: foreign.refused_characters,
            exists: self.exists,
            missing: self.missing,
            refusals: foreign.refusals,
            is_weak: foreign.is_weak,
            asks: self.asks,
            controls: Vec::new(),
            redirects,
            per_site: self.per_site,
            min_gap,
            note: self.note,
            protection: foreign.protection,
            category: foreign.category,
            is_adult: foreign.is_adult,
        };
        if let Some(control) = &self.control {
            let parsed = site
                .exact_username(control)
                .map_err(|error| format!("{control:?} is refused: {error}"));
            site.controls.extend(problems.check("control", parsed));
        }
        let known = foreign.known.iter();
        let known: Vec<Username> = known
            .filter_map(|name| site.exact_username(name).ok())
            .collect();
        site.controls.extend(known);
        if let Some(pattern) = &mut site.name_pattern {
            pattern.rest();
        }
        if problems.0.is_empty() {
            Ok(site)
        } else {
            Err(problems.0)
        }
    }
}

fn read_url(problems: &mut Problems, raw: &str, may_lack_name: bool) -> Option<UrlTemplate> {
    let template = problems.check("url", UrlTemplate::parse(raw))?;
    if !template.has_name() && !may_lack_name {
        problems.add("url", "has no {name}");
    }
    // It is only shown, never asked, so where it leads is of no matter; that it can be opened safely is.
    problems.check(
        "url",
        check_target(template.sample(), true, template.sample().port()),
    )?;
    Some(template)
}

fn read_probe(
    problems: &mut Problems,
    field: &'static str,
    raw: &str,
    allow_private: bool,
    body_has_name: bool,
) -> Option<UrlTemplate> {
    // Problems of a `url` that is also the probe were found when it was read as the URL.
    let template = if field == "probe" {
        let template = problems.check(field, UrlTemplate::parse(raw))?;
        if !template.has_name() && !body_has_name {
            problems.add(field, "has no {name}, and neither has the body");
        }
        template
    } else {
        UrlTemplate::parse(raw).ok()?
    };
    problems.check(
        field,
        check_target(template.sample(), allow_private, template.sample().port()),
    )?;
    Some(template)
}

fn read_headers(problems: &mut Problems, given: &BTreeMap<String, String>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        if REFUSED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            problems.add("headers", format!("{name} is set by the program itself"));
            continue;
        }
        let name_read =
            HeaderName::try_from(name).map_err(|_| format!("{name:?} is no header name"));
        let value_read = HeaderValue::try_from(value)
            .map_err(|_| format!("the value of {name} is no header value"));
        if let (Some(name), Some(value)) = (
            problems.check("headers", name_read),
            problems.check("headers", value_read),
        ) {
            headers.insert(name, value);
        }
    }
    headers
}

fn read_body(
    problems: &mut Problems,
    text: &str,
    method: Method,
    headers: &HeaderMap,
) -> Option<(String, BodyKind)> {
    if method != Method::Post {
        problems.add("body", "needs method = \"POST\"");
    }
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match BodyKind::from_content_type(content_type) {
        Some(kind) => Some((text.to_owned(), kind)),
        None => {
            problems.add(
                "body",
                "needs a Content-Type header for JSON or a form, to know how the name is escaped",
            );
            None
        }
    }
}

fn read_gap(problems: &mut Problems, text: &str) -> Option<Duration> {
    match humantime::parse_duration(text) {
        Ok(gap) if gap <= MIN_GAP_MAX => Some(gap),
        Ok(_) => {
            problems.add("min_gap", format!("{text:?} is more than a day"));
            None
        }
        Err(error) => {
            problems.add(
                "min_gap",
                format!("{text:?} is no duration such as \"1s\" or \"500ms\": {error}"),
            );
            None
        }
    }
}

fn check_rules(problems: &mut Problems, entry: &SiteEntry) {
    for (field, rule) in [("exists", &entry.exists), ("missing", &entry.missing)] {
        check_side(problems, entry, field, rule);
    }
    let (exists, missing) = (&entry.exists, &entry.missing);
    let Some(shared) = exists.statuses().find(|s| missing.names_status(*s)) else {
        return;
    };
    // What one side must not have, the other side has.
    if !exists.no_text.is_empty() || !missing.no_text.is_empty() {
        return;
    }
    let within = |some: &Rule, all: &Rule| some.text.iter().all(|text| all.text.contains(text));
    if !exists.has_text() || !missing.has_text() {
        problems.add(
            "missing",
            format!("status {shared} is on both sides, so both sides need a text"),
        );
    } else if within(exists, missing) || within(missing, exists) {
        problems.add(
            "missing",
            format!("cannot be told from exists: same status {shared} and no text of its own"),
        );
    }
}

fn check_side(problems: &mut Problems, entry: &SiteEntry, field: &'static str, rule: &Rule) {
    if rule.statuses().next().is_none() {
        problems.add(field, "names no status");
    }
    let mut texts = rule.text.iter().chain(&rule.any_text).chain(&rule.no_text);
    if texts.any(String::is_empty) {
        problems.add(field, "has an empty text, which is in every answer");
    }
    if entry.method == Method::Head && (rule.has_text() || !rule.no_text.is_empty()) {
        problems.add(field, "has a text, but an answer to HEAD has no body");
    }
    for status in rule.statuses() {
        let needs_text = !rule.has_text() || rule.bare.contains(&status);
        if !(200..=999).contains(&status) {
            problems.add(field, format!("{status} is no status of an answer"));
        } else if is_no_answer(status) && needs_text {
            problems.add(
                field,
                format!("status {status} is no answer by itself and needs a text"),
            );
        } else if entry.follow_redirects && matches!(status, 301 | 302 | 303 | 307 | 308) {
            problems.add(
                field,
                format!("status {status} is never seen where redirects are followed"),
            );
        }
    }
}
