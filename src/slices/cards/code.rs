//! The code of a thing: 16 random symbols and 2 check symbols of Crockford's base32.
//!
//! Must stay true: the random symbols come from the system's source of chance and mean nothing, so a code can only be
//! looked up; the check symbols find every mistake in one or two symbols and every exchange of two, so what was mistyped is
//! never taken for a counterfeit. The check is a Reed-Solomon code over GF(32): both the sum of all symbols and their sum
//! weighted by powers of a generator are zero.

use std::fmt;

use anyhow::anyhow;
use ring::rand::SecureRandom as _;

/// Symbols drawn by chance: 80 bits, which nobody guesses.
const DRAWN: usize = 16;

/// Symbols of a whole code.
pub const LENGTH: usize = DRAWN + 2;

/// Symbols between two hyphens of the form that people read.
const GROUP: usize = 4;

/// Crockford's alphabet: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What the start parameter of a scanned code begins with.
pub const SCAN_PREFIX: &str = "v_";

/// A code that is well formed; whether it was ever given out is not said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

/// Why a text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mistyped {
    /// It has so many symbols instead of [`LENGTH`].
    #[error("{0} symbols instead of {LENGTH}")]
    Length(usize),
    /// A sign that no code has.
    #[error("no code has the sign {0:?}")]
    Sign(char),
    /// The check symbols do not fit the others: some of them were mistyped.
    #[error("the check symbols do not fit")]
    Check,
}

impl Code {
    /// A new code.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn draw() -> anyhow::Result<Self> {
        let mut symbols = [0_u8; DRAWN];
        ring::rand::SystemRandom::new()
            .fill(&mut symbols)
            .map_err(|_| anyhow!("the system gives no random numbers"))?;
        // The alphabet's length divides 256, so every symbol is as likely as another.
        Ok(Self::of_symbols(symbols.map(|byte| byte % 32)))
    }

    fn of_symbols(drawn: [u8; DRAWN]) -> Self {
        let (sum, weighted) = sums(drawn.iter().copied());
        // With two more symbols a, b the sums become `sum + a + b` and `weighted·x² + a·x + b`; both are to be zero.
        let a = over_x_plus_one(times_x(times_x(weighted)) ^ sum);
        let b = sum ^ a;
        let symbols = drawn.into_iter().chain([a, b]);
        Self(symbols.map(letter).collect())
    }

    /// Reads what somebody typed or scanned: in any case, with hyphens and spaces, and with letters that look like the
    /// right ones (`O` for `0`, `I` and `L` for `1`, Cyrillic ones for Latin ones).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, Mistyped> {
        let mut symbols = Vec::with_capacity(LENGTH);
        let mut n = 0;
        for sign in text.chars() {
            if is_gap(sign) {
                continue;
            }
            n += 1;
            // A text without end is counted, not kept.
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

    /// What a typed text says, where it looks like a code at all; other texts are meant for something else.
    #[must_use]
    pub fn typed(text: &str) -> Option<Result<Self, Mistyped>> {
        let text = text.trim();
        let signs = text.chars().filter(|sign| !is_gap(*sign));
        let looks = text.chars().all(|c| is_gap(c) || c.is_alphanumeric())
            && signs.clone().any(|c| c.is_ascii_digit())
            && signs.count().abs_diff(LENGTH) <= 2;
        looks.then(|| Self::read(text))
    }

    /// The 18 symbols, as stored and as a start parameter carries them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that people read: `0123-4567-89AB-CDEF-GH`.
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

/// A code opens what it stands for, so a log shows its beginning only.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({}…)", self.0.get(..GROUP).unwrap_or_default())
    }
}

