//! What is told when somebody scans one thing too many, or tries codes that do not exist, and what is decided then.

use super::CardHandlers;
use super::codes::note_code;
use crate::db::WriteTx;
use crate::i18n::{self, Args, label};
use crate::people::{self, Actor};
use crate::slices::cards::card::{Alarm, Card};
use crate::slices::cards::store;
use crate::slices::cards::store::{Decision, MOST_ASTRAY, Printed};
use crate::telegram::{Answer, Button, Keyboard, Outgoing, outbox};

/// What can be decided, as buttons carry it.
const DECISIONS: [&str; 3] = ["ignore", "suspicious", "recall"];

impl CardHandlers {
    /// Tells the owner, in the transaction of the scan; all admins, where the owner is none any more.
    pub(super) fn tell_owner(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        card: &Card,
        alarm: Alarm,
    ) -> anyhow::Result<()> {
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
            for word in DECISIONS {
                let key = format!("button-alarm-{word}");
                let data = format!("cards:alarm:{}:{}:{word}", card.id, alarm.code_id);
                keyboard = keyboard.row([Button::labelled(lang, &key, data)?]);
            }
            let notice = Outgoing::notice(chat, i18n::html(lang, key, &args));
            outbox::insert(tx, actor.now, &notice.keyboard(keyboard))?;
        }
        Ok(())
    }

    /// Tells the admins of somebody who tries codes, once a day.
    pub(super) fn tell_of_tries(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<()> {
        let person = people::get(tx, actor.id)?;
        let who = person.map(|person| person.spoken()).unwrap_or_default();
        let day = self.zone.day(actor.now);
        for (chat, lang) in people::admin_languages(tx, self.language)? {
            let args = Args::new()
                .html("who", &who)
                .text("id", &actor.id.to_string())
                .number("n", MOST_ASTRAY);
            let notice = Outgoing::notice(chat, i18n::html(lang, "card-tries", &args));
            let once = format!("cards-tries:{}:{day}:{chat}", actor.id);
            outbox::insert(tx, actor.now, &notice.dedupe(once))?;
        }
        Ok(())
    }

    /// A decision about a code of a card, as its word.
    pub(super) fn decide(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        card: &Card,
        printed: &Printed,
        word: &str,
    ) -> anyhow::Result<Answer> {
        let Some(decision) = Decision::from_word(word) else {
            return self.stale_card(tx, actor, card);
        };
        store::decide(tx, printed.id, decision)?;
        note_code(tx, actor, card, printed, word)?;
        let note = label(actor.lang, &format!("alarm-done-{word}"));
        Ok(self.code_screen(tx, actor, card, printed.id)?.toast(note))
    }
}
