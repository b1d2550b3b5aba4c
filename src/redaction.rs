//! Hides secrets in a text, however they are spelt.
//!
//! A text may come from anywhere and may have been cut anywhere, so pieces of a secret are looked
//! for, not the whole one: as they are, with characters written as in addresses (`%3A`), JSON
//! (`\u003a`), code (`\x3a`) or HTML (`&#58;`), in both alphabets of Base64, and in hexadecimal
//! digits. Escapes within escapes are read, too.
//!
//! # Invariants
//! - No [`PIECE`] bytes of a secret in a row remain, nor any secret shorter than that.
//! - Callers that cut a text hide its secrets first.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// The replacement for a secret.
const HIDDEN: &str = "***";

/// Bytes of a secret that are a secret themselves. Shorter pieces occur in innocent texts.
const PIECE: usize = 12;

/// The fewest characters of Base64 that are looked for: fewer would stand for three bytes.
const SHORTEST_CODED: usize = 6;

/// How many escapes within each other are read.
const DEPTH: usize = 4;

/// The fewest characters after the colon of a bot token; Telegram's have 35.
const TOKEN_TAIL: usize = 30;

/// The beginning of our API tokens, and the fewest characters after it.
const API_TOKEN: (&[u8], usize) = (b"vakhta_", PIECE);

/// Finds secrets: those it knows, and everything that has the shape of a token. Clones share what
/// they know.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    plain: Arc<Pieces>,
    coded: Arc<Pieces>,
    hex: Arc<Pieces>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor(***)")
    }
}

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut plain, mut coded) = (Pieces::default(), Pieces::default());
        let mut hex = Pieces::default();
        for secret in secrets {
            plain.add(secret.as_bytes());
            let digits: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            if digits.len() >= PIECE {
                hex.add(digits.as_bytes());
            }
            // What follows one or two other bytes is spelt with other characters.
            for (before, mixed) in [(&[][..], 0), (&[0], 2), (&[0; 2], 3)] {
                let text = [before, secret.as_bytes()].concat();
                let own = base64(&text).split_off(mixed);
                if own.len() >= SHORTEST_CODED {
                    coded.add(&own);
                }
            }
        }
        Self {
            plain: Arc::new(plain),
            coded: Arc::new(coded),
            hex: Arc::new(hex),
        }
    }

    /// The text with `***` in the place of every secret.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut is_secret = vec![false; text.len()];
        let mut reading = Some(Reading::of(text));
        for _ in 0..DEPTH {
            let Some(read) = reading else { break };
            let mut found = |part: Range<usize>| {
                let places = read.places.get(part).unwrap_or_default();
                if let (Some(first), Some(last)) = (places.first(), places.last())
                    && let Some(marks) = is_secret.get_mut(first.start..last.end)
                {
                    marks.fill(true);
                }
            };
            self.plain.find(&read.bytes, &mut found);
            find_tokens(&read.bytes, &mut found);
            let one_alphabet = |byte: &u8| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => *other,
            };
            let coded: Vec<u8> = read.bytes.iter().map(one_alphabet).collect();
            self.coded.find(&coded, &mut found);
            self.hex.find(&read.bytes.to_ascii_lowercase(), &mut found);
            reading = read.unescaped();
        }
        let mut out = String::with_capacity(text.len());
        let mut before = false;
        for (at, c) in text.char_indices() {
            let hidden = is_secret.get(at) == Some(&true);
            match (hidden, before) {
                (true, true) => {}
                (true, false) => out.push_str(HIDDEN),
                (false, _) => out.push(c),
            }
            before = hidden;
        }
        out
    }
}

/// All pieces of all secrets, by their length.
#[derive(Default)]
struct Pieces(BTreeMap<usize, HashSet<Vec<u8>>>);

impl Pieces {
    fn add(&mut self, secret: &[u8]) {
        let length = secret.len().min(PIECE);
        if length > 0 {
            let pieces = secret.windows(length).map(<[u8]>::to_vec);
            self.0.entry(length).or_default().extend(pieces);
        }
    }

    fn find(&self, bytes: &[u8], found: &mut impl FnMut(Range<usize>)) {
        for (length, pieces) in &self.0 {
            for (at, part) in bytes.windows(*length).enumerate() {
                if pieces.contains(part) {
                    found(at..at + length);
                }
            }
        }
    }
}

