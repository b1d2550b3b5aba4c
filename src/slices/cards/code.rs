//! The code of a thing: 16 random symbols and 2 check symbols, in Crockford's base32.
//!
//! The check symbols are a Reed-Solomon code over GF(32): the sum of all symbols, and their sum
//! weighted by powers of a generator, are both zero.
//!
//! # Invariants
//!
//! - The random symbols come from the system's generator and mean nothing.
//! - The check finds every mistake in one or two symbols and every swap of two.
//! - So a typing mistake is never taken for a counterfeit.

use std::fmt;

use anyhow::anyhow;
use ring::rand::SecureRandom as _;

use crate::html::is_invisible;

/// 80 random bits cannot be guessed.
const DRAWN: usize = 16;

pub(crate) const LENGTH: usize = DRAWN + 2;

/// Symbols per group of the readable form.
const GROUP: usize = 4;

/// Crockford's alphabet: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Begins the start parameter of a scanned code.
pub(crate) const SCAN_PREFIX: &str = "v_";

/// A well-formed code. It may never have been issued.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mistyped {
    /// The number of symbols differs from [`LENGTH`].
    #[error("{0} symbols instead of {LENGTH}")]
    Length(usize),
    #[error("no code has the sign {0:?}")]
    Sign(char),
    #[error("the check symbols do not fit")]
    Check,
}

impl Code {
    pub fn draw() -> anyhow::Result<Self> {
        let mut symbols = [0_u8; DRAWN];
        ring::rand::SystemRandom::new()
            .fill(&mut symbols)
            .map_err(|_| anyhow!("the system gives no random numbers"))?;
        // The alphabet's length divides 256, so every symbol is equally likely.
        Ok(Self::of_symbols(symbols.map(|byte| byte % 32)))
    }

    fn of_symbols(drawn: [u8; DRAWN]) -> Self {
        let (sum, weighted) = sums(drawn.iter().copied());
        // With two more symbols a, b the sums become `sum + a + b` and `weighted·x² + a·x + b`;
        // both must be zero.
        let a = over_x_plus_one(times_x(times_x(weighted)) ^ sum);
        let b = sum ^ a;
        let symbols = drawn.into_iter().chain([a, b]);
        Self(symbols.map(letter).collect())
    }

    /// Reads a typed or scanned code: in any case, with hyphens and spaces, in quotes or brackets,
    /// and with letters that look like the right ones (`O` for `0`, `I` and `L` for `1`, Cyrillic
    /// for Latin).
    pub fn read(text: &str) -> Result<Self, Mistyped> {
        let mut symbols = Vec::with_capacity(LENGTH);
        let mut n = 0;
        for sign in bare(text).chars() {
            if is_gap(sign) {
                continue;
            }
            n += 1;
            // Symbols of a very long text are counted but not kept.
            if symbols.len() < LENGTH {
                symbols.push(symbol(sign).ok_or(Mistyped::Sign(sign))?);
            }
        }
        if n != LENGTH {
            return Err(Mistyped::Length(n));
        }
        match sums(symbols.iter().copied()) {
            (0, 0) => Ok(Self(symbols.into_iter().map(letter).collect())),
            _ => Err(Mistyped::Check),
        }
    }

    /// Reads a text if it looks like a code, or like what a printed code says: a link to the bot,
    /// an address that begins with `base_url`, a start parameter. `None` for any other text.
    #[must_use]
    pub(crate) fn typed(text: &str, base_url: Option<&str>) -> Option<Result<Self, Mistyped>> {
        if let Some(code) = in_address(text, base_url) {
            return Some(Self::read(code));
        }
        let text = bare(text);
        let text = after(text, SCAN_PREFIX).unwrap_or(text);
        let signs = text.chars().filter(|sign| !is_gap(*sign));
        let looks = text.chars().all(|c| is_gap(c) || c.is_alphanumeric())
            && signs.clone().any(|c| c.is_ascii_digit())
            && signs.count().abs_diff(LENGTH) <= 2;
        looks.then(|| Self::read(text))
    }

