//! The result of a delivery, and what is stored of it.
//!
//! # Invariants
//! - All effects of a result on its row, its chat and its file are one transaction.

use std::time::Duration;

use crate::clock::UnixMs;
use crate::counters;
use crate::db::WriteTx;
use crate::html::Html;

use crate::people;
use crate::telegram::message::outgoing::Outgoing;
use crate::telegram::outbox::{self, ClaimedRow, Pause, Refusal};

/// After this time a cut call has either arrived or never will.
const SURELY_OVER: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeliveryResult {
    Sent {
        message_id: i64,
        folded: Vec<i64>,
        /// The topic is gone; the message went to the group itself.
        without_topic: bool,
        /// Telegram's id of the file, if there is one.
        file_id: Option<String>,
        /// An older call may still change the message back.
        once_more: bool,
    },
    /// Retry at once: Telegram has forgotten the id of the file.
    FileUnknown,
    Again {
        due_at: UnixMs,
        problem: String,
    },
    /// Retry, and send nothing else to this chat before that.
    Frozen {
        until: UnixMs,
    },
    /// Retry later: the chat, or Telegram, takes no messages for now.
    Refused(Refusal),
    Unconfirmed(String),
    Dead(String),
    Closed(String),
    Moved {
        to: i64,
    },
    Unauthorized,
}

impl DeliveryResult {
    /// The result's label in the counters.
    pub(crate) fn outcome(&self) -> &'static str {
        let [sent, again, unconfirmed, dead] = counters::DELIVERY_OUTCOMES;
        match self {
            Self::Sent { .. } => sent,
            Self::Again { .. }
            | Self::FileUnknown
            | Self::Frozen { .. }
            | Self::Refused(_)
            | Self::Moved { .. }
            | Self::Unauthorized => again,
            Self::Unconfirmed(_) => unconfirmed,
            Self::Dead(_) | Self::Closed(_) => dead,
        }
    }

    /// Marks a row with its result; `sorry` replaces a file that cannot be sent. Returns what
    /// became of pauses.
    pub(crate) fn mark(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        bot_id: i64,
        row: &ClaimedRow,
        sorry: &Html,
    ) -> anyhow::Result<Vec<PauseNews>> {
        mark(tx, now, row, self)?;
        mark_file(tx, now, bot_id, row, self)?;
        in_words(tx, now, row, self, sorry)?;
        self.pauses(tx, now, row)
    }

    fn pauses(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        row: &ClaimedRow,
    ) -> anyhow::Result<Vec<PauseNews>> {
        Ok(match self {
            Self::Refused(refusal) => {
                let pause = outbox::refused(tx, now, row, refusal)?;
                vec![PauseNews::Refused(pause, refusal.why.clone())]
            }
            Self::Sent { message_id, .. } => {
                let is_edit = row.edit_of == Some(*message_id);
                let ended = outbox::arrived(tx, now, row.chat_id, row.places(), is_edit)?;
                ended.into_iter().map(PauseNews::Ended).collect()
            }
            _ => Vec::new(),
        })
    }
}

/// What a delivery tells about a pause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PauseNews {
    /// It began or goes on; with Telegram's words.
    Refused(Pause, String),
    Ended(Pause),
}

fn mark(
    tx: &WriteTx<'_>,
    now: UnixMs,
    row: &ClaimedRow,
    result: &DeliveryResult,
) -> anyhow::Result<()> {
    let too_old = now.since(row.created_at) > outbox::GIVE_UP;
    match result {
        DeliveryResult::Sent {
            message_id,
            folded,
            without_topic,
            once_more,
            ..
        } => {
            if *once_more {
                repeat(tx, now, row, *message_id)?;
            }
            if let Some(topic) = row.topic.filter(|_| *without_topic) {
                outbox::topic_gone(tx, row.chat_id, topic)?;
            }
            outbox::sent(tx, now, row, *message_id, folded)
        }
        DeliveryResult::Again { problem, .. } if too_old => outbox::dead(
            tx,
            now,
            row.id,
            &format!("given up after seven days: {problem}"),
        ),
        DeliveryResult::Again { due_at, problem } => outbox::returned(tx, row.id, *due_at, problem),
        DeliveryResult::Frozen { until } => {
            people::freeze_chat(tx, row.chat_id, *until)?;
            outbox::returned(tx, row.id, *until, "Telegram asked for a pause")
        }
        // The pause keeps the row.
        DeliveryResult::Refused(_) => Ok(()),
        DeliveryResult::Unconfirmed(problem) => outbox::unconfirmed(tx, row.id, problem),
        DeliveryResult::Dead(problem) => outbox::dead(tx, now, row.id, problem),
        DeliveryResult::Closed(why) => {
            outbox::chat_unreachable(tx, now, row.chat_id, why)?;
            outbox::dead(tx, now, row.id, why)
        }
        DeliveryResult::Moved { to } => {
            outbox::move_chat(tx, row.chat_id, *to)?;
            outbox::returned(tx, row.id, now, "the group has a new id")
        }
        DeliveryResult::FileUnknown => outbox::returned(tx, row.id, now, "the file is made again"),
        DeliveryResult::Unauthorized => outbox::returned(tx, row.id, now, "the token was refused"),
    }
}

/// Queues an edit once more, unless another edit of the message is waiting.
fn repeat(tx: &WriteTx<'_>, now: UnixMs, row: &ClaimedRow, message_id: i64) -> anyhow::Result<()> {
    if outbox::changes(tx, row.chat_id, message_id)? {
        return Ok(());
    }
    let mut edit = Outgoing::edit(row.chat_id, message_id, row.html.clone());
    edit.keyboard.clone_from(&row.keyboard);
    edit.file.clone_from(&row.file);
    outbox::insert(tx, now, &edit.not_before(now.plus(SURELY_OVER)))?;
    Ok(())
}

/// Notes Telegram's id of the file, or forgets one that Telegram does not know any more.
fn mark_file(
    tx: &WriteTx<'_>,
    now: UnixMs,
    bot_id: i64,
    row: &ClaimedRow,
    result: &DeliveryResult,
) -> anyhow::Result<()> {
    match (&row.file, result) {
        (
            Some(recipe),
            DeliveryResult::Sent {
                file_id: Some(id), ..
            },
        ) => outbox::note_file(tx, now, bot_id, recipe, id),
        (Some(recipe), DeliveryResult::FileUnknown) => outbox::forget_file(tx, bot_id, recipe),
        _ => Ok(()),
    }
}

/// Tells the chat that its file will not come.
fn in_words(
    tx: &WriteTx<'_>,
    now: UnixMs,
    row: &ClaimedRow,
    result: &DeliveryResult,
    sorry: &Html,
) -> anyhow::Result<()> {
    if row.file.is_some() && matches!(result, DeliveryResult::Dead(_)) {
        let mut words = Outgoing::reply(row.chat_id, sorry.clone()).in_topic(row.topic);
        words.keyboard.clone_from(&row.keyboard);
        outbox::insert(tx, now, &words)?;
    }
    Ok(())
}