/// Everything shaped like a token: digits, a colon and a long tail, or our own prefix and a tail.
fn find_tokens(bytes: &[u8], found: &mut impl FnMut(Range<usize>)) {
    let is_tail = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let tail = |at: usize| bytes.iter().skip(at).take_while(is_tail).count();
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b':') {
        let before = bytes.iter().take(at).rev();
        let digits = before.take_while(|byte| byte.is_ascii_digit()).count();
        let length = tail(at + 1);
        if digits > 0 && length >= TOKEN_TAIL {
            found(at - digits..at + 1 + length);
        }
    }
    let (prefix, least) = API_TOKEN;
    for (at, part) in bytes.windows(prefix.len()).enumerate() {
        let length = tail(at + prefix.len());
        let digits = bytes.iter().skip(at + prefix.len()).take(least);
        if part == prefix && length >= least && digits.into_iter().all(u8::is_ascii_hexdigit) {
            found(at..at + prefix.len() + length);
        }
    }
}

/// A text in one way of reading it: its bytes, and where in the original text each of them is
/// written.
struct Reading {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Reading {
    fn of(text: &str) -> Self {
        let mut places = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            places.extend(std::iter::repeat_n(at..at + c.len_utf8(), c.len_utf8()));
        }
        Self {
            bytes: text.as_bytes().to_vec(),
            places,
        }
    }

    /// The text with its escapes resolved; `None` if it has none.
    fn unescaped(&self) -> Option<Self> {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let (Some(rest), Some(place)) = (self.bytes.get(at..), self.places.get(at)) {
            let Some(first) = rest.first() else { break };
            let (meant, length) = escape(rest).unwrap_or_else(|| (vec![*first], 1));
            let last = self.places.get(at + length - 1).unwrap_or(place);
            places.extend(std::iter::repeat_n(place.start..last.end, meant.len()));
            bytes.extend(meant);
            at += length;
        }
        let changed = bytes.len() < self.bytes.len();
        changed.then_some(Self { bytes, places })
    }
}

/// The escape at the beginning of a text: what it means, and how long it is.
fn escape(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let number = |digits: &[u8], radix| {
        let digits = std::str::from_utf8(digits).ok()?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
        u32::from_str_radix(digits, radix).ok().filter(|_| plain)
    };
    let character = |code: u32| char::from_u32(code).map(|c| c.to_string().into_bytes());
    let until = |end: u8, start: usize| {
        let digits = text.get(start..)?;
        let length = digits.iter().take(9).position(|byte| *byte == end)?;
        Some((digits.get(..length)?, start + length + 1))
    };
    match text {
        [b'%', high, low, ..] => {
            let byte = number(&[*high, *low], 16)?;
            Some((vec![u8::try_from(byte).ok()?], 3))
        }
        [b'\\', b'u', b'{', ..] => {
            let (digits, length) = until(b'}', 3)?;
            Some((character(number(digits, 16)?)?, length))
        }
        [b'\\', b'u', digits @ ..] => Some((character(number(digits.get(..4)?, 16)?)?, 6)),
        [b'\\', b'x', digits @ ..] => Some((character(number(digits.get(..2)?, 16)?)?, 4)),
        [b'\\', c @ (b'\\' | b'/' | b'"' | b'\''), ..] => Some((vec![*c], 2)),
        [b'&', b'#', b'x' | b'X', ..] => {
            let (digits, length) = until(b';', 3)?;
            Some((character(number(digits, 16)?)?, length))
        }
        [b'&', b'#', ..] => {
            let (digits, length) = until(b';', 2)?;
            Some((character(number(digits, 10)?)?, length))
        }
        [b'&', ..] => {
            let (name, length) = until(b';', 1)?;
            let meant = match name {
                b"amp" => b'&',
                b"lt" => b'<',
                b"gt" => b'>',
                b"quot" => b'"',
                b"apos" => b'\'',
                _ => return None,
            };
            Some((vec![meant], length))
        }
        _ => None,
    }
}

/// The characters of Base64 that these bytes decide alone, without those that further bytes change.
fn base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let letter = |at: usize| {
        let value = (at * 6..at * 6 + 6).fold(0, |value, at| value << 1 | usize::from(bit(at)));
        ALPHABET.get(value).copied().unwrap_or_default()
    };
    (0..bytes.len() * 8 / 6).map(letter).collect()
}

#[cfg(test)]
#[path = "tests/redaction.rs"]
mod tests;
