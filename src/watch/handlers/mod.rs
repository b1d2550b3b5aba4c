//! What people do with accounts in the bot.
//!
//! Every function runs inside the write transaction of its event and reads the asker's rights there: an owner sees and
//! changes their own accounts, an admin everybody's. Buttons carry `watch:<action>:…`; anything that does not parse, or
//! names what is gone, shows how things are now instead of failing.

mod add;
mod charts;
mod import;
mod list;
mod mass;
mod tap;

use crate::db::Connection;
use anyhow::Context as _;

pub use add::AddStep;
pub use import::{LineProblem, of_parts};

use self::tap::{Tap, Which};
use super::account::{Account, RunState, Scope, State, Subject};
use super::notices::Speaker;
use super::{Schedule, WatchConfig, store, texts};
use crate::activation::Activator;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::people::Asker;
use crate::people::audit::{self, Deed};
use crate::retention;
use crate::telegram::{Answer, Button, Keyboard, Screen, outbox};
use crate::zone::Zone;

/// The handlers of the watch.
#[derive(Debug, Clone)]
pub struct WatchHandlers {
    speaker: Speaker,
    schedule: Schedule,
    period_days: u32,
    default_site: String,
    bell: Activator,
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
        }
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
        self.ask(tx, asker, Scope::Owner(asker.id), pending)
    }

    /// *Check all now* of the panel.
    ///
    /// # Errors
    /// When the database fails.
    pub fn check_all(&self, tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<Answer> {
        let pending = store::totals(tx, None)?.pending;
        self.ask(tx, asker, Scope::All, pending)
    }

    fn ask(
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
        if let Some(next) = self.schedule.next_after(asker.now) {
            let time = i18n::time(next, self.speaker.voice_to(asker).zone);
            lines.push(i18n::html(
                lang,
                "status-next",
                &Args::new().text("time", &time),
            ));
        }
        if asker.role.is_admin() {
            let counts = outbox::counts(connection, asker.now)?;
            let args = Args::new()
                .number("pending", counts.pending)
                .number("unconfirmed", counts.unconfirmed)
                .number("dead", counts.dead);
            lines.push(i18n::html(lang, "status-outbox", &args));
            lines.push(texts::storage(lang, &retention::sizes(connection)?));
            let marks = store::marks(connection)?;
            let voice = self.speaker.voice_to(asker);
            lines.extend(texts::alarms::distrusted(voice, marks.distrusted.iter()));
        }
        let keyboard = Keyboard::new()
            .row([
                Button::callback(&label(lang, "button-check"), "watch:check-mine")?,
                Button::callback(&label(lang, "button-list"), "watch:list:mine:0")?,
            ])
            .row([charts::chart_button(asker, Subject::Mine)?])
            .row([Button::callback(&label(lang, "button-home"), "bot:home")?]);
        Ok(Answer::screen(Screen::new(
            Html::join(&lines, "\n"),
            keyboard,
        )))
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

    /// A pressed button; `data` is what stands after `watch:`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tap(&self, tx: &WriteTx<'_>, asker: &Asker, data: &str) -> anyhow::Result<Answer> {
        let viewer = (!asker.role.is_admin()).then_some(asker.id);
        if let Some(choice) = add_choice(data) {
            return self.add_tap(tx, asker, choice);
        }
        match Tap::parse(data) {
            Some(Tap::Add) => self.add_ask(tx, asker),
            Some(
                Tap::List(Which::All, _)
                | Tap::CheckAll
                | Tap::MassChanges
                | Tap::Decide(..)
                | Tap::Charts,
            ) if viewer.is_some() => Ok(refuse(asker)),
            Some(Tap::List(which, page)) => self.list_screen(tx, asker, which, page),
            Some(Tap::Card(which, id)) => self.card(tx, asker, which, id),
            Some(Tap::CheckMine) => self.check_mine(tx, asker),
            Some(Tap::CheckAll) => self.check_all(tx, asker),
            Some(Tap::Status) => self.status(tx, asker),
            Some(Tap::Charts) => Self::charts(asker),
            Some(Tap::Chart(subject)) => self.chart(tx, asker, subject),
            Some(Tap::MassChanges) => self.mass_changes(tx, asker),
            Some(Tap::Decide(decision, id)) => self.decide(tx, asker, decision, id),
            Some(
                action @ (Tap::Check(id)
                | Tap::Pause(id, _)
                | Tap::Again(id)
                | Tap::Extend(id, _)
                | Tap::AskDelete(_, id)
                | Tap::Delete(_, id)),
            ) => match store::get(tx, viewer, id)? {
                Some(account) => self.act(tx, asker, action, &account),
                None => {
                    let gone = label(asker.lang, "account-gone");
                    Ok(self.list_screen(tx, asker, Which::Mine, 0)?.toast(gone))
                }
            },
            None => {
                let stale = label(asker.lang, "stale-button");
                Ok(self.list_screen(tx, asker, Which::Mine, 0)?.toast(stale))
            }
        }
    }

    /// Something done to one account that the asker may see.
    fn act(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        action: Tap,
        account: &Account,
    ) -> anyhow::Result<Answer> {
        let which = if account.owner_id == asker.id {
            Which::Mine
        } else {
            Which::All
        };
        let lang = asker.lang;
        let changed = match action {
            Tap::Check(id) if account.state == State::Pending => {
                store::ask(tx, asker.now, Scope::Account(id), Some(asker.chat_id))?;
                let args = Args::new().text("accounts", &texts::n_accounts(lang, 1));
                let toast = i18n::plain(lang, "check-accepted", &args);
                return Ok(self
                    .card(tx, asker, which, id)?
                    .toast(toast)
                    .ring(&self.bell));
            }
            Tap::Pause(id, paused) => store::set_paused(tx, asker.now, asker.id, id, paused)?,
            Tap::Again(id) => store::again(tx, asker.now, asker.id, id)?,
            Tap::Extend(id, days) => store::extend(tx, asker.now, id, days)?,
            Tap::AskDelete(which, _) => return self.delete_question(asker, which, account),
            Tap::Delete(which, id) => {
                if store::delete(tx, id)? {
                    note_deed(tx, asker, action, account)?;
                }
                let removed = self.named(asker, account, "account-removed").to_plain();
                return Ok(self.list_screen(tx, asker, which, 0)?.toast(removed));
            }
            // A button of an account that has changed meanwhile.
            _ => false,
        };
        if changed {
            note_deed(tx, asker, action, account)?;
        }
        let answer = self.card(tx, asker, which, account.id)?;
        Ok(if changed {
            answer
        } else {
            answer.toast(label(lang, "done-already"))
        })
    }

    fn delete_question(
        &self,
        asker: &Asker,
        which: Which,
        account: &Account,
    ) -> anyhow::Result<Answer> {
        let (lang, id) = (asker.lang, account.id);
        let sure = i18n::plain(
            lang,
            "button-delete-sure",
            &Args::new().text("name", &account.username),
        );
        let keyboard = Keyboard::new()
            .row([Button::callback(
                &sure,
                format!("watch:delete:{}:{id}", which.word()),
            )?])
            .row([Button::callback(
                &label(lang, "button-back"),
                format!("watch:card:{}:{id}", which.word()),
            )?]);
        let question = self.named(asker, account, "delete-ask");
        Ok(Answer::screen(Screen::new(question, keyboard)))
    }

    /// A text with an account's name and site.
    fn named(&self, asker: &Asker, account: &Account, key: &str) -> Html {
        let voice = self.speaker.voice_to(asker);
        let args = Args::new()
            .text("name", &account.username)
            .text("site", &voice.site_name(&account.site));
        i18n::html(asker.lang, key, &args)
    }
}

/// Notes what was done to an account of somebody else.
fn note_deed(
    tx: &WriteTx<'_>,
    asker: &Asker,
    action: Tap,
    account: &Account,
) -> anyhow::Result<()> {
    let deed = match action {
        Tap::Pause(_, true) => Deed::Pause,
        Tap::Pause(_, false) => Deed::Resume,
        Tap::Again(_) => Deed::Again,
        Tap::Extend(..) => Deed::Extend,
        Tap::Delete(..) => Deed::Delete,
        _ => return Ok(()),
    };
    if account.owner_id == asker.id {
        return Ok(());
    }
    let what = format!("{}/{}", account.site, account.username);
    audit::note(tx, asker.now, asker.id, deed, Some(account.owner_id), &what)
}

/// A button of the `/add` dialogue.
fn add_choice(data: &str) -> Option<add::Choice<'_>> {
    match data.split_once(':')? {
        ("add-site", key) => Some(add::Choice::Site(key)),
        ("add-days", days) => Some(add::Choice::Days(days.parse().ok()?)),
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
