//! Notices to admins when a site or our own network cannot be trusted.
//!
//! The transaction that writes the fact also writes the row, so each notice is sent exactly once.

use super::Notifier;
use super::texts::{self, alarms};
use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::i18n::Lang;
use crate::people;
use crate::slices::watch::callback::WatchCallback;
use crate::slices::watch::model::account::{MassChange, MassDecision, News, Run};
use crate::slices::watch::store;
use crate::telegram::{Button, Keyboard, Outgoing, outbox};

/// Key prefix of messages about controls.
pub(super) const CONTROLS: &str = "controls";

impl Notifier {
    /// Reserves one message per run and admin about sites whose controls failed or recovered.
    pub(crate) fn controls(tx: &WriteTx<'_>, now: UnixMs, run_id: i64) -> anyhow::Result<()> {
        for chat in people::report_chats(tx)? {
            outbox::reserve(
                tx,
                now,
                chat,
                run_id,
                &format!("{CONTROLS}:{run_id}:{chat}"),
            )?;
        }
        Ok(())
    }

    /// Builds the message for a reserved row.
    pub(super) fn controls_message(
        &self,
        connection: &Connection,
        place: &outbox::Reserved,
    ) -> anyhow::Result<Option<Outgoing>> {
        let news = store::control_news(connection, place.run_id)?;
        if news.is_empty() {
            return Ok(None);
        }
        let text = alarms::controls(self.formatter(connection, place.chat_id)?, &news);
        Ok(Some(Outgoing::notice(place.chat_id, text)))
    }

    /// Asks the admins whether a mass change is real.
    pub(crate) fn mass_change(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        question: &MassChange,
    ) -> anyhow::Result<()> {
        for chat in people::report_chats(tx)? {
            let formatter = self.formatter(tx, chat)?;
            let message = Outgoing::notice(chat, alarms::mass_change(formatter, question))
                .keyboard(question_buttons(formatter.lang, question.id)?)
                .of_run(question.run_id)
                .dedupe(format!("{}:{chat}", question_key(question)));
            outbox::insert(tx, now, &message)?;
        }
        Ok(())
    }

    /// Edits the admins' messages so that they show the decision.
    pub(crate) fn mass_change_decided(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        question: &MassChange,
        decision: MassDecision,
        by: &str,
    ) -> anyhow::Result<()> {
        let asked = outbox::messages_with_key(tx, &question_key(question))?;
        for (chat, message_id) in asked {
            let text = alarms::decided(self.formatter(tx, chat)?, question, decision, by);
            let edit = Outgoing::edit(chat, message_id, text).keyboard(Keyboard::new());
            outbox::insert(tx, now, &edit)?;
        }
        Ok(())
    }

    /// Tells an owner about held accounts that really changed.
    pub(crate) fn true_after_all(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        question: &MassChange,
        news: &[News],
    ) -> anyhow::Result<()> {
        let Some(News { account: first, .. }) = news.first() else {
            return Ok(());
        };
        let formatter = self.formatter(tx, first.owner_id)?;
        let named = news.get(..texts::LIST_NEWS).unwrap_or(news);
        let text = texts::news(formatter, named, &texts::count_news(news));
        let message = Outgoing::notice(first.owner_id, text)
            .summary(texts::news_summary(formatter, named))
            .among(usize::try_from(question.changed).unwrap_or(usize::MAX))
            .dedupe(format!("found-after-all:{}:{}", question.id, first.id));
        outbox::insert(tx, now, &message)?;
        Ok(())
    }

    /// Closes the messages of a run that could not look because our own network is down. People who
    /// asked for the run are told. Admins are told if this is news.
    pub(crate) fn run_offline(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        run: &Run,
        is_news: bool,
    ) -> anyhow::Result<()> {
        let mut chats = run.actors.clone();
        if is_news {
            chats.extend(people::report_chats(tx)?);
        }
        chats.sort_unstable();
        chats.dedup();
        for chat in chats {
            let text = alarms::offline(self.formatter(tx, chat)?.lang);
            let message = Outgoing::notice(chat, text).dedupe(format!("offline:{}:{chat}", run.id));
            outbox::insert(tx, now, &message.urgent())?;
        }
        self.run_unfinished(tx, now, run.id)
    }

    /// Tells the admins that our own network is back.
    pub(crate) fn online(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        run: &Run,
        since: UnixMs,
    ) -> anyhow::Result<()> {
        for chat in people::report_chats(tx)? {
            let text = alarms::online(self.formatter(tx, chat)?.lang, now.since(since));
            let message = Outgoing::notice(chat, text).dedupe(format!("online:{}:{chat}", run.id));
            outbox::insert(tx, now, &message.urgent())?;
        }
        Ok(())
    }
}

/// Key prefix of a question's messages.
fn question_key(question: &MassChange) -> String {
    format!("mass-change-{}", question.id)
}

/// # Errors
/// If a label is missing.
pub(crate) fn question_buttons(lang: Lang, id: i64) -> anyhow::Result<Keyboard> {
    let button = |key: &str, decision: MassDecision| {
        Button::labelled(lang, key, WatchCallback::Decide(decision, id))
    };
    Ok(Keyboard::new()
        .row([button("button-mass-apply", MassDecision::Apply)?])
        .row([button("button-mass-discard", MassDecision::Discard)?]))
}
