//! What a button of the watch means: its data, read back.

use super::view::{View, Whose};
use crate::people::audit::Deed;
use crate::slices::watch::model::account::{ChartSubject, MassDecision, Until};

/// Days by which a button makes the agreed time longer.
pub(super) const EXTENSIONS: [u32; 2] = [7, 30];

/// A button of the watch, parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Callback<'a> {
    Add,
    /// A page of a list.
    List(View),
    /// Asks for a text to narrow a list by.
    Find(View),
    /// Sites to narrow a list by, page by page.
    Sites(Whose, usize),
    /// A site to narrow a list by.
    Site(Whose, &'a str),
    /// Something about one account, and the list it was reached from.
    Account(i64, Act, View),
    /// Adds the accounts of the table that was shown at a moment.
    Apply(i64),
    /// Sends accounts as a table.
    Export(Whose),
    CheckMine,
    Status,
    Charts,
    Chart(ChartSubject),
    MassChanges,
    Decide(MassDecision, i64),
}

/// What a button does with one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Show,
    Check,
    Pause,
    Resume,
    Again,
    Extend(u32),
    AskDays,
    AskNote,
    /// Removes the note that was shown, by its mark.
    ClearNote(u16),
    AskUntil,
    /// What was shown, and what is chosen.
    Until(Until, Until),
    Remove,
    Restore,
}

/// Acts that need nothing but the account.
const PLAIN_ACTS: &[(&str, Act)] = &[
    ("card", Act::Show),
    ("check", Act::Check),
    ("pause", Act::Pause),
    ("resume", Act::Resume),
    ("again", Act::Again),
    ("ask-days", Act::AskDays),
    ("ask-note", Act::AskNote),
    ("ask-until", Act::AskUntil),
    ("remove", Act::Remove),
    ("restore", Act::Restore),
];

impl Act {
    /// What is noted when somebody else's account was changed so.
    pub(super) fn deed(self) -> Option<Deed> {
        match self {
            Self::Pause => Some(Deed::Pause),
            Self::Resume => Some(Deed::Resume),
            Self::Again => Some(Deed::Again),
            Self::Extend(_) => Some(Deed::Extend),
            Self::ClearNote(_) => Some(Deed::Note),
            Self::Until(..) => Some(Deed::Until),
            Self::Remove => Some(Deed::Delete),
            Self::Restore => Some(Deed::Restore),
            Self::Show | Self::Check | Self::AskDays | Self::AskNote | Self::AskUntil => None,
        }
    }

    pub(super) fn data(self, id: i64, view: View) -> String {
        match self {
            Self::Extend(days) => format!("watch:extend:{id}:{days}:{view}"),
            Self::ClearNote(mark) => format!("watch:clear-note:{id}:{mark}:{view}"),
            Self::Until(before, until) => {
                format!(
                    "watch:until:{id}:{}{}:{view}",
                    letter(before),
                    letter(until)
                )
            }
            plain => {
                let word = PLAIN_ACTS.iter().find(|(_, act)| *act == plain);
                format!(
                    "watch:{}:{id}:{view}",
                    word.map_or("card", |(word, _)| word)
                )
            }
        }
    }
}

/// A checksum of a note for buttons: a button does not remove a note that somebody else wrote
/// meanwhile.
pub(super) fn note_mark(note: &str) -> u16 {
    let mix = |mark: u16, byte: u8| mark.rotate_left(5).wrapping_mul(31) ^ u16::from(byte);
    note.bytes().fold(1, mix)
}

/// The first letter of the word: buttons are short.
fn letter(until: Until) -> &'static str {
    until.word().get(..1).unwrap_or_default()
}

fn until_of(letter: char) -> Option<Until> {
    let (_, until) = Until::WORDS
        .iter()
        .find(|(word, _)| word.starts_with(letter))?;
    Some(*until)
}

impl<'a> Callback<'a> {
    pub(super) fn parse(data: &'a str) -> Option<Self> {
        let (action, rest) = data.split_once(':').unwrap_or((data, ""));
        let callback = match action {
            "add" => Self::Add,
            "list" => Self::List(View::parse(rest)?),
            "find" => Self::Find(View::parse(rest)?),
            "sites" => {
                let (whose, page) = rest.split_once(':')?;
                Self::Sites(Whose::parse(whose)?, page.parse().ok()?)
            }
            "site" => {
                let (whose, key) = rest.split_once(':')?;
                Self::Site(Whose::parse(whose)?, key)
            }
            "apply" => Self::Apply(rest.parse().ok()?),
            "export" => Self::Export(Whose::parse(rest)?),
            "check-mine" => Self::CheckMine,
            "status" => Self::Status,
            "charts" => Self::Charts,
            "chart" => Self::Chart(ChartSubject::from_word(rest)?),
            "mass" => match rest.split_once(':') {
                Some((decision, id)) => {
                    Self::Decide(MassDecision::from_word(decision)?, id.parse().ok()?)
                }
                None => Self::MassChanges,
            },
            action => return Self::account(action, rest),
        };
        Some(callback)
    }

    fn account(action: &str, rest: &str) -> Option<Self> {
        let (id, rest) = rest.split_once(':').unwrap_or((rest, ""));
        let (act, view) = match action {
            "extend" => {
                let (days, view) = rest.split_once(':').unwrap_or((rest, ""));
                let days = days.parse().ok().filter(|d| EXTENSIONS.contains(d))?;
                (Act::Extend(days), view)
            }
            "clear-note" => {
                let (mark, view) = rest.split_once(':')?;
                (Act::ClearNote(mark.parse().ok()?), view)
            }
            "until" => {
                let (letters, view) = rest.split_once(':')?;
                let mut letters = letters.chars();
                let (before, until) = (letters.next()?, letters.next()?);
                (Act::Until(until_of(before)?, until_of(until)?), view)
            }
            plain => {
                let (_, act) = PLAIN_ACTS.iter().find(|(word, _)| *word == plain)?;
                (*act, rest)
            }
        };
        // Buttons of older messages come from no list.
        let view = match view {
            "" => View::default(),
            view => View::parse(view)?,
        };
        Some(Self::Account(id.parse().ok()?, act, view))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_read_back_as_they_were_written() {
        let view = View::parse("all:3:f12").unwrap();
        let plain = PLAIN_ACTS.iter().map(|(_, act)| *act);
        let more = [
            Act::Extend(30),
            Act::ClearNote(note_mark("note")),
            Act::Until(Until::Found, Until::Change),
        ];
        for act in plain.chain(more) {
            let data = act.data(5, view);
            let callback = Callback::parse(data.strip_prefix("watch:").unwrap());
            assert_eq!(callback, Some(Callback::Account(5, act, view)), "{data}");
        }
        let old = Callback::parse("extend:5:7");
        assert_eq!(
            old,
            Some(Callback::Account(5, Act::Extend(7), View::default()))
        );
        assert_ne!(note_mark("ab"), note_mark("ba"));
        assert_eq!(Callback::parse("extend:5:8"), None);
        assert_eq!(Callback::parse("card:mine:5"), None);
    }
}
