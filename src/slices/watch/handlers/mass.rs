//! Questions to the admins about mass changes.
//!
//! A press only decides: the decision is a row, and the watch thread carries it out. Of two admins who press, the first
//! one counts, and the second one is shown what was decided.

use super::WatchHandlers;
use crate::db::{Connection, WriteTx};
use crate::i18n::{self, label};
use crate::people::Asker;
use crate::people::audit::{self, Deed};
use crate::slices::watch::model::account::Decision;
use crate::slices::watch::notices::alarms::question_buttons;
use crate::slices::watch::notices::texts::alarms;
use crate::slices::watch::store;
use crate::telegram::{Answer, Button, Keyboard, Screen};

impl WatchHandlers {
    /// The oldest question that nobody has answered.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn mass_changes(
        &self,
        connection: &Connection,
        asker: &Asker,
    ) -> anyhow::Result<Answer> {
        let questions = store::mass_changes(connection)?;
        let open = questions.iter().find(|one| one.decision.is_none());
        let screen = match open {
            Some(question) => Screen::new(
                alarms::mass_change(self.speaker.voice_to(asker), question),
                question_buttons(asker.lang, question.id)?.row([panel_button(asker)?]),
            ),
            None => Screen::new(
                i18n::text(asker.lang, "mass-changes-none"),
                Keyboard::new().row([panel_button(asker)?]),
            ),
        };
        Ok(Answer::screen(screen))
    }

    /// An admin's answer to a question.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn decide(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        decision: Decision,
        id: i64,
    ) -> anyhow::Result<Answer> {
        let is_first = store::decide(tx, asker.id, id, decision)?;
        let Some(question) = store::mass_change(tx, id)?.filter(|_| is_first) else {
            let late = label(asker.lang, "done-already");
            return Ok(self.mass_changes(tx, asker)?.toast(late));
        };
        let deed = match decision {
            Decision::Apply => Deed::Apply,
            Decision::Discard => Deed::Discard,
        };
        audit::note(tx, asker.now, asker.id, deed, None, &question.site)?;
        self.speaker
            .mass_change_decided(tx, asker.now, &question, decision, &asker.name)?;
        let voice = self.speaker.voice_to(asker);
        let screen = Screen::new(
            alarms::decided(voice, &question, decision, &asker.name),
            Keyboard::new().row([panel_button(asker)?]),
        );
        Ok(Answer::screen(screen).ring(&self.bell))
    }
}

fn panel_button(asker: &Asker) -> anyhow::Result<Button> {
    Button::callback(&label(asker.lang, "button-panel"), "bot:panel")
}
