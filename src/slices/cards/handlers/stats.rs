//! Totals over all cards, and their chart.

use super::{CardCallback, CardHandlers, list_row};
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::slice::Context;
use crate::slices::cards::{chart, files, store};
use crate::telegram::{Answer, Button, Keyboard, Screen};

const TOP: usize = 3;

impl CardHandlers {
    pub(super) fn stats(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let lang = actor.lang;
        let sums = store::sums(tx)?;
        let args = Args::new()
            .number("cards", sums.cards)
            .number("active", sums.active)
            .number("checks", sums.checks)
            .number("people", sums.people);
        let mut lines = vec![i18n::html(lang, "cards-stats", &args)];
        let top = store::top(tx, TOP)?;
        if !top.is_empty() {
            lines.push(Html::default());
            lines.push(i18n::text(lang, "cards-top"));
        }
        for card in &top {
            let args = Args::new()
                .text("name", &card.name)
                .number("checks", card.checks);
            lines.push(i18n::html(lang, "cards-top-line", &args));
        }
        let chart = Button::labelled(lang, "button-cards-chart", CardCallback::Chart)?;
        let scans = Button::labelled(lang, "button-scans-csv", CardCallback::ScansTable)?;
        let cards = Button::labelled(lang, "button-cards-csv", CardCallback::CardsTable)?;
        Ok(Answer::screen(
            Html::join(&lines, "\n"),
            Keyboard::new()
                .row([chart])
                .row([scans, cards])
                .row(list_row(actor)?),
        ))
    }

    pub(super) fn chart(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        let Some(picture) = chart::picture(cx.tx, &self.zone, lang, actor.now)? else {
            return Ok(Answer::default().toast(label(lang, "cards-chart-none")));
        };
        let caption = Screen::text(picture.caption);
        Ok(Answer::export(lang, files::chart(actor)?, caption))
    }
}
