//! How the watch goes, for admins: the run going on and its stop, the last ones, how late, how slow.
//!
//! Buttons carry `run:<action>`. A press never waits for the watch thread: it writes a row and rings.

use std::time::Duration;

use super::WatchHandlers;
use crate::clock::{DAY, UnixMs};
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::people::audit::{self, Deed};
use crate::people::{self, Actor};
use crate::slices::watch::model::account::{RunState, Trigger};
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::store::LastRun;
use crate::telegram::{Answer, Button, Keyboard, Screen};

/// Runs shown.
const SHOWN_RUNS: usize = 5;

/// The slowest sites shown.
const SHOWN_SITES: usize = 5;

/// Slow sites are those of today and yesterday.
const LATELY: Duration = DAY;

impl WatchHandlers {
    /// A button; `data` is what stands after `run:`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn run_callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        data: &str,
    ) -> anyhow::Result<Answer> {
        match data.split_once(':').unwrap_or((data, "")) {
            ("check", _) => self.check_all(tx, actor),
            ("stop", id) => self.stop_run(tx, actor, id.parse().unwrap_or(0)),
            _ => self.open_state(tx, actor),
        }
    }

    /// The screen of state, which moves by itself from now on.
    fn open_state(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Answer> {
        if let Some(message_id) = actor.pressed {
            store::open_screen(tx, actor.now, actor.chat_id, message_id)?;
        }
        Ok(Answer::screen(self.state(tx, actor)?))
    }

    /// The screen of state for an admin who has it open; none for anybody else.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::slices::watch) fn state_for(
        &self,
        connection: &Connection,
        now: UnixMs,
        admin: i64,
    ) -> anyhow::Result<Option<Screen>> {
        let actor = people::actor(connection, now, admin, self.notifier.language)?;
        let Some(actor) = actor.filter(|actor| actor.role.is_admin()) else {
            return Ok(None);
        };
        Ok(Some(self.state(connection, &actor)?))
    }

    /// *Check all now*.
    fn check_all(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Answer> {
        let pending = store::totals(tx, None)?.pending;
        let asked = self.ask_check(
            tx,
            actor,
            crate::slices::watch::model::account::Scope::All,
            pending,
        )?;
        if pending > 0 {
            audit::note(tx, actor.now, actor.id, Deed::CheckAll, None, "")?;
        }
        let screen = self.open_state(tx, actor)?.screen;
        Ok(Answer { screen, ..asked })
    }

    fn stop_run(&self, tx: &WriteTx<'_>, actor: &Actor, id: i64) -> anyhow::Result<Answer> {
        let stopped = store::stop(tx, actor.id, id)?;
        let key = if stopped { "run-stopping" } else { "run-over" };
        if stopped {
            audit::note(
                tx,
                actor.now,
                actor.id,
                Deed::StopRun,
                None,
                &id.to_string(),
            )?;
        }
        // In a group the button is under the run's own message, which is edited when the run has ended.
        let answer = if actor.chat_id == actor.id && !stopped {
            self.open_state(tx, actor)?
        } else {
            Answer::default()
        };
        Ok(answer.toast(label(actor.lang, key)).ring(&self.bell))
    }

    fn state(&self, connection: &Connection, actor: &Actor) -> anyhow::Result<Screen> {
        let lang = actor.lang;
        let runs = store::recent(connection, SHOWN_RUNS)?;
        let mut lines = vec![i18n::text(lang, "thread"), Html::default()];
        let running = runs
            .first()
            .filter(|run| run.progress.state == RunState::Running);
        match running {
            Some(run) => lines.push(self.running_line(actor, run)),
            None => lines.push(self.last_run(connection, actor)?),
        }
        lines.push(self.next_line(actor));
        if let Some(late) = self.lateness(&runs) {
            let args = Args::new().text("span", &i18n::span(lang, late));
            lines.push(i18n::html(lang, "thread-late", &args));
        }
        let past: Vec<Html> = runs
            .iter()
            .filter_map(|run| self.run_line(actor, run))
            .collect();
        if !past.is_empty() {
            lines.extend([Html::default(), i18n::text(lang, "thread-runs")]);
            lines.extend(past);
        }
        let slow = self.slow_lines(connection, actor)?;
        if !slow.is_empty() {
            lines.extend([Html::default(), i18n::text(lang, "thread-slow")]);
            lines.extend(slow);
        }
        let button = |key: &str, data: &str| Button::callback(&label(lang, key), data);
        let mut keyboard = Keyboard::new();
        if let Some(run) = running {
            keyboard = keyboard.row([stop_button(actor.lang, run.id)?]);
        }
        let keyboard = keyboard
            .row([
                button("button-check-all", "run:check")?,
                button("button-refresh", "run:now")?,
            ])
            .row([button("button-back", "bot:panel")?]);
        Ok(Screen::new(texts::fit(lines), keyboard))
    }

    fn running_line(&self, actor: &Actor, run: &LastRun) -> Html {
        let (progress, formatter) = (&run.progress, self.notifier.voice_to(actor));
        let checked = progress.counts.checked();
        texts::run_progress(formatter, progress.total, progress.started_at, checked)
    }

    pub(super) fn next_line(&self, actor: &Actor) -> Html {
        let Some(next) = self.schedule.next_after(actor.now) else {
            return Html::default();
        };
        let time = i18n::time(next, self.notifier.voice_to(actor).zone);
        i18n::html(actor.lang, "status-next", &Args::new().text("time", &time))
    }

    /// How long after its tick the last run of the schedule began.
    fn lateness(&self, runs: &[LastRun]) -> Option<Duration> {
        let of_schedule = |run: &&LastRun| run.progress.trigger == Trigger::Schedule;
        let began = runs.iter().find(of_schedule)?.progress.started_at;
        let period = self.schedule.period_after(began);
        let mut tick = self.schedule.next_after(began.minus(period * 2))?;
        while let Some(next) = self.schedule.next_after(tick).filter(|next| *next <= began) {
            tick = next;
        }
        Some(began.since(tick))
    }

    fn run_line(&self, actor: &Actor, run: &LastRun) -> Option<Html> {
        let progress = &run.progress;
        let ended = progress.ended_at?;
        let formatter = self.notifier.voice_to(actor);
        let took = i18n::span(actor.lang, ended.since(progress.started_at));
        let args = Args::new()
            .text("time", &i18n::time(progress.started_at, formatter.zone))
            .text("span", &took)
            .number("checked", progress.counts.checked())
            .number("errors", progress.counts.errors);
        Some(i18n::html(actor.lang, "thread-run", &args))
    }

    /// Sites by how long a look at them takes.
    fn slow_lines(&self, connection: &Connection, actor: &Actor) -> anyhow::Result<Vec<Html>> {
        let since = self.notifier.zone.day(actor.now.minus(LATELY));
        let mut slow: Vec<(Duration, String)> = store::by_site(store::days(connection, &since)?)
            .into_iter()
            .filter_map(|(site, tally)| Some((tally.usual_look()?, site)))
            .collect();
        slow.sort_unstable_by(|a, b| b.cmp(a));
        let formatter = self.notifier.voice_to(actor);
        let line = |(took, site): &(Duration, String)| {
            let args = Args::new()
                .text("site", &formatter.site_name(site))
                .text("span", &i18n::short_span(actor.lang, *took));
            i18n::html(actor.lang, "thread-site", &args)
        };
        Ok(slow.iter().take(SHOWN_SITES).map(line).collect())
    }
}

/// Ends a run early.
///
/// # Errors
/// When the label is missing.
pub(in crate::slices::watch) fn stop_button(
    lang: i18n::Lang,
    run_id: i64,
) -> anyhow::Result<Button> {
    Button::callback(
        &label(lang, "button-stop-run"),
        format!("run:stop:{run_id}"),
    )
}

/// Until when, as people read it.
pub(super) fn spoken_until(formatter: texts::Formatter<'_>, until: Option<UnixMs>) -> String {
    match until {
        Some(until) => {
            let time = i18n::date_time(formatter.lang, until, formatter.zone);
            i18n::plain(formatter.lang, "until", &Args::new().text("time", &time))
        }
        None => label(formatter.lang, "until-unmuted"),
    }
}
