//! What the watch has to say, written as outbox rows by the transaction that writes the fact.
//!
//! Who hears what: of a run over everybody's accounts the admins, as each chose; of any run those who asked for it; of a
//! found account its owner, in one message per run. Its place in the outbox is taken with the fact; its text is made when
//! the run has found all, because a text made anew with every account would cost a run the square of what it finds.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::db::Connection;

use super::account::{Notify, Run, Scope};
use super::alarms::CONTROLS;
use super::catalogue::Catalogue;
use super::store;
use super::texts::{self, Reminder, RunEnd, Voice};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::html::Html;
use crate::i18n::Lang;
use crate::people;
use crate::telegram::{self, Held, Outgoing, outbox};
use crate::zone::Zone;

/// The digest comes with the first run that ends after this hour of the day.
const DIGEST_HOUR: i8 = 9;

/// Messages for kept places made at a time: the writer is back at others within milliseconds.
const KEPT_PAGE: usize = 128;

/// Reminders told in one transaction at most.
const REMINDER_PAGE: usize = 500;

/// Accounts named in one reminder at most; the others follow with the next run.
const REMINDER_LINES: usize = 30;

/// Among so many of the newest runs those that were cut are looked for whose start messages arrived late.
const CUT_RUNS: usize = 20;

/// What notices need besides their facts.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// For names of sites and addresses of profiles.
    pub catalogue: Arc<Catalogue>,
    /// The zone of dates and times.
    pub zone: Zone,
    /// The language of chats of which none is known.
    pub language: Lang,
    /// What admins hear who have not chosen.
    pub notify: Notify,
}

