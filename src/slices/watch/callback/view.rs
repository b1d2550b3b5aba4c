//! What a list shows, as its buttons carry it.
//!
//! A button has 64 bytes, so a view is a short word: whose accounts, which page, which filter. A
//! site or a searched text does not fit. It is a row of the database, and the view has its number.
//! Every button that leads away from a list carries the view and brings it back, so nothing is
//! remembered between presses.

use crate::db::Connection;
use crate::people::Actor;
use crate::slices::watch::store;
use crate::slices::watch::store::{AccountQuery, Filter};
use crate::words::{Data, Part, callbacks};

callbacks! {
    /// Whose accounts a list shows.
    #[derive(Default)]
    pub(crate) enum Whose {
        #[default]
        Mine = "mine",
        /// Everybody's: for admins.
        All = "all",
        /// Those of one person: for admins.
        Owner(id: i64) = "",
    }
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Narrow {
    #[default]
    Everything,
    Pending,
    Overdue,
    Done,
    Paused,
    /// A site or a text: the number of the search.
    Search(i64),
}

/// A list as its buttons carry it: `<whose>:<page>[:<narrow>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct View {
    pub(crate) whose: Whose,
    pub(crate) page: usize,
    pub(crate) narrow: Narrow,
}

impl Narrow {
    /// Those that need no words, with the word in buttons and texts.
    pub(crate) const CHIPS: [(&'static str, Self); 4] = [
        ("pending", Self::Pending),
        ("overdue", Self::Overdue),
        ("done", Self::Done),
        ("paused", Self::Paused),
    ];
}

impl Part<'_> for Narrow {
    fn take(data: &mut Data<'_>) -> Option<Self> {
        let word = data.word()?;
        if let Some(number) = word.strip_prefix('f') {
            return number.parse().ok().map(Self::Search);
        }
        let (_, narrow) = Self::CHIPS.iter().find(|(chip, _)| *chip == word)?;
        Some(*narrow)
    }

    fn put(&self, words: &mut Vec<String>) {
        if let Self::Search(id) = self {
            words.push(format!("f{id}"));
        }
        let chip = Self::CHIPS.iter().find(|(_, chip)| chip == self);
        words.extend(chip.map(|(word, _)| (*word).to_owned()));
    }
}

impl Part<'_> for View {
    fn take(data: &mut Data<'_>) -> Option<Self> {
        Some(Self {
            whose: Whose::take(data)?,
            page: usize::take(data)?,
            narrow: data.attempt(Narrow::take).unwrap_or_default(),
        })
    }

    fn put(&self, words: &mut Vec<String>) {
        self.whose.put(words);
        self.page.put(words);
        self.narrow.put(words);
    }
}

impl View {
    /// The first page of the same accounts, narrowed otherwise.
    pub(crate) fn narrowed(self, narrow: Narrow) -> Self {
        Self {
            page: 0,
            narrow,
            ..self
        }
    }

    /// Another page of the same.
    pub(crate) fn at(self, page: usize) -> Self {
        Self { page, ..self }
    }

    /// Whose accounts these are; none for everybody's.
    pub(crate) fn owner(self, actor: &Actor) -> Option<i64> {
        match self.whose {
            Whose::Mine => Some(actor.id),
            Whose::Owner(id) => Some(id),
            Whose::All => None,
        }
    }

    /// What the view lists. A search that was forgotten narrows nothing any more.
    pub(crate) fn listing(
        self,
        connection: &Connection,
        actor: &Actor,
    ) -> anyhow::Result<AccountQuery> {
        let filter = match self.narrow {
            Narrow::Everything => Filter::Everything,
            Narrow::Pending => Filter::Pending,
            Narrow::Overdue => Filter::Overdue,
            Narrow::Done => Filter::Done,
            Narrow::Paused => Filter::Paused,
            Narrow::Search(id) => store::search(connection, actor.id, id)?.unwrap_or_default(),
        };
        Ok(AccountQuery {
            owner: self.owner(actor),
            filter,
            also: Vec::new(),
        })
    }
}

#[cfg(test)]
#[path = "tests/view.rs"]
mod tests;
