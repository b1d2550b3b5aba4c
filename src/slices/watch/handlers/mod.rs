//! What people do with accounts in the bot.
//!
//! Every function runs inside the write transaction of its event and reads the asker's rights there: an owner sees and
//! changes their own accounts, an admin everybody's. Buttons carry `watch:<action>:…`; anything that does not parse, or
//! names what is gone, shows how things are now instead of failing.

mod add;
mod added;
mod callback;
mod card;
mod charts;
mod import;
mod list;
mod mass;
mod portions;
mod questions;
mod sites;
mod tables;
mod thread;
mod view;

use crate::db::Connection;
use anyhow::Context as _;

pub(super) use import::LONGEST_NOTE;
pub use import::{LineProblem, of_parts};
pub use view::list_of_owner;

use self::add::AddStep;
use self::callback::Tap;
use self::questions::Question;
use self::tables::TableStep;
pub(super) use self::thread::stop_button;
use self::view::{View, Whose};
use super::model::account::{RunState, Scope, Subject, Until};
use super::notices::Speaker;
use super::notices::texts;
use super::{Schedule, WatchConfig, store};
use crate::activation::Activator;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::people::Asker;
use crate::retention;
use crate::telegram::{Answer, Button, Keyboard, Screen, outbox};
use crate::zone::Zone;

/// What another slice says to an admin who asks for the state of things; nothing where it is off.
pub type Besides = fn(&Connection, &Asker) -> anyhow::Result<Html>;

/// The handlers of the watch.
#[derive(Debug, Clone)]
pub struct WatchHandlers {
    speaker: Speaker,
    schedule: Schedule,
    period_days: u32,
    default_site: String,
    bell: Activator,
    tables: Activator,
    besides: Option<Besides>,
}

impl WatchHandlers {
    /// The handlers; `bell` wakes the watch thread.
    #[must_use]
    pub fn new(config: &WatchConfig, speaker: Speaker, bell: Activator) -> Self {
        Self {
            speaker,
            schedule: config.schedule.clone(),
            period_days: config.period_days,
            default_site: config.default_site.clone(),
            bell,
            tables: Activator::new(),
            besides: None,
        }
    }

    /// With what another slice has to say in `/status`.
    #[must_use]
    pub fn besides(mut self, besides: Option<Besides>) -> Self {
        self.besides = besides;
        self
    }

    /// The sites people can choose from, as help shows them.
    #[must_use]
    pub fn sites(&self) -> String {
        let keys: Vec<&str> = self
            .speaker
            .catalogue
            .iter()
            .take(40)
            .map(|site| site.key().as_str())
            .collect();
        keys.join(", ")
    }

    /// What a site is called; its key where it is not known any more.
    #[must_use]
    pub fn site_name(&self, asker: &Asker, site: &str) -> String {
        self.speaker.voice_to(asker).site_name(site)
    }

    /// What it says, and how.
    pub(super) fn speaker(&self) -> &Speaker {
        &self.speaker
    }