fn is_gap(sign: char) -> bool {
    sign.is_whitespace() || matches!(sign, '-' | '\u{2010}'..='\u{2015}')
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

/// The sum of symbols, and their sum weighted by powers of x, the last one by 1.
fn sums(symbols: impl Iterator<Item = u8>) -> (u8, u8) {
    symbols.fold((0, 0), |(sum, weighted), symbol| {
        (sum ^ symbol, times_x(weighted) ^ symbol)
    })
}

/// Times x in GF(32), made by x⁵ + x² + 1, of which x is a generator.
fn times_x(symbol: u8) -> u8 {
    let doubled = symbol << 1;
    if doubled & 0b10_0000 == 0 {
        doubled
    } else {
        doubled ^ 0b10_0101
    }
}

/// Divided by x + 1, which is x¹⁸: times x¹³, as x³¹ is 1.
fn over_x_plus_one(symbol: u8) -> u8 {
    (0..13).fold(symbol, |product, _| times_x(product))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes() -> impl Strategy<Value = Code> {
        prop::array::uniform16(0_u8..32).prop_map(Code::of_symbols)
    }

    fn with(code: &Code, changes: &[(usize, char)]) -> String {
        let mut signs: Vec<char> = code.as_str().chars().collect();
        for (place, sign) in changes {
            signs[*place] = *sign;
        }
        signs.into_iter().collect()
    }

    proptest! {
        #[test]
        fn every_code_is_read_back_however_it_is_written(code in codes()) {
            prop_assert_eq!(Code::read(code.as_str()), Ok(code.clone()));
            prop_assert_eq!(Code::read(&code.spoken()), Ok(code.clone()));
            let sloppy = code.spoken().to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
            prop_assert_eq!(Code::read(&sloppy), Ok(code.clone()));
            let cyrillic = code.as_str().replace('0', "о").replace('A', "А").replace('C', "с");
            prop_assert_eq!(Code::read(&cyrillic), Ok(code));
        }

        #[test]
        fn every_single_error_and_every_exchange_is_found(code in codes()) {
            let signs: Vec<char> = code.as_str().chars().collect();
            for (i, own) in signs.iter().enumerate() {
                for other in ALPHABET.iter().map(|letter| char::from(*letter)).filter(|other| other != own) {
                    prop_assert_eq!(Code::read(&with(&code, &[(i, other)])), Err(Mistyped::Check));
                }
                for (j, other) in signs.iter().enumerate().skip(i + 1).filter(|(_, other)| *other != own) {
                    prop_assert_eq!(Code::read(&with(&code, &[(i, *other), (j, *own)])), Err(Mistyped::Check));
                }
            }
        }

        #[test]
        fn two_errors_anywhere_are_found(code in codes(), i in 0..LENGTH, j in 0..LENGTH, a in 1_u8..32, b in 1_u8..32) {
            prop_assume!(i != j);
            let signs: Vec<char> = code.as_str().chars().collect();
            let off = |place: usize, by: u8| letter(symbol(signs[place]).unwrap() ^ by);
            let wrong = with(&code, &[(i, off(i, a)), (j, off(j, b))]);
            prop_assert_eq!(Code::read(&wrong), Err(Mistyped::Check));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            drop((Code::read(&text), Code::typed(&text)));
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let code = Code::draw().unwrap();
        assert_ne!(Code::draw().unwrap(), code);
        assert_eq!(
            Code::read(code.as_str().split_at(1).1),
            Err(Mistyped::Length(17))
        );
        assert_eq!(
            Code::read(&format!("{}Z", code.as_str())),
            Err(Mistyped::Length(19))
        );
        assert_eq!(Code::read("U"), Err(Mistyped::Sign('U')));
        assert_eq!(Code::read(""), Err(Mistyped::Length(0)));
        assert!(!format!("{code:?}").contains(code.as_str()));
    }

    #[test]
    fn only_what_looks_like_a_code_is_taken_for_one() {
        let code = Code::of_symbols([7; DRAWN]);
        assert_eq!(Code::typed(&code.spoken()), Some(Ok(code.clone())));
        assert_eq!(
            Code::typed(code.as_str().split_at(1).1),
            Some(Err(Mistyped::Length(17)))
        );
        for other in [
            "hello",
            "octocat github 30",
            "авторизация",
            "",
            "a@b",
            "1-2-3",
        ] {
            assert_eq!(Code::typed(other), None, "{other}");
        }
    }
}
