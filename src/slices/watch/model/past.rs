//! The past of an account: what happened to it, and the outcomes of its last probes.

use super::verdict::Verdict;
use crate::clock::UnixMs;
use crate::words::words;

words! {
    /// What happened to an account, as its history tells.
    pub(crate) enum Change {
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
        /// A person chose what is waited for. The detail is its word.
        Until = "until",
        /// A person took it away.
        Removed = "removed",
        /// A person brought it back.
        Restored = "restored",
    }
}

/// A change of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Past {
    pub what: Change,
    /// More of it: days added, the word of what is waited for.
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
    /// A person who was forgotten.
    Nobody,
}

/// The outcomes of the last probes of an account, two bits each, the newest lowest. One number
/// costs a run next to nothing to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProbeHistory(pub i64);

impl ProbeHistory {
    /// The number of outcomes that are kept.
    pub const KEPT: u32 = 24;

    /// The bits of all of them.
    pub const MASK: i64 = (1 << (2 * Self::KEPT)) - 1;

    /// This bit above all outcomes is always set in the database. SQLite stores a number in as few
    /// bytes as it needs, and a row that keeps its size is rewritten in place, for half of the
    /// work.
    pub const WIDTH: i64 = 1 << (2 * Self::KEPT);

    /// What the database holds.
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
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_shifted_in_and_the_oldest_fall_out() {
        let mut probes = ProbeHistory::default();
        assert_eq!(probes.oldest_first().count(), 0);
        let shift = |probes: ProbeHistory, verdict| {
            ProbeHistory((probes.0 << 2 & ProbeHistory::MASK) | ProbeHistory::bits(verdict))
        };
        for verdict in [Verdict::NotFound, Verdict::Error, Verdict::Found] {
            probes = shift(probes, verdict);
        }
        let seen: Vec<Verdict> = probes.oldest_first().collect();
        assert_eq!(seen, [Verdict::NotFound, Verdict::Error, Verdict::Found]);
        for _ in 0..ProbeHistory::KEPT {
            probes = shift(probes, Verdict::Error);
        }
        assert!(
            probes
                .oldest_first()
                .all(|verdict| verdict == Verdict::Error)
        );
        assert_eq!(probes.oldest_first().count(), ProbeHistory::KEPT as usize);
    }
}
