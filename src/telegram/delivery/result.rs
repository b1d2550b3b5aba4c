//! How a delivery ended, and what is written down of it.
//!
//! Must stay true: everything that an end means for its row, its chat and its file is one transaction.

use std::time::Duration;

use crate::clock::UnixMs;
use crate::counters;
use crate::db::WriteTx;
use crate::html::Html;

use crate::telegram::message::outgoing::Outgoing;
use crate::telegram::outbox;
use crate::telegram::outbox::Parcel;
use crate::telegram::outbox::files;

/// When a call that was cut short has arrived, or never will.
const SURELY_OVER: Duration = Duration::from_secs(30);

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    Sent {
        message_id: i64,
        folded: Vec<i64>,
        /// The topic it was meant for is gone.
        without_topic: bool,
        /// Telegram's id of the file, where it was uploaded.
        file_id: Option<String>,
        /// An older call may still change the message back.
        once_more: bool,
    },
    /// Again at once: Telegram does not know the file any more by the id it was to be sent by.
    FileUnknown,
    Again {
        due_at: UnixMs,
        problem: String,
    },
    /// Again, and nothing else to this chat before.
    Frozen {
        until: UnixMs,
    },
    Unconfirmed(String),
    Dead(String),
    Closed(String),
    Moved {
        to: i64,
    },
    Unauthorized,
}

impl End {
    /// The word it is counted under.
    pub(crate) fn outcome(&self) -> &'static str {
        let [sent, again, unconfirmed, dead] = counters::DELIVERY_OUTCOMES;
        match self {
            Self::Sent { .. } => sent,
            Self::Again { .. }
            | Self::FileUnknown
            | Self::Frozen { .. }
            | Self::Moved { .. }
            | Self::Unauthorized => again,
            Self::Unconfirmed(_) => unconfirmed,
            Self::Dead(_) | Self::Closed(_) => dead,
        }
    }
}

impl End {
    /// Marks what became of a row; `sorry` is said in place of a file that cannot be had.
    pub(crate) fn mark(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        bot_id: i64,
        parcel: &Parcel,
        sorry: &Html,
    ) -> anyhow::Result<()> {
        mark(tx, now, parcel, self)?;
        mark_file(tx, now, bot_id, parcel, self)?;
        in_words(tx, now, parcel, self, sorry)
    }
}

fn mark(tx: &WriteTx<'_>, now: UnixMs, parcel: &Parcel, end: &End) -> anyhow::Result<()> {
    let too_old = now.since(parcel.created_at) > outbox::GIVE_UP;
    match end {
        End::Sent {
            message_id,
            folded,
            without_topic,
            once_more,
            ..
        } => {
            if *once_more {
                repeat(tx, now, parcel, *message_id)?;
            }
            if let Some(topic) = parcel.topic.filter(|_| *without_topic) {
                outbox::topic_gone(tx, parcel.chat_id, topic)?;
            }
            outbox::sent(tx, now, parcel, *message_id, folded)
        }
        End::Again { problem, .. } if too_old => outbox::dead(
            tx,
            now,
            parcel.id,
            &format!("given up after seven days: {problem}"),
        ),
        End::Again { due_at, problem } => outbox::returned(tx, parcel.id, *due_at, problem),
        End::Frozen { until } => {
            outbox::freeze_chat(tx, parcel.chat_id, *until)?;
            outbox::returned(tx, parcel.id, *until, "Telegram asked for a pause")
        }
        End::Unconfirmed(problem) => outbox::unconfirmed(tx, parcel.id, problem),
        End::Dead(problem) => outbox::dead(tx, now, parcel.id, problem),
        End::Closed(why) => {
            outbox::chat_unreachable(tx, now, parcel.chat_id, why)?;
            outbox::dead(tx, now, parcel.id, why)
        }
        End::Moved { to } => {
            outbox::migrate(tx, parcel.chat_id, *to)?;
            outbox::returned(tx, parcel.id, now, "the group has a new id")
        }
        End::FileUnknown => outbox::returned(tx, parcel.id, now, "the file is made again"),
        End::Unauthorized => outbox::returned(tx, parcel.id, now, "the token was refused"),
    }
}

/// Has an edit made once more, unless the message is to change anyway.
fn repeat(tx: &WriteTx<'_>, now: UnixMs, parcel: &Parcel, message_id: i64) -> anyhow::Result<()> {
    if outbox::changes(tx, parcel.chat_id, message_id)? {
        return Ok(());
    }
    let mut edit = Outgoing::edit(parcel.chat_id, message_id, parcel.html.clone());
    edit.keyboard.clone_from(&parcel.keyboard);
    outbox::insert(tx, now, &edit.not_before(now.plus(SURELY_OVER)))?;
    Ok(())
}

/// Notes by which id Telegram has the file now, or that it does not know that id any more.
fn mark_file(
    tx: &WriteTx<'_>,
    now: UnixMs,
    bot_id: i64,
    parcel: &Parcel,
    end: &End,
) -> anyhow::Result<()> {
    match (&parcel.file, end) {
        (
            Some(recipe),
            End::Sent {
                file_id: Some(id), ..
            },
        ) => files::note_file(tx, now, bot_id, recipe, id),
        (Some(recipe), End::FileUnknown) => files::forget_file(tx, bot_id, recipe),
        _ => Ok(()),
    }
}

/// Tells the chat, where the file was to go, that it will not get it.
fn in_words(
    tx: &WriteTx<'_>,
    now: UnixMs,
    parcel: &Parcel,
    end: &End,
    sorry: &Html,
) -> anyhow::Result<()> {
    if parcel.file.is_some() && matches!(end, End::Dead(_)) {
        let mut words = Outgoing::reply(parcel.chat_id, sorry.clone()).in_topic(parcel.topic);
        words.keyboard.clone_from(&parcel.keyboard);
        outbox::insert(tx, now, &words)?;
    }
    Ok(())
}
