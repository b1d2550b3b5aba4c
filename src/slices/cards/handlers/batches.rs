//! Batches: codes for one thing each. An admin sends name and size, and gets a table or labels.

use serde::{Deserialize, Serialize};

use super::callback::{BatchAct, CardAct, CardCallback, LabelsAct};
use super::{CardHandlers, ways_out};
use crate::dialogue;
use crate::html::{Html, clean_line, cut};
use crate::i18n::{self, Args, label};
use crate::people::Actor;
use crate::slice::Context;
use crate::slices::cards::card::Card;
use crate::slices::cards::files;
use crate::slices::cards::store;
use crate::slices::cards::store::MOST_CODES;
use crate::telegram::{Answer, Button, Keyboard, Screen};

const SHOWN: usize = 10;

const NAME_LENGTH: usize = 40;

/// Waits for a batch's name and size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BatchStep {
    /// The card's id.
    batch_of: i64,
}

impl CardHandlers {
    pub(super) fn batches(&self, cx: &Context<'_>, card: &Card) -> anyhow::Result<Answer> {
        let lang = cx.actor.lang;
        let mut keyboard = Keyboard::new();
        for batch in store::batches(cx.tx, card.id, SHOWN)? {
            let args = Args::new()
                .text("name", &batch.name)
                .number("codes", batch.codes)
                .number("checks", batch.checks);
            let text = i18n::plain(lang, "batch-button", &args);
            let act = CardAct::Batch(batch.first, BatchAct::Show);
            keyboard = keyboard.row([Button::callback(&text, CardCallback::Card(card.id, act))?]);
        }
        let button = |key: &str, act| Button::labelled(lang, key, CardCallback::Card(card.id, act));
        let keyboard = keyboard
            .row([button("button-batch-add", CardAct::AddBatch)?])
            .row([button("button-back", CardAct::Show)?]);
        let text = i18n::html(lang, "batches", &Args::new().text("name", &card.name));
        Ok(Answer::screen(text, keyboard))
    }

    pub(super) fn ask_batch(&self, cx: &Context<'_>, card: &Card) -> anyhow::Result<Answer> {
        dialogue::set(cx.tx, cx.actor, &BatchStep { batch_of: card.id })?;
        asked(cx.actor, "batch-ask")
    }

    /// None when nobody was asked.
    pub(super) fn batch_text(
        &self,
        cx: &Context<'_>,
        text: &str,
    ) -> anyhow::Result<Option<Answer>> {
        let Context { tx, actor, .. } = *cx;
        let Some(step) = dialogue::step::<BatchStep>(tx, actor)? else {
            return Ok(None);
        };
        let Some(card) = store::get(tx, step.batch_of)? else {
            dialogue::end(tx, actor)?;
            return self.list(cx, 0).map(Some);
        };
        let text = clean_line(text);
        let wanted = text.rsplit_once(' ').and_then(|(name, codes)| {
            let codes = codes.parse().ok().filter(|n| (1..=MOST_CODES).contains(n));
            Some((cut(name.trim(), NAME_LENGTH), codes?))
        });
        let Some((name, codes)) = wanted else {
            return asked(actor, "batch-expected").map(Some);
        };
        if !store::add_batch(tx, card.id, &name, codes)? {
            return asked(actor, "batch-known").map(Some);
        }
        dialogue::end(tx, actor)?;
        self.batches(cx, &card).map(Some)
    }

    /// A button about the batch with this first code.
    pub(super) fn batch_callback(
        &self,
        cx: &Context<'_>,
        card: &Card,
        first: i64,
        act: BatchAct,
    ) -> anyhow::Result<Answer> {
        let lang = cx.actor.lang;
        let Some(batch) = store::batch(cx.tx, card.id, first)? else {
            let screen = self.batches(cx, card)?;
            return Ok(screen.toast(label(lang, "stale-button")));
        };
        match act {
            BatchAct::Table => {
                let caption = Screen::text(Html::text(&batch.name));
                let table = files::codes(card.id, batch.first)?;
                Ok(Answer::export(lang, table, caption))
            }
            BatchAct::Labels(act) => self.labels(cx, card, Some(batch.first), act),
            BatchAct::Units(page) => self.units(cx, card, &batch, page.unwrap_or(0)),
            BatchAct::Show => {
                let args = Args::new()
                    .text("name", &batch.name)
                    .number("codes", batch.codes)
                    .number("checks", batch.checks);
                let data = |act| CardCallback::Card(card.id, CardAct::Batch(batch.first, act));
                let (units, labels) = (BatchAct::Units(None), BatchAct::Labels(LabelsAct::Show));
                let back = CardCallback::Card(card.id, CardAct::Batches);
                let keyboard = Keyboard::new()
                    .row([Button::labelled(lang, "button-units", data(units))?])
                    .row([
                        Button::callback("CSV", data(BatchAct::Table))?,
                        Button::labelled(lang, "button-card-labels", data(labels))?,
                    ])
                    .row([Button::labelled(lang, "button-back", back)?]);
                let text = i18n::html(lang, "batch", &args);
                Ok(Answer::screen(text, keyboard))
            }
        }
    }
}

fn asked(actor: &Actor, key: &str) -> anyhow::Result<Answer> {
    let args = Args::new().number("most", MOST_CODES);
    let text = i18n::html(actor.lang, key, &args);
    Ok(Answer::screen(text, ways_out(actor)?))
}
