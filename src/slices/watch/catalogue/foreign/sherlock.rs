//! Entries of a Sherlock file.
//!
//! A Sherlock entry describes a missing account only and counts everything else as found. Here
//! *found* needs status 200 and none of the texts of the other side. *Missing* needs a text, a
//! status that means it, or a redirect away from the name. Anything else is no verdict. A found
//! page has no evidence of its own, so the site is weak.
//!
//! Entries that use HEAD are probed with GET: without a body, a challenge with status 200 looks
//! like a profile.

use serde_json::Value;

use super::fields::{Fields, Pairs};
use super::{Draft, address, headers, key_of};
use crate::slices::watch::catalogue::EntryFault;
use crate::slices::watch::site::entry::{Foreign, SiteEntry};
use crate::slices::watch::site::{Method, Redirects, SiteRule};
use crate::slices::watch::verdict::redirect_trap;

/// The fields of an entry.
pub(super) const FIELDS: &[&str] = &[
    "url",
    "urlMain",
    "urlProbe",
    "username_claimed",
    "username_unclaimed",
    "regexCheck",
    "isNSFW",
    "headers",
    "request_method",
    "request_payload",
    "errorType",
    "errorMsg",
    "errorCode",
    "errorUrl",
    "response_url",
    "tags",
    "__comment__",
];

/// Sherlock's placeholder for the user name.
const MARK: &str = "{}";

/// The placeholder in a body that we serialized. Not `{}`, which may be an empty object there.
const BODY_MARK: &str = "{the-user-name}";

/// The status of an existing page.
const FOUND: u16 = 200;

/// Statuses that mean "not found".
const GONE: [u16; 2] = [404, 410];

/// Statuses a page with a "no such user" text may have.
const SAYING: [u16; 5] = [200, 400, 404, 410, 422];

const AWAY: [u16; 5] = [301, 302, 303, 307, 308];

/// Substrings in lower case. Entries list such texts as signs of a missing account, but they mean a
/// refusal or a broken site, so the probe has no verdict.
const REFUSALS: &[&str] = &[
    "rate limit",
    "too many requests",
    "captcha",
    "server error",
    "temporarily offline",
    "the resource could not be found",
    "временно ограничен",
    "decided to block",
    "log in</title>",
    "открывайте новую музыку каждый день",
];

/// Another refusal. It only counts as the whole text, because it is too common as a substring.
const REFUSAL_WHOLE: &str = "sorry.";

/// Prefixes of texts that are on every page, found or not.
const EVERYWHERE: [&str; 3] = ["<html", "<head", "<body"];

/// True if a value looks like an entry, even a broken one.
pub(super) fn is_entry(json: &str) -> bool {
    let fields = serde_json::from_str::<Pairs<serde::de::IgnoredAny>>(json);
    fields.is_ok_and(|fields| {
        let telling = |name: &str| matches!(name, "errorType" | "urlMain" | "username_claimed");
        fields.0.iter().any(|(name, _)| telling(name))
    })
}

/// Reads an entry; `None` if something is missing, which is recorded in `fields`.
pub(super) fn draft(name: &str, fields: &mut Fields) -> Option<Draft> {
    fields.require(&["url", "urlMain", "errorType", "username_claimed"]);
    let url = fields.text("url");
    let probe = fields.text("urlProbe");
    let pattern = fields
        .text("regexCheck")
        .filter(|pattern| !pattern.is_empty());
    let known = fields.text("username_claimed");
    let is_adult = fields.yes("isNSFW").unwrap_or(false)
        || fields.list("tags").iter().any(|tag| tag == "adult");
    let rules = rules(fields);
    let url = address(&url?, MARK);
    let probe = probe.map_or_else(|| url.clone(), |probe| address(&probe, MARK));
    let (mut headers, host) = headers(fields);
    let own_host = url::Url::parse(&probe).ok();
    let own_host = own_host.as_ref().and_then(url::Url::host_str);
    if let Some(host) = host.filter(|host| own_host != Some(host.as_str())) {
        // The entry describes one side only, so the wrong host's answer would count as found.
        let reason = format!("headers: asks for {host} at another host's address");
        fields.refuse(EntryFault::Request, reason);
    }
    let payload = fields.object("request_payload");
    let method = method(fields, payload.is_some());
    let body = payload.map(|payload| body(payload).to_string());
    if body.is_some()
        && !headers
            .keys()
            .any(|name| name.eq_ignore_ascii_case("content-type"))
    {
        headers.insert("Content-Type".to_owned(), "application/json".to_owned());
    }
    let rules = rules?;
    let foreign = Foreign {
        body_mark: BODY_MARK,
        refused_characters: if body.is_some() { "\"\\" } else { "" }.to_owned(),
        known: known.into_iter().collect(),
        redirects: Redirects::SameName,
        refusals: rules.refusals,
        is_weak: true,
        is_adult,
        ..Foreign::default()
    };
    Some(Draft {
        entry: SiteEntry {
            key: key_of(name),
            name: Some(name.to_owned()),
            url,
            probe: Some(probe),
            method: method?,
            headers,
            body,
            name_pattern: pattern,
            exists: rules.exists,
            missing: rules.missing,
            foreign: Some(foreign),
            ..SiteEntry::default()
        },
        field_name,
        mark: MARK,
    })
}

