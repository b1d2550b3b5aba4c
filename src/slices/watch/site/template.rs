//! Templates with `{name}` in them: URLs and request bodies.
//!
//! # Invariants
//! - A name is escaped for its position: it cannot become another path, query or field.
//! - A name put into a URL can be read back unchanged.

use std::borrow::Cow;
use std::fmt::Write as _;

use url::Url;

use super::{Username, UsernameProblem};

const PLACEHOLDER: &str = "{name}";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Host,
    Path,
    Query,
    Fragment,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name(Place),
}

/// A URL with the user name left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UrlTemplate {
    raw: String,
    pieces: Vec<Piece>,
    /// The URL with a harmless sample name, parsed once.
    sample: Url,
    /// The pieces of the sample's path around the name, if the name occurs only in the path.
    path: Option<Vec<String>>,
}

/// Stands in for the name when a template is parsed. It is lower case and a DNS label, so it
/// survives everywhere.
const SAMPLE: &str = "vakhta-0-name-0-sample";

impl UrlTemplate {
    /// Reads a URL template.
    ///
    /// # Errors
    /// A sentence for the author of the catalogue.
    pub(super) fn parse(raw: &str) -> Result<Self, String> {
        if raw.replace(PLACEHOLDER, "").contains(['{', '}']) {
            return Err("has a brace that is not part of {name}; write %7B and %7D".to_owned());
        }
        if raw.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("has a space or a control character".to_owned());
        }
        let sample = Url::parse(&raw.replace(PLACEHOLDER, SAMPLE))
            .map_err(|error| format!("is not a URL: {error}"))?;
        let in_host = sample.host_str().is_some_and(|host| host.contains(SAMPLE));
        if sample.username().contains(SAMPLE)
            || sample
                .password()
                .is_some_and(|password| password.contains(SAMPLE))
        {
            return Err("has {name} where a user or a password stands".to_owned());
        }
        let mut place = if in_host { Place::Host } else { Place::Path };
        let mut pieces = Vec::new();
        for (index, text) in raw.split(PLACEHOLDER).enumerate() {
            if index > 0 {
                pieces.push(Piece::Name(place));
            }
            // The authority ends at the first slash after "://". The first text contains the
            // authority, unless the name is part of it.
            let text_after_scheme = if index == 0 {
                text.split_once("://").map_or(text, |(_, rest)| rest)
            } else {
                text
            };
            for c in text_after_scheme.chars() {
                place = match (place, c) {
                    (Place::Fragment, _) | (_, '#') => Place::Fragment,
                    (Place::Query, _) | (_, '?') => Place::Query,
                    (Place::Path, _) | (_, '/') => Place::Path,
                    (Place::Host, _) => Place::Host,
                };
            }
            pieces.push(Piece::Text(text.to_owned()));
        }
        let only_path = pieces
            .iter()
            .all(|piece| matches!(piece, Piece::Text(_) | Piece::Name(Place::Path)));
        let path = only_path.then(|| sample.path().split(SAMPLE).map(str::to_owned).collect());
        Ok(Self {
            raw: raw.to_owned(),
            pieces,
            sample,
            path,
        })
    }

    /// True if the template contains `{name}`.
    pub(super) fn has_name(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Name(_)))
    }

    /// The template with a sample name, for checking everything but the name.
    pub(super) fn sample(&self) -> &Url {
        &self.sample
    }

    /// True if the name is part of the host.
    pub(super) fn names_host(&self) -> bool {
        let host = self.sample.host_str();
        host.is_some_and(|host| host.contains(SAMPLE))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.raw
    }

    /// Inserts a name.
    ///
    /// # Errors
    /// If the name is part of the host but not a DNS label, or if the result is not a URL.
    pub(super) fn expand(&self, name: &Username) -> Result<Url, UsernameProblem> {
        if let Some(path) = &self.path {
            // A shortcut for the usual case: every probe expands a template, and this takes a
            // quarter of the time.
            let mut url = self.sample.clone();
            url.set_path(&path.join(&percent(name.as_str())));
            return Ok(url);
        }
        let text = self.expand_text(name)?;
        Url::parse(&text).map_err(|_| UsernameProblem::NotInUrl)
    }

    fn expand_text(&self, name: &Username) -> Result<String, UsernameProblem> {
        let mut text = String::with_capacity(self.raw.len() + name.as_str().len());
        for piece in &self.pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Name(Place::Host) => {
                    if !is_dns_label(name.as_str()) {
                        return Err(UsernameProblem::NotADnsLabel);
                    }
                    text.push_str(name.as_str());
                }
                Piece::Name(Place::Path | Place::Query | Place::Fragment) => {
                    text.push_str(&percent(name.as_str()));
                }
            }
        }
        Ok(text)
    }

    /// The URL to show. Never fails, because it is not requested.
    pub(super) fn display(&self, name: &Username) -> String {
        self.expand_text(name)
            .unwrap_or_else(|_| self.raw.replace(PLACEHOLDER, &percent(name.as_str())))
    }

    /// Finds the name in a URL that this template could have made. The scheme, a leading `www.`, a
    /// trailing slash and other query fields make no difference.
    pub(super) fn find_name(&self, url: &Url) -> Option<String> {
        let host = same_host(url.host_str()?, self.sample.host_str()?)?;
        if url.port() != self.sample.port() {
            return None;
        }
        let mut found = host.into_iter().collect::<Vec<_>>();
        let mut asked = segments(url);
        for wanted in segments(&self.sample) {
            found.extend(between(asked.next()?, wanted)?.map(decode));
        }
        if asked.next().is_some() {
            return None;
        }
        for (key, wanted) in self
            .sample
            .query_pairs()
            .filter(|(_, value)| value.contains(SAMPLE))
        {
            let (_, value) = url.query_pairs().find(|(given, _)| *given == key)?;
            found.extend(between(&value, &wanted)?.map(str::to_owned));
        }
        let first = found.first()?.clone();
        found.iter().all(|name| *name == first).then_some(first)
    }
}

