//! The charset of a page, wherever the page names it: in the head of the answer, in an HTML
//! `<meta>`, or in the first line of XML. A byte order mark is the decoder's business and wins.
//!
//! # Invariants
//! - A page names its charset in its head only, as browsers read it.
//! - In JSON and plain text nothing names one, because people wrote the texts.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::slices::watch::verdict::{Piece, pieces};

/// Quotes as character references.
const QUOTES: &[&str] = &["&quot;", "&#34;", "&apos;", "&#39;"];

/// What the head of an answer says. Of several values, the last one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    Charset(&'static Encoding),
    /// No charset, and the body names none either.
    Unnamed,
    /// The body may name it.
    InPage,
}

pub(super) fn announced(headers: &HeaderMap) -> Announced {
    let mut announced = Announced::InPage;
    for value in headers.get_all(CONTENT_TYPE) {
        let value = String::from_utf8_lossy(value.as_bytes());
        let mut parts = value.split(';');
        let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = parts.find_map(|part| {
            let (key, label) = part.split_once('=')?;
            let is_it = key.trim().eq_ignore_ascii_case("charset");
            is_it.then(|| encoding(label)).flatten()
        });
        let is_people = kind == "text/plain" || kind.ends_with("json");
        announced = match (charset, announced) {
            (Some(charset), _) => Announced::Charset(charset),
            (None, Announced::Charset(before)) => Announced::Charset(before),
            (None, _) if is_people => Announced::Unnamed,
            (None, _) => Announced::InPage,
        };
    }
    announced
}

/// The charset that the start of a page names. `None`: it may still come, unless `is_all`.
pub(super) fn in_page(start: &[u8], is_all: bool) -> Option<&'static Encoding> {
    // A byte order mark decides, whatever comes after it.
    if Encoding::for_bom(start).is_some() {
        return Some(UTF_8);
    }
    // XML in an encoding that needs two bytes for each of these.
    if start.starts_with(b"<\0?\0x\0") {
        return Some(UTF_16LE);
    }
    if start.starts_with(b"\0<\0?\0x") {
        return Some(UTF_16BE);
    }
    let text = String::from_utf8_lossy(start);
    let page = text.trim_start();
    if page.starts_with(['{', '[', '"']) {
        return Some(UTF_8);
    }
    let mut named = page
        .strip_prefix("<?xml")
        .and_then(|xml| label_after(xml.split('>').next()?, "encoding"));
    let mut is_past_head = false;
    if named.is_none() {
        for piece in pieces(page) {
            let Piece::Open(tag) = piece else {
                is_past_head |=
                    matches!(piece, Piece::Close(name) if name.eq_ignore_ascii_case("head"));
                continue;
            };
            is_past_head |= tag.name.eq_ignore_ascii_case("body");
            if is_past_head || !tag.name.eq_ignore_ascii_case("meta") {
                continue;
            }
            let is_type = |kind: &str| kind.trim().eq_ignore_ascii_case("content-type");
            named = tag.attribute("charset").and_then(encoding).or_else(|| {
                tag.attribute("http-equiv").filter(|kind| is_type(kind))?;
                label_after(tag.attribute("content")?, "charset")
            });
            if named.is_some() {
                break;
            }
        }
    }
    match named {
        // It begins like ASCII and changes later.
        Some(charset) if charset == ISO_2022_JP => named,
        // In an incompatible charset, we could not have read this far.
        Some(charset) if !charset.is_ascii_compatible() => Some(UTF_8),
        Some(charset) if charset == X_USER_DEFINED => Some(WINDOWS_1252),
        Some(charset) => Some(charset),
        None => (is_all || is_past_head).then_some(UTF_8),
    }
}

/// The charset that a text names as `key=value`, with or without quotes.
fn label_after(text: &str, key: &str) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let mut places = lower.match_indices(key);
    places.find_map(|(at, _)| {
        let value = text.get(at + key.len()..)?.trim_start().strip_prefix('=')?;
        encoding(value)
    })
}

/// The charset of this name, with or without quotes around it.
fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = label.trim_start().trim_start_matches(['"', '\'']);
    let mut quotes = QUOTES.iter().filter_map(|quote| label.strip_prefix(quote));
    let label = quotes.next().unwrap_or(label);
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_:.".contains(c);
    let label = label.split(|c| !is_part(c)).next()?;
    if label.eq_ignore_ascii_case("utf-8") {
        // Nearly all pages take this branch, which skips a list of two hundred names.
        return Some(UTF_8);
    }
    Encoding::for_label(label.as_bytes())
}
