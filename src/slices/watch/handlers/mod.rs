//! What people do with accounts in the bot.
//!
//! Every function runs inside the write transaction of its event and reads the actor's rights
//! there: an owner sees and changes their own accounts, an admin everybody's. A button
//! that does not parse, or names something that is gone, shows the current state instead of
//! failing.

mod add;
mod added;
mod card;
mod charts;
mod deeds;
mod list;
mod mass;
mod portions;
mod questions;
mod sites;
mod tables;
mod thread;

use self::add::AddStep;
use self::questions::ListQuestion;
use self::tables::TableStep;
use super::model::account::ChartSubject;
use super::notices::Notifier;
use super::notices::texts;
use super::store;
use super::views::runs;
use crate::activation::Activator;
use crate::db::Connection;
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::navigation::home_button;
use crate::people::Actor;
use crate::retention;
use crate::slice::{Board, Context, Who};
use crate::slices::watch::callback::{View, WatchCallback, Whose};
use crate::slices::watch::model::account::RunScope;
use crate::slices::watch::model::config::WatchConfig;
use crate::slices::watch::model::schedule::Schedule;
use crate::telegram::{Answer, Button, Keyboard, outbox};
use crate::words::Part as _;

/// The handlers of the watch.
#[derive(Debug, Clone)]
pub(crate) struct WatchHandlers {
    notifier: Notifier,
    schedule: Schedule,
    period_days: u32,
    per_owner: usize,
    default_site: String,
    bell: Activator,
    tables: Activator,
}

impl WatchHandlers {
    /// The right that a button of the watch needs: buttons about other people's accounts are for
    /// admins.
    pub(crate) fn needs(data: &str) -> Who {
        match WatchCallback::parse(data) {
            Some(callback) if needs_admin(callback) => Who::Admin,
            _ => Who::Member,
        }
    }

    /// The handlers; `bell` wakes the watch thread.
    #[must_use]
    pub(crate) fn new(config: &WatchConfig, notifier: Notifier, bell: Activator) -> Self {
        Self {
            notifier,
            schedule: config.schedule.clone(),
            period_days: config.period_days,
            per_owner: config.per_owner,
            default_site: config.default_site.clone(),
            bell,
            tables: Activator::new(),
        }
    }

    /// `/check`: a run over the actor's accounts now.
    pub(crate) fn check_mine(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let pending = store::totals(cx.tx, Some(cx.actor.id))?.pending;
        self.ask_check(cx, RunScope::Owner(cx.actor.id), pending)
    }

