//! Batches: codes for one thing each. An admin sends name and size, and gets a table or labels.

use serde::{Deserialize, Serialize};

use super::{CardHandlers, id_and_rest, ways_out};
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::html::{Html, clean_line, cut};
use crate::i18n::{self, Args, label};
use crate::people::Actor;
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
    pub(super) fn batches(
        &self,
        connection: &Connection,
        actor: &Actor,
        card: &Card,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let mut keyboard = Keyboard::new();
        for batch in store::batches(connection, card.id, SHOWN)? {
            let args = Args::new()
                .text("name", &batch.name)
                .number("codes", batch.codes)
                .number("checks", batch.checks);
            let text = i18n::plain(lang, "batch-button", &args);
            let data = format!("cards:batch:{}:{}", card.id, batch.first);
            keyboard = keyboard.row([Button::callback(&text, data)?]);
        }
        let button = |key: &str, action: &str| {
            Button::labelled(lang, key, format!("cards:{action}:{}", card.id))
        };
        let keyboard = keyboard
            .row([button("button-batch-add", "batch-add")?])
            .row([button("button-back", "card")?]);
        let text = i18n::html(lang, "batches", &Args::new().text("name", &card.name));
        Ok(Answer::screen(Screen::new(text, keyboard)))
    }

    pub(super) fn ask_batch(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        card: &Card,
    ) -> anyhow::Result<Answer> {
        dialogue::set(tx, actor, &BatchStep { batch_of: card.id })?;
        asked(actor, "batch-ask")
    }

    /// None when nobody was asked.
    pub(super) fn batch_text(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        text: &str,
    ) -> anyhow::Result<Option<Answer>> {
        let Some(step) = dialogue::step::<BatchStep>(tx, actor)? else {
            return Ok(None);
        };
        let Some(card) = store::get(tx, step.batch_of)? else {
            dialogue::end(tx, actor)?;
            return self.list(tx, actor, 0).map(Some);
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
        self.batches(tx, actor, &card).map(Some)
    }

    /// A button about one batch; `rest` begins with the id of its first code.
    pub(super) fn batch_callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        card: &Card,
        action: &str,
        rest: &str,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let (first, how) = id_and_rest(rest);
        let Some(batch) = store::batch(tx, card.id, first)? else {
            let screen = self.batches(tx, actor, card)?;
            return Ok(screen.toast(label(lang, "stale-button")));
        };
        match action {
            "codes" => {
                let caption = Screen::text(Html::text(&batch.name));
                Ok(Answer::default()
                    .file(files::codes(card.id, batch.first)?, caption)
                    .toast(label(lang, "export-coming")))
            }
            "batch-labels" => self.labels(tx, actor, card, Some(batch.first), how),
            "units" => self.units(tx, actor, card, &batch, how.parse().unwrap_or(0)),
            _ => {
                let args = Args::new()
                    .text("name", &batch.name)
                    .number("codes", batch.codes)
                    .number("checks", batch.checks);
                let data = |action: &str| format!("cards:{action}:{}:{}", card.id, batch.first);
                let keyboard = Keyboard::new()
                    .row([Button::labelled(lang, "button-units", data("units"))?])
                    .row([
                        Button::callback("CSV", data("codes"))?,
                        Button::labelled(lang, "button-card-labels", data("batch-labels"))?,
                    ])
                    .row([Button::labelled(
                        lang,
                        "button-back",
                        format!("cards:batches:{}", card.id),
                    )?]);
                let text = i18n::html(lang, "batch", &args);
                Ok(Answer::screen(Screen::new(text, keyboard)))
            }
        }
    }
}

fn asked(actor: &Actor, key: &str) -> anyhow::Result<Answer> {
    let args = Args::new().number("most", MOST_CODES);
    let text = i18n::html(actor.lang, key, &args);
    Ok(Answer::screen(Screen::new(text, ways_out(actor)?)))
}
