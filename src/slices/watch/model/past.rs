//! An account's past: its history and the outcomes of its last probes.

use super::verdict::Verdict;
use crate::clock::UnixMs;
use crate::words::words;

words! {
    /// An entry of an account's history.
    pub(crate) enum Change {
        Added = "added",
        /// A run found it.
        Found = "found",
        /// A run found it, and somebody else has the name; the detail is the identity before.
        OtherOwner = "other",
        /// A run no longer found it.
        Gone = "gone",
        /// A person stopped it for a while.
        Paused = "paused",
        /// A person resumed it.
        Resumed = "resumed",
        /// A person restarted the wait.
        Again = "again",
        /// A person extended the agreed time; the detail is the number of days.
        Extended = "extended",
        /// A person wrote or removed a note.
        Noted = "noted",
        /// A person changed what to wait for; the detail is its word.
        Until = "until",
        /// A person removed it.
        Removed = "removed",
        /// A person restored it.
        Restored = "restored",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Past {
    pub what: Change,
    /// The days added, or the word for the new wait.
    pub detail: String,
    pub by: By,
    pub at: UnixMs,
}

/// Who changed an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum By {
    Run,
    /// A person, by number.
    Person(i64),
    /// A person who had their data deleted.
    Nobody,
}

/// The outcomes of an account's last probes, two bits each, the newest in the lowest bits. A single
/// number is cheap to update in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProbeHistory(pub i64);

impl ProbeHistory {
    pub const KEPT: u32 = 24;

    pub const MASK: i64 = (1 << (2 * Self::KEPT)) - 1;

    /// This bit, above all outcomes, is always set in the database. SQLite stores a number in as
    /// few bytes as possible, and rewriting a row of unchanged size costs half as much.
    pub const WIDTH: i64 = 1 << (2 * Self::KEPT);

    /// The value to store.
    #[must_use]
    pub const fn stored(bits: i64) -> Self {
        Self(bits & Self::MASK)
    }

    /// The bits of an outcome. The bits 0 mean no probe, as after a new wait.
    #[must_use]
    pub const fn bits(verdict: Verdict) -> i64 {
        match verdict {
            Verdict::Found => 1,
            Verdict::NotFound => 2,
            Verdict::Error => 3,
        }
    }

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

    /// The outcomes, the oldest first.
    pub fn oldest_first(self) -> impl Iterator<Item = Verdict> {
        let places = (0..Self::KEPT).rev();
        places.filter_map(move |place| self.at(place))
    }
}

#[cfg(test)]
#[path = "tests/past.rs"]
mod tests;
