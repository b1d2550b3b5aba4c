//! The domain types of cards.

use serde::{Deserialize, Serialize};

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
    /// 0 if the owner's data was deleted.
    pub owner_id: i64,
    pub name: String,
    /// May be empty.
    pub description: String,
    /// The name of a file in the photo folder.
    pub photo: String,
    /// A photo of the thing in its package.
    pub packaged: Option<String>,
    /// Codes of an inactive card do not count as genuine.
    pub active: bool,
    /// Counted scans.
    pub checks: u64,
    /// The number of people who made them.
    pub people: u64,
    pub created_at: UnixMs,
}

words! {
    /// A part of a card that can be changed.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub(crate) enum CardPart {
        Name = "name",
        Description = "description",
        Photo = "photo",
        Packaged = "packaged",
    }
}

impl CardPart {
    pub(crate) fn is_picture(self) -> bool {
        matches!(self, Self::Photo | Self::Packaged)
    }

    /// The part's current value; for a photo its file name.
    pub(crate) fn of(self, card: &Card) -> &str {
        match self {
            Self::Name => &card.name,
            Self::Description => &card.description,
            Self::Photo => &card.photo,
            Self::Packaged => card.packaged.as_deref().unwrap_or_default(),
        }
    }
}

words! {
    /// The state of a code, set by the card's owner.
    pub enum CodeState {
        Active = "active",
        /// Not issued yet, or withdrawn.
        Inactive = "inactive",
        Recalled = "recalled",
        Stolen = "stolen",
    }
}

words! {
    pub enum ScanOutcome {
        /// Genuine, and counted.
        Genuine = "genuine",
        /// Genuine, but the same person scanned it a moment ago.
        Repeat = "repeat",
        /// The code or its card is not active.
        Inactive = "inactive",
        Recalled = "recalled",
        Stolen = "stolen",
        /// Well formed, but never issued.
        Unknown = "unknown",
        Mistyped = "mistyped",
        /// The person tried too many wrong codes, so nothing was looked up.
        Refused = "refused",
    }
}

/// Who owns the thing, from the viewer's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// Many things share the code, so no one thing has an owner.
    Shared,
    Free {
        code_id: i64,
    },
    /// The viewer's since this moment.
    Own(UnixMs),
    Others(UnixMs),
}

/// Too many people scanned the code of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloneAlarm {
    pub code_id: i64,
    /// The thing's number in its batch.
    pub serial: u32,
    /// Different people within a day.
    pub in_a_day: u32,
    /// Different people among all scans still stored.
    pub ever: u32,
    /// Another person has claimed the thing.
    pub claimed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    Known {
        card: Box<Card>,
        outcome: ScanOutcome,
        /// Counted scans of this code, including this one.
        checks: u64,
        /// The first counted scan.
        first_at: Option<UnixMs>,
        /// The owner marked the code as suspicious.
        suspicious: bool,
        ownership: Ownership,
        /// The alarm to send to the card's owner.
        alarm: Option<CloneAlarm>,
    },
    /// No card.
    Unmatched {
        outcome: ScanOutcome,
        /// With this scan the person has tried too many wrong codes and will be refused for a
        /// while.
        too_many: bool,
    },
}
