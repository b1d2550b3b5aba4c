//! Tests of `logging.rs`.

use super::*;

#[test]
fn foreign_text_forges_no_line_and_hides_nothing() {
    let forged =
        "refused: bad\n2026-01-01 INFO all is well\r\u{1b}[2K\u{202e}drow\u{2028}x\u{e0041}\n";
    assert_eq!(
        one_line(forged, false),
        "refused: bad\\u000a2026-01-01 INFO all is well\\u000d\\u001b[2K\\u202edrow\\u2028x\\udb40\\udc41\n"
    );
    let coloured = "\u{1b}[32mINFO\u{1b}[0m слова, 1\u{a0}000\n";
    assert_eq!(one_line(coloured, true), coloured);
    let json = serde_json::json!({ "message": forged }).to_string();
    let read: serde_json::Value = serde_json::from_str(&one_line(&json, false)).unwrap();
    assert_eq!(read["message"], forged);
}
