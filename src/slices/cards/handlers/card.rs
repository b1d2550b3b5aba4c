//! The screen of one card, and its buttons.

use super::callback::{CardAct, CardCallback, CodeAct, LabelsAct, QrFormat};
use super::edit::{edit_part, edit_screen};
use super::scan::{present, share_button, shared_link};
use super::{CardHandlers, list_row};
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::cards::card::Card;
use crate::slices::cards::files;
use crate::slices::cards::files::start;
use crate::slices::cards::store;
use crate::telegram::{Answer, Button, Keyboard, Screen};

impl CardHandlers {
    /// A button about one card.
    pub(super) fn card_callback(
        &self,
        cx: &Context<'_>,
        card: &Card,
        act: CardAct<'_>,
    ) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        match act {
            CardAct::Show => self.card(cx, card),
            CardAct::Preview => {
                let back = CardCallback::Card(card.id, CardAct::Show);
                let keyboard = Keyboard::new()
                    .row(share_button(cx.tx, lang, card)?)
                    .row([Button::labelled(lang, "button-back", back)?]);
                present(lang, &i18n::text(lang, "card-preview"), card, keyboard)
            }
            CardAct::Qr(format) => qr(actor, card, format),
            CardAct::Edit => edit_screen(actor, card),
            CardAct::EditPart(part) => edit_part(cx, card, part),
            CardAct::RemovePackaged(seen) => self.remove_packaged(cx, card, seen),
            CardAct::Scans => self.scans(cx, card),
            CardAct::ScansTable => self.scans_table(cx, Some(card)),
            CardAct::Labels(act) => self.labels(cx, card, None, act),
            CardAct::Batches => self.batches(cx, card),
            CardAct::AddBatch => self.ask_batch(cx, card),
            CardAct::Batch(first, act) => self.batch_callback(cx, card, first, act),
            CardAct::Code(id, act) => self.code_callback(cx, card, id, act),
            CardAct::SwitchOn => self.switch(cx, card, true),
            CardAct::SwitchOff => self.switch(cx, card, false),
        }
    }

    /// The card as it is now, after an outdated button.
    pub(super) fn stale_card(&self, cx: &Context<'_>, card: &Card) -> anyhow::Result<Answer> {
        let note = label(cx.actor.lang, "stale-button");
        Ok(self.card(cx, card)?.toast(note))
    }

    /// After a card was made: its screen, and its code as a picture.
    pub(super) fn made(&self, cx: &Context<'_>, id: i64) -> anyhow::Result<Answer> {
        let Some(card) = store::get(cx.tx, id)? else {
            return self.list(cx, 0);
        };
        let note = label(cx.actor.lang, "card-made");
        let mut answer = self.card(cx, &card)?.toast(note);
        answer.files = qr(cx.actor, &card, QrFormat::Png)?.files;
        Ok(answer)
    }

    pub(super) fn card(&self, cx: &Context<'_>, card: &Card) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let lang = actor.lang;
        let shared = store::shared(tx, card.id)?;
        let state = if card.active { "active" } else { "inactive" };
        let args = Args::new()
            .text("name", &card.name)
            .text("state", &label(lang, &format!("card-is-{state}")))
            .number("checks", card.checks)
            .number("people", card.people)
            .text("made", &i18n::date_time(lang, card.created_at, &actor.zone))
            .html("code", &Html::code(&shared.code.spoken()));
        let mut lines = vec![i18n::html(lang, "card-screen", &args)];
        if let Some(bot) = store::bot(tx)? {
            let start = start(self.base_url.as_deref(), &bot.username);
            let scan = format!("{start}{}", shared.code.as_str());
            let args = Args::new()
                .text("scan", &scan)
                .text("share", &shared_link(&bot, card));
            lines.push(i18n::html(lang, "card-links", &args));
        }
        let button = |key: &str, act| Button::labelled(lang, key, CardCallback::Card(card.id, act));
        let switch = if card.active {
            button("button-card-off", CardAct::SwitchOff)?
        } else {
            button("button-card-on", CardAct::SwitchOn)?
        };
        let code = CardAct::Code(shared.id, CodeAct::Show);
        let svg = CardCallback::Card(card.id, CardAct::Qr(QrFormat::Svg));
        let share = match card.active {
            true => share_button(tx, lang, card)?,
            false => None,
        };
        let keyboard = Keyboard::new()
            .row([
                button("button-card-qr", CardAct::Qr(QrFormat::Png))?,
                Button::callback("SVG", svg)?,
                button("button-card-labels", CardAct::Labels(LabelsAct::Show))?,
            ])
            .row([
                button("button-card-code", code)?,
                button("button-batches", CardAct::Batches)?,
                button("button-card-scans", CardAct::Scans)?,
            ])
            .row([
                button("button-card-show", CardAct::Preview)?,
                button("button-card-edit", CardAct::Edit)?,
            ])
            .row(share.into_iter().chain([switch]))
            .row(list_row(actor)?);
        Ok(Answer::screen(Html::join(&lines, "\n\n"), keyboard))
    }

    fn switch(&self, cx: &Context<'_>, card: &Card, active: bool) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        if store::set_active(tx, card.id, active)? {
            let deed = if active { Deed::CardOn } else { Deed::CardOff };
            audit::note(tx, actor, deed, None, &card.name)?;
        }
        let card = Card {
            active,
            ..card.clone()
        };
        self.card(cx, &card)
    }
}

/// The shared code as a picture.
fn qr(actor: &Actor, card: &Card, format: QrFormat) -> anyhow::Result<Answer> {
    let args = Args::new().text("name", &card.name);
    let caption = Screen::text(i18n::html(actor.lang, "card-qr-caption", &args));
    let picture = files::qr(card.id, None, format == QrFormat::Svg)?;
    Ok(Answer::export(actor.lang, picture, caption))
}
