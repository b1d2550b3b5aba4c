//! Numbers for admins: accounts, checks, people, messages, the database. All come from counters and indexed queries.

use std::time::Duration;

use super::Bot;
use super::panel::back_row;
use crate::db::Connection;
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::people::{self, Actor};
use crate::retention;
use crate::slices::watch::model::account::SiteTally;
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::store::SiteDay;
use crate::telegram::{Answer, Button, Keyboard, Screen, outbox};

/// The last days whose sums are shown beside today's.
const WEEK: Duration = Duration::from_secs(6 * 24 * 60 * 60);

impl Bot {
    /// The screen.
    pub(super) fn stats(&self, connection: &Connection, actor: &Actor) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let zone = self.watch.zone();
        let today = zone.day(actor.now);
        let week = store::days(connection, &zone.day(actor.now.minus(WEEK)))?;
        let totals = store::totals(connection, None)?;
        let (people, asked) = people::counts(connection)?;
        let counts = outbox::counts(connection, actor.now)?;
        let accounts = Args::new()
            .number("all", totals.all())
            .number("pending", totals.pending)
            .number("done", totals.done)
            .number("paused", totals.paused);
        let messages = Args::new()
            .number("pending", counts.pending)
            .number("unconfirmed", counts.unconfirmed)
            .number("dead", counts.dead);
        let lines = [
            i18n::text(lang, "stats"),
            Html::default(),
            i18n::html(lang, "stats-accounts", &accounts),
            sums_line(
                actor,
                "stats-today",
                week.iter().filter(|day| day.day == today),
            ),
            sums_line(actor, "stats-week", week.iter()),
            i18n::html(
                lang,
                "stats-people",
                &Args::new().number("people", people).number("asked", asked),
            ),
            i18n::html(lang, "status-outbox", &messages),
            texts::storage(lang, &retention::sizes(connection)?),
        ];
        let refresh = Button::callback(&label(lang, "button-refresh"), "admin:stats")?;
        let keyboard = Keyboard::new().row([refresh]).row(back_row(actor)?);
        Ok(Answer::screen(Screen::new(
            Html::join(&lines, "\n"),
            keyboard,
        )))
    }
}

fn sums_line<'a>(actor: &Actor, key: &str, days: impl Iterator<Item = &'a SiteDay>) -> Html {
    let mut sums = SiteTally::default();
    for day in days {
        sums.add(day.tally);
    }
    let args = Args::new()
        .number("checked", sums.counts.checked())
        .number("found", sums.counts.found)
        .number("errors", sums.counts.errors);
    i18n::html(actor.lang, key, &args)
}
