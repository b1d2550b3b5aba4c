//! A catalogue entry as it is written, and how it becomes a [`Site`].
//!
//! Every problem of an entry is collected, so that its author sees all of them at once.

use std::collections::BTreeMap;
use std::time::Duration;

use fancy_regex::RegexBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

use super::template::{self, BodyKind, UrlTemplate};
use super::{Asks, Method, NamePattern, Rule, Site, SiteKey, is_no_answer};
use crate::http::check_target;

/// Steps a name pattern may take over one name before it is given up as too hard.
const PATTERN_BACKTRACK_LIMIT: usize = 100_000;

/// Bytes a compiled pattern may take; enough for every Unicode class, not for nested counts of thousands.
const PATTERN_SIZE_LIMIT: usize = 4 << 20;

/// A longer gap would let one account use up a day.
const MIN_GAP_MAX: Duration = Duration::from_secs(24 * 60 * 60);

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
pub(in crate::watch) const FIELDS: [&str; 16] = [
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
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::watch) struct SiteEntry {
    key: String,
    name: Option<String>,
    url: String,
    probe: Option<String>,
    #[serde(default)]
    method: Method,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    name_pattern: Option<String>,
    exists: Rule,
    missing: Rule,
    #[serde(default)]
    asks: Asks,
    control: Option<String>,
    #[serde(default)]
    follow_redirects: bool,
    per_site: Option<u32>,
    min_gap: Option<String>,
    note: Option<String>,
}

/// What is wrong with one field of an entry.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::watch) struct FieldProblem {
    pub(in crate::watch) field: &'static str,
    pub(in crate::watch) reason: String,
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
    pub(in crate::watch) fn into_site(
        self,
        allow_private: bool,
    ) -> Result<Site, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let key = problems.check("key", SiteKey::parse(&self.key));
        let body_text = self.body.as_deref().filter(|body| !body.is_empty());
        let url = read_url(&mut problems, &self.url);
        let probe = match &self.probe {
            Some(raw) => read_probe(&mut problems, "probe", raw, allow_private, body_text),
            None if url.is_some() => {
                read_probe(&mut problems, "url", &self.url, allow_private, body_text)
            }
            None => None,
        };
        let headers = read_headers(&mut problems, &self.headers);
        let body = body_text.and_then(|text| read_body(&mut problems, text, self.method, &headers));
        let name_pattern = self
            .name_pattern
            .as_deref()
            .and_then(|source| read_pattern(&mut problems, source));
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
        let mut site = Site {
            key,
            name,
            url,
            probe,
            method: self.method,
            headers,
            body,
            name_pattern,
            exists: self.exists,
            missing: self.missing,
            asks: self.asks,
            control: None,
            follow_redirects: self.follow_redirects,
            per_site: self.per_site,
            min_gap,
            note: self.note,
        };
        if let Some(control) = &self.control {
            let parsed = site
                .exact_username(control)
                .map_err(|error| format!("{control:?} is refused: {error}"));
            site.control = problems.check("control", parsed);
        }
        if problems.0.is_empty() {
            Ok(site)
        } else {
            Err(problems.0)
        }
    }
}

fn read_url(problems: &mut Problems, raw: &str) -> Option<UrlTemplate> {
    let template = problems.check("url", UrlTemplate::parse(raw))?;
    if !template.has_name() {
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
    body: Option<&str>,
) -> Option<UrlTemplate> {
    // Problems of a `url` that is also the probe were found when it was read as the URL.
    let template = if field == "probe" {
        let template = problems.check(field, UrlTemplate::parse(raw))?;
        if !template.has_name() && !body.is_some_and(template::body_has_name) {
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

fn read_pattern(problems: &mut Problems, source: &str) -> Option<NamePattern> {
    let built = RegexBuilder::new(&format!(r"\A(?:{source})\z"))
        .backtrack_limit(PATTERN_BACKTRACK_LIMIT)
        .delegate_size_limit(PATTERN_SIZE_LIMIT)
        .build();
    let regex = problems.check("name_pattern", built)?;
    Some(NamePattern {
        source: source.to_owned(),
        regex,
    })
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
        if rule.status.is_empty() {
            problems.add(field, "names no status");
        }
        if rule.text.iter().any(String::is_empty) {
            problems.add(field, "has an empty text, which is in every answer");
        }
        if entry.method == Method::Head && !rule.text.is_empty() {
            problems.add(field, "has a text, but an answer to HEAD has no body");
        }
        for status in &rule.status {
            if !(200..=999).contains(status) {
                problems.add(field, format!("{status} is no status of an answer"));
            } else if is_no_answer(*status) && rule.text.is_empty() {
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
    let Some(shared) = entry
        .exists
        .status
        .iter()
        .find(|status| entry.missing.names_status(**status))
    else {
        return;
    };
    let within = |some: &Rule, all: &Rule| some.text.iter().all(|text| all.text.contains(text));
    if entry.exists.text.is_empty() || entry.missing.text.is_empty() {
        problems.add(
            "missing",
            format!("status {shared} is on both sides, so both sides need a text"),
        );
    } else if within(&entry.exists, &entry.missing) || within(&entry.missing, &entry.exists) {
        problems.add(
            "missing",
            format!("cannot be told from exists: same status {shared} and no text of its own"),
        );
    }
}
