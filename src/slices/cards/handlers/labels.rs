//! Labels: their size, paper and printer.

use serde::{Deserialize, Serialize};

use super::{CardHandlers, ways_out};
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::i18n::{self, Args, label};
use crate::people::Actor;
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
    /// Labels of the shared code, or of a batch. `how` is a size, a size with paper and printer
    /// (`20:a4:300`), or `ask` for the question about another size.
    pub(super) fn labels(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        card: &Card,
        batch: Option<i64>,
        how: &str,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        if how == "ask" {
            let labels_of = card.id;
            dialogue::set(tx, actor, &SideStep { labels_of, batch })?;
            return asked(actor, "labels-ask");
        }
        let mut words = how.split(':');
        let side_mm = words.next().and_then(|mm| mm.parse().ok());
        let side_mm = side_mm
            .filter(|mm| SIDES.contains(mm))
            .unwrap_or(USUAL_SIDE);
        let paper = match words.next() {
            None => return self.labels_screen(tx, actor, card, batch, side_mm),
            Some("a4") => Some(Paper::A4 { used: 0 }),
            Some("single") => Some(Paper::Single),
            Some(_) => None,
        };
        let dpi = words.next().and_then(|dpi| dpi.parse().ok());
        let (Some(paper), Some(dpi)) = (paper, dpi.and_then(Dpi::from_number)) else {
            let screen = self.labels_screen(tx, actor, card, batch, side_mm)?;
            return Ok(screen.toast(label(lang, "stale-button")));
        };
        let print = PrintSettings {
            paper,
            side_mm,
            dpi,
        };
        let caption = Screen::text(i18n::text(lang, "card-labels-caption"));
        Ok(Answer::default()
            .file(files::labels(card.id, batch, print)?, caption)
            .toast(label(lang, "export-coming")))
    }

    /// None when nobody was asked.
    pub(super) fn side_text(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        text: &str,
    ) -> anyhow::Result<Option<Answer>> {
        let Some(step) = dialogue::step::<SideStep>(tx, actor)? else {
            return Ok(None);
        };
        let Some(card) = store::get(tx, step.labels_of)? else {
            dialogue::end(tx, actor)?;
            return self.list(tx, actor, 0).map(Some);
        };
        // The unit may follow the number.
        let digits = text.trim().trim_end_matches(|c: char| !c.is_ascii_digit());
        let side_mm = digits.parse().ok().filter(|mm| SIDES.contains(mm));
        let Some(side_mm) = side_mm else {
            return asked(actor, "labels-expected").map(Some);
        };
        dialogue::end(tx, actor)?;
        self.labels_screen(tx, actor, &card, step.batch, side_mm)
            .map(Some)
    }

    fn labels_screen(
        &self,
        connection: &Connection,
        actor: &Actor,
        card: &Card,
        batch: Option<i64>,
        side_mm: u32,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let (print, back) = match batch {
            None => (
                format!("cards:labels:{}", card.id),
                format!("cards:card:{}", card.id),
            ),
            Some(first) => (
                format!("cards:batch-labels:{}:{first}", card.id),
                format!("cards:batch:{}:{first}", card.id),
            ),
        };
        let size = |mm: u32| {
            let args = Args::new().number("mm", mm);
            let key = if mm == side_mm {
                "labels-size-chosen"
            } else {
                "labels-size"
            };
            Button::callback(&i18n::plain(lang, key, &args), format!("{print}:{mm}"))
        };
        let sizes: anyhow::Result<Vec<_>> = OFFERED.into_iter().map(size).collect();
        let other = Button::labelled(lang, "button-labels-other", format!("{print}:ask"))?;
        let mut keyboard = Keyboard::new().row(sizes?).row([other]);
        for paper in ["a4", "single"] {
            let spoken = label(lang, &format!("button-labels-{paper}"));
            let button = |dpi: Dpi| {
                let dpi = dpi.per_inch();
                Button::callback(
                    &format!("{spoken} {dpi} dpi"),
                    format!("{print}:{side_mm}:{paper}:{dpi}"),
                )
            };
            let row: anyhow::Result<Vec<_>> = Dpi::ALL.into_iter().map(button).collect();
            keyboard = keyboard.row(row?);
        }
        let back = Button::labelled(lang, "button-back", back)?;
        let real = match store::bot(connection)? {
            Some(bot) => real_sizes(
                &files::start(self.base_url.as_deref(), &bot.username),
                side_mm,
            )?,
            None => String::new(),
        };
        let args = Args::new().number("mm", side_mm).text("real", &real);
        Ok(Answer::screen(Screen::new(
            i18n::html(lang, "card-labels", &args),
            keyboard.row([back]),
        )))
    }
}

fn asked(actor: &Actor, key: &str) -> anyhow::Result<Answer> {
    let args = Args::new()
        .number("least", *SIDES.start())
        .number("most", *SIDES.end());
    let text = i18n::html(actor.lang, key, &args);
    Ok(Answer::screen(Screen::new(text, ways_out(actor)?)))
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
