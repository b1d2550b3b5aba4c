//! Sets of prints: short hashes of what a page has.

/// At most this many prints of one kind are kept of a page. Of more, the least ones are kept, so
/// those of like pages stay comparable.
const MOST: usize = 512;

/// A sorted set of prints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prints(Vec<u32>);

impl Prints {
    /// The set of these prints.
    pub(super) fn of(mut prints: Vec<u32>) -> Self {
        prints.sort_unstable();
        prints.dedup();
        prints.truncate(MOST);
        prints.shrink_to_fit();
        Self(prints)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, print: u32) -> bool {
        self.0.binary_search(&print).is_ok()
    }

    /// The number of prints that both sets have.
    pub(super) fn common(&self, other: &Self) -> usize {
        self.0.iter().filter(|print| other.has(**print)).count()
    }

    /// True if so many tenths of all prints of both sets are in both.
    pub(super) fn is_like(&self, other: &Self, tenths: usize) -> bool {
        let common = self.common(other);
        10 * common >= tenths * (self.len() + other.len() - common)
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        let rest = self.0.iter().copied().filter(|print| !other.has(*print));
        Self(rest.collect())
    }

    pub(super) fn within(&self, other: &Self) -> Self {
        let rest = self.0.iter().copied().filter(|print| other.has(*print));
        Self(rest.collect())
    }

    pub(super) fn and(mut self, other: &Self) -> Self {
        self.0.extend(&other.0);
        self.0.sort_unstable();
        self.0.dedup();
        self
    }
}

/// The print of a few texts (FNV-1a). Digits make no difference: they count and number.
pub(super) fn print(parts: &[&str]) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    let mut take = |byte: u8| hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    for part in parts {
        for byte in part.bytes().filter(|byte| !byte.is_ascii_digit()) {
            take(byte);
        }
        take(0xff);
    }
    hash
}
