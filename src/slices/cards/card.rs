//! The plain types of cards.

use crate::clock::UnixMs;
use crate::words::words;

/// Characters of a name.
pub const NAME_LENGTH: std::ops::RangeInclusive<usize> = 1..=100;

/// Characters of a description at most.
pub const LONGEST_DESCRIPTION: usize = 3500;

/// A card as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Ours.
    pub id: i64,
    /// Names it where it is shared.
    pub public_id: String,
    /// Who made it.
    pub owner_id: i64,
    /// What the thing is called; free text of the owner.
    pub name: String,
    /// What the owner says of it; may be empty.
    pub description: String,
    /// Its picture, by its name in the folder of pictures.
    pub photo: String,
    /// How it looks in its package.
    pub packaged: Option<String>,
    /// Its codes are genuine; otherwise nobody is told so.
    pub active: bool,
    /// Counted scans.
    pub checks: u64,
    /// People who made them.
    pub people: u64,
    /// When it was made.
    pub created_at: UnixMs,
}

words! {
    /// What the owner says of a code.
    pub enum CodeState {
        /// The thing is sold or for sale.
        Active = "active",
        /// Not given out yet, or taken back.
        Inactive = "inactive",
        /// The thing must not be used.
        Recalled = "recalled",
        /// The thing or its label was stolen.
        Stolen = "stolen",
    }
}

words! {
    /// What came of a scan.
    pub enum Outcome {
        /// Genuine, and counted.
        Genuine = "genuine",
        /// Genuine, but this person looked a moment ago.
        Repeat = "repeat",
        /// The code or its card is not active.
        Inactive = "inactive",
        /// The thing was recalled.
        Recalled = "recalled",
        /// The thing was stolen.
        Stolen = "stolen",
        /// Well formed, but never given out.
        Unknown = "unknown",
        /// Not well formed.
        Mistyped = "mistyped",
        /// This person tried too many codes that do not exist; nothing was looked up.
        Refused = "refused",
    }
}

/// Whose a thing is, as it is told to whoever looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Things share the code, so it says nothing of one of them.
    Shared,
    /// Nobody's yet.
    Free {
        /// The code by which it is claimed.
        code_id: i64,
    },
    /// Of whoever looks, since then.
    Own(UnixMs),
    /// Somebody else's, since then.
    Others(UnixMs),
}

/// What the owner of a card is told of a code for one thing that too many people scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// The code, by which buttons name it.
    pub code_id: i64,
    /// The thing's number in its batch.
    pub serial: u32,
    /// Different people within a day.
    pub in_a_day: u32,
    /// Different people as far as the log goes back.
    pub ever: u32,
    /// Somebody else had said before that the thing is theirs.
    pub claimed: bool,
}

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// A code of a card.
    Known {
        /// The card.
        card: Box<Card>,
        /// What came of it.
        outcome: Outcome,
        /// Counted scans of this code, this one included.
        checks: u64,
        /// The first of them; none when there was none.
        first_at: Option<UnixMs>,
        /// The owner found it suspicious.
        suspicious: bool,
        /// Whose the thing is.
        claim: Claim,
        /// What its owner is to be told.
        alarm: Option<Alarm>,
    },
    /// No card.
    Astray {
        /// Why.
        outcome: Outcome,
        /// With this one they are too many of this person, who is not served for a while.
        too_many: bool,
    },
}
