//! The buttons of the screen of runs, for admins: check all, stop a run, refresh.
//!
//! A press never waits for the watch thread: it writes a row and
//! rings.

use super::WatchHandlers;
use crate::clock::UnixMs;
use crate::i18n::{self, Args, label};
use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::watch::callback::RunCallback;
use crate::slices::watch::model::account::RunScope;
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::views::runs;
use crate::telegram::Answer;
use crate::words::Part as _;

impl WatchHandlers {
    /// A button about runs. One that cannot be read shows the state.
    pub(crate) fn run_callback(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<Answer> {
        match RunCallback::parse(data) {
            Some(RunCallback::Check) => self.check_all(cx),
            Some(RunCallback::Stop(id)) => self.stop_run(cx, id),
            Some(RunCallback::Now) | None => self.open_state(cx),
        }
    }

    /// The screen of state, which moves by itself from now on.
    fn open_state(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        if let Some(message_id) = actor.pressed {
            store::open_screen(tx, actor.now, actor.chat_id, message_id)?;
        }
        Ok(runs::screen(tx, &self.notifier, &self.schedule, actor)?.into())
    }

    /// *Check all now*.
    fn check_all(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let pending = store::totals(tx, None)?.pending;
        let asked = self.ask_check(cx, RunScope::All, pending)?;
        if pending > 0 {
            audit::note(tx, actor, Deed::CheckAll, None, "")?;
        }
        let screen = self.open_state(cx)?.screen;
        Ok(Answer { screen, ..asked })
    }

    fn stop_run(&self, cx: &Context<'_>, id: i64) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let stopped = store::stop(tx, actor.id, id)?;
        let key = if stopped { "run-stopping" } else { "run-over" };
        if stopped {
            audit::note(tx, actor, Deed::StopRun, None, &id.to_string())?;
        }
        // In a group the button is under the run's own message, and the end of the run edits that
        // message.
        let answer = if actor.chat_id == actor.id && !stopped {
            self.open_state(cx)?
        } else {
            Answer::default()
        };
        Ok(answer.toast(label(actor.lang, key)).ring(&self.bell))
    }
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
