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

/// Names longer than this are long: some sites cut names at a length.
const LONG: usize = 15;

/// The longest random name to try.
const LONGEST_TRY: usize = 20;

/// So many changed known names must all be there before the site is said to know no difference.
/// Somebody may have one of them.
const WITNESSES: usize = 3;

/// A random name has at least this many random characters, so that nobody has it. Very short names
/// cannot.
const RANDOM_CHARS: usize = 6;

const CAPITAL: u8 = 1;
const DIGIT_FIRST: u8 = 1 << 1;
const ONLY_DIGITS: u8 = 1 << 2;
/// ASCII letters or digits beside those of another alphabet.
const MIXED: u8 = 1 << 3;

/// What a user name is made of. The default is the plain shape: small ASCII letters and digits, a
/// letter first, neither very short nor long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    marks: u8,
    /// The signs, one bit for each ASCII code: sites treat every sign in their own way.
    at_start: u128,
    at_end: u128,
    between: u128,
    /// The part of Unicode that the first character beyond ASCII comes from.
    alphabet: u16,
    /// The exact length of a very short or long name, otherwise 0.
    length: u8,
}

/// The place of a sign in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    End,
    Between,
}

impl Place {
    /// All places of a sign in a name. A sign that fills the name is at its start.
    fn of(sign: char, name: &str) -> impl Iterator<Item = Self> {
        let between = name.strip_prefix(sign).unwrap_or(name);
        let is_end = between.ends_with(sign);
        let between = between.strip_suffix(sign).unwrap_or(between);
        let places = [
            (Self::Start, name.starts_with(sign)),
            (Self::End, is_end),
            (Self::Between, between.contains(sign)),
        ];
        places
            .into_iter()
            .filter_map(|(place, is_there)| is_there.then_some(place))
    }
}

