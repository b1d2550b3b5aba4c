//! Characters split between two events.

use proptest::prelude::*;

use super::*;

fn read(json: &str) -> serde_json::Result<serde_json::Value> {
    serde_json::from_str(&SurrogateJoiner::default().whole(json))
}

/// The text of such events.
fn said(events: &[&str]) -> String {
    let mut surrogates = SurrogateJoiner::default();
    let texts = events.iter().map(|json| surrogates.whole(json));
    texts
        .map(|json| serde_json::from_str::<String>(&json).unwrap())
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
    let two = read(r#"{"a":"\ud83c","b":"\udf0a"}"#).unwrap();
    assert_eq!(two, serde_json::json!({ "a": "", "b": "\u{fffd}" }));
    for broken in [r#""\ud83c"#, r#""\ud83"#, r#""\"#, r#""\u00é1""#] {
        assert!(read(broken).is_err(), "{broken}");
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
        let mut surrogates = SurrogateJoiner::default();
        for _ in 0..2 {
            let whole = surrogates.whole(&json);
            // What a parser accepts stays as it is.
            if let Ok(value) = serde_json::from_str::<serde_json::Value>(&json) {
                prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&whole).unwrap(), value);
            }
        }
    }
}
