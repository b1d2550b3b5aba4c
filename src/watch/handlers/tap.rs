//! What a button of the watch means: its data, read back.

use crate::watch::account::{Decision, Subject};

/// Days by which a button makes the agreed time longer.
pub(super) const EXTENSIONS: [u32; 2] = [7, 30];

/// A button of the watch, parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tap {
    Add,
    List(Which, usize),
    Card(Which, i64),
    Check(i64),
    Pause(i64, bool),
    Again(i64),
    Extend(i64, u32),
    AskDelete(Which, i64),
    Delete(Which, i64),
    CheckMine,
    CheckAll,
    Status,
    Charts,
    Chart(Subject),
    MassChanges,
    Decide(Decision, i64),
}

/// Whose accounts a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Mine,
    All,
}

impl Which {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::All => "all",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        match word {
            "mine" => Some(Self::Mine),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

impl Tap {
    pub(super) fn parse(data: &str) -> Option<Self> {
        let parts: Vec<&str> = data.split(':').collect();
        let tap = match parts.as_slice() {
            ["add"] => Self::Add,
            ["list", which, page] => Self::List(Which::parse(which)?, page.parse().ok()?),
            ["card", which, id] => Self::Card(Which::parse(which)?, id.parse().ok()?),
            ["check", id] => Self::Check(id.parse().ok()?),
            ["pause", id] => Self::Pause(id.parse().ok()?, true),
            ["resume", id] => Self::Pause(id.parse().ok()?, false),
            ["again", id] => Self::Again(id.parse().ok()?),
            ["extend", id, days] => Self::Extend(
                id.parse().ok()?,
                days.parse().ok().filter(|d| EXTENSIONS.contains(d))?,
            ),
            ["ask-delete", which, id] => Self::AskDelete(Which::parse(which)?, id.parse().ok()?),
            ["delete", which, id] => Self::Delete(Which::parse(which)?, id.parse().ok()?),
            ["check-mine"] => Self::CheckMine,
            ["check-all"] => Self::CheckAll,
            ["status"] => Self::Status,
            ["charts"] => Self::Charts,
            ["chart", subject] => Self::Chart(Subject::from_word(subject)?),
            ["mass"] => Self::MassChanges,
            ["mass", decision, id] => {
                Self::Decide(Decision::from_word(decision)?, id.parse().ok()?)
            }
            _ => return None,
        };
        Some(tap)
    }
}
