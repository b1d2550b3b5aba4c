//! Notices of the watch: outbox rows, written by the transaction that writes the fact.
//!
//! - Admins are told about runs over all accounts, as each one chose.
//! - The person who asked for a run is told about that run.
//! - An owner is told when an account they wait for changes: one message per run.
//!
//! The row of an owner's message is reserved with the fact, and its text is written when the run
//! ends. Rewriting the text for every found account would take quadratic time. Reminders and
//! digests are in `regular`.

pub(crate) mod alarms;
pub(crate) mod regular;
pub(crate) mod texts;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::db::Connection;

use self::alarms::CONTROLS;
use self::texts::{Formatter, RunEnd};
use super::catalogue::Catalogue;
use super::model::account::Run;
use super::store;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::html::Html;
use crate::i18n::Lang;
use crate::people::{self, Actor, Mute, Notify, Preferences};
use crate::slices::watch::model::account::RunScope;
use crate::telegram::{Outgoing, outbox};
use crate::zone::Zone;

/// Reserved messages filled in per transaction. The writer is free for other requests again within
/// milliseconds.
const KEPT_PAGE: usize = 128;

/// How many of the newest runs are searched for interrupted ones whose start messages arrived late.
const CUT_RUNS: usize = 20;

/// Everything that notices need besides the facts.
#[derive(Debug, Clone)]
pub(crate) struct Notifier {
    /// For names of sites and addresses of profiles.
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) zone: Zone,
    /// For chats without a known language.
    pub(crate) language: Lang,
    /// The setting for admins who have not chosen one.
    pub(crate) notify: Notify,
}

