//! The assistant in the bot: a question in one's own chat, *stop* and *again* below it.
//!
//! Buttons carry `ask:<deed>:<question>`; one that names what is gone says so. Must stay true: a question is taken by the
//! transaction of its event, and its place in the chat is a row of the outbox that the answer will find again.

use super::AssistantConfig;
use super::live::Live;
use super::notices;
use super::question::Budget;
use super::store::{self, Asked, Limits, NewQuestion};
use crate::activation::Activator;
use crate::db::WriteTx;
use crate::i18n::{self, label};
use crate::people::Asker;
use crate::telegram::Answer;
use crate::zone::Zone;

/// The handlers of the assistant.
#[derive(Debug)]
pub struct AssistantHandlers {
    live: Live,
    bell: Activator,
    zone: Zone,
    most_open: u32,
    budget: Budget,
}

impl AssistantHandlers {
    /// With what the worker has too; `zone` is where a day of the budget begins.
    #[must_use]
    pub fn new(config: &AssistantConfig, zone: Zone, live: Live, bell: Activator) -> Self {
        Self {
            live,
            bell,
            zone,
            most_open: config.most_open,
            budget: config.budget,
        }
    }

    /// A question.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ask(&self, tx: &WriteTx<'_>, asker: &Asker, text: &str) -> anyhow::Result<Answer> {
        self.take(tx, asker, text.trim(), None)
    }

    /// A button; `data` is what stands after `ask:`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tap(&self, tx: &WriteTx<'_>, asker: &Asker, data: &str) -> anyhow::Result<Answer> {
        let (deed, public_id) = data.split_once(':').unwrap_or((data, ""));
        let Some(question) = store::get(tx, asker.id, public_id)? else {
            return Ok(Answer::default().toast(label(asker.lang, "stale-button")));
        };
        match deed {
            "stop" if !question.state.is_closed() => {
                let partial = self.live.text(question.id);
                store::stop(tx, asker.now, question.id, &partial)?;
                self.live.close(question.id);
                notices::answer(tx, asker.now, asker.lang, question.id)?;
                Ok(Answer::default())
            }
            "again" if question.state.is_closed() => {
                let text = store::text(tx, question.id)?;
                // Pressed twice, it is asked again once.
                self.take(tx, asker, &text, Some(format!("again:{public_id}")))
            }
            _ => Ok(Answer::default().toast(label(asker.lang, "stale-button"))),
        }
    }

    fn take(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        text: &str,
        client_key: Option<String>,
    ) -> anyhow::Result<Answer> {
        let say = |key| Ok(Answer::text(i18n::text(asker.lang, key)));
        if text.is_empty() {
            return say("assistant-usage");
        }
        let question = NewQuestion {
            person_id: asker.id,
            token_id: None,
            client_key,
            chat_id: Some(asker.chat_id),
            text: text.to_owned(),
        };
        let limits = Limits {
            most_open: self.most_open,
            budget: self.budget,
            day: self.zone.day(asker.now),
        };
        match store::ask(tx, asker.now, &question, &limits)? {
            Asked::Is(public_id) => {
                notices::thinking(tx, asker, &public_id)?;
                Ok(Answer::default().ring(&self.bell))
            }
            Asked::TooManyOpen => say("assistant-too-many"),
            Asked::OverBudget => say("assistant-failed-budget"),
            Asked::OtherText => say("stale-button"),
        }
    }
}