impl Shape {
    #[must_use]
    pub(crate) fn of(name: &str) -> Self {
        let mut shape = Self::default();
        let (mut length, mut digits) = (0, 0);
        let (mut is_ascii, mut is_beyond) = (false, false);
        for c in name.chars() {
            length += 1;
            is_ascii |= c.is_ascii_alphanumeric();
            is_beyond |= c.is_alphanumeric() && !c.is_ascii();
            digits += usize::from(c.is_ascii_digit());
            if c.is_uppercase() {
                shape.marks |= CAPITAL;
            }
            if !c.is_ascii() && shape.alphabet == 0 {
                shape.alphabet = u16::try_from(u32::from(c) >> 7).unwrap_or(u16::MAX);
            }
        }
        for sign in name.chars().filter(|c| !c.is_alphanumeric()) {
            // Those beyond ASCII share the last bit, which no sign in names has.
            let bit = 1 << u32::from(sign).min(127);
            for place in Place::of(sign, name) {
                match place {
                    Place::Start => shape.at_start |= bit,
                    Place::End => shape.at_end |= bit,
                    Place::Between => shape.between |= bit,
                }
            }
        }
        if is_ascii && is_beyond {
            shape.marks |= MIXED;
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            shape.marks |= DIGIT_FIRST;
        }
        if digits == length {
            shape.marks |= ONLY_DIGITS;
        }
        if length <= VERY_SHORT || length > LONG {
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

    fn is_long(self) -> bool {
        usize::from(self.length) > LONG
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

    /// Groups of names that a site shows a known page for if it cuts names like `model` at a sign
    /// or at a length, or strips or trims a sign. Not all names of a group belong to somebody.
    #[must_use]
    pub(crate) fn known_like(&self, model: &str) -> Vec<Vec<Username>> {
        let shape = Shape::of(model);
        let mut groups = Vec::new();
        if shape.is_long() && !shape.is_crowded() {
            groups.push(self.with_another_end(model));
        }
        // Letters of another alphabet are stripped like a sign.
        let is_mixed = shape.marks & MIXED != 0;
        let letter = model.find(|c: char| is_mixed && !c.is_ascii() && c.is_alphanumeric());
        for (at, sign) in model.char_indices() {
            let is_first_sign = !sign.is_alphanumeric() && model.find(sign) == Some(at);
            if is_first_sign {
                groups.extend(Place::of(sign, model).map(|at| self.with_put_in(model, sign, at)));
            } else if letter == Some(at) {
                groups.push(self.with_put_in(model, sign, Place::Between));
            } else {
                continue;
            }
            if let (Some(head), Some(tail)) = (model.get(..at), model.get(at..))
                && at > 0
            {
                let name = self.known_with(head, tail, sign, shape);
                groups.push(name.into_iter().collect());
            }
        }
        groups.retain(|group| !group.is_empty());
        groups
    }

    /// A known name with a sign put in. Where the site allows no such name, the model stands for
    /// it.
    fn with_put_in(&self, model: &str, sign: char, place: Place) -> Vec<Username> {
        let known = self.controls().iter().map(Username::as_str);
        let groups = known.chain([model]).map(|name| {
            let counts = [1, 2, 3].into_iter().cycle().take(12);
            let names = counts.filter_map(|count| put_in(name, sign, place, count));
            self.distinct(names.filter(|name| name != model))
        });
        let groups: Vec<Vec<Username>> = groups.collect();
        // One name alone may be somebody's.
        let best = groups.iter().find(|group| group.len() > 1);
        let best = best.or_else(|| groups.iter().find(|group| !group.is_empty()));
        best.cloned().unwrap_or_default()
    }

    /// Names like `model` that differ at the very end.
    fn with_another_end(&self, model: &str) -> Vec<Username> {
        let Some((at, last)) = model.char_indices().rfind(|(_, c)| c.is_alphanumeric()) else {
            return Vec::new();
        };
        let names = (0..12).filter_map(|_| {
            // People count their names on.
            let letter = if last.is_ascii_digit() { 'a' } else { last };
            let (start, end) = (model.get(..at)?, model.get(at + last.len_utf8()..)?);
            Some(format!("{start}{}{end}", another(letter)))
        });
        self.distinct(names.filter(|name| name != model))
    }

    /// The first valid ones of these names, the first one last.
    fn distinct(&self, names: impl Iterator<Item = String>) -> Vec<Username> {
        let mut distinct = Vec::new();
        for name in names.filter_map(|name| self.exact_username(&name).ok()) {
            if distinct.len() < WITNESSES && !distinct.contains(&name) {
                distinct.push(name);
            }
        }
        distinct.reverse();
        distinct
    }

    /// A known name that this sign does not cut, with a random tail like this one; of this shape,
    /// if there is one. Without such a known name, `head` stands for it.
    fn known_with(&self, head: &str, tail: &str, sign: char, shape: Shape) -> Option<Username> {
        let known = self.controls().iter().map(Username::as_str);
        let known = known.filter(|name| !name.contains(sign));
        let like = |known: &str| {
            let (model, kept) = (format!("{known}{tail}"), known.chars().count());
            let own = model.chars().count();
            let names = [8, 6, 4, 2, 0].map(|more| imitate(&model, kept, own + more));
            names.into_iter().flatten()
        };
        let valid = |name: String| self.exact_username(&name).ok();
        let names: Vec<Username> = known.flat_map(like).filter_map(valid).collect();
        let is_alike = |name: &&Username| Shape::of(name.as_str()) == shape;
        let best = names.iter().find(is_alike).or(names.first());
        best.cloned().or_else(|| like(head).find_map(valid))
    }
}

/// A name with so many of a sign between its letters, or more of it around them.
fn put_in(name: &str, sign: char, place: Place, count: usize) -> Option<String> {
    // Names of the famous with a sign or two around them are taken.
    let around = || String::from(sign).repeat(2 * count - 1);
    match place {
        Place::Start => Some(around() + name),
        Place::End => Some(name.to_owned() + &around()),
        Place::Between => {
            let mut gaps: Vec<usize> = name.char_indices().map(|(at, _)| at).skip(1).collect();
            fastrand::shuffle(&mut gaps);
            gaps.truncate(count);
            let mut out = String::with_capacity(name.len() + count * sign.len_utf8());
            for (at, c) in name.char_indices() {
                if gaps.contains(&at) {
                    out.push(sign);
                }
                out.push(c);
            }
            (!gaps.is_empty()).then_some(out)
        }
    }
}

/// The lengths to try for a name like one of this length. The longer, the less likely that anybody
/// has it.
fn lengths(own: usize) -> impl Iterator<Item = usize> {
    let long = [LONGEST_TRY, 16, LONG, 14, 12, 10, 8];
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
        // Signs stay at both ends.
        let at = name.chars().next().map_or(0, char::len_utf8);
        let letters: String = (0..added).map(|_| fastrand::lowercase()).collect();
        name.insert_str(at, &letters);
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
