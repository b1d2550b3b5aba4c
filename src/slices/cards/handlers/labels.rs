//! Labels: their size, paper and printer.

use serde::{Deserialize, Serialize};

use super::callback::{BatchAct, CardAct, CardCallback, LabelsAct};
use super::{CardHandlers, ways_out};
use crate::dialogue;
use crate::i18n::{self, Args, label};
use crate::people::Actor;
use crate::slice::Context;
use crate::slices::cards::card::Card;
use crate::slices::cards::files;
use crate::slices::cards::label::{Dpi, Paper, PrintSettings, SIDES, USUAL_SIDE, printed_tenths};
use crate::slices::cards::store;
use crate::telegram::{Answer, Button, Keyboard, Screen};

/// In millimetres.
const OFFERED: [u32; 5] = [15, USUAL_SIDE, 25, 30, 40];

/// Waits for a size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SideStep {
    /// The card's id; `batch` names a batch by its first code.
    labels_of: i64,
    batch: Option<i64>,
}

impl CardHandlers {
    /// Labels of the shared code, or of the batch with this first code.
    pub(super) fn labels(
        &self,
        cx: &Context<'_>,
        card: &Card,
        batch: Option<i64>,
        act: LabelsAct,
    ) -> anyhow::Result<Answer> {
        match act {
            LabelsAct::Show => self.labels_screen(cx, card, batch, USUAL_SIDE),
            LabelsAct::Side(side_mm) => self.labels_screen(cx, card, batch, side_mm),
            LabelsAct::AskSide => {
                let labels_of = card.id;
                dialogue::set(cx.tx, cx.actor, &SideStep { labels_of, batch })?;
                asked(cx.actor, "labels-ask")
            }
            LabelsAct::Print(print) => {
                let caption = Screen::text(i18n::text(cx.actor.lang, "card-labels-caption"));
                let labels = files::labels(card.id, batch, print)?;
                Ok(Answer::export(cx.actor.lang, labels, caption))
            }
        }
    }

    /// None when nobody was asked.
    pub(super) fn side_text(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Option<Answer>> {
        let Some(step) = dialogue::step::<SideStep>(cx.tx, cx.actor)? else {
            return Ok(None);
        };
        let Some(card) = store::get(cx.tx, step.labels_of)? else {
            dialogue::end(cx.tx, cx.actor)?;
            return self.list(cx, 0).map(Some);
        };
        // The unit may follow the number.
        let digits = text.trim().trim_end_matches(|c: char| !c.is_ascii_digit());
        let side_mm = digits.parse().ok().filter(|mm| SIDES.contains(mm));
        let Some(side_mm) = side_mm else {
            return asked(cx.actor, "labels-expected").map(Some);
        };
        dialogue::end(cx.tx, cx.actor)?;
        self.labels_screen(cx, &card, step.batch, side_mm).map(Some)
    }

    fn labels_screen(
        &self,
        cx: &Context<'_>,
        card: &Card,
        batch: Option<i64>,
        side_mm: u32,
    ) -> anyhow::Result<Answer> {
        let lang = cx.actor.lang;
        let data = |act| {
            let act = match batch {
                None => CardAct::Labels(act),
                Some(first) => CardAct::Batch(first, BatchAct::Labels(act)),
            };
            CardCallback::Card(card.id, act)
        };
        let back = match batch {
            None => CardAct::Show,
            Some(first) => CardAct::Batch(first, BatchAct::Show),
        };
        let size = |mm: u32| {
            let args = Args::new().number("mm", mm);
            let key = if mm == side_mm {
                "labels-size-chosen"
            } else {
                "labels-size"
            };
            let text = i18n::plain(lang, key, &args);
            Button::callback(&text, data(LabelsAct::Side(mm)))
        };
        let sizes: anyhow::Result<Vec<_>> = OFFERED.into_iter().map(size).collect();
        let other = Button::labelled(lang, "button-labels-other", data(LabelsAct::AskSide))?;
        let mut keyboard = Keyboard::new().row(sizes?).row([other]);
        let papers = [
            (Paper::A4 { used: 0 }, "button-labels-a4"),
            (Paper::Single, "button-labels-single"),
        ];
        for (paper, key) in papers {
            let spoken = label(lang, key);
            let button = |dpi: Dpi| {
                let text = format!("{spoken} {} dpi", dpi.per_inch());
                let print = PrintSettings {
                    paper,
                    side_mm,
                    dpi,
                };
                Button::callback(&text, data(LabelsAct::Print(print)))
            };
            let row: anyhow::Result<Vec<_>> = Dpi::ALL.into_iter().map(button).collect();
            keyboard = keyboard.row(row?);
        }
        let back = Button::labelled(lang, "button-back", CardCallback::Card(card.id, back))?;
        let real = match store::bot(cx.tx)? {
            Some(bot) => real_sizes(
                &files::start(self.base_url.as_deref(), &bot.username),
                side_mm,
            )?,
            None => String::new(),
        };
        let args = Args::new().number("mm", side_mm).text("real", &real);
        Ok(Answer::screen(
            i18n::html(lang, "card-labels", &args),
            keyboard.row([back]),
        ))
    }
}

fn asked(actor: &Actor, key: &str) -> anyhow::Result<Answer> {
    let args = Args::new()
        .number("least", *SIDES.start())
        .number("most", *SIDES.end());
    let text = i18n::html(actor.lang, key, &args);
    Ok(Answer::screen(text, ways_out(actor)?))
}

/// The side that each printer can print, because dots cannot be divided: `203 dpi — 22.5, …`.
fn real_sizes(start: &str, side_mm: u32) -> anyhow::Result<String> {
    let mut sizes = Vec::new();
    for dpi in Dpi::ALL {
        let tenths = printed_tenths(start, side_mm, dpi)?;
        sizes.push(format!(
            "{} dpi — {}.{}",
            dpi.per_inch(),
            tenths / 10,
            tenths % 10
        ));
    }
    Ok(sizes.join(", "))
}
