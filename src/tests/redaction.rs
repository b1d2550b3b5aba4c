//! Tests of `redaction.rs`: every spelling of every piece is hidden.

use proptest::prelude::*;

use super::*;

const SECRET: &str = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123";

#[test]
fn tokens_are_hidden_known_or_not() {
    let foreign = "987654321:AAF-abcdefghijklmnopqrstuvwxyz_0123";
    let line = format!("GET https://x/bot{foreign}/getMe at 12:30:05, own 1:ab, key sk-x");
    let own = Redactor::new(["1:ab", "sk-x"]);
    assert_eq!(
        own.hide(&line),
        "GET https://x/bot***/getMe at 12:30:05, own ***, key ***"
    );
    let none = Redactor::default();
    assert_eq!(none.hide("a: b 10:20"), "a: b 10:20");
    let api = format!("Bearer vakhta_{}, vakhta_tests", "0a".repeat(32));
    assert_eq!(none.hide(&api), "Bearer ***, vakhta_tests");
}

#[test]
fn a_secret_is_hidden_in_every_spelling_and_cut_anywhere() {
    let redactor = Redactor::new([SECRET, "пароль из слов", "s3cr&t/\"9"]);
    for (text, hidden) in [
        ("bot123456789%3AAAF-abcdefghijk and more", "bot*** and more"),
        ("bot123456789%3aAAF-abcdefghijk", "bot***"),
        ("%253AAAF-abcdefghijklm…", "***…"),
        (r"123456789\u003AAAF-abcdefgh", "***"),
        (r"1\\u003aAAF-abcdefgh", "1***"),
        ("x:AAF-abcdefgh&#58;", "x***&#58;"),
        ("basic OTg3OkFBRi1hYmNkZWZnaGlq", "basic OTg3***"),
        (
            "key 4141462d6162636465, key 41462D6162636465",
            "key ***, key ***",
        ),
        ("%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C%20x", "***x"),
        (r#"{"password":"s3cr&t\/\"9"}"#, r#"{"password":"***"}"#),
        ("s3cr&amp;t/&quot;9", "***"),
        ("123456789 писал AAF-abcdef", "123456789 писал AAF-abcdef"),
        (
            "%, %3, \\u12, &#99999999999;, &x;",
            "%, %3, \\u12, &#99999999999;, &x;",
        ),
    ] {
        assert_eq!(redactor.hide(text), hidden, "{text}");
    }
}

/// Base64 of the whole text, by its definition.
fn coded(bytes: &[u8], alphabet_end: [char; 2]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for letter in 0..=group.len() {
            let value = u8::try_from(bits >> (18 - 6 * letter) & 63).unwrap();
            text.push(match value {
                0..26 => char::from(b'A' + value),
                26..52 => char::from(b'a' + value - 26),
                52..62 => char::from(b'0' + value - 52),
                _ => alphabet_end[usize::from(value - 62)],
            });
        }
    }
    text
}

/// Writes each character plainly or in one of its escapes, as the numbers say.
fn escaped(text: &str, choices: &[u8]) -> String {
    let spelt = text.chars().zip(choices.iter().cycle());
    spelt
        .map(|(c, choice)| match choice % 8 {
            0 => format!("%{:02x}", u32::from(c)),
            1 => format!("%{:02X}", u32::from(c)),
            2 => format!("\\u{:04x}", u32::from(c)),
            3 => format!("\\u{:04X}", u32::from(c)),
            4 => format!("\\x{:02x}", u32::from(c)),
            5 => format!("&#{};", u32::from(c)),
            6 => format!("%25{:02X}", u32::from(c)),
            _ => c.to_string(),
        })
        .collect()
}

proptest! {
    /// Whatever is cut out of a secret, escaped in any way and set anywhere, is hidden; what is
    /// around stays.
    #[test]
    fn any_piece_in_any_escapes_is_hidden(
        secret in "[A-Za-z0-9:_+/=.-]{12,60}",
        from in 0..1000_usize,
        length in 0..1000_usize,
        choices in proptest::collection::vec(any::<u8>(), 1..50),
        before in "[ а-я<>]{0,9}",
        after in "[ а-я<>]{0,9}",
    ) {
        let length = PIECE + length % (secret.len() - PIECE + 1);
        let from = from % (secret.len() - length + 1);
        let piece = secret.get(from..from + length).unwrap();
        let text = format!("{before}{}{after}", escaped(piece, &choices));
        let hidden = Redactor::new([secret.as_str()]).hide(&text);
        prop_assert_eq!(hidden, format!("{before}***{after}"));
    }

    /// In both alphabets of Base64 and at every alignment, at most the two ends of a piece remain,
    /// which say less than the shortest piece.
    #[test]
    fn any_piece_in_base64_is_hidden(
        secret in "[ -~]{14,60}",
        before in "[ -~]{0,9}",
        after in "[ -~]{0,9}",
        cut in 0..40_usize,
        is_url in any::<bool>(),
    ) {
        let end = if is_url { ['-', '_'] } else { ['+', '/'] };
        let coded = coded(format!("{before}{secret}{after}").as_bytes(), end);
        let coded = coded.get(cut.min(coded.len())..).unwrap();
        let hidden = Redactor::new([secret.as_str()]).hide(coded);
        let own = (before.len() * 8).div_ceil(6)..(before.len() + secret.len()) * 8 / 6;
        let seen = own.start.max(cut)..own.end.max(cut);
        if seen.len() >= PIECE {
            prop_assert!(hidden.contains(HIDDEN), "{coded} became {hidden}");
            let own = coded.get(seen.start - cut..seen.end - cut).unwrap();
            let (first, last) = (own.get(..PIECE), own.get(own.len() - PIECE..));
            prop_assert!(!hidden.contains(first.unwrap()) && !hidden.contains(last.unwrap()));
        }
    }

    /// A text without a secret stays as it is.
    #[test]
    fn innocent_texts_stay(text in "[ а-яa-z%&;u0-9\\\\{}]{0,80}") {
        let redactor = Redactor::new(["SECRET-SECRET-SECRET"]);
        prop_assert_eq!(redactor.hide(&text), text);
    }
}
