//! The charts that people can choose, and the request for one.

use super::{WatchHandlers, note};
use crate::i18n::{self, label};
use crate::navigation::{PANEL, home_button};
use crate::people::Actor;
use crate::slice::Context;
use crate::slices::watch::callback::WatchCallback;
use crate::slices::watch::model::account::ChartSubject;
use crate::slices::watch::views::{charts, files};
use crate::telegram::{Answer, Button, Keyboard, Screen};

/// What only admins may see drawn: it is about everybody.
pub(super) const OF_ADMINS: [ChartSubject; 3] = [
    ChartSubject::Found,
    ChartSubject::Sites,
    ChartSubject::Duration,
];

impl WatchHandlers {
    /// The charts an admin can choose from.
    pub(super) fn charts(actor: &Actor) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let mut keyboard = Keyboard::new();
        for subject in OF_ADMINS {
            keyboard = keyboard.row([chart_button(actor, subject)?]);
        }
        let panel = Button::labelled(lang, "button-panel", PANEL)?;
        let home = home_button(lang)?;
        let text = i18n::text(lang, "charts");
        Ok(Answer::screen(text, keyboard.row([panel, home])))
    }

    /// Sends a chart below the screen. Where there is nothing to draw it says so.
    pub(super) fn chart(&self, cx: &Context<'_>, subject: ChartSubject) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        let formatter = self.notifier.voice_to(actor);
        let picture = charts::picture(cx.tx, formatter, subject, actor.id, actor.now)?;
        let Some(picture) = picture else {
            return Ok(note(actor, i18n::text(lang, "chart-nothing")));
        };
        let home = home_button(lang)?;
        let caption = Screen::new(picture.caption, Keyboard::new().row([home]));
        let recipe = files::chart(subject, actor)?;
        Ok(Answer::default()
            .file(recipe, caption)
            .toast(label(lang, "chart-drawing")))
    }
}

/// A button that draws a chart.
pub(super) fn chart_button(actor: &Actor, subject: ChartSubject) -> anyhow::Result<Button> {
    let text = label(actor.lang, &format!("button-chart-{}", subject.word()));
    Button::callback(&text, WatchCallback::Chart(subject))
}
