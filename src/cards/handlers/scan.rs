//! A scan, a typed code, a card that was shared: for everybody, let in or not.

use super::CardHandlers;
use crate::cards::card::{Card, Outcome, Scan};
use crate::cards::code::{Code, Mistyped, SCAN_PREFIX};
use crate::cards::texts::{heading, shown};
use crate::cards::{files, store};
use crate::db::WriteTx;
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Lang};
use crate::people::Asker;
use crate::telegram::{Answer, Screen};

/// What the start parameter of a shared card begins with. It names no code, so nothing of it can be printed or counted.
pub(super) const SHARE_PREFIX: &str = "s_";

impl CardHandlers {
    /// `/start` with a parameter; none when that is not about cards. A dialogue that is open stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn start(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        parameter: &str,
    ) -> anyhow::Result<Option<Answer>> {
        if let Some(code) = parameter.strip_prefix(SCAN_PREFIX) {
            return self.check(tx, asker, &Code::read(code)).map(Some);
        }
        let Some(public_id) = parameter.strip_prefix(SHARE_PREFIX) else {
            return Ok(None);
        };
        let card = store::shared(tx, public_id)?.filter(|card| card.active);
        Ok(Some(match card {
            Some(card) => present(asker.lang, &i18n::text(asker.lang, "card-shared"), &card)?,
            None => Answer::text(i18n::text(asker.lang, "card-shared-gone")),
        }))
    }

    /// A text that looks like a code; none when it does not, or when it is an answer to a question.
    ///
    /// # Errors
    /// When the database fails.
    pub fn typed(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        text: &str,
    ) -> anyhow::Result<Option<Answer>> {
        match Code::typed(text) {
            Some(read) if !dialogue::is_open(tx, asker)? => self.check(tx, asker, &read).map(Some),
            _ => Ok(None),
        }
    }

    fn check(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        read: &Result<Code, Mistyped>,
    ) -> anyhow::Result<Answer> {
        let scan = store::scan(tx, asker, read, &self.zone.day(asker.now))?;
        if let Scan::Known {
            card,
            alarm: Some(alarm),
            ..
        } = &scan
        {
            self.tell_owner(tx, asker, card, *alarm)?;
        }
        let heading = heading(asker.lang, self.zone_of(asker), &scan);
        match &scan {
            // Of what was not given out nothing is shown.
            Scan::Known { outcome, card, .. } if *outcome != Outcome::Inactive => {
                present(asker.lang, &heading, card)
            }
            _ => Ok(Answer::text(heading)),
        }
    }
}

/// A card as buyers see it: its photos, the words beside the first of them.
pub(super) fn present(lang: Lang, head: &Html, card: &Card) -> anyhow::Result<Answer> {
    let shown = shown(head, card);
    let mut answer =
        Answer::default().file(files::photo(&card.photo)?, Screen::text(shown.caption));
    if let Some(packaged) = &card.packaged {
        let caption = Screen::text(i18n::text(lang, "card-packaged"));
        answer = answer.file(files::photo(packaged)?, caption);
    }
    if let Some(after) = shown.after {
        answer = answer.then(Screen::text(after));
    }
    Ok(answer)
}
