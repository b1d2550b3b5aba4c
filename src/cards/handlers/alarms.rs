//! What the owner of a card hears when too many people scan one thing, and decides.

use super::CardHandlers;
use crate::cards::card::{Alarm, Card};
use crate::cards::store::{self, Decision};
use crate::db::WriteTx;
use crate::i18n::{self, Args, label};
use crate::people::{self, Asker};
use crate::telegram::{Answer, Button, Keyboard, Outgoing, outbox};

/// What can be decided, as buttons carry it.
const DECISIONS: [&str; 3] = ["ignore", "suspicious", "recall"];

impl CardHandlers {
    /// Tells the owner, in the transaction of the scan.
    pub(super) fn tell_owner(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        card: &Card,
        alarm: Alarm,
    ) -> anyhow::Result<()> {
        // A card of somebody who was forgotten has no owner to tell.
        if card.owner_id == 0 {
            return Ok(());
        }
        let lang = people::language_of(tx, card.owner_id, self.language)?;
        let args = Args::new()
            .text("name", &card.name)
            .number("serial", alarm.serial)
            .number("day", alarm.in_a_day)
            .number("ever", alarm.ever);
        let button = |word: &str| {
            let text = label(lang, &format!("button-alarm-{word}"));
            Button::callback(&text, format!("cards:alarm:{}:{word}", alarm.code_id))
        };
        let mut keyboard = Keyboard::new();
        for word in DECISIONS {
            keyboard = keyboard.row([button(word)?]);
        }
        let notice = Outgoing::notice(card.owner_id, i18n::html(lang, "card-alarm", &args));
        outbox::insert(tx, asker.now, &notice.keyboard(keyboard))?;
        Ok(())
    }
}

/// A button below that; `rest` is the code and the decision.
pub(super) fn decide(tx: &WriteTx<'_>, asker: &Asker, rest: &str) -> anyhow::Result<Answer> {
    let lang = asker.lang;
    let (code, word) = rest.split_once(':').unwrap_or((rest, ""));
    let decision = Decision::from_word(word);
    let done = match (code.parse(), decision) {
        (Ok(code), Some(decision)) => store::decide(tx, code, decision)?,
        _ => false,
    };
    if !done {
        return Ok(Answer::default().toast(label(lang, "stale-button")));
    }
    Ok(Answer::text(i18n::text(
        lang,
        &format!("alarm-done-{word}"),
    )))
}
