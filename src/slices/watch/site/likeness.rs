//! The shape of a user name, and random names of the same shape.
//!
//! Sites treat names differently by what they are made of: they cut them at a dot, strip hyphens,
//! take leading digits for a number, or show one page for every name that is not ASCII.
//!
//! # Invariants
//! - A random name has the shape of its model and is valid on the site.
//! - A random name is never the model itself.

use super::{Site, Username};

/// Names of this length or shorter are very short: most of them are taken.
const VERY_SHORT: usize = 3;

/// Names longer than this are very long. Our usual random names are not.
const VERY_LONG: usize = 20;

/// A random name has at least this many random characters, so that nobody has it. Very short names
/// cannot.
const RANDOM_CHARS: usize = 6;

const DOT: u8 = 1;
const HYPHEN: u8 = 1 << 1;
const UNDERSCORE: u8 = 1 << 2;
/// Any other ASCII sign.
const SIGN: u8 = 1 << 3;
/// The first or the last character is no letter and no digit.
const EDGE: u8 = 1 << 4;
const CAPITAL: u8 = 1 << 5;
const DIGIT_FIRST: u8 = 1 << 6;
const ONLY_DIGITS: u8 = 1 << 7;

/// What a user name is made of. The default is the plain shape: small ASCII letters and digits, a
/// letter first, neither very short nor very long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    marks: u8,
    /// The part of Unicode that the first character beyond ASCII comes from.
    alphabet: u16,
    /// The exact length of a very short or very long name, otherwise 0.
    length: u8,
}

impl Shape {
    #[must_use]
    pub(crate) fn of(name: &str) -> Self {
        let mut shape = Self::default();
        let (mut length, mut digits) = (0, 0);
        for c in name.chars() {
            length += 1;
            shape.marks |= match c {
                'a'..='z' => 0,
                '0'..='9' => {
                    digits += 1;
                    0
                }
                '.' => DOT,
                '-' => HYPHEN,
                '_' => UNDERSCORE,
                _ if c.is_uppercase() => CAPITAL,
                _ if c.is_ascii() => SIGN,
                _ => 0,
            };
            if !c.is_ascii() && shape.alphabet == 0 {
                shape.alphabet = u16::try_from(u32::from(c) >> 7).unwrap_or(u16::MAX);
            }
        }
        let is_edge = |c: char| !c.is_alphanumeric();
        if name.starts_with(is_edge) || name.ends_with(is_edge) {
            shape.marks |= EDGE;
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            shape.marks |= DIGIT_FIRST;
        }
        if digits == length {
            shape.marks |= ONLY_DIGITS;
        }
        if length <= VERY_SHORT || length > VERY_LONG {
            shape.length = u8::try_from(length).unwrap_or(u8::MAX);
        }
        shape
    }

    /// True if the site's usual random name has this shape.
    #[must_use]
    pub(crate) fn is_plain(self) -> bool {
        self == Self::default()
    }

    /// True if somebody may well have a random name of this shape: very short names and numbers.
    #[must_use]
    pub(crate) fn is_crowded(self) -> bool {
        (1..=VERY_SHORT).contains(&usize::from(self.length)) || self.marks & ONLY_DIGITS != 0
    }
}

impl Site {
    /// A random valid name of the same shape as `model`; `None` if the site's pattern allows no
    /// such name. The name is long, so that nobody has it, or `close` to the model's length,
    /// because some sites limit it.
    #[must_use]
    pub(crate) fn random_like(&self, model: &str, close: bool) -> Option<Username> {
        let shape = Shape::of(model);
        let is_alike = |name: &String| name != model && Shape::of(name) == shape;
        let own = model.chars().count();
        let mut lengths: Vec<usize> = lengths(own).collect();
        if close {
            lengths.reverse();
        }
        // Some patterns demand a fixed beginning.
        [0, 2, own / 2].into_iter().find_map(|kept| {
            let names = lengths.iter();
            let names = names.filter_map(|length| imitate(model, kept, *length));
            names
                .filter(is_alike)
                .find_map(|name| self.exact_username(&name).ok())
        })
    }

    /// Known names with random tails like those of `model` from each of its signs on. A site that
    /// cuts names at a sign shows the known page for one of them.
    #[must_use]
    pub(crate) fn known_like(&self, model: &str) -> Vec<Username> {
        let signs = model.char_indices().filter(|(_, c)| !c.is_alphanumeric());
        let is_first = |(at, c): &(usize, char)| *at > 0 && model.find(*c) == Some(*at);
        let tails = signs.filter(is_first);
        let shape = Shape::of(model);
        let names = tails.filter_map(|(at, sign)| self.known_with(model.get(at..)?, sign, shape));
        names.collect()
    }

    /// A known name that this sign does not cut, with a random tail like this one; of this shape,
    /// if there is one.
    fn known_with(&self, tail: &str, sign: char, shape: Shape) -> Option<Username> {
        let known = self.controls().iter().map(Username::as_str);
        let known = known.filter(|name| !name.contains(sign));
        let names = known.flat_map(|known| {
            let (model, kept) = (format!("{known}{tail}"), known.chars().count());
            let own = model.chars().count();
            [8, 6, 4, 2, 0].map(|more| imitate(&model, kept, own + more))
        });
        let mut first = None;
        for name in names.flatten() {
            let Ok(name) = self.exact_username(&name) else {
                continue;
            };
            if Shape::of(name.as_str()) == shape {
                return Some(name);
            }
            first.get_or_insert(name);
        }
        first
    }
}

/// The lengths to try for a name like one of this length. The longer, the less likely that anybody
/// has it.
fn lengths(own: usize) -> impl Iterator<Item = usize> {
    let long = [VERY_LONG, 16, 14, 12, 10, 8];
    long.into_iter()
        .filter(move |length| *length > own)
        .chain([own])
}

/// A name of this length with other letters and digits in the same places, except for the first
/// `kept` characters; what is missing in length is added after the last letter or digit. None if
/// too little of it would be random.
fn imitate(model: &str, kept: usize, length: usize) -> Option<String> {
    let own = model.chars().count();
    let last = model.chars().rev().position(char::is_alphanumeric);
    let last = last.map_or(own, |from_end| own - from_end - 1);
    let added = length.saturating_sub(own);
    let mut random = added;
    let mut name = String::with_capacity(model.len() + added * 4);
    for (at, c) in model.chars().enumerate() {
        if at < kept || !c.is_alphanumeric() {
            name.push(c);
        } else {
            random += 1;
            name.push(another(c));
        }
        if at == last {
            name.extend((0..added).map(|_| another(c)));
        }
    }
    if last == own {
        name.extend((0..added).map(|_| fastrand::lowercase()));
    }
    (random >= RANDOM_CHARS || own <= VERY_SHORT).then_some(name)
}

/// A random character of the same kind.
fn another(c: char) -> char {
    match c {
        'a'..='z' => fastrand::lowercase(),
        'A'..='Z' => fastrand::uppercase(),
        // No zero: a number does not begin with one.
        '0'..='9' => char::from(b'1' + fastrand::u8(..9)),
        _ => {
            // Sixteen neighbours are of one alphabet.
            let neighbour = (u32::from(c) & !15) + fastrand::u32(..16);
            let neighbour = char::from_u32(neighbour)
                .filter(|other| other.is_alphabetic() && other.is_uppercase() == c.is_uppercase());
            neighbour.unwrap_or(c)
        }
    }
}

#[cfg(test)]
#[path = "tests/likeness.rs"]
mod tests;
