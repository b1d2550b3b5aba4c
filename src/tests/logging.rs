//! Tests of `logging.rs`.

use super::*;

#[test]
fn tokens_are_hidden_known_or_not() {
    let foreign = "987654321:AAF-abcdefghijklmnopqrstuvwxyz_0123";
    let line = format!("GET https://x/bot{foreign}/getMe at 12:30:05, own 1:ab, key sk-x");
    assert_eq!(
        redact(&line, &["1:ab".to_owned(), "sk-x".to_owned()]),
        "GET https://x/bot***/getMe at 12:30:05, own ***, key ***"
    );
    assert_eq!(redact("a: b 10:20", &[]), "a: b 10:20");
}
