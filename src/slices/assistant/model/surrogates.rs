//! Halves of characters, as servers give them that cut a text between two units of UTF-16.
//!
//! In JSON a character beyond the first 65,536 may be two escapes, and whoever hands out a text unit by unit (as programs in
//! JavaScript easily do) puts them into two events, of which neither is a text. Must stay true: only what no reader of JSON
//! takes is changed; nothing is held but the first halves of one event.

use serde_json::Value;

/// Bytes of `\u1234`.
const ESCAPE: usize = 6;

/// First halves that wait for the event with the second ones: their escapes, in their order.
#[derive(Debug, Default)]
pub(super) struct Halves(Vec<String>);

impl Halves {
    /// Reads JSON whose texts may end or begin within a character. A second half whose first one never came is told as a
    /// character that nobody knows.
    ///
    /// # Errors
    /// When it is no JSON for another reason.
    pub(super) fn read(&mut self, json: &str) -> serde_json::Result<Value> {
        serde_json::from_str(json).or_else(|_| serde_json::from_str(&self.mended(json)))
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

/// The escape that a text begins with, or its first two characters, and what comes after it.
fn next_escape(text: &str) -> (&str, &str) {
    let length = match unit(text) {
        Some(_) => ESCAPE,
        None => text.chars().take(2).map(char::len_utf8).sum(),
    };
    text.split_at_checked(length).unwrap_or((text, ""))
}

/// The unit whose escape a text begins with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    are_digits.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the texts of such events say.
    fn said(events: &[&str]) -> String {
        let mut halves = Halves::default();
        let texts = events.iter().map(|json| halves.read(json).unwrap());
        texts
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn halves_find_each_other_and_nothing_else_is_touched() {
        for (events, text) in [
            (&[r#""a\ud83c""#, r#""\udf0ab""#][..], "a🌊b"),
            (
                &[r#""\uD83C""#, r#""""#, r#""\uDF0A\ud83c""#, r#""\udf0a""#],
                "🌊🌊",
            ),
            (
                &[r#""\ud83c\udf0a \ud83c""#, r#""\udf0a\n\u0041\\ud83c""#],
                "🌊 🌊\nA\\ud83c",
            ),
            (&[r#""a\udf0a""#], "a\u{fffd}"),
            (&[r#""a\ud83c""#, r#""\u0041\udf0a\udf0a""#], "aA🌊\u{fffd}"),
            (&[r#""a\ud83cb""#], "ab"),
        ] {
            assert_eq!(said(events), text, "{events:?}");
        }
        let two = Halves::default()
            .read(r#"{"a":"\ud83c","b":"\udf0a"}"#)
            .unwrap();
        assert_eq!(two, serde_json::json!({ "a": "", "b": "\u{fffd}" }));
        for broken in [r#""\ud83c"#, r#""\ud83"#, r#""\"#, r#""\u00é1""#] {
            assert!(Halves::default().read(broken).is_err(), "{broken}");
        }
    }

    proptest! {
        #[test]
        fn a_text_handed_out_unit_by_unit_is_the_text(text in ".{0,40}") {
            let events: Vec<String> = text.encode_utf16().map(|unit| format!("\"\\u{unit:04x}\"")).collect();
            let events: Vec<&str> = events.iter().map(String::as_str).collect();
            prop_assert_eq!(said(&events), text);
        }

        #[test]
        fn no_text_is_too_strange(json in r#"[\\u"d8c0-9é{]{0,40}"#) {
            let mut halves = Halves::default();
            halves.read(&json).ok();
            halves.read(&json).ok();
        }
    }
}
