//! Reads a page as tags and texts, as far as judging needs it: no tree, no character references.
//!
//! # Invariants
//! - Any text is read to its end, without an error.
//! - Each byte is read a bounded number of times.

/// A piece of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Open(Tag<'a>),
    /// The end tag of this name.
    Close(&'a str),
    Text(&'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    pub(crate) name: &'a str,
    inside: &'a str,
}

impl<'a> Tag<'a> {
    /// Names and values of the attributes, in order.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut rest = self.inside;
        std::iter::from_fn(move || {
            let (attribute, after) = next_attribute(rest)?;
            rest = after;
            Some(attribute)
        })
    }

    /// The value of an attribute.
    pub(crate) fn attribute(self, name: &str) -> Option<&'a str> {
        let mut all = self.attributes();
        all.find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// Tags that hold text only. Inside, only their own end tag is a tag.
const RAW: &[&str] = &[
    "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes",
];

/// The pieces of a page. Comments and declarations are left out.
pub(crate) fn pieces(page: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = page;
    let mut raw: Option<&str> = None;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            if let Some(name) = raw.take() {
                let (text, after) = rest.split_at(end_of_raw(rest, name));
                rest = after;
                if !text.is_empty() {
                    return Some(Piece::Text(text));
                }
                continue;
            }
            let (piece, after) = next_piece(rest);
            rest = after;
            if let Some(Piece::Open(tag)) = piece
                && RAW.iter().any(|raw| tag.name.eq_ignore_ascii_case(raw))
            {
                raw = Some(tag.name);
            }
            if piece.is_some() {
                return piece;
            }
        }
    })
}

/// The next piece, none for a comment, and what follows.
fn next_piece(rest: &str) -> (Option<Piece<'_>>, &str) {
    let Some(inner) = rest.strip_prefix('<') else {
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        return (Some(Piece::Text(text)), after);
    };
    if let Some(comment) = inner.strip_prefix("!--") {
        return (
            None,
            comment.split_once("-->").map_or("", |(_, after)| after),
        );
    }
    if inner.starts_with(['!', '?']) {
        return (None, inner.split_once('>').map_or("", |(_, after)| after));
    }
    if let Some(end) = inner.strip_prefix('/') {
        let (name, after) = end.split_once('>').unwrap_or((end, ""));
        let name = name.split_ascii_whitespace().next().unwrap_or_default();
        return (Some(Piece::Close(name)), after);
    }
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let next = inner.find('<').map_or(rest.len(), |at| at + 1);
        let (text, after) = rest.split_at(next);
        return (Some(Piece::Text(text)), after);
    }
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
    let (name, inside) = inner.split_at(inner.find(is_end).unwrap_or(inner.len()));
    let (inside, after) = inside.split_at(end_of_tag(inside));
    let after = after.strip_prefix('>').unwrap_or(after);
    (Some(Piece::Open(Tag { name, inside })), after)
}

/// Where a tag ends: at the first `>` outside quotes.
fn end_of_tag(inside: &str) -> usize {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in inside.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            // A quote opens a value only after the equals sign.
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    inside.len()
}

fn end_of_raw(rest: &str, name: &str) -> usize {
    let mut ends = rest.match_indices("</");
    let is_own = |at: usize| {
        let own = rest.get(at + 2..at + 2 + name.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(name))
    };
    ends.find(|(at, _)| is_own(*at))
        .map_or(rest.len(), |(at, _)| at)
}

/// The next attribute, and what follows.
fn next_attribute(rest: &str) -> Option<((&str, &str), &str)> {
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    let first = rest.chars().next()?.len_utf8();
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '=');
    let end = rest
        .get(first..)?
        .find(is_end)
        .map_or(rest.len(), |at| at + first);
    let (name, after) = rest.split_at(end);
    let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
        return Some(((name, ""), after));
    };
    let value = value.trim_ascii_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            return Some(
                quoted
                    .split_once(quote)
                    .map_or(((name, quoted), ""), |(value, after)| {
                        ((name, value), after)
                    }),
            );
        }
    }
    let end = value
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(value.len());
    let (value, after) = value.split_at(end);
    Some(((name, value), after))
}

#[cfg(test)]
#[path = "tests/markup.rs"]
mod tests;
