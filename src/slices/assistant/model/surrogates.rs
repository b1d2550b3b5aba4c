//! Characters cut in half by servers that split text between two UTF-16 units.
//!
//! JSON may write a character beyond U+FFFF as two escapes. A server that streams text unit by unit
//! puts them into two events, neither of which is valid text.
//!
//! # Invariants
//!
//! - Only text that a JSON parser would refuse is changed.
//! - Only first halves from one event are kept.

use std::borrow::Cow;

/// Bytes of `\u1234`.
const ESCAPE: usize = 6;

/// The escapes of first halves that await the next event, in order.
#[derive(Debug, Default)]
pub(super) struct SurrogateJoiner(Vec<String>);

impl SurrogateJoiner {
    /// JSON whose texts may begin or end inside a character, as JSON that a parser accepts. A
    /// second half without a first one becomes U+FFFD.
    pub(super) fn whole<'j>(&mut self, json: &'j str) -> Cow<'j, str> {
        match json.contains("\\ud") || json.contains("\\uD") {
            true => Cow::Owned(self.mended(json)),
            false => Cow::Borrowed(json),
        }
    }

    fn mended(&mut self, json: &str) -> String {
        let mut before = std::mem::take(&mut self.0).into_iter();
        let mut mended = String::with_capacity(json.len());
        let mut rest = json;
        while let Some((plain, escaped)) = rest.find('\\').and_then(|at| rest.split_at_checked(at))
        {
            mended.push_str(plain);
            let (escape, after) = next_escape(escaped);
            rest = after;
            match unit(escape) {
                Some(0xD800..=0xDBFF) => match next_escape(after) {
                    (second, after) if matches!(unit(second), Some(0xDC00..=0xDFFF)) => {
                        mended.push_str(escape);
                        mended.push_str(second);
                        rest = after;
                    }
                    _ => self.0.push(escape.to_owned()),
                },
                Some(0xDC00..=0xDFFF) => match before.next() {
                    Some(first) => {
                        mended.push_str(&first);
                        mended.push_str(escape);
                    }
                    None => mended.push(char::REPLACEMENT_CHARACTER),
                },
                _ => mended.push_str(escape),
            }
        }
        mended.push_str(rest);
        mended
    }
}

/// Splits off the escape at the start of a text, or its first two characters.
fn next_escape(text: &str) -> (&str, &str) {
    let length = match unit(text) {
        Some(_) => ESCAPE,
        None => text.chars().take(2).map(char::len_utf8).sum(),
    };
    text.split_at_checked(length).unwrap_or((text, ""))
}

/// The UTF-16 unit whose escape is at the start of a text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    are_digits.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
#[path = "tests/surrogates.rs"]
mod tests;
