//! The screen of one card, and its buttons.

use super::scan::{present, share_button, shared_link};
use super::{CardHandlers, id_and_rest, list_row};
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slices::cards::card::Card;
use crate::slices::cards::files;
use crate::slices::cards::files::start;
use crate::slices::cards::store;
use crate::telegram::{Answer, Button, Keyboard, Screen};

impl CardHandlers {
    /// A button about one card; `rest` begins with its id.
    pub(super) fn card_callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        action: &str,
        rest: &str,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let (id, more) = id_and_rest(rest);
        let Some(card) = store::get(tx, id)? else {
            let list = self.list(tx, actor, 0)?;
            return Ok(list.toast(label(lang, "stale-button")));
        };
        match action {
            "card" => self.card(tx, actor, &card),
            "show" => {
                let back = format!("cards:card:{}", card.id);
                let keyboard = Keyboard::new()
                    .row(share_button(tx, lang, &card)?)
                    .row([Button::labelled(lang, "button-back", back)?]);
                present(lang, &i18n::text(lang, "card-preview"), &card, keyboard)
            }
            "qr" => qr(actor, &card, more == "svg"),
            "edit" => self.edit(tx, actor, &card, more),
            "scans" => self.scans(tx, actor, &card),
            "scans-csv" => self.scans_table(tx, actor, Some(&card)),
            "alarm" | "code" | "code-set" | "code-free" | "code-qr" => {
                self.code_callback(tx, actor, &card, action, more)
            }
            "labels" => self.labels(tx, actor, &card, None, more),
            "batches" => self.batches(tx, actor, &card),
            "batch-add" => self.ask_batch(tx, actor, &card),
            "batch" | "units" | "codes" | "batch-labels" => {
                self.batch_callback(tx, actor, &card, action, more)
            }
            "on" | "off" => self.switch(tx, actor, &card, action == "on"),
            _ => self.stale_card(tx, actor, &card),
        }
    }

    /// The card as it is now, after an outdated button.
    pub(super) fn stale_card(
        &self,
        connection: &Connection,
        actor: &Actor,
        card: &Card,
    ) -> anyhow::Result<Answer> {
        let note = label(actor.lang, "stale-button");
        Ok(self.card(connection, actor, card)?.toast(note))
    }

    /// After a card was made: its screen, and its code as a picture.
    pub(super) fn made(&self, tx: &WriteTx<'_>, actor: &Actor, id: i64) -> anyhow::Result<Answer> {
        let Some(card) = store::get(tx, id)? else {
            return self.list(tx, actor, 0);
        };
        let note = label(actor.lang, "card-made");
        let mut answer = self.card(tx, actor, &card)?.toast(note);
        answer.files = qr(actor, &card, false)?.files;
        Ok(answer)
    }

    pub(super) fn card(
        &self,
        connection: &Connection,
        actor: &Actor,
        card: &Card,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let shared = store::shared(connection, card.id)?;
        let state = if card.active { "active" } else { "inactive" };
        let args = Args::new()
            .text("name", &card.name)
            .text("state", &label(lang, &format!("card-is-{state}")))
            .number("checks", card.checks)
            .number("people", card.people)
            .text(
                "made",
                &i18n::date_time(lang, card.created_at, self.zone_of(actor)),
            )
            .html("code", &Html::code(&shared.code.spoken()));
        let mut lines = vec![i18n::html(lang, "card-screen", &args)];
        if let Some(bot) = store::bot(connection)? {
            let start = start(self.base_url.as_deref(), &bot.username);
            let scan = format!("{start}{}", shared.code.as_str());
            let args = Args::new()
                .text("scan", &scan)
                .text("share", &shared_link(&bot, card));
            lines.push(i18n::html(lang, "card-links", &args));
        }
        let button = |key: &str, action: &str| {
            Button::labelled(lang, key, format!("cards:{action}:{}", card.id))
        };
        let (switch, to) = if card.active {
            ("button-card-off", "off")
        } else {
            ("button-card-on", "on")
        };
        let code = format!("cards:code:{}:{}", card.id, shared.id);
        let share = match card.active {
            true => share_button(connection, lang, card)?,
            false => None,
        };
        let keyboard = Keyboard::new()
            .row([
                button("button-card-qr", "qr")?,
                Button::callback("SVG", format!("cards:qr:{}:svg", card.id))?,
                button("button-card-labels", "labels")?,
            ])
            .row([
                Button::labelled(lang, "button-card-code", code)?,
                button("button-batches", "batches")?,
                button("button-card-scans", "scans")?,
            ])
            .row([
                button("button-card-show", "show")?,
                button("button-card-edit", "edit")?,
            ])
            .row(share.into_iter().chain([button(switch, to)?]))
            .row(list_row(actor)?);
        Ok(Answer::screen(Screen::new(
            Html::join(&lines, "\n\n"),
            keyboard,
        )))
    }

    fn switch(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        card: &Card,
        active: bool,
    ) -> anyhow::Result<Answer> {
        if store::set_active(tx, card.id, active)? {
            let deed = if active { Deed::CardOn } else { Deed::CardOff };
            audit::note(tx, actor.now, actor.id, deed, None, &card.name)?;
        }
        let card = Card {
            active,
            ..card.clone()
        };
        self.card(tx, actor, &card)
    }
}

/// The shared code as a picture.
fn qr(actor: &Actor, card: &Card, svg: bool) -> anyhow::Result<Answer> {
    let args = Args::new().text("name", &card.name);
    let caption = Screen::text(i18n::html(actor.lang, "card-qr-caption", &args));
    Ok(Answer::default()
        .file(files::qr(card.id, None, svg)?, caption)
        .toast(label(actor.lang, "export-coming")))
}
