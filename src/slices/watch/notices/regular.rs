//! Notices on a schedule: reminders of agreed times, digests, and summaries of quiet hours.
//!
//! The transaction that ends a run over all accounts writes those that are due.

use std::collections::BTreeMap;

use super::Notifier;
use super::texts::{self, Reminder};
use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::people::{self, Mute, Notify, Preferences, Quiet};
use crate::slices::watch::store;
use crate::telegram::{Outgoing, outbox};

/// Maximum number of reminders per transaction.
const REMINDER_PAGE: usize = 500;

/// Maximum number of accounts named in one reminder. The others follow with the next run.
const REMINDER_LINES: usize = 30;

/// Maximum number of owners' digests per transaction. The others follow with the next run.
const DIGEST_PAGE: usize = 500;

impl Notifier {
    /// Writes due reminders, one message per owner and kind, unless the owner has turned them off.
    pub(crate) fn reminders(&self, tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<()> {
        let mut by_owner: BTreeMap<(i64, Reminder), Vec<store::DueReminder>> = BTreeMap::new();
        for due in store::due_reminders(tx, now, REMINDER_PAGE)? {
            let which = which_reminder(due.account.ends_at, now);
            by_owner
                .entry((due.account.owner_id, which))
                .or_default()
                .push(due);
        }
        let many = by_owner.len();
        for ((owner, which), mut due) in by_owner {
            due.truncate(REMINDER_LINES);
            let Some(first) = due.first() else { continue };
            let days_over = now.since(first.account.ends_at).as_secs() / DAY.as_secs();
            let key = format!(
                "remind:{}:{}:{}:{days_over}",
                first.account.id,
                first.epoch,
                which.word()
            );
            let accounts: Vec<_> = due.iter().map(|due| due.account.clone()).collect();
            let preferences = people::preferences(tx, owner)?;
            if preferences.reminders {
                let text = texts::reminder(self.voice_with(&preferences), which, &accounts);
                let message = Outgoing::notice(owner, text).among(many).dedupe(key);
                outbox::insert(tx, now, &message)?;
            }
            for account in &accounts {
                store::mark_reminder_sent(tx, now, account)?;
            }
        }
        Ok(())
    }

    /// Writes due daily digests, and summaries of quiet hours that are over.
    pub(crate) fn digests(&self, tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<()> {
        for chat in people::report_chats(tx)? {
            let notify = people::notify_of(tx, chat)?.unwrap_or(self.notify);
            let last = people::digest_at(tx, chat)?;
            let preferences = people::preferences(tx, chat)?;
            let span = match notify {
                Notify::Digest => self.day(&preferences, last, now),
                Notify::EveryRun | Notify::News => self.night(&preferences, last, now),
            };
            if let Some(span) = span {
                self.digest(tx, now, chat, notify, span)?;
            }
        }
        self.owners_digests(tx, now)
    }

    /// Writes the summary of quiet hours that have held reports since a moment and are others now.
    pub(crate) fn night_so_far(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        chat: i64,
        since: UnixMs,
    ) -> anyhow::Result<()> {
        let notify = people::notify_of(tx, chat)?.unwrap_or(self.notify);
        if notify == Notify::Digest || !people::report_chats(tx)?.contains(&chat) {
            return Ok(());
        }
        self.digest(tx, now, chat, notify, (since, now))
    }

    fn digest(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        chat: i64,
        notify: Notify,
        (from, to): (UnixMs, UnixMs),
    ) -> anyhow::Result<()> {
        people::set_digest_at(tx, chat, now)?;
        let (runs, counts) = store::digest(tx, from, to)?;
        let is_night = notify != Notify::Digest;
        // A chat that wants only news is not told that there is none.
        if notify == Notify::News && counts.found == 0 || is_night && runs == 0 {
            return Ok(());
        }
        let lang = self.formatter(tx, chat)?.lang;
        let text = texts::digest(lang, is_night, runs, counts);
        let message = Outgoing::notice(chat, text).dedupe(format!("digest:{}:{chat}", now.0));
        outbox::insert(tx, now, &message)?;
        Ok(())
    }

    fn owners_digests(&self, tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<()> {
        let owners = store::owners_with_digest(tx, DIGEST_PAGE)?;
        let many = owners.len();
        for (owner, last) in owners {
            let preferences = people::preferences(tx, owner)?;
            let Some((from, _)) = self.day(&preferences, last, now) else {
                continue;
            };
            let sums = store::own_sums(tx, owner, from)?;
            let text = texts::own_digest(self.voice_with(&preferences).lang, sums);
            let message = Outgoing::notice(owner, text).among(many);
            let message = message.dedupe(format!("digest:{}:{owner}", now.0));
            outbox::insert(tx, now, &message)?;
            people::set_digest_at(tx, owner, now)?;
        }
        Ok(())
    }

    /// The period of a digest that is due now.
    fn day(
        &self,
        preferences: &Preferences,
        last: UnixMs,
        now: UnixMs,
    ) -> Option<(UnixMs, UnixMs)> {
        let zone = self.voice_with(preferences).zone;
        let due = zone.last_hour(now, preferences.digest_hour);
        (last < due).then_some((last, now))
    }

    /// Quiet hours that have ended without a summary yet, for a chat that holds run reports until
    /// then.
    fn night(
        &self,
        preferences: &Preferences,
        last: UnixMs,
        now: UnixMs,
    ) -> Option<(UnixMs, UnixMs)> {
        let quiet = preferences.quiet.filter(|quiet| quiet.how == Quiet::Hold)?;
        if quiet.from == quiet.to || preferences.mute(now) != Mute::Not {
            return None;
        }
        let zone = self.voice_with(preferences).zone;
        let end = zone.last_hour(now, quiet.to);
        let begin = zone.last_hour(end, quiet.from);
        (last < end).then_some((begin.max(last), end))
    }
}

fn which_reminder(ends_at: UnixMs, now: UnixMs) -> Reminder {
    if now >= ends_at.plus(DAY) {
        Reminder::Waiting
    } else if now >= ends_at {
        Reminder::Overdue
    } else if now >= ends_at.minus(DAY) {
        Reminder::LastDay
    } else {
        Reminder::Soon
    }
}
