//! The assistant in the bot: a question in a private chat or a group, and the buttons *stop*,
//! *again* and *continue*.
//!
//! A button of a question that is gone says so. In a group everybody sees the buttons: the person
//! who asked or an admin may stop, only the person who asked may ask again or continue.
//!
//! # Invariants
//!
//! - The transaction that handles the event also stores the question.
//! - *I am thinking* is an outbox row, which the answer later finds and replaces.

use super::AssistantConfig;
use super::callback::QuestionCallback;
use super::notices;
use super::progress::ProgressStreams;
use super::question::{Budget, ChatOrigin, Prompt, Question, QuestionState, Reason};
use super::store::{self, AskLimits, AskOutcome, NewQuestion};
use crate::activation::Activator;
use crate::db::WriteTx;
use crate::html::Html;
use crate::i18n::{self, Lang, label};
use crate::people::Actor;
use crate::telegram::{Answer, Event, outbox};
use crate::words::Part as _;
use crate::zone::Zone;

#[derive(Debug)]
pub(crate) struct AssistantHandlers {
    progress: ProgressStreams,
    bell: Activator,
    zone: Zone,
    most_open: u32,
    budget: Budget,
    tools: bool,
}

impl AssistantHandlers {
    /// `zone` is where the day of the budget begins.
    #[must_use]
    pub(crate) fn new(
        config: &AssistantConfig,
        zone: Zone,
        progress: ProgressStreams,
        bell: Activator,
    ) -> Self {
        Self {
            progress,
            bell,
            zone,
            most_open: config.most_open,
            budget: config.budget,
            tools: config.tools,
        }
    }

    /// What leaves the machine, for `/privacy`.
    #[must_use]
    pub(crate) fn privacy(&self, lang: Lang) -> Html {
        let key = match self.tools {
            true => "privacy-assistant-tools",
            false => "privacy-assistant",
        };
        i18n::text(lang, key)
    }

    /// Removes everything of a person, and stops answers in progress so that nothing more reaches a
    /// model.
    pub(crate) fn forget(&self, tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
        for question in store::open_of(tx, person)? {
            self.progress.close(question);
        }
        store::forget(tx, person)
    }

    pub(crate) fn ask(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        text: &str,
    ) -> anyhow::Result<Answer> {
        let origin = ChatOrigin {
            chat_id: actor.chat_id,
            topic: None,
            message_id: None,
        };
        self.take(tx, actor, origin, Prompt::of(text), None)
    }

    /// The answer appears below the question, for everybody in the group.
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
        let origin = ChatOrigin {
            chat_id: actor.chat_id,
            topic: event.topic,
            message_id: event.message_id,
        };
        self.take(tx, actor, origin, Prompt::of(text), None)
    }

    /// A button.
    pub(crate) fn callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        data: &str,
    ) -> anyhow::Result<Answer> {
        let say = |key| Ok(Answer::default().toast(label(actor.lang, key)));
        let Some(callback) = QuestionCallback::parse(data) else {
            return say("stale-button");
        };
        let (QuestionCallback::Stop(public_id)
        | QuestionCallback::Again(public_id)
        | QuestionCallback::More(public_id)) = callback;
        let Some(question) = store::by_public_id(tx, public_id)? else {
            return say("stale-button");
        };
        let is_own = question.person_id == actor.id;
        match callback {
            QuestionCallback::Stop(_) if is_own || actor.role.is_admin() => {
                self.stop(tx, actor, &question)
            }
            QuestionCallback::Again(_) if is_own && question.state.is_closed() => {
                let prompt = store::prompt(tx, question.id)?;
                self.repeat(tx, actor, &question, "again", prompt)
            }
            QuestionCallback::More(_) if is_own && question.is_truncated => {
                let prompt = store::prompt(tx, question.id)?.going_on(&question.answer);
                self.repeat(tx, actor, &question, "more", prompt)
            }
            _ if !is_own => say("assistant-of-another"),
            _ => say("stale-button"),
        }
    }

    fn stop(&self, tx: &WriteTx<'_>, actor: &Actor, question: &Question) -> anyhow::Result<Answer> {
        if !question.state.is_closed() {
            let partial = self.progress.text(question.id);
            store::end(tx, actor.now, question.id, Reason::Stopped, &partial)?;
            self.progress.close(question.id);
            notices::answer(tx, actor.now, actor.lang, question.id)?;
        }
        let Some(pressed) = actor.pressed else {
            return Ok(Answer::default());
        };
        if notices::is_answer_at(tx, &question.public_id, pressed)? {
            // The answer did not arrive, for example because the chat was blocked, so it is sent
            // again.
            if question.state.is_closed() && !outbox::is_busy(tx, actor.chat_id)? {
                notices::answer(tx, actor.now, actor.lang, question.id)?;
            }
            return Ok(Answer::default());
        }
        // The button is on a message that was thought lost, so the answer is in another message.
        let key = match store::get(tx, question.person_id, &question.public_id)? {
            Some(now) if now.state == QuestionState::Completed => {
                "assistant-answered-elsewhere".to_owned()
            }
            now => {
                let reason = now.and_then(|now| now.reason).unwrap_or(Reason::Stopped);
                format!("assistant-failed-{}", reason.word())
            }
        };
        Ok(Answer::text(i18n::text(actor.lang, &key)))
    }

    /// Asks anew where a question was asked. The client key makes a second press find the same
    /// question.
    fn repeat(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        question: &Question,
        deed: &str,
        prompt: Prompt,
    ) -> anyhow::Result<Answer> {
        let Some(asked) = store::in_chat(tx, question.id)? else {
            return Ok(Answer::default().toast(label(actor.lang, "stale-button")));
        };
        let client_key = format!("{deed}:{}", question.public_id);
        self.take(tx, actor, asked.origin, prompt, Some(client_key))
    }

    fn take(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        origin: ChatOrigin,
        prompt: Prompt,
        client_key: Option<String>,
    ) -> anyhow::Result<Answer> {
        let say = |key| Ok(Answer::text(i18n::text(actor.lang, key)));
        if prompt.text.is_empty() {
            return say("assistant-usage");
        }
        let question = NewQuestion {
            person_id: actor.id,
            token_id: None,
            client_key,
            origin: Some(origin),
            prompt,
        };
        let limits = AskLimits {
            most_open: self.most_open,
            budget: self.budget,
            day: self.zone.day(actor.now),
        };
        match store::ask(tx, actor.now, &question, &limits)? {
            AskOutcome::Is(public_id) => {
                notices::thinking(tx, actor, origin, &public_id)?;
                Ok(Answer::default().ring(&self.bell))
            }
            AskOutcome::TooManyOpen => say("assistant-too-many"),
            AskOutcome::OverBudget => say("assistant-failed-budget"),
            AskOutcome::OtherText => say("stale-button"),
        }
    }
}
