//! Reads and checks the fields of an entry one by one.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::SiteEntry;
use crate::clock::DAY;
use crate::http_client::check_target;
use crate::slices::watch::site::template::{self, BodyKind, UrlTemplate};
use crate::slices::watch::site::{Method, SiteRule, is_no_answer};

/// With a longer gap, one account would take more than a day.
const MIN_GAP_MAX: Duration = DAY;

/// Headers that would break the request's framing or target, or the decoding of the answer.
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

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FieldProblem {
    pub(crate) field: &'static str,
    pub(crate) reason: String,
}

/// Collects problems while an entry is read.
#[derive(Debug, Default)]
pub(super) struct FieldProblems(Vec<FieldProblem>);

impl FieldProblems {
    pub(super) fn add(&mut self, field: &'static str, reason: impl Into<String>) {
        self.0.push(FieldProblem {
            field,
            reason: reason.into(),
        });
    }

    pub(super) fn check<T, E: ToString>(
        &mut self,
        field: &'static str,
        result: Result<T, E>,
    ) -> Option<T> {
        result
            .map_err(|error| self.add(field, error.to_string()))
            .ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_list(self) -> Vec<FieldProblem> {
        self.0
    }
}

pub(super) fn read_url(
    problems: &mut FieldProblems,
    raw: &str,
    may_lack_name: bool,
) -> Option<UrlTemplate> {
    let template = problems.check("url", UrlTemplate::parse(raw))?;
    if !template.has_name() && !may_lack_name {
        problems.add("url", "has no {name}");
    }
    // This address is only shown, never requested. It may lead anywhere, but must be safe to open.
    problems.check(
        "url",
        check_target(template.sample(), true, template.sample().port()),
    )?;
    Some(template)
}

pub(super) fn read_probe(
    problems: &mut FieldProblems,
    field: &'static str,
    raw: &str,
    allow_private: bool,
    body_has_name: bool,
) -> Option<UrlTemplate> {
    // If `url` is also the probe address, its problems are already recorded.
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

pub(super) fn read_headers(
    problems: &mut FieldProblems,
    given: &BTreeMap<String, String>,
) -> HeaderMap {
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

pub(super) fn read_body(
    problems: &mut FieldProblems,
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

pub(super) fn read_gap(problems: &mut FieldProblems, text: &str) -> Option<Duration> {
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

pub(super) fn check_rules(problems: &mut FieldProblems, entry: &SiteEntry) {
    for (field, rule) in [("exists", &entry.exists), ("missing", &entry.missing)] {
        check_side(problems, entry, field, rule);
    }
    let (exists, missing) = (&entry.exists, &entry.missing);
    let Some(shared) = exists.statuses().find(|s| missing.names_status(*s)) else {
        return;
    };
    // In a foreign entry, a text that one side excludes is on the other side.
    let excludes = !exists.no_text.is_empty() || !missing.no_text.is_empty();
    if entry.foreign.is_some() && excludes {
        return;
    }
    let within =
        |some: &SiteRule, all: &SiteRule| some.text.iter().all(|text| all.text.contains(text));
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

fn check_side(
    problems: &mut FieldProblems,
    entry: &SiteEntry,
    field: &'static str,
    rule: &SiteRule,
) {
    if rule.statuses().next().is_none() {
        problems.add(field, "names no status");
    }
    if field == "exists" && rule.or_hidden {
        problems.add(field, "has or_hidden, which belongs to missing");
    }
    let is_echo = |text: &String| entry.foreign.is_none() && template::has_name(text);
    if field == "missing" && rule.text.iter().any(is_echo) {
        problems.add(field, "has {name} in a text, which only exists may have");
    }
    if field == "exists" && !rule.text.is_empty() && rule.text.iter().all(is_echo) {
        problems.add(field, "needs a text without {name}, too");
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
