//! The screen of runs, for admins: the current run, the last ones, their delays and slow sites.
//!
//! The handlers show the screen, and the watch thread redraws it during a run.

use std::time::Duration;

use crate::clock::{DAY, UnixMs};
use crate::db::Connection;
use crate::html::Html;
use crate::i18n::{self, Args, Lang};
use crate::navigation::panel_button;
use crate::people::{self, Actor};
use crate::slices::watch::callback::RunCallback;
use crate::slices::watch::model::account::{RunState, Trigger};
use crate::slices::watch::model::schedule::Schedule;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::notices::texts::{self, Formatter};
use crate::slices::watch::store;
use crate::slices::watch::store::LastRun;
use crate::telegram::{Button, Keyboard, Screen};

/// Runs on the screen.
const SHOWN_RUNS: usize = 5;

/// Slow sites on the screen.
const SHOWN_SITES: usize = 5;

/// Slow sites are taken from today and yesterday.
const LATELY: Duration = DAY;

/// The screen of runs.
pub(crate) fn screen(
    connection: &Connection,
    notifier: &Notifier,
    schedule: &Schedule,
    actor: &Actor,
) -> anyhow::Result<Screen> {
    let lang = actor.lang;
    let formatter = notifier.voice_to(actor);
    let runs = store::recent(connection, SHOWN_RUNS)?;
    let mut lines = vec![i18n::text(lang, "thread"), Html::default()];
    let running = runs
        .first()
        .filter(|run| run.progress.state == RunState::Running);
    match running {
        Some(run) => lines.push(running_line(formatter, run)),
        None => lines.push(last_line(connection, formatter)?),
    }
    lines.push(next_line(formatter, schedule, actor.now));
    if let Some(late) = lateness(schedule, &runs) {
        let args = Args::new().text("span", &i18n::span(lang, late));
        lines.push(i18n::html(lang, "thread-late", &args));
    }
    let past: Vec<Html> = runs
        .iter()
        .filter_map(|run| run_line(formatter, run))
        .collect();
    if !past.is_empty() {
        lines.extend([Html::default(), i18n::text(lang, "thread-runs")]);
        lines.extend(past);
    }
    let since = notifier.zone.day(actor.now.minus(LATELY));
    let slow = slow_lines(connection, formatter, &since)?;
    if !slow.is_empty() {
        lines.extend([Html::default(), i18n::text(lang, "thread-slow")]);
        lines.extend(slow);
    }
    let button = |key: &str, data| Button::labelled(lang, key, data);
    let mut keyboard = Keyboard::new();
    if let Some(run) = running {
        keyboard = keyboard.row([stop_button(lang, run.id)?]);
    }
    let keyboard = keyboard
        .row([
            button("button-check-all", RunCallback::Check)?,
            button("button-refresh", RunCallback::Now)?,
        ])
        .row([panel_button(lang)?]);
    Ok(Screen::new(texts::fit(lines), keyboard))
}

/// The screen of runs in a person's private chat; none if the person is no admin.
pub(crate) fn screen_for(
    connection: &Connection,
    notifier: &Notifier,
    schedule: &Schedule,
    now: UnixMs,
    person: i64,
) -> anyhow::Result<Option<Screen>> {
    let actor = people::actor(connection, now, person, notifier.language, &notifier.zone)?;
    let admin = actor.filter(|actor| actor.role.is_admin());
    admin
        .map(|admin| screen(connection, notifier, schedule, &admin))
        .transpose()
}

/// The button that stops a run.
pub(crate) fn stop_button(lang: Lang, run_id: i64) -> anyhow::Result<Button> {
    Button::labelled(lang, "button-stop-run", RunCallback::Stop(run_id))
}

/// The result of the last run, or its progress.
pub(crate) fn last_line(connection: &Connection, formatter: Formatter<'_>) -> anyhow::Result<Html> {
    let lang = formatter.lang;
    let Some(last) = store::last(connection)? else {
        return Ok(i18n::text(lang, "status-no-run"));
    };
    let run = last.progress;
    let counts = run.counts;
    let Some(ended_at) = run.ended_at else {
        let args = Args::new()
            .number("checked", counts.checked())
            .number("total", run.total);
        return Ok(i18n::html(lang, "status-running", &args));
    };
    let key = match run.state {
        RunState::Interrupted => "status-last-interrupted",
        RunState::Offline => "status-last-offline",
        RunState::Running | RunState::Done => "status-last",
    };
    let args = Args::new()
        .text("time", &i18n::date_time(lang, ended_at, formatter.zone))
        .number("found", counts.found)
        .number("not_found", counts.not_found)
        .number("errors", counts.errors);
    Ok(i18n::html(lang, key, &args))
}

/// The time of the next run; empty if there is none.
pub(crate) fn next_line(formatter: Formatter<'_>, schedule: &Schedule, now: UnixMs) -> Html {
    let Some(next) = schedule.next_after(now) else {
        return Html::default();
    };
    let time = i18n::time(next, formatter.zone);
    i18n::html(
        formatter.lang,
        "status-next",
        &Args::new().text("time", &time),
    )
}

fn running_line(formatter: Formatter<'_>, run: &LastRun) -> Html {
    let progress = &run.progress;
    let checked = progress.counts.checked();
    texts::run_progress(formatter, progress.total, progress.started_at, checked)
}

/// How long after its tick the last scheduled run began.
fn lateness(schedule: &Schedule, runs: &[LastRun]) -> Option<Duration> {
    let of_schedule = |run: &&LastRun| run.progress.trigger == Trigger::Schedule;
    let began = runs.iter().find(of_schedule)?.progress.started_at;
    let period = schedule.period_after(began);
    let mut tick = schedule.next_after(began.minus(period * 2))?;
    while let Some(next) = schedule.next_after(tick).filter(|next| *next <= began) {
        tick = next;
    }
    Some(began.since(tick))
}

fn run_line(formatter: Formatter<'_>, run: &LastRun) -> Option<Html> {
    let progress = &run.progress;
    let ended = progress.ended_at?;
    let took = i18n::span(formatter.lang, ended.since(progress.started_at));
    let args = Args::new()
        .text("time", &i18n::time(progress.started_at, formatter.zone))
        .text("span", &took)
        .number("checked", progress.counts.checked())
        .number("errors", progress.counts.errors);
    Some(i18n::html(formatter.lang, "thread-run", &args))
}

/// The sites with the slowest probes since a day.
fn slow_lines(
    connection: &Connection,
    formatter: Formatter<'_>,
    since: &str,
) -> anyhow::Result<Vec<Html>> {
    let mut slow: Vec<(Duration, String)> = store::by_site(store::days(connection, since)?)
        .into_iter()
        .filter_map(|(site, tally)| Some((tally.usual_probe()?, site)))
        .collect();
    slow.sort_unstable_by(|a, b| b.cmp(a));
    let line = |(took, site): &(Duration, String)| {
        let args = Args::new()
            .text("site", &formatter.site_name(site))
            .text("span", &i18n::short_span(formatter.lang, *took));
        i18n::html(formatter.lang, "thread-site", &args)
    };
    Ok(slow.iter().take(SHOWN_SITES).map(line).collect())
}