    /// The zone of chats that have not chosen.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.speaker.zone
    }

    /// What admins hear who have not chosen.
    #[must_use]
    pub fn default_notify(&self) -> super::Notify {
        self.speaker.notify
    }

    /// `/check`: looks at the asker's accounts now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn check_mine(&self, tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<Answer> {
        let pending = store::totals(tx, Some(asker.id))?.pending;
        self.ask_check(tx, asker, Scope::Owner(asker.id), pending)
    }

    fn ask_check(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        scope: Scope,
        pending: usize,
    ) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        if pending == 0 {
            return Ok(note(asker, i18n::text(lang, "check-nothing")));
        }
        store::ask(tx, asker.now, scope, Some(asker.chat_id))?;
        let key = if store::is_running(tx)? {
            "check-queued"
        } else {
            "check-accepted"
        };
        let accounts = texts::n_accounts(lang, pending);
        let text = i18n::html(lang, key, &Args::new().text("accounts", &accounts));
        Ok(note(asker, text).ring(&self.bell))
    }

    /// `/status`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn status(&self, connection: &Connection, asker: &Asker) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let totals = store::totals(connection, Some(asker.id))?;
        let args = Args::new()
            .number("pending", totals.pending as u64)
            .number("done", totals.done as u64)
            .number("paused", totals.paused as u64);
        let mut lines = vec![i18n::html(lang, "status", &args), Html::default()];
        lines.push(self.last_run(connection, asker)?);
        lines.push(self.next_line(asker));
        if asker.role.is_admin() {
            let counts = outbox::counts(connection, asker.now)?;
            let args = Args::new()
                .number("pending", counts.pending)
                .number("unconfirmed", counts.unconfirmed)
                .number("dead", counts.dead);
            lines.push(i18n::html(lang, "status-outbox", &args));
            lines.push(texts::storage(lang, &retention::sizes(connection)?));
            if let Some(besides) = self.besides {
                lines.push(besides(connection, asker)?);
            }
            let marks = store::marks(connection)?;
            let voice = self.speaker.voice_to(asker);
            lines.extend(texts::alarms::distrusted(voice, marks.distrusted.iter()));
        }
        // Last, because there may be more of them than fit.
        lines.extend(self.muted_lines(connection, asker)?);
        let keyboard = Keyboard::new()
            .row([
                Button::callback(&label(lang, "button-check"), "watch:check-mine")?,
                Button::callback(&label(lang, "button-list"), "watch:list:mine:0")?,
            ])
            .row([charts::chart_button(asker, Subject::Mine)?])
            .row([Button::callback(&label(lang, "button-home"), "bot:home")?]);
        Ok(Answer::screen(Screen::new(texts::fit(lines), keyboard)))
    }

    fn last_run(&self, connection: &Connection, asker: &Asker) -> anyhow::Result<Html> {
        let lang = asker.lang;
        let Some(last) = store::last(connection)? else {
            return Ok(i18n::text(lang, "status-no-run"));
        };
        let run = last.progress;
        let counts = run.counts;
        let zone = self.speaker.voice_to(asker).zone;
        let at = |moment: UnixMs| i18n::date_time(lang, moment, zone);
        let Some(ended_at) = run.ended_at else {
            let args = Args::new()
                .number("checked", counts.checked())
                .number("total", run.total);
            return Ok(i18n::html(lang, "status-running", &args));
        };
        let cut = match run.state {
            RunState::Interrupted => Some("status-last-interrupted"),
            RunState::Offline => Some("status-last-offline"),
            RunState::Running | RunState::Done => None,
        };
        if let Some(key) = cut {
            let args = Args::new().text("time", &at(ended_at));
            return Ok(i18n::html(lang, key, &args));
        }
        let args = Args::new()
            .text("time", &at(ended_at))
            .number("found", counts.found)
            .number("not_found", counts.not_found)
            .number("errors", counts.errors);
        Ok(i18n::html(lang, "status-last", &args))
    }

    /// A text, when a conversation of the watch is open.
    ///
    /// # Errors
    /// When the database fails.
    pub fn text(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        text: &str,
    ) -> anyhow::Result<Option<Answer>> {
        if let Some(step) = dialogue::step::<AddStep>(tx, asker)? {
            return self.add_step(tx, asker, step, text).map(Some);
        }
        if let Some(question) = dialogue::step::<Question>(tx, asker)? {
            return self.answer(tx, asker, &question, text).map(Some);
        }
        if let Some(TableStep::Shown { text: table, .. }) = dialogue::step(tx, asker)? {
            // It waits for one of two buttons: the question again.
            return self.look_at_table(tx, asker, &table, false).map(Some);
        }
        Ok(None)
    }

    /// A pressed button; `data` is what stands after `watch:`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tap(&self, tx: &WriteTx<'_>, asker: &Asker, data: &str) -> anyhow::Result<Answer> {
        if let Some(choice) = add_choice(data) {
            return self.add_tap(tx, asker, choice);
        }
        // Whoever presses a button does not answer the question of a list or card any more.
        if dialogue::step::<Question>(tx, asker)?.is_some() {
            dialogue::end(tx, asker)?;
        }
        let tap = Tap::parse(data);
        if tap.is_some_and(needs_admin) && !asker.role.is_admin() {
            return Ok(refuse(asker));
        }
        match tap {
            Some(Tap::Add) => self.add_ask(tx, asker),
            Some(Tap::List(view)) => self.list_screen(tx, asker, view),
            Some(Tap::Find(view)) => {
                let view = view.to_string();
                self.ask(tx, asker, &Question::Find { view }, None)
            }
            Some(Tap::Sites(whose, page)) => self.sites_screen(tx, asker, whose, page),
            Some(Tap::Site(whose, key)) => self.list_of_site(tx, asker, whose, key),
            Some(Tap::Account(id, act, view)) => self.account_tap(tx, asker, id, act, view),
            Some(Tap::Apply(shown_at)) => self.apply_table(tx, asker, shown_at),
            Some(Tap::Export(whose)) => self.export(tx, asker, whose),
            Some(Tap::CheckMine) => self.check_mine(tx, asker),
            Some(Tap::Status) => self.status(tx, asker),
            Some(Tap::Charts) => Self::charts(asker),
            Some(Tap::Chart(subject)) => self.chart(tx, asker, subject),
            Some(Tap::MassChanges) => self.mass_changes(tx, asker),
            Some(Tap::Decide(decision, id)) => self.decide(tx, asker, decision, id),
            None => {
                let stale = label(asker.lang, "stale-button");
                let list = self.list_screen(tx, asker, View::default())?;
                Ok(list.toast(stale))
            }
        }
    }
}

/// True for what is about other people's accounts.
fn needs_admin(tap: Tap<'_>) -> bool {
    match tap {
        Tap::List(view) | Tap::Find(view) | Tap::Account(_, _, view) => view.whose != Whose::Mine,
        Tap::Sites(whose, _) | Tap::Site(whose, _) | Tap::Export(whose) => whose != Whose::Mine,
        Tap::MassChanges | Tap::Decide(..) | Tap::Charts => true,
        Tap::Add | Tap::Apply(_) | Tap::CheckMine | Tap::Status | Tap::Chart(_) => false,
    }
}

/// A button of the `/add` dialogue.
fn add_choice(data: &str) -> Option<add::Choice<'_>> {
    match data.split_once(':').unwrap_or((data, "")) {
        ("add-site", key) => Some(add::Choice::Site(key)),
        ("add-days", days) => Some(add::Choice::Days(days.parse().ok()?)),
        ("add-until", word) => Some(add::Choice::Until(Until::from_word(word)?)),
        ("add-back", _) => Some(add::Choice::Back),
        _ => None,
    }
}

/// A note for a tap where it is short enough, or a message.
fn note(asker: &Asker, text: Html) -> Answer {
    if asker.pressed.is_some() {
        Answer::default().toast(text.to_plain())
    } else {
        Answer::text(text)
    }
}

/// Says that only admins may do this.
fn refuse(asker: &Asker) -> Answer {
    note(asker, i18n::text(asker.lang, "no-right"))
}

/// A number for an index, where a page is beyond the end.
fn clamp_page(page: usize, total: usize, per_page: usize) -> anyhow::Result<(usize, usize)> {
    let pages = total.div_ceil(per_page).max(1);
    let last = pages.checked_sub(1).context("count pages")?;
    Ok((page.min(last), pages))
}
