//! The log of scans: a card's newest ones on a screen, more as a table. All cards as a table.

use super::CardHandlers;
use super::callback::{CardAct, CardCallback};
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::cards::card::Card;
use crate::slices::cards::files;
use crate::slices::cards::store;
use crate::slices::cards::store::{LoggedScan, MOST_EXPORTED};
use crate::telegram::{Answer, Button, Keyboard, Screen};

const SHOWN: usize = 10;

impl CardHandlers {
    pub(super) fn scans(&self, cx: &Context<'_>, card: &Card) -> anyhow::Result<Answer> {
        let lang = cx.actor.lang;
        let scans = store::last_scans(cx.tx, card.id, SHOWN)?;
        let mut keyboard = Keyboard::new();
        if !scans.is_empty() {
            let table = CardCallback::Card(card.id, CardAct::ScansTable);
            keyboard = keyboard.row([Button::labelled(lang, "button-scans-csv", table)?]);
        }
        let back = CardCallback::Card(card.id, CardAct::Show);
        let back = Button::labelled(lang, "button-back", back)?;
        let title = if scans.is_empty() {
            "scans-none"
        } else {
            "scans"
        };
        let args = Args::new().text("name", &card.name);
        let mut lines = vec![i18n::html(lang, title, &args)];
        lines.extend(scans.iter().map(|scan| self.line(cx.actor, scan)));
        Ok(Answer::screen(
            Html::join(&lines, "\n"),
            keyboard.row([back]),
        ))
    }

    fn line(&self, actor: &Actor, scan: &LoggedScan) -> Html {
        let lang = actor.lang;
        let who = if scan.person == 0 {
            i18n::text(lang, "somebody")
        } else {
            Html::name(&scan.name)
        };
        let outcome = label(lang, &format!("outcome-{}", scan.outcome.word()));
        let args = Args::new()
            .text("at", &i18n::date_time(lang, scan.at, &actor.zone))
            .text("outcome", &outcome)
            .html("who", &who);
        let line = i18n::html(lang, "scans-line", &args);
        if scan.batch.is_empty() {
            return line;
        }
        let args = Args::new()
            .html("line", &line)
            .text("batch", &scan.batch)
            .number("serial", scan.serial);
        i18n::html(lang, "scans-line-of-batch", &args)
    }

    pub(super) fn cards_table(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        audit::note(cx.tx, actor, Deed::Export, None, "cards")?;
        let caption = Screen::text(i18n::text(actor.lang, "cards-caption"));
        let table = files::cards(actor)?;
        Ok(Answer::export(actor.lang, table, caption))
    }

    /// Of one card, or of all.
    pub(super) fn scans_table(
        &self,
        cx: &Context<'_>,
        card: Option<&Card>,
    ) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        let what = card.map_or("scans", |card| card.name.as_str());
        audit::note(cx.tx, actor, Deed::Export, None, what)?;
        let table = files::scans(actor, card.map(|card| card.id))?;
        let args = Args::new().number("most", MOST_EXPORTED);
        let caption = Screen::text(i18n::html(lang, "scans-caption", &args));
        Ok(Answer::export(lang, table, caption))
    }
}
