//! What a button of the watch means: its data, written and read back.

mod runs;
mod sites;
mod view;

use std::fmt;

pub(crate) use self::runs::RunCallback;
pub(crate) use self::sites::SiteCallback;
pub(crate) use self::view::{Narrow, View, Whose};
use crate::people::audit::Deed;
use crate::slices::watch::model::account::{ChartSubject, MassDecision, Until};

/// Days by which a button makes the agreed time longer.
pub(crate) const EXTENSIONS: [u32; 2] = [7, 30];

/// A button about accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WatchCallback<'a> {
    Add,
    /// A choice in the dialogue that adds an account.
    Choose(AddChoice<'a>),
    /// A page of a list.
    List(View),
    /// Asks for a text to narrow a list by.
    Find(View),
    /// Sites to narrow a list by, page by page.
    Sites(Whose, usize),
    /// A site to narrow a list by.
    Site(Whose, &'a str),
    /// Something about one account, and the list it was reached from.
    Account(i64, AccountAct, View),
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

/// What a button of the dialogue that adds an account chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddChoice<'a> {
    /// A site by its key.
    Site(&'a str),
    Days(u32),
    /// What is waited for.
    Until(Until),
    Back,
}

/// What a button does with one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountAct {
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
const PLAIN_ACTS: &[(&str, AccountAct)] = &[
    ("card", AccountAct::Show),
    ("check", AccountAct::Check),
    ("pause", AccountAct::Pause),
    ("resume", AccountAct::Resume),
    ("again", AccountAct::Again),
    ("ask-days", AccountAct::AskDays),
    ("ask-note", AccountAct::AskNote),
    ("ask-until", AccountAct::AskUntil),
    ("remove", AccountAct::Remove),
    ("restore", AccountAct::Restore),
];

impl AccountAct {
    /// What is noted when somebody else's account was changed so.
    pub(crate) fn deed(self) -> Option<Deed> {
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

    fn write(self, f: &mut fmt::Formatter<'_>, id: i64, view: View) -> fmt::Result {
        match self {
            Self::Extend(days) => write!(f, "watch:extend:{id}:{days}:{view}"),
            Self::ClearNote(mark) => write!(f, "watch:clear-note:{id}:{mark}:{view}"),
            Self::Until(before, until) => {
                let (before, until) = (letter(before), letter(until));
                write!(f, "watch:until:{id}:{before}{until}:{view}")
            }
            plain => {
                let word = PLAIN_ACTS.iter().find(|(_, act)| *act == plain);
                let word = word.map_or("card", |(word, _)| word);
                write!(f, "watch:{word}:{id}:{view}")
            }
        }
    }
}

/// A checksum of a note for buttons: a button does not remove a note that somebody else wrote
/// meanwhile.
pub(crate) fn note_mark(note: &str) -> u16 {
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

impl<'a> WatchCallback<'a> {
    pub(crate) fn parse(data: &'a str) -> Option<Self> {
        let data = data.strip_prefix("watch:")?;
        let (action, rest) = data.split_once(':').unwrap_or((data, ""));
        let callback = match action {
            "add" => Self::Add,
            "add-site" => Self::Choose(AddChoice::Site(rest)),
            "add-days" => Self::Choose(AddChoice::Days(rest.parse().ok()?)),
            "add-until" => Self::Choose(AddChoice::Until(Until::from_word(rest)?)),
            "add-back" => Self::Choose(AddChoice::Back),
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
                (AccountAct::Extend(days), view)
            }
            "clear-note" => {
                let (mark, view) = rest.split_once(':')?;
                (AccountAct::ClearNote(mark.parse().ok()?), view)
            }
            "until" => {
                let (letters, view) = rest.split_once(':')?;
                let mut letters = letters.chars();
                let (before, until) = (letters.next()?, letters.next()?);
                (AccountAct::Until(until_of(before)?, until_of(until)?), view)
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

impl fmt::Display for WatchCallback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add => f.write_str("watch:add"),
            Self::Choose(AddChoice::Site(key)) => write!(f, "watch:add-site:{key}"),
            Self::Choose(AddChoice::Days(days)) => write!(f, "watch:add-days:{days}"),
            Self::Choose(AddChoice::Until(until)) => {
                write!(f, "watch:add-until:{}", until.word())
            }
            Self::Choose(AddChoice::Back) => f.write_str("watch:add-back"),
            Self::List(view) => write!(f, "watch:list:{view}"),
            Self::Find(view) => write!(f, "watch:find:{view}"),
            Self::Sites(whose, page) => write!(f, "watch:sites:{whose}:{page}"),
            Self::Site(whose, key) => write!(f, "watch:site:{whose}:{key}"),
            Self::Account(id, act, view) => act.write(f, *id, *view),
            Self::Apply(shown_at) => write!(f, "watch:apply:{shown_at}"),
            Self::Export(whose) => write!(f, "watch:export:{whose}"),
            Self::CheckMine => f.write_str("watch:check-mine"),
            Self::Status => f.write_str("watch:status"),
            Self::Charts => f.write_str("watch:charts"),
            Self::Chart(subject) => write!(f, "watch:chart:{}", subject.word()),
            Self::MassChanges => f.write_str("watch:mass"),
            Self::Decide(decision, id) => write!(f, "watch:mass:{}:{id}", decision.word()),
        }
    }
}

impl From<WatchCallback<'_>> for String {
    fn from(callback: WatchCallback<'_>) -> Self {
        callback.to_string()
    }
}

/// The data of a button that lists the accounts of a person to an admin.
#[must_use]
pub fn list_of_owner(person: i64) -> String {
    let view = View {
        whose: Whose::Owner(person),
        ..View::default()
    };
    WatchCallback::List(view).into()
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;