pub(super) fn segments(url: &Url) -> impl Iterator<Item = &str> {
    let path = url.path();
    path.strip_suffix('/').unwrap_or(path).split('/').skip(1)
}

/// `None`: another host. `Some(None)`: the same host, with no name in it.
fn same_host(asked: &str, wanted: &str) -> Option<Option<String>> {
    let asked = asked.strip_prefix("www.").unwrap_or(asked);
    let wanted = wanted.strip_prefix("www.").unwrap_or(wanted);
    let name = between(asked, wanted)?;
    // `www` is the site itself, never a person's host.
    (name != Some("www")).then(|| name.map(str::to_owned))
}

/// Compares a text with one that contains [`SAMPLE`]. `None`: they differ. `Some(None)`: equal, no
/// name in it.
fn between<'a>(given: &'a str, wanted: &str) -> Option<Option<&'a str>> {
    match wanted.split_once(SAMPLE) {
        None => (given == wanted).then_some(None),
        Some((before, after)) => {
            let name = given.strip_prefix(before)?.strip_suffix(after)?;
            (!name.is_empty()).then_some(Some(name))
        }
    }
}

pub(super) fn decode(segment: &str) -> String {
    // In a path, a plus sign is literal, but the form decoder would read it as a space.
    let query = format!("x={}", segment.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(query.as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

fn is_dns_label(name: &str) -> bool {
    let lawful = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&name.len())
        && name.bytes().all(lawful)
        && !name.starts_with('-')
        && !name.ends_with('-')
        // Punycode would be displayed differently from what was typed.
        && !name.starts_with("xn--")
}

/// Percent-encodes everything but unreserved characters.
fn percent(name: &str) -> String {
    name.bytes()
        .fold(String::with_capacity(name.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                write!(out, "%{byte:02X}").unwrap_or_default();
            }
            out
        })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyKind {
    Json,
    Form,
}

impl BodyKind {
    /// The kind for a `Content-Type` value; `None` if a name cannot be inserted safely.
    pub(super) fn from_content_type(value: &str) -> Option<Self> {
        let essence = value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match essence.as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Form),
            "application/json" => Some(Self::Json),
            other if other.ends_with("+json") => Some(Self::Json),
            _ => None,
        }
    }
}

/// A request body with the user name left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BodyTemplate {
    text: String,
    kind: BodyKind,
    /// The placeholder for the name. Any other braces belong to the body.
    mark: &'static str,
}

impl BodyTemplate {
    pub(super) fn new(text: String, kind: BodyKind, mark: Option<&'static str>) -> Self {
        let mark = mark.unwrap_or(PLACEHOLDER);
        Self { text, kind, mark }
    }

    /// Inserts a name.
    pub(super) fn expand(&self, name: &Username) -> String {
        let escaped: Cow<'_, str> = match self.kind {
            BodyKind::Form => percent(name.as_str()).into(),
            BodyKind::Json => {
                let quoted = serde_json::Value::from(name.as_str()).to_string();
                let inner = quoted
                    .strip_prefix('"')
                    .and_then(|rest| rest.strip_suffix('"'));
                inner.unwrap_or_default().to_owned().into()
            }
        };
        self.text.replace(self.mark, &escaped)
    }
}

/// True if a text contains `{name}`.
pub(super) fn has_name(text: &str) -> bool {
    text.contains(PLACEHOLDER)
}

/// True if a body contains the placeholder.
pub(super) fn body_has_name(body: &str, mark: Option<&str>) -> bool {
    body.contains(mark.unwrap_or(PLACEHOLDER))
}
