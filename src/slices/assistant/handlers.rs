//! The assistant in the bot: a question in one's own chat or in a group, *stop* and *again* below it.
//!
//! Buttons carry `ask:<deed>:<question>`; one that names what is gone says so. In a group everybody sees them: a question is
//! stopped by whoever asked it or by an admin, and asked again by whoever asked it. Must stay true: a question is taken by
//! the transaction of its event, and its place in the chat is a row of the outbox that the answer will find again.

use super::AssistantConfig;
use super::live::Live;
use super::notices;
use super::question::{Budget, Question, Reason, Spot, State};
use super::store::{self, Asked, Limits, NewQuestion};
use crate::activation::Activator;
use crate::db::WriteTx;
use crate::html::Html;
use crate::i18n::{self, Lang, label};
use crate::people::Actor;
use crate::telegram::{Answer, Event, outbox};
use crate::zone::Zone;

/// The handlers of the assistant.
#[derive(Debug)]
pub(crate) struct AssistantHandlers {
    live: Live,
    bell: Activator,
    zone: Zone,
    most_open: u32,
    budget: Budget,
    tools: bool,
}

impl AssistantHandlers {
    /// With what the worker has too; `zone` is where a day of the budget begins.
    #[must_use]
    pub(crate) fn new(config: &AssistantConfig, zone: Zone, live: Live, bell: Activator) -> Self {
        Self {
            live,
            bell,
            zone,
            most_open: config.most_open,
            budget: config.budget,
            tools: config.tools,
        }
    }

    /// What leaves the machine, for who asks what is kept of them.
    #[must_use]
    pub(crate) fn privacy(&self, lang: Lang) -> Html {
        let key = match self.tools {
            true => "privacy-assistant-tools",
            false => "privacy-assistant",
        };
        i18n::text(lang, key)
    }

    /// Removes everything of a person. What is being answered is cut short, so that nothing more of it is sent to a model.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn forget(&self, tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
        for question in store::open_of(tx, person)? {
            self.live.close(question);
        }
        store::forget(tx, person)
    }

    /// A question in one's own chat.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn ask(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        text: &str,
    ) -> anyhow::Result<Answer> {
        let spot = Spot {
            chat_id: actor.chat_id,
            topic: None,
            message_id: None,
        };
        self.take(tx, actor, spot, text.trim(), None)
    }

    /// A question in a group: its answer stands under it, for all to see.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn ask_in_group(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        event: &Event,
        text: &str,
    ) -> anyhow::Result<Answer> {
        if !actor.role.is_member() {
            return Ok(Answer::text(i18n::text(
                actor.lang,
                "assistant-members-only",
            )));
        }
        let spot = Spot {
            chat_id: actor.chat_id,
            topic: event.topic,
            message_id: event.message_id,
        };
        self.take(tx, actor, spot, text.trim(), None)
    }

    /// A button; `data` is what stands after `ask:`.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        data: &str,
    ) -> anyhow::Result<Answer> {
        let (deed, public_id) = data.split_once(':').unwrap_or((data, ""));
        let Some(question) = store::named(tx, public_id)? else {
            return Ok(Answer::default().toast(label(actor.lang, "stale-button")));
        };
        let is_own = question.person_id == actor.id;
        match deed {
            "stop" if is_own || actor.role.is_admin() => self.stop(tx, actor, &question),
            "again" if is_own && question.state.is_closed() => self.again(tx, actor, &question),
            "stop" | "again" if !is_own => {
                Ok(Answer::default().toast(label(actor.lang, "assistant-of-another")))
            }
            _ => Ok(Answer::default().toast(label(actor.lang, "stale-button"))),
        }
    }

    fn stop(&self, tx: &WriteTx<'_>, actor: &Actor, question: &Question) -> anyhow::Result<Answer> {
        if !question.state.is_closed() {
            let partial = self.live.text(question.id);
            store::end(tx, actor.now, question.id, Reason::Stopped, &partial)?;
            self.live.close(question.id);
            notices::answer(tx, actor.now, actor.lang, question.id)?;
        }
        let Some(pressed) = actor.pressed else {
            return Ok(Answer::default());
        };
        if notices::is_at(tx, &question.public_id, pressed)? {
            // What was said there did not arrive, as when the chat was blocked: it is said again.
            if question.state.is_closed() && !outbox::is_busy(tx, actor.chat_id)? {
                notices::answer(tx, actor.now, actor.lang, question.id)?;
            }
            return Ok(Answer::default());
        }
        // Of a message that was lost on its way nobody knew the id until now; its answer is another message.
        let key = match store::get(tx, question.person_id, &question.public_id)? {
            Some(now) if now.state == State::Completed => "assistant-answered-elsewhere".to_owned(),
            now => {
                let reason = now.and_then(|now| now.reason).unwrap_or(Reason::Stopped);
                format!("assistant-failed-{}", reason.word())
            }
        };
        Ok(Answer::text(i18n::text(actor.lang, &key)))
    }

    /// Pressed twice, it is asked again once.
    fn again(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        question: &Question,
    ) -> anyhow::Result<Answer> {
        let Some(asked) = store::in_chat(tx, question.id)? else {
            return Ok(Answer::default().toast(label(actor.lang, "stale-button")));
        };
        let text = store::text(tx, question.id)?;
        let client_key = format!("again:{}", question.public_id);
        self.take(tx, actor, asked.spot, &text, Some(client_key))
    }

    fn take(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        spot: Spot,
        text: &str,
        client_key: Option<String>,
    ) -> anyhow::Result<Answer> {
        let say = |key| Ok(Answer::text(i18n::text(actor.lang, key)));
        if text.is_empty() {
            return say("assistant-usage");
        }
        let question = NewQuestion {
            person_id: actor.id,
            token_id: None,
            client_key,
            spot: Some(spot),
            text: text.to_owned(),
        };
        let limits = Limits {
            most_open: self.most_open,
            budget: self.budget,
            day: self.zone.day(actor.now),
        };
        match store::ask(tx, actor.now, &question, &limits)? {
            Asked::Is(public_id) => {
                notices::thinking(tx, actor, spot, &public_id)?;
                Ok(Answer::default().ring(&self.bell))
            }
            Asked::TooManyOpen => say("assistant-too-many"),
            Asked::OverBudget => say("assistant-failed-budget"),
            Asked::OtherText => say("stale-button"),
        }
    }
}
