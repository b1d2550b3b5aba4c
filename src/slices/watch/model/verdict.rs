//! What a probe sees, and what a run reports about an account.

use crate::words::words;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sighting {
    /// The account is there.
    Exists,
    /// The account is not there.
    Missing,
}

words! {
    /// What a run reports about an account.
    pub enum Verdict {
        Found = "found",
        /// It is not there.
        NotFound = "not_found",
        /// We could not look.
        Error = "error",
    }
}

impl Verdict {
    #[must_use]
    pub fn of(seen: Sighting) -> Self {
        match seen {
            Sighting::Exists => Self::Found,
            Sighting::Missing => Self::NotFound,
        }
    }

    /// None if we could not look.
    #[must_use]
    pub fn sighting(self) -> Option<Sighting> {
        match self {
            Self::Found => Some(Sighting::Exists),
            Self::NotFound => Some(Sighting::Missing),
            Self::Error => None,
        }
    }
}
