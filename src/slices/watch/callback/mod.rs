//! What a button of the watch means.

mod view;

pub(crate) use self::view::{Narrow, View, Whose};
use crate::people::audit::Deed;
use crate::slices::watch::model::account::{ChartSubject, MassDecision, Until};
use crate::words::{Data, Part, callbacks};

/// Days by which a button makes the agreed time longer.
pub(crate) const EXTENSIONS: [u32; 2] = [7, 30];

callbacks! {
    /// A button about accounts.
    pub(crate) enum WatchCallback<'a> in "watch" {
        Add = "add",
        /// A choice in the dialogue that adds an account.
        Choose(choice: AddChoice<'a>),
        /// A page of a list.
        List(view: View) = "list",
        /// Asks for a text to narrow a list by.
        Find(view: View) = "find",
        /// Sites to narrow a list by, page by page.
        Sites(whose: Whose, page: usize) = "sites",
        /// A site to narrow a list by.
        Site(whose: Whose, key: &'a str) = "site",
        /// Adds the accounts of the table that was shown at a moment.
        Apply(shown_at: i64) = "apply",
        /// Sends accounts as a table.
        Export(whose: Whose) = "export",
        CheckMine = "check-mine",
        Status = "status",
        Charts = "charts",
        Chart(subject: ChartSubject) = "chart",
        Decide(decision: MassDecision, id: i64) = "mass",
        MassChanges = "mass",
        /// Something about one account, and the list it was reached from. Buttons of older messages
        /// come from no list.
        Account(id: i64, act: AccountAct, view: View = View::default()),
    }
}

callbacks! {
    /// What a button of the dialogue that adds an account chose.
    pub(crate) enum AddChoice<'a> {
        /// A site by its key.
        Site(key: &'a str) = "add-site",
        Days(days: u32) = "add-days",
        /// What is waited for.
        Until(until: Until) = "add-until",
        Back = "add-back",
    }
}

callbacks! {
    /// What a button does with one account.
    pub(crate) enum AccountAct {
        Show = "card",
        Check = "check",
        Pause = "pause",
        Resume = "resume",
        Again = "again",
        Extend(days: u32) = "extend" if EXTENSIONS.contains(&days),
        AskDays = "ask-days",
        AskNote = "ask-note",
        /// Removes the note that was shown, by its mark.
        ClearNote(mark: u16) = "clear-note",
        AskUntil = "ask-until",
        Until(choice: UntilChoice) = "until",
        Remove = "remove",
        Restore = "restore",
    }
}

/// What was waited for when a button was made, and what it chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UntilChoice(pub(crate) Until, pub(crate) Until);

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
}

/// A checksum of a note for buttons: a button does not remove a note that somebody else wrote
/// meanwhile.
pub(crate) fn note_mark(note: &str) -> u16 {
    let mix = |mark: u16, byte: u8| mark.rotate_left(5).wrapping_mul(31) ^ u16::from(byte);
    note.bytes().fold(1, mix)
}

/// The first letters of both words: buttons are short.
impl Part<'_> for UntilChoice {
    fn take(data: &mut Data<'_>) -> Option<Self> {
        let mut letters = data.word()?.chars();
        let mut next = || {
            let letter = letters.next()?;
            let mut words = Until::WORDS.iter();
            words.find_map(|(word, until)| word.starts_with(letter).then_some(*until))
        };
        Some(Self(next()?, next()?))
    }

    fn put(&self, words: &mut Vec<String>) {
        let letters = [self.0, self.1].map(|until| until.word().get(..1).unwrap_or_default());
        words.push(letters.concat());
    }
}

callbacks! {
    /// A button about runs.
    pub(crate) enum RunCallback in "run" {
        /// Checks all accounts now.
        Check = "check",
        /// Shows the state, which moves by itself from then on.
        Now = "now",
        /// Stops the run with this id. An id that cannot be read is 0, which names no run.
        Stop(id: i64 = 0) = "stop",
    }
}

callbacks! {
    /// A button about sites. A tag is a site's key, or what stands for a long one.
    pub(crate) enum SiteCallback<'a> in "site" {
        /// A page of the sites.
        List(page: usize) = "list",
        Card(tag: &'a str) = "card",
        Mute {
            /// Since when the site was muted when the button was made, in unix seconds; 0: it was
            /// not.
            seen: i64,
            /// 0: until it is unmuted.
            days: u32,
            tag: &'a str,
        } = "mute",
        Unmute {
            /// As in a mute.
            seen: i64,
            tag: &'a str,
        } = "unmute",
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
