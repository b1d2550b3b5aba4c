//! The plain types of an account's past: what happened to it, and what the last looks gave.

use super::account::Verdict;
use crate::clock::UnixMs;
use crate::words::words;

words! {
    /// What happened to an account, as its history tells.
    pub enum Change {
        /// It was added.
        Added = "added",
        /// A run found it.
        Found = "found",
        /// A run did not find it any more.
        Gone = "gone",
        /// A person stopped it for a while.
        Paused = "paused",
        /// A person let it go on.
        Resumed = "resumed",
        /// A person began the wait anew.
        Again = "again",
        /// A person made the agreed time longer; the detail is by how many days.
        Extended = "extended",
        /// A person wrote or removed a note.
        Noted = "noted",
        /// A person chose what is waited for; the detail is the word of it.
        Until = "until",
        /// A person took it away.
        Removed = "removed",
        /// A person brought it back.
        Restored = "restored",
    }
}

/// A change of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// What happened.
    pub what: Change,
    /// More of it: days added, the word of what is waited for.
    pub detail: String,
    /// Who did it.
    pub by: By,
    /// When.
    pub at: UnixMs,
}

/// Who changed an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A run.
    Run,
    /// A person, by number.
    Person(i64),
    /// A person who was forgotten.
    Nobody,
}

/// What the last looks at an account gave, two bits each, the newest lowest: one number, so that keeping it costs a run
/// next to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looks(pub i64);

impl Looks {
    /// So many looks are kept.
    pub const KEPT: u32 = 24;

    /// The bits of all of them.
    pub const MASK: i64 = (1 << (2 * Self::KEPT)) - 1;

    /// Always set in the database, above all looks: SQLite stores a number in as few bytes as it needs, and a row that
    /// keeps its size is written where it is, for half of the work.
    pub const WIDTH: i64 = 1 << (2 * Self::KEPT);

    /// What the database holds.
    #[must_use]
    pub const fn stored(bits: i64) -> Self {
        Self(bits & Self::MASK)
    }

    /// The bits of a look. No look, as where a wait began anew, has none.
    #[must_use]
    pub const fn bits(verdict: Verdict) -> i64 {
        match verdict {
            Verdict::Found => 1,
            Verdict::NotFound => 2,
            Verdict::Error => 3,
        }
    }

    /// The newest look.
    #[must_use]
    pub fn last(self) -> Option<Verdict> {
        self.at(0)
    }

    fn at(self, place: u32) -> Option<Verdict> {
        match (self.0 >> (2 * place)) & 3 {
            1 => Some(Verdict::Found),
            2 => Some(Verdict::NotFound),
            3 => Some(Verdict::Error),
            _ => None,
        }
    }

    /// The looks, the oldest first.
    pub fn oldest_first(self) -> impl Iterator<Item = Verdict> {
        let places = (0..Self::KEPT).rev();
        places.filter_map(move |place| self.at(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_shifted_in_and_the_oldest_fall_out() {
        let mut looks = Looks::default();
        assert_eq!(looks.oldest_first().count(), 0);
        let shift =
            |looks: Looks, verdict| Looks((looks.0 << 2 & Looks::MASK) | Looks::bits(verdict));
        for verdict in [Verdict::NotFound, Verdict::Error, Verdict::Found] {
            looks = shift(looks, verdict);
        }
        let seen: Vec<Verdict> = looks.oldest_first().collect();
        assert_eq!(seen, [Verdict::NotFound, Verdict::Error, Verdict::Found]);
        for _ in 0..Looks::KEPT {
            looks = shift(looks, Verdict::Error);
        }
        assert!(
            looks
                .oldest_first()
                .all(|verdict| verdict == Verdict::Error)
        );
        assert_eq!(looks.oldest_first().count(), Looks::KEPT as usize);
    }
}