    /// The 18 symbols, as stored and as in a start parameter.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The readable form: `0123-4567-89AB-CDEF-GH`.
    #[must_use]
    pub fn spoken(&self) -> String {
        let mut spoken = String::with_capacity(LENGTH + LENGTH / GROUP);
        for (i, symbol) in self.0.chars().enumerate() {
            if i > 0 && i % GROUP == 0 {
                spoken.push('-');
            }
            spoken.push(symbol);
        }
        spoken
    }
}

/// A code is a credential, so a log shows only its beginning.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({}…)", self.0.get(..GROUP).unwrap_or_default())
    }
}

/// The code in an address as it is printed, whatever is around it.
fn in_address<'a>(text: &'a str, base_url: Option<&str>) -> Option<&'a str> {
    let parameter = format!("start={SCAN_PREFIX}");
    let place = |host: &str| {
        let (_, host) = host.split_once("://").unwrap_or(("", host));
        let begin = text.to_ascii_lowercase().find(&host.to_ascii_lowercase())?;
        let before = text.get(..begin)?.chars().next_back();
        // Otherwise it is the end of another name.
        before
            .is_none_or(|sign| !sign.is_alphanumeric() && sign != '-' && sign != '.')
            .then(|| text.get(begin + host.len()..))?
    };
    let rest = place(&parameter).or_else(|| base_url.and_then(place))?;
    let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '-');
    rest.get(..end.unwrap_or(rest.len()))
}

/// The text after a prefix, which may be in capitals.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (begin, rest) = text.split_at_checked(prefix.len())?;
    begin.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The text without quotes, brackets and punctuation around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|sign: char| {
        is_gap(sign)
            || matches!(
                sign,
                '\'' | '"' | '`' | '*' | '«' | '»' | '‘'..='‟' | '‹' | '›'
            )
            || matches!(sign, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>')
            || matches!(sign, '.' | ',' | ';' | ':' | '!' | '?' | '…')
    })
}

fn is_gap(sign: char) -> bool {
    sign.is_whitespace() || is_invisible(sign) || matches!(sign, '-' | '\u{2010}'..='\u{2015}')
}

fn letter(symbol: u8) -> char {
    let letter = ALPHABET.get(usize::from(symbol % 32));
    letter.copied().map_or('0', char::from)
}

fn symbol(sign: char) -> Option<u8> {
    let meant = match sign.to_uppercase().next()? {
        'O' | 'О' => '0',
        'I' | 'L' => '1',
        'А' => 'A',
        'В' => 'B',
        'С' => 'C',
        'Е' => 'E',
        'Н' => 'H',
        'К' => 'K',
        'М' => 'M',
        'Р' => 'P',
        'Т' => 'T',
        'Х' => 'X',
        'У' => 'Y',
        other => other,
    };
    let place = ALPHABET
        .iter()
        .position(|letter| char::from(*letter) == meant)?;
    u8::try_from(place).ok()
}

/// The sum of the symbols, and their sum weighted by powers of x, the last one by 1.
fn sums(symbols: impl Iterator<Item = u8>) -> (u8, u8) {
    symbols.fold((0, 0), |(sum, weighted), symbol| {
        (sum ^ symbol, times_x(weighted) ^ symbol)
    })
}

/// Times x in GF(32), modulo x⁵ + x² + 1; x is a generator.
fn times_x(symbol: u8) -> u8 {
    let doubled = symbol << 1;
    if doubled & 0b10_0000 == 0 {
        doubled
    } else {
        doubled ^ 0b10_0101
    }
}

/// Divided by x + 1, which is x¹⁸: times x¹³, because x³¹ is 1.
fn over_x_plus_one(symbol: u8) -> u8 {
    (0..13).fold(symbol, |product, _| times_x(product))
}

#[cfg(test)]
#[path = "tests/code.rs"]
mod tests;
