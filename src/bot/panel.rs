//! `/admin`: one message from which admins reach everything. Every screen behind it has a way back to it.
//!
//! Buttons of the screens of this folder carry `admin:<screen>:…` and come here only from admins.

use super::Bot;
use super::export;
use crate::db::WriteTx;
use crate::dialogue;
use crate::i18n::{self, Args, label};
use crate::people::{self, Actor};
use crate::slices::watch::store as watch_store;
use crate::telegram::{Answer, Button, Keyboard, Screen};

/// The panel.
fn panel(tx: &WriteTx<'_>, actor: &Actor, with_cards: bool) -> anyhow::Result<Answer> {
    let lang = actor.lang;
    let (n_people, n_asked) = people::counts(tx)?;
    let args = Args::new()
        .number("people", n_people)
        .number("asked", n_asked)
        .number("accounts", watch_store::totals(tx, None)?.all());
    let button = |key: &str, data: &str| Button::callback(&label(lang, key), data);
    let mut questions = Vec::new();
    let n_questions = watch_store::mass_changes(tx)?.len();
    if n_questions > 0 {
        let args = Args::new().number("n", n_questions);
        let text = i18n::plain(lang, "button-mass-changes", &args);
        questions.push(Button::callback(&text, "watch:mass")?);
    }
    let mut cards = Vec::new();
    if with_cards {
        cards.push(button("button-card-add", "cards:add")?);
        cards.push(button("button-cards", "cards:list:0")?);
    }
    let keyboard = Keyboard::new()
        .row(questions)
        .row([
            button("button-check-all", "run:check")?,
            button("button-thread", "run:now")?,
        ])
        .row([
            button("button-accounts", "watch:list:all:0")?,
            button("button-people", "people:list:0")?,
        ])
        .row([
            button("button-sites", "site:list:0")?,
            button("button-stats", "admin:stats")?,
        ])
        .row([
            button("button-broadcast", "admin:broadcast")?,
            button("button-log", "admin:log::0")?,
        ])
        .row([
            button("button-charts", "watch:charts")?,
            button("button-export", "admin:export")?,
        ])
        .row(cards)
        .row([button("button-home", "bot:home")?]);
    Ok(Answer::screen(Screen::new(
        i18n::html(lang, "admin-panel", &args),
        keyboard,
    )))
}

/// The row that leads back to the panel.
pub(super) fn back_row(actor: &Actor) -> anyhow::Result<[Button; 1]> {
    let text = label(actor.lang, "button-back");
    Ok([Button::callback(&text, "bot:panel")?])
}

impl Bot {
    /// The panel.
    pub(super) fn panel(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Answer> {
        panel(tx, actor, self.cards.is_some())
    }

    /// A button; `data` is what stands after `admin:`.
    pub(super) fn admin_callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        data: &str,
    ) -> anyhow::Result<Answer> {
        match data.split_once(':').unwrap_or((data, "")) {
            ("stats", _) => self.stats(tx, actor),
            ("log", rest) => self.log_screen(tx, actor, rest),
            ("export", "") => export::screen(actor),
            ("export", what) => self.export(tx, actor, what),
            ("backup", sure) => self.backup(tx, actor, sure == "sure"),
            ("broadcast", "") => self.broadcast(tx, actor),
            ("broadcast-send", seen) => self.broadcast_send(tx, actor, seen),
            ("broadcast-stop", id) => self.broadcast_stop(tx, actor, id),
            ("broadcast-cancel", _) => {
                dialogue::end(tx, actor)?;
                self.panel(tx, actor)
            }
            _ => Ok(self
                .panel(tx, actor)?
                .toast(label(actor.lang, "stale-button"))),
        }
    }
}
