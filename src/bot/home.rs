//! The first screen, help and the admins' panel.

use super::Bot;
use crate::db::WriteTx;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::people::{self, Asker};
use crate::telegram::{Answer, Button, Keyboard, Screen};
use crate::watch::store as watch_store;

/// What the bot is, and where to go.
pub(super) fn home(asker: &Asker) -> anyhow::Result<Answer> {
    let lang = asker.lang;
    let button = |key: &str, data: &str| Button::callback(&label(lang, key), data);
    let mut keyboard = Keyboard::new()
        .row([
            button("button-add", "watch:add")?,
            button("button-list", "watch:list:mine:0")?,
        ])
        .row([
            button("button-check", "watch:check-mine")?,
            button("button-status", "watch:status")?,
        ])
        .row([
            button("button-settings", "bot:settings")?,
            button("button-help", "bot:help")?,
        ]);
    if asker.role.is_admin() {
        keyboard = keyboard.row([button("button-panel", "bot:panel")?]);
    }
    Ok(Answer::screen(Screen::new(
        i18n::text(lang, "start-hello"),
        keyboard,
    )))
}

/// The admins' panel.
pub(super) fn panel(tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<Answer> {
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
    let keyboard = Keyboard::new()
        .row(questions)
        .row([button("button-check-all", "watch:check-all")?])
        .row([
            button("button-accounts", "watch:list:all:0")?,
            button("button-people", "people:list:0")?,
        ])
        .row([button("button-charts", "watch:charts")?])
        .row([button("button-home", "bot:home")?]);
    Ok(Answer::screen(Screen::new(
        i18n::html(lang, "admin-panel", &args),
        keyboard,
    )))
}

pub(super) fn home_row(lang: Lang) -> anyhow::Result<[Button; 1]> {
    Ok([Button::callback(&label(lang, "button-home"), "bot:home")?])
}

impl Bot {
    pub(super) fn help(&self, asker: &Asker) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let mut text = i18n::html(
            lang,
            "help",
            &Args::new().text("sites", &self.watch.sites()),
        );
        if asker.role.is_admin() {
            text = Html::join([&text, &i18n::text(lang, "help-admin")], "\n\n");
        }
        let privacy = Button::callback(&label(lang, "button-privacy"), "bot:privacy")?;
        let keyboard = Keyboard::new().row([privacy]).row(home_row(lang)?);
        Ok(Answer::screen(Screen::new(text, keyboard)))
    }
}
