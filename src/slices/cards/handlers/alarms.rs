//! Warnings: too many people scan one thing, or somebody tries wrong codes. And what an admin
//! decides about them.

use super::CardHandlers;
use super::callback::{CardAct, CardCallback, CodeAct};
use super::codes::note_code;
use crate::i18n::{self, Args, label};
use crate::people;
use crate::slice::Context;
use crate::slices::cards::card::{Card, CloneAlarm};
use crate::slices::cards::store;
use crate::slices::cards::store::{AlarmDecision, MOST_UNMATCHED, StoredCode};
use crate::telegram::{Answer, Button, Keyboard, Outgoing, outbox};

/// The buttons below a warning.
const DECISIONS: [AlarmDecision; 3] = [
    AlarmDecision::Ignore,
    AlarmDecision::Suspicious,
    AlarmDecision::Recall,
];

impl CardHandlers {
    /// Tells the card's owner in the transaction of the scan, or all admins if the owner is no
    /// longer one.
    pub(super) fn tell_owner(
        &self,
        cx: &Context<'_>,
        card: &Card,
        alarm: CloneAlarm,
    ) -> anyhow::Result<()> {
        let tx = cx.tx;
        let owner = people::get(tx, card.owner_id)?;
        let chats = match owner.filter(|owner| owner.role.is_admin()) {
            Some(owner) => vec![owner.id],
            None => people::admin_chats(tx)?,
        };
        let key = if alarm.claimed {
            "card-alarm-claimed"
        } else {
            "card-alarm"
        };
        for chat in chats {
            let lang = people::language_of(tx, chat, self.language)?;
            let args = Args::new()
                .text("name", &card.name)
                .number("serial", alarm.serial)
                .number("day", alarm.in_a_day)
                .number("ever", alarm.ever);
            let mut keyboard = Keyboard::new();
            for decision in DECISIONS {
                let key = format!("button-alarm-{}", decision.word());
                let act = CardAct::Code(alarm.code_id, CodeAct::Decide(decision));
                let data = CardCallback::Card(card.id, act);
                keyboard = keyboard.row([Button::labelled(lang, &key, data)?]);
            }
            let notice = Outgoing::notice(chat, i18n::html(lang, key, &args));
            outbox::insert(tx, cx.actor.now, &notice.keyboard(keyboard))?;
        }
        Ok(())
    }

    /// Tells the admins once a day about a person who tries wrong codes.
    pub(super) fn tell_of_tries(&self, cx: &Context<'_>) -> anyhow::Result<()> {
        let Context { tx, actor, .. } = *cx;
        let person = people::get(tx, actor.id)?;
        let who = person.map(|person| person.spoken()).unwrap_or_default();
        let day = self.zone.day(actor.now);
        for (chat, lang) in people::admin_languages(tx, self.language)? {
            let args = Args::new()
                .html("who", &who)
                .text("id", &actor.id.to_string())
                .number("n", MOST_UNMATCHED);
            let notice = Outgoing::notice(chat, i18n::html(lang, "card-tries", &args));
            let once = format!("cards-tries:{}:{day}:{chat}", actor.id);
            outbox::insert(tx, actor.now, &notice.dedupe(once))?;
        }
        Ok(())
    }

    /// Carries out the decision that a button names.
    pub(super) fn decide(
        &self,
        cx: &Context<'_>,
        card: &Card,
        printed: &StoredCode,
        decision: AlarmDecision,
    ) -> anyhow::Result<Answer> {
        let word = decision.word();
        store::decide(cx.tx, printed.id, decision)?;
        note_code(cx, card, printed, word)?;
        let note = label(cx.actor.lang, &format!("alarm-done-{word}"));
        Ok(self.code_screen(cx, card, printed.id)?.toast(note))
    }
}