fn field_name(own: &str) -> &'static str {
    match own {
        "url" => "url",
        "probe" => "urlProbe or url",
        "body" => "request_payload",
        "headers" => "headers",
        "name_pattern" => "regexCheck",
        "exists" | "missing" => "errorType, errorMsg and errorCode:",
        "key" => "name: as a key,",
        _ => "name",
    }
}

fn method(fields: &mut Fields, has_payload: bool) -> Option<Method> {
    let word = fields.text("request_method");
    let refused = match word.as_deref() {
        None | Some("GET") if !has_payload => return Some(Method::Get),
        Some("HEAD") if !has_payload => return Some(Method::Head),
        Some("POST") => return Some(Method::Post),
        Some("PUT") => {
            "request_method PUT changes things at a site, and a watch only reads".to_owned()
        }
        None | Some("GET" | "HEAD") => "request_payload needs request_method POST".to_owned(),
        Some(word) => format!("request_method {word:?} is no word of the format"),
    };
    fields.refuse(EntryFault::Request, refused);
    None
}

/// Puts our mark into every text of a body.
fn body(payload: Value) -> Value {
    match payload {
        Value::String(text) => Value::String(text.replace(MARK, BODY_MARK)),
        Value::Array(values) => values.into_iter().map(body).collect(),
        Value::Object(fields) => {
            let marked = fields.into_iter().map(|(name, value)| (name, body(value)));
            Value::Object(marked.collect())
        }
        other => other,
    }
}

struct Rules {
    exists: SiteRule,
    missing: SiteRule,
    refusals: Vec<String>,
}

/// Derives both sides from the one that an entry describes.
fn rules(fields: &mut Fields) -> Option<Rules> {
    let kinds = fields.list("errorType");
    let messages = fields.list("errorMsg");
    let codes = fields.statuses("errorCode");
    // Read only for its host: in real files some lead to other sites.
    let error_url = fields.text("errorUrl");
    let mut rules = Rules {
        exists: SiteRule {
            status: vec![FOUND],
            ..SiteRule::default()
        },
        missing: SiteRule::default(),
        refusals: Vec::new(),
    };
    for kind in &kinds {
        match kind.as_str() {
            "message" => by_message(fields, &mut rules, &messages)?,
            "status_code" => {
                rules.exists.status.retain(|status| !codes.contains(status));
                rules.missing.bare.extend(codes.iter().copied().chain(GONE));
            }
            "response_url" => {
                by_redirect(fields, error_url.as_deref())?;
                rules.missing.bare.extend(GONE.into_iter().chain(AWAY));
            }
            other => {
                let reason = format!("errorType {other:?} is no word of the format");
                fields.refuse(EntryFault::Field, reason);
                return None;
            }
        }
    }
    rules.missing.bare.sort_unstable();
    rules.missing.bare.dedup();
    if kinds.is_empty() {
        // A missing or misspelt field is already a problem; an empty list is not.
        fields.refuse(
            EntryFault::Rule,
            "errorType names no way to tell".to_owned(),
        );
        return None;
    }
    Some(rules)
}

fn by_message(fields: &mut Fields, rules: &mut Rules, messages: &[String]) -> Option<()> {
    let mut say_missing = Vec::new();
    for message in messages {
        let lower = message.trim().to_lowercase();
        if lower.is_empty() || EVERYWHERE.iter().any(|start| lower == *start) {
            let reason = format!("errorMsg {message:?} is on every page, found or not");
            fields.refuse(EntryFault::Rule, reason);
            return None;
        }
        if lower == REFUSAL_WHOLE || REFUSALS.iter().any(|part| lower.contains(part)) {
            rules.refusals.push(message.clone());
        } else {
            say_missing.push(message.clone());
        }
    }
    if say_missing.is_empty() {
        let reason = if messages.is_empty() {
            "errorType message needs errorMsg".to_owned()
        } else {
            "errorMsg has only texts of a refusal or a login page, and no sign of a missing account"
                .to_owned()
        };
        fields.refuse(EntryFault::Rule, reason);
        return None;
    }
    rules.exists.no_text.clone_from(&say_missing);
    rules.missing.status.extend(SAYING);
    rules.missing.any_text = say_missing;
    Some(())
}

fn by_redirect(fields: &mut Fields, error_url: Option<&str>) -> Option<()> {
    let target = error_url.and_then(|url| url::Url::parse(&address(url, "{}")).ok());
    if target.is_some_and(|target| redirect_trap(&target).is_some()) {
        let reason =
            "errorUrl is a login or challenge page: a redirect there says nothing about an account"
                .to_owned();
        fields.refuse(EntryFault::Rule, reason);
        return None;
    }
    Some(())
}
