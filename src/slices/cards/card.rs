//! The model of cards.

use crate::clock::UnixMs;
use crate::words::words;

/// In UTF-16 units.
pub(crate) const NAME_LENGTH: std::ops::RangeInclusive<usize> = 1..=100;

/// In UTF-16 units.
pub(crate) const LONGEST_DESCRIPTION: usize = 3500;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub id: i64,
    /// The name in share links.
    pub public_id: String,
    /// 0 when the owner was forgotten.
    pub owner_id: i64,
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Name of a file in the folder of photos.
    pub photo: String,
    /// A photo of the thing in its package.
    pub packaged: Option<String>,
    /// Codes of an inactive card are not called genuine.
    pub active: bool,
    /// Counted scans.
    pub checks: u64,
    /// People who made them.
    pub people: u64,
    pub created_at: UnixMs,
}

words! {
    /// The state that the owner gives to a code.
    pub enum CodeState {
        Active = "active",
        /// Not given out yet, or taken back.
        Inactive = "inactive",
        Recalled = "recalled",
        Stolen = "stolen",
    }
}

words! {
    pub enum ScanOutcome {
        /// Genuine, and counted.
        Genuine = "genuine",
        /// Genuine, but the same person looked a moment ago.
        Repeat = "repeat",
        /// The code or its card is not active.
        Inactive = "inactive",
        Recalled = "recalled",
        Stolen = "stolen",
        /// Well formed, but never given out.
        Unknown = "unknown",
        Mistyped = "mistyped",
        /// The person tried too many wrong codes, so nothing was looked up.
        Refused = "refused",
    }
}

/// Whose thing it is, from the viewer's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// Many things share the code, so no one thing has an owner.
    Shared,
    Free {
        code_id: i64,
    },
    /// The viewer's, since then.
    Own(UnixMs),
    Others(UnixMs),
}

/// Too many people scan the code of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloneAlarm {
    pub code_id: i64,
    /// The thing's number in its batch.
    pub serial: u32,
    /// Different people within a day.
    pub in_a_day: u32,
    /// Different people as far back as scans are kept.
    pub ever: u32,
    /// Somebody else has said that the thing is theirs.
    pub claimed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    Known {
        card: Box<Card>,
        outcome: ScanOutcome,
        /// Counted scans of this code, with this one.
        checks: u64,
        /// The first counted scan.
        first_at: Option<UnixMs>,
        /// The owner marked the code as suspicious.
        suspicious: bool,
        ownership: Ownership,
        /// To be told to the card's owner.
        alarm: Option<CloneAlarm>,
    },
    /// No card.
    Unmatched {
        outcome: ScanOutcome,
        /// With this scan the person has tried too many wrong codes, and is refused for a while.
        too_many: bool,
    },
}