impl Notifier {
    /// The formatter for a chat.
    pub(crate) fn formatter(
        &self,
        connection: &Connection,
        chat_id: i64,
    ) -> anyhow::Result<Formatter<'_>> {
        Ok(self.voice_with(&people::preferences(connection, chat_id)?))
    }

    /// The formatter for a chat with these preferences.
    pub(crate) fn voice_with(&self, preferences: &Preferences) -> Formatter<'_> {
        Formatter {
            lang: preferences.language.unwrap_or(self.language),
            zone: preferences.zone.unwrap_or(&self.zone),
            catalogue: &self.catalogue,
        }
    }

    #[must_use]
    pub(crate) fn voice_to<'a>(&'a self, actor: &'a Actor) -> Formatter<'a> {
        Formatter {
            lang: actor.lang,
            zone: &actor.zone,
            catalogue: &self.catalogue,
        }
    }

    /// The chats that are told about a run, and how.
    fn listeners(&self, connection: &Connection, run: &Run) -> anyhow::Result<Vec<Listener>> {
        let mut chats = BTreeMap::new();
        if run.scope == RunScope::All {
            for chat in people::report_chats(connection)? {
                chats.insert(chat, false);
            }
        }
        for chat in &run.actors {
            // People who have left meanwhile are not told.
            if people::is_member(connection, *chat)? {
                chats.insert(*chat, true);
            }
        }
        // A scheduled run without accounts is not worth a message.
        if run.total == 0 && run.trigger != super::model::account::Trigger::Request {
            chats.clear();
        }
        let listeners = chats.into_iter().map(|(chat, asked)| {
            Ok(Listener {
                chat,
                asked,
                notify: people::notify_of(connection, chat)?.unwrap_or(self.notify),
                preferences: people::preferences(connection, chat)?,
            })
        });
        listeners.collect()
    }

    /// Announces the start of a run, silently because it is no news. The messages wait for `hold`.
    pub(crate) fn run_started(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        run: &Run,
        hold: Duration,
    ) -> anyhow::Result<()> {
        // A request for one account is answered with its card at the end, nothing before.
        if matches!(run.scope, RunScope::Account(_)) {
            return Ok(());
        }
        for listener in self.listeners(tx, run)? {
            if !listener.hears_start(now) {
                continue;
            }
            let chat = listener.chat;
            let formatter = self.voice_with(&listener.preferences);
            let text = texts::run_started(formatter, run.total, run.started_at);
            let message = Outgoing::notice(chat, text)
                .silent()
                .of_run(run.id)
                .not_before(now.plus(hold))
                .dedupe(format!("start:{}:{chat}", run.id));
            outbox::insert(tx, now, &listener.address(message))?;
        }
        Ok(())
    }

    /// Withdraws the start messages that have not left: the run has ended.
    pub(crate) fn withdraw_start(tx: &WriteTx<'_>, run_id: i64) -> anyhow::Result<()> {
        outbox::withdraw(tx, &format!("start:{run_id}"))
    }

    /// Announces the end of a run. The owners have already been told what it found.
    pub(crate) fn run_ended(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        run: &Run,
        end: &RunEnd,
    ) -> anyhow::Result<()> {
        let has_news = store::has_news(tx, run.id)?;
        for listener in self.listeners(tx, run)? {
            if !listener.hears_end(now, has_news) {
                continue;
            }
            let chat = listener.chat;
            let formatter = self.voice_with(&listener.preferences);
            let text = match run.scope {
                RunScope::All | RunScope::Owner(_) => texts::run_done(formatter, end),
                RunScope::Account(id) => match store::get(tx, None, id)? {
                    Some(account) => {
                        let owner = people::get(tx, account.owner_id)?;
                        let owner = owner.filter(|owner| owner.id != chat);
                        let owner = owner.map(|owner| owner.spoken());
                        texts::account_card(formatter, &account, owner.as_ref())
                    }
                    None => continue,
                },
            };
            let message = Outgoing::notice(chat, text)
                .of_run(run.id)
                .dedupe(format!("end:{}:{chat}", run.id));
            outbox::insert(tx, now, &listener.address(message))?;
        }
        self.close_starts(tx, now)
    }

    /// Closes the start messages of an interrupted run.
    pub(crate) fn run_unfinished(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        run_id: i64,
    ) -> anyhow::Result<()> {
        let run = store::progress(tx, run_id)?;
        let key = format!("start:{run_id}");
        outbox::rewrite_waiting(tx, &key, |chat| self.cut_text(tx, chat, &run))?;
        self.close_starts(tx, now)
    }

    /// Edits the start messages of interrupted runs to say so. A message in flight at the
    /// interruption becomes known only later, so each start and end of a run checks the last runs
    /// again. Each message is edited once.
    pub(crate) fn close_starts(&self, tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<()> {
        for run_id in store::last_unfinished(tx, CUT_RUNS)? {
            let run = store::progress(tx, run_id)?;
            for (chat, message_id) in outbox::messages_with_key(tx, &format!("start:{run_id}"))? {
                let edit = Outgoing::edit(chat, message_id, self.cut_text(tx, chat, &run)?);
                outbox::insert(tx, now, &edit.dedupe(format!("cut:{run_id}:{chat}")))?;
            }
        }
        Ok(())
    }

    fn cut_text(
        &self,
        connection: &Connection,
        chat: i64,
        run: &store::RunProgress,
    ) -> anyhow::Result<Html> {
        let by = match run.stopped_by {
            Some(by) => Some(people::get(connection, by)?.map_or_else(String::new, |by| by.name)),
            None => None,
        };
        let formatter = self.formatter(connection, chat)?;
        Ok(texts::run_unfinished(formatter, run, by.as_deref()))
    }

    /// Tells the admins that a run failed because of an internal error.
    pub(crate) fn run_crashed(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        run_id: i64,
    ) -> anyhow::Result<()> {
        for chat in people::report_chats(tx)? {
            let text = texts::run_crashed(self.formatter(tx, chat)?.lang, run_id);
            let message = Outgoing::notice(chat, text).dedupe(format!("crash:{run_id}:{chat}"));
            outbox::insert(tx, now, &message.urgent())?;
        }
        Ok(())
    }

    /// Reserves the one message per run to an owner whose waits are over.
    pub(crate) fn news(
        tx: &WriteTx<'_>,
        now: UnixMs,
        run_id: i64,
        owner: i64,
    ) -> anyhow::Result<()> {
        outbox::reserve(tx, now, owner, run_id, &format!("found:{run_id}:{owner}"))
    }

    /// The messages for one page of reserved rows; none for a row with nothing left to say. Must
    /// not be called during a pass.
    pub(crate) fn kept_messages(
        &self,
        connection: &Connection,
    ) -> anyhow::Result<Vec<(outbox::Reserved, Option<Outgoing>)>> {
        let places = outbox::reserved(connection, KEPT_PAGE)?;
        let many = places.len();
        let messages = places.into_iter().map(|place| {
            let message = if place.is_about(CONTROLS) {
                self.controls_message(connection, &place)?
            } else {
                self.news_message(connection, &place)?
            };
            Ok((place, message.map(|message| message.among(many))))
        });
        messages.collect()
    }

    fn news_message(
        &self,
        connection: &Connection,
        place: &outbox::Reserved,
    ) -> anyhow::Result<Option<Outgoing>> {
        let owner = place.chat_id;
        let (news, totals) = store::news_in_run(connection, place.run_id, owner, texts::LIST_NEWS)?;
        if news.is_empty() {
            return Ok(None);
        }
        let formatter = self.formatter(connection, owner)?;
        let message = Outgoing::notice(owner, texts::news(formatter, &news, &totals));
        Ok(Some(message.summary(texts::news_summary(formatter, &news))))
    }
}

/// A chat that is told about a run.
struct Listener {
    chat: i64,
    /// The chat asked for the run, so it is told regardless of its preferences.
    asked: bool,
    notify: Notify,
    preferences: Preferences,
}

impl Listener {
    fn hears_start(&self, now: UnixMs) -> bool {
        let chosen = self.notify == Notify::EveryRun && self.preferences.run_starts;
        self.asked || chosen && !self.waits(now)
    }

    /// Runs within quiet hours are summarised when the quiet hours end.
    fn hears_end(&self, now: UnixMs, has_news: bool) -> bool {
        let chosen = match self.notify {
            Notify::EveryRun => true,
            Notify::News => has_news,
            Notify::Digest => false,
        };
        self.asked || chosen && !self.waits(now)
    }

    fn waits(&self, now: UnixMs) -> bool {
        matches!(self.preferences.mute(now), Mute::Until(_))
    }

    /// A chat that asked gets its answer at any time.
    fn address(&self, message: Outgoing) -> Outgoing {
        if self.asked {
            message.urgent()
        } else {
            message
        }
    }
}
