//! Entries of a WhatsMyName file.
//!
//! An entry has both sides, each with a status and a text. If one side has no text and the statuses
//! are equal, only the absence of the other side's text tells them apart. Then the site is weak.

use super::fields::Fields;
use super::{Draft, address, headers, key_of};
use crate::slices::watch::catalogue::EntryFault;
use crate::slices::watch::site::entry::{Foreign, SiteEntry};
use crate::slices::watch::site::{Method, Protection, Redirects, SiteRule};

/// Top-level fields other than the sites. They are ignored.
pub(super) const TOP: &[&str] = &["license", "authors", "categories", "sites", "$schema"];

/// The fields of an entry.
pub(super) const FIELDS: &[&str] = &[
    "name",
    "uri_check",
    "uri_pretty",
    "post_body",
    "headers",
    "strip_bad_char",
    "e_code",
    "e_string",
    "m_string",
    "m_code",
    "known",
    "cat",
    "valid",
    "protection",
];

/// WhatsMyName's placeholder for the user name.
const MARK: &str = "{account}";

/// The category of sites for adults.
const ADULT: &str = "xx NSFW xx";

/// Protections that a site can be marked with, besides "user-auth" and unnamed ones.
const PROTECTIONS: [(&str, &str); 6] = [
    ("anubis", "Anubis"),
    ("captcha", "captcha"),
    ("cloudflare", "Cloudflare"),
    ("cloudfront", "CloudFront"),
    ("ddos-guard", "DDoS-Guard"),
    ("user-agent", "User-Agent"),
];

/// Reads an entry; `None` if something is missing, which is recorded in `fields`.
pub(super) fn draft(fields: &mut Fields) -> Option<Draft> {
    fields.require(&[
        "name",
        "uri_check",
        "e_code",
        "e_string",
        "m_code",
        "m_string",
        "known",
        "cat",
    ]);
    if fields.yes("valid") == Some(false) {
        let reason = "valid is false: its authors have switched it off".to_owned();
        fields.refuse(EntryFault::SwitchedOff, reason);
    }
    let name = fields.text("name");
    let check = fields.text("uri_check");
    let pretty = fields.text("uri_pretty");
    let body = fields.text("post_body").filter(|body| !body.is_empty());
    let (e_code, m_code) = (fields.status("e_code"), fields.status("m_code"));
    let (e_string, m_string) = (fields.text("e_string"), fields.text("m_string"));
    let known = fields.list("known");
    let category = fields.text("cat");
    let stripped = fields.text("strip_bad_char").unwrap_or_default();
    let protection = protection(fields);
    let check = address(&check?, MARK);
    // The wrong host's answer would match neither side, so `Host` can be ignored.
    let (headers, _host) = headers(fields);
    let (exists, missing, is_weak) = rules(fields, (e_code?, e_string?), (m_code?, m_string?))?;
    let name = name?;
    let category = category?;
    let foreign = Foreign {
        body_mark: MARK,
        refused_characters: stripped + quotes(body.as_deref(), &check),
        known,
        redirects: Redirects::Answer,
        refusals: Vec::new(),
        is_weak,
        protection,
        is_adult: category == ADULT,
        category: Some(category),
    };
    let url = pretty.map_or_else(|| check.clone(), |pretty| address(&pretty, MARK));
    Some(Draft {
        entry: SiteEntry {
            key: key_of(&name),
            name: Some(name),
            url,
            probe: Some(check),
            method: if body.is_some() {
                Method::Post
            } else {
                Method::Get
            },
            headers,
            body,
            exists,
            missing,
            foreign: Some(foreign),
            ..SiteEntry::default()
        },
        field_name,
        mark: MARK,
    })
}

fn field_name(own: &str) -> &'static str {
    match own {
        "url" => "uri_pretty",
        "probe" => "uri_check",
        "body" => "post_body",
        "headers" => "headers",
        "exists" => "e_code and e_string:",
        "missing" => "m_code and m_string:",
        "key" => "name: as a key,",
        _ => "name",
    }
}

/// Characters refused in names: a quote could end a string of JSON nested in the request, because
/// quotes are not escaped twice.
fn quotes(body: Option<&str>, check: &str) -> &'static str {
    if body.is_some() || check.contains("%22{name}") {
        "\"\\"
    } else {
        ""
    }
}

/// Both sides, and whether they are weak; `None` if no answer can tell them apart.
fn rules(
    fields: &mut Fields,
    (e_code, e_string): (u16, String),
    (m_code, m_string): (u16, String),
) -> Option<(SiteRule, SiteRule, bool)> {
    let is_same_code = e_code == m_code;
    if is_same_code && e_string == m_string {
        let reason =
            format!("the rules cannot tell: status {e_code} and the same text on both sides");
        fields.refuse(EntryFault::Rule, reason);
        return None;
    }
    let side = |code: u16, text: &str, other: &str| SiteRule {
        status: vec![code],
        text: [text]
            .into_iter()
            .filter(|text| !text.is_empty() && !never_has_body(code))
            .map(str::to_owned)
            .collect(),
        // The other side's text contains this side's text (perhaps an empty one). Only the absence
        // of the longer text tells the sides apart.
        no_text: [other]
            .into_iter()
            .filter(|other| is_same_code && other.contains(text))
            .map(str::to_owned)
            .collect(),
        ..SiteRule::default()
    };
    let exists = side(e_code, &e_string, &m_string);
    let missing = side(m_code, &m_string, &e_string);
    let is_weak = !exists.has_text() || (is_same_code && !missing.has_text());
    Some((exists, missing, is_weak))
}

/// Statuses whose answers have no body, so no text can be in them.
fn never_has_body(status: u16) -> bool {
    matches!(status, 204 | 205 | 304)
}

fn protection(fields: &mut Fields) -> Vec<Protection> {
    let marks = fields.list("protection");
    let mut found = Vec::new();
    for mark in marks {
        let named = PROTECTIONS.iter().find(|(word, _)| *word == mark);
        let protection = match (mark.as_str(), named) {
            (_, Some((_, name))) => Protection::Named(name),
            ("user-auth", _) => Protection::Login,
            ("multiple" | "other", _) => Protection::Unnamed,
            _ => {
                let reason = format!("protection {mark:?} is no word of the format");
                fields.refuse(EntryFault::Field, reason);
                continue;
            }
        };
        if !found.contains(&protection) {
            found.push(protection);
        }
    }
    found
}
