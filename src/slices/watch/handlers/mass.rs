//! Questions to the admins about mass changes.
//!
//! A press only writes the decision. The watch thread carries it out. If two admins press, the
//! first one counts, and the second one sees what was decided.

use super::WatchHandlers;
use crate::i18n::{self, label};
use crate::navigation::PANEL;
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::watch::model::account::MassDecision;
use crate::slices::watch::notices::alarms::question_buttons;
use crate::slices::watch::notices::texts::alarms;
use crate::slices::watch::store;
use crate::telegram::{Answer, Button, Keyboard, Screen};

impl WatchHandlers {
    /// The oldest question that nobody has answered.
    pub(super) fn mass_changes(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let questions = store::mass_changes(cx.tx)?;
        let open = questions.iter().find(|one| one.decision.is_none());
        let screen = match open {
            Some(question) => Screen::new(
                alarms::mass_change(self.notifier.voice_to(actor), question),
                question_buttons(actor.lang, question.id)?.row([panel_button(actor)?]),
            ),
            None => Screen::new(
                i18n::text(actor.lang, "mass-changes-none"),
                Keyboard::new().row([panel_button(actor)?]),
            ),
        };
        Ok(screen.into())
    }

    /// An admin's answer to a question.
    pub(super) fn decide(
        &self,
        cx: &Context<'_>,
        decision: MassDecision,
        id: i64,
    ) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let is_first = store::decide(tx, actor.id, id, decision)?;
        let Some(question) = store::mass_change(tx, id)?.filter(|_| is_first) else {
            let late = label(actor.lang, "done-already");
            return Ok(self.mass_changes(cx)?.toast(late));
        };
        let deed = match decision {
            MassDecision::Apply => Deed::Apply,
            MassDecision::Discard => Deed::Discard,
        };
        audit::note(tx, actor, deed, None, &question.site)?;
        self.notifier
            .mass_change_decided(tx, actor.now, &question, decision, &actor.name)?;
        let formatter = self.notifier.voice_to(actor);
        Ok(Answer::screen(
            alarms::decided(formatter, &question, decision, &actor.name),
            Keyboard::new().row([panel_button(actor)?]),
        )
        .ring(&self.bell))
    }
}

fn panel_button(actor: &Actor) -> anyhow::Result<Button> {
    Button::labelled(actor.lang, "button-panel", PANEL)
}
