//! What is told when somebody scans one thing too many, or tries codes that do not exist, and what is decided then.

use super::CardHandlers;
use super::codes::note_code;
use crate::db::WriteTx;
use crate::i18n::{self, Args, label};
use crate::people::{self, Asker};
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
        asker: &Asker,
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
                let text = label(lang, &format!("button-alarm-{word}"));
                let data = format!("cards:alarm:{}:{}:{word}", card.id, alarm.code_id);
                keyboard = keyboard.row([Button::callback(&text, data)?]);
            }
            let notice = Outgoing::notice(chat, i18n::html(lang, key, &args));
            outbox::insert(tx, asker.now, &notice.keyboard(keyboard))?;
        }
        Ok(())
    }

    /// Tells the admins of somebody who tries codes, once a day.
    pub(super) fn tell_of_tries(&self, tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<()> {
        let person = people::get(tx, asker.id)?;
        let who = person.map(|person| person.spoken()).unwrap_or_default();
        let day = self.zone.day(asker.now);
        for (chat, lang) in people::admin_languages(tx, self.language)? {
            let args = Args::new()
                .html("who", &who)
                .text("id", &asker.id.to_string())
                .number("n", MOST_ASTRAY);
            let notice = Outgoing::notice(chat, i18n::html(lang, "card-tries", &args));
            let once = format!("cards-tries:{}:{day}:{chat}", asker.id);
            outbox::insert(tx, asker.now, &notice.dedupe(once))?;
        }
        Ok(())
    }

    /// A decision about a code of a card, as its word.
    pub(super) fn decide(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        card: &Card,
        printed: &Printed,
        word: &str,
    ) -> anyhow::Result<Answer> {
        let Some(decision) = Decision::from_word(word) else {
            return self.stale_card(tx, asker, card);
        };
        store::decide(tx, printed.id, decision)?;
        note_code(tx, asker, card, printed, word)?;
        let note = label(asker.lang, &format!("alarm-done-{word}"));
        Ok(self.code_screen(tx, asker, card, printed.id)?.toast(note))
    }
}
