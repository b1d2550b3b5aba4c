//! `/admin`: one message from which admins reach everything. Every screen behind it has a way back to it.
//!
//! Buttons of the screens of this folder carry `admin:<screen>:…` and come here only from admins.

use super::Bot;
use super::export;
use crate::db::WriteTx;
use crate::dialogue;
use crate::i18n::{self, Args, label};
use crate::people::{self, Asker};
use crate::slices::watch::store as watch_store;
use crate::telegram::{Answer, Button, Keyboard, Screen};

/// The panel.
fn panel(tx: &WriteTx<'_>, asker: &Asker, with_cards: bool) -> anyhow::Result<Answer> {
    let lang = asker.lang;
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
pub(super) fn back_row(asker: &Asker) -> anyhow::Result<[Button; 1]> {
    let text = label(asker.lang, "button-back");
    Ok([Button::callback(&text, "bot:panel")?])
}

impl Bot {
    /// The panel.
    pub(super) fn panel(&self, tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<Answer> {
        panel(tx, asker, self.cards.is_some())
    }

    /// A button; `data` is what stands after `admin:`.
    pub(super) fn admin_tap(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        data: &str,
    ) -> anyhow::Result<Answer> {
        match data.split_once(':').unwrap_or((data, "")) {
            ("stats", _) => self.stats(tx, asker),
            ("log", rest) => self.log_screen(tx, asker, rest),
            ("export", "") => export::screen(asker),
            ("export", what) => self.export(tx, asker, what),
            ("backup", sure) => self.backup(tx, asker, sure == "sure"),
            ("broadcast", "") => self.broadcast(tx, asker),
            ("broadcast-send", seen) => self.broadcast_send(tx, asker, seen),
            ("broadcast-stop", id) => self.broadcast_stop(tx, asker, id),
            ("broadcast-cancel", _) => {
                dialogue::end(tx, asker)?;
                self.panel(tx, asker)
            }
            _ => Ok(self
                .panel(tx, asker)?
                .toast(label(asker.lang, "stale-button"))),
        }
    }
}