impl Speaker {
    /// The voice for a chat.
    ///
    /// # Errors
    /// When the database fails.
    pub fn voice(&self, connection: &Connection, chat_id: i64) -> anyhow::Result<Voice<'_>> {
        Ok(self.voice_in(people::language_of(connection, chat_id, self.language)?))
    }

    /// The voice in a language.
    #[must_use]
    pub fn voice_in(&self, lang: Lang) -> Voice<'_> {
        Voice {
            lang,
            zone: &self.zone,
            catalogue: &self.catalogue,
        }
    }

    /// The chats that hear of a run, and how much.
    fn listeners(
        &self,
        connection: &Connection,
        run: &Run,
    ) -> anyhow::Result<BTreeMap<i64, Notify>> {
        let mut listeners = BTreeMap::new();
        if run.scope == Scope::All {
            for chat in people::admin_chats(connection)? {
                let chosen = store::notify_of(connection, chat)?;
                listeners.insert(chat, chosen.unwrap_or(self.notify));
            }
        }
        for chat in &run.askers {
            // Who has left meanwhile asked for nothing any more.
            if people::is_member(connection, *chat)? {
                listeners.insert(*chat, Notify::EveryRun);
            }
        }
        // A run that nobody asked for and that has nothing to do is not worth a message.
        if run.total == 0 && run.trigger != super::account::Trigger::Request {
            listeners.clear();
        }
        Ok(listeners)
    }

    /// Tells that a run has begun; quietly, because it is no news.
    ///
    /// # Errors
    /// When the database fails.
    pub fn run_started(&self, tx: &WriteTx<'_>, now: UnixMs, run: &Run) -> anyhow::Result<()> {
        // Who asked about one account gets its card at the end, nothing before.
        if matches!(run.scope, Scope::Account(_)) {
            return Ok(());
        }
        for (chat, notify) in self.listeners(tx, run)? {
            if notify != Notify::EveryRun {
                continue;
            }
            let voice = self.voice(tx, chat)?;
            let text = texts::run_started(voice, run.total, run.started_at);
            let message = Outgoing::notice(chat, text)
                .silent()
                .of_run(run.id)
                .dedupe(format!("start:{}:{chat}", run.id));
            outbox::insert(tx, now, &message)?;
        }
        Ok(())
    }

    /// Tells that a run has ended. What it found was told before.
    ///
    /// # Errors
    /// When the database fails.
    pub fn run_ended(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        run: &Run,
        end: &RunEnd,
    ) -> anyhow::Result<()> {
        for (chat, notify) in self.listeners(tx, run)? {
            let wanted = match notify {
                Notify::EveryRun => true,
                Notify::News => end.counts.found > 0,
                Notify::Digest => false,
            };
            if !wanted {
                continue;
            }
            let voice = self.voice(tx, chat)?;
            let text = match run.scope {
                Scope::All | Scope::Owner(_) => texts::run_done(voice, end),
                Scope::Account(id) => match store::get(tx, None, id)? {
                    Some(account) => texts::account_card(voice, &account, account.owner_id != chat),
                    None => continue,
                },
            };
            let message = Outgoing::notice(chat, text)
                .of_run(run.id)
                .dedupe(format!("end:{}:{chat}", run.id));
            outbox::insert(tx, now, &message)?;
        }
        self.close_starts(tx, now)
    }

    /// Closes the start messages of a run that did not look at everything.
    ///
    /// # Errors
    /// When the database fails.
    pub fn run_unfinished(&self, tx: &WriteTx<'_>, now: UnixMs, run_id: i64) -> anyhow::Result<()> {
        let run = store::progress(tx, run_id)?;
        outbox::rewrite_waiting(tx, run_id, "start", |chat| self.cut_text(tx, chat, &run))?;
        self.close_starts(tx, now)
    }

    /// Makes the start messages of unfinished runs say so. One that was on its way at the cut becomes known only
    /// later, so this looks at the last ones again whenever a run begins or ends; each is edited once.
    ///
    /// # Errors
    /// When the database fails.
    pub fn close_starts(&self, tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<()> {
        for run_id in store::last_unfinished(tx, CUT_RUNS)? {
            let run = store::progress(tx, run_id)?;
            for (chat, message_id) in outbox::messages_of_run(tx, run_id, "start")? {
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
        run: &store::Progress,
    ) -> anyhow::Result<Html> {
        let voice = self.voice(connection, chat)?;
        Ok(texts::run_unfinished(
            voice,
            run.state,
            run.total,
            run.started_at,
        ))
    }

    /// Tells the admins that a run broke off by a fault of ours.
    ///
    /// # Errors
    /// When the database fails.
    pub fn run_crashed(&self, tx: &WriteTx<'_>, now: UnixMs, run_id: i64) -> anyhow::Result<()> {
        for chat in people::admin_chats(tx)? {
            let text = texts::run_crashed(self.voice(tx, chat)?.lang, run_id);
            let message = Outgoing::notice(chat, text).dedupe(format!("crash:{run_id}:{chat}"));
            outbox::insert(tx, now, &message)?;
        }
        Ok(())
    }

    /// Keeps a place for the one message of a run to an owner about what it found.
    ///
    /// # Errors
    /// When the database fails.
    pub fn found(tx: &WriteTx<'_>, now: UnixMs, run_id: i64, owner: i64) -> anyhow::Result<()> {
        telegram::hold(tx, now, owner, run_id, &format!("found:{run_id}:{owner}"))
    }

    /// The messages for kept places, some at a time; none for a place about which nothing is left to say. To be called
    /// while no sweep goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn kept_messages(
        &self,
        connection: &Connection,
    ) -> anyhow::Result<Vec<(Held, Option<Outgoing>)>> {
        let places = telegram::held(connection, KEPT_PAGE)?;
        let messages = places.into_iter().map(|place| {
            let message = if place.is_about(CONTROLS) {
                self.controls_message(connection, &place)?
            } else {
                self.found_message(connection, &place)?
            };
            Ok((place, message))
        });
        messages.collect()
    }

    fn found_message(
        &self,
        connection: &Connection,
        place: &Held,
    ) -> anyhow::Result<Option<Outgoing>> {
        let owner = place.chat_id;
        let (total, accounts) =
            store::found_in_run(connection, place.run_id, owner, texts::LIST_FOUND)?;
        if accounts.is_empty() {
            return Ok(None);
        }
        let voice = self.voice(connection, owner)?;
        let message = Outgoing::notice(owner, texts::found(voice, &accounts, total));
        Ok(Some(message.gist(texts::found_gist(voice, &accounts))))
    }

    /// Writes the reminders that are due, one message per owner and kind.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reminders(&self, tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<()> {
        let mut by_owner: BTreeMap<(i64, Reminder), Vec<store::DueReminder>> = BTreeMap::new();
        for due in store::due_reminders(tx, now, REMINDER_PAGE)? {
            let which = which_reminder(&due.account.ends_at, now);
            by_owner
                .entry((due.account.owner_id, which))
                .or_default()
                .push(due);
        }
        for ((owner, which), mut due) in by_owner {
            due.truncate(REMINDER_LINES);
            let Some(first) = due.first() else { continue };
            let key = format!(
                "remind:{}:{}:{}",
                first.account.id,
                first.epoch,
                which.word()
            );
            let accounts: Vec<_> = due.iter().map(|due| due.account.clone()).collect();
            let text = texts::reminder(self.voice(tx, owner)?, which, &accounts);
            outbox::insert(tx, now, &Outgoing::notice(owner, text).dedupe(key))?;
            for account in &accounts {
                store::mark_reminder_sent(tx, now, account)?;
            }
        }
        Ok(())
    }

    /// Writes the daily digests that are due.
    ///
    /// # Errors
    /// When the database fails.
    pub fn digests(&self, tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<()> {
        for chat in people::admin_chats(tx)? {
            let notify = store::notify_of(tx, chat)?.unwrap_or(self.notify);
            let last = store::digest_at(tx, chat)?;
            if notify != Notify::Digest || !self.digest_due(last, now) {
                continue;
            }
            let (runs, counts) = store::digest(tx, last)?;
            let text = texts::digest(self.voice(tx, chat)?.lang, runs, counts);
            let message = Outgoing::notice(chat, text).dedupe(format!("digest:{}:{chat}", now.0));
            outbox::insert(tx, now, &message)?;
            store::set_digest_at(tx, chat, now)?;
        }
        Ok(())
    }

    /// True once a day, after the digest hour.
    fn digest_due(&self, last: UnixMs, now: UnixMs) -> bool {
        let (last, now) = (self.zone.civil(last), self.zone.civil(now));
        now.hour() >= DIGEST_HOUR && last.date() < now.date()
    }
}

fn which_reminder(ends_at: &UnixMs, now: UnixMs) -> Reminder {
    const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
    if now >= *ends_at {
        Reminder::Overdue
    } else if now >= ends_at.minus(DAY) {
        Reminder::LastDay
    } else {
        Reminder::Soon
    }
}