    fn ask_check(
        &self,
        cx: &Context<'_>,
        scope: RunScope,
        pending: usize,
    ) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let lang = actor.lang;
        if pending == 0 {
            return Ok(note(actor, i18n::text(lang, "check-nothing")));
        }
        store::ask(tx, actor.now, scope, Some(actor.chat_id))?;
        let key = if store::is_running(tx)? {
            "check-queued"
        } else {
            "check-accepted"
        };
        let accounts = texts::n_accounts(lang, pending);
        let text = i18n::html(lang, key, &Args::new().text("accounts", &accounts));
        Ok(note(actor, text).ring(&self.bell))
    }

    /// `/status`.
    pub(crate) fn status(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let (connection, actor): (&Connection, _) = (cx.tx, cx.actor);
        let lang = actor.lang;
        let totals = store::totals(connection, Some(actor.id))?;
        let args = Args::new()
            .number("pending", totals.pending as u64)
            .number("done", totals.done as u64)
            .number("paused", totals.paused as u64);
        let mut lines = vec![i18n::html(lang, "status", &args), Html::default()];
        let formatter = self.notifier.voice_to(actor);
        lines.push(runs::last_line(connection, formatter)?);
        lines.push(runs::next_line(formatter, &self.schedule, actor.now));
        if actor.role.is_admin() {
            lines.push(outbox::counts(connection, actor.now)?.line(lang));
            lines.push(retention::sizes(connection)?.line(lang));
            lines.extend(cx.slices.show(cx, Board::Status)?.lines);
            let marks = store::marks(connection)?;
            lines.extend(texts::alarms::distrusted(
                formatter,
                marks.distrusted.iter(),
            ));
        }
        // Last, because there may be more of them than fit.
        lines.extend(self.muted_lines(cx)?);
        let keyboard = Keyboard::new()
            .row([
                Button::labelled(lang, "button-check", WatchCallback::CheckMine)?,
                Button::labelled(lang, "button-list", WatchCallback::List(View::default()))?,
            ])
            .row([charts::chart_button(actor, ChartSubject::Mine)?])
            .row([home_button(lang)?]);
        Ok(Answer::screen(texts::fit(lines), keyboard))
    }

    /// A text, when a conversation of the watch is open.
    pub(crate) fn text(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Option<Answer>> {
        if let Some(step) = dialogue::step::<AddStep>(cx.tx, cx.actor)? {
            return self.add_step(cx, step, text).map(Some);
        }
        if let Some(question) = dialogue::step::<ListQuestion>(cx.tx, cx.actor)? {
            return self.answer(cx, &question, text).map(Some);
        }
        if let Some(TableStep::Shown { text: table, .. }) = dialogue::step(cx.tx, cx.actor)? {
            // It waits for one of two buttons: the question again.
            return self.preview_table(cx, &table, false).map(Some);
        }
        Ok(None)
    }

    /// A pressed button about accounts.
    pub(crate) fn callback(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        let callback = WatchCallback::parse(data);
        // A press on a button leaves the open question of a list or card.
        let is_choice = matches!(callback, Some(WatchCallback::Choose(_)));
        if !is_choice && dialogue::step::<ListQuestion>(tx, actor)?.is_some() {
            dialogue::end(tx, actor)?;
        }
        match callback {
            Some(WatchCallback::Add) => self.add_ask(cx),
            Some(WatchCallback::Choose(choice)) => self.add_callback(cx, choice),
            Some(WatchCallback::List(view)) => self.list_screen(cx, view),
            Some(WatchCallback::Find(view)) => {
                let view = view.data();
                self.ask(cx, &ListQuestion::Find { view }, None)
            }
            Some(WatchCallback::Sites(whose, page)) => self.sites_screen(cx, whose, page),
            Some(WatchCallback::Site(whose, key)) => self.list_of_site(cx, whose, key),
            Some(WatchCallback::Account(id, act, view)) => self.account_callback(cx, id, act, view),
            Some(WatchCallback::Apply(shown_at)) => self.apply_table(cx, shown_at),
            Some(WatchCallback::Export(whose)) => self.export(cx, whose),
            Some(WatchCallback::CheckMine) => self.check_mine(cx),
            Some(WatchCallback::Status) => self.status(cx),
            Some(WatchCallback::Charts) => Self::charts(actor),
            Some(WatchCallback::Chart(subject)) => self.chart(cx, subject),
            Some(WatchCallback::MassChanges) => self.mass_changes(cx),
            Some(WatchCallback::Decide(decision, id)) => self.decide(cx, decision, id),
            None => {
                let stale = label(actor.lang, "stale-button");
                let list = self.list_screen(cx, View::default())?;
                Ok(list.toast(stale))
            }
        }
    }
}

/// True for what is about other people's accounts.
fn needs_admin(callback: WatchCallback<'_>) -> bool {
    match callback {
        WatchCallback::List(view)
        | WatchCallback::Find(view)
        | WatchCallback::Account(_, _, view) => view.whose != Whose::Mine,
        WatchCallback::Sites(whose, _)
        | WatchCallback::Site(whose, _)
        | WatchCallback::Export(whose) => whose != Whose::Mine,
        WatchCallback::MassChanges | WatchCallback::Decide(..) | WatchCallback::Charts => true,
        WatchCallback::Chart(subject) => charts::OF_ADMINS.contains(&subject),
        WatchCallback::Add
        | WatchCallback::Choose(_)
        | WatchCallback::Apply(_)
        | WatchCallback::CheckMine
        | WatchCallback::Status => false,
    }
}

/// A note for a callback where it is short enough, or a message.
fn note(actor: &Actor, text: Html) -> Answer {
    if actor.pressed.is_some() {
        Answer::default().toast(text.to_plain())
    } else {
        Answer::text(text)
    }
}
