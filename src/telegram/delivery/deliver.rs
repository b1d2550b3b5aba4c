//! Delivers one message: the call, its result, and the mark in the outbox.
//!
//! # Invariants
//! - A message is never sent again after a call that may have had an effect.
//! - Every row ends in a state that tells what is known about its delivery.

use std::sync::Arc;
use std::time::Duration;

use crate::backoff::{Backoff, delay};
use crate::clock::{Clock, UnixMs};
use crate::counters;
use crate::db::{Db, DbError, WriteTx};
use crate::html::Html;

use super::edit_order::EditOrder;
use super::makers::{FilePermit, Makers, NotMade};
use super::rates::SharedRates;
use super::result::{DeliveryResult, PauseNews};
use crate::telegram::api::client::Api;
use crate::telegram::api::error::ApiError;
use crate::telegram::api::fatal::FatalCell;
use crate::telegram::api::methods::{Body, Target};
use crate::telegram::message::file::{File, FileSource};
use crate::telegram::message::priority::Urgency;
use crate::telegram::outbox::{self, ChatMoved, ClaimedRow, OUT_OF_REACH, Refusal};
use crate::telegram::priority_gate::PriorityGate;
use crate::telegram::suspects::MOST_DEATHS;

/// Pauses of a row that could not be delivered. Attempts go on until the row is older than
/// [`outbox::GIVE_UP`], because Telegram's outages end.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How long a second call for the same row waits for its slot before the row goes back instead.
const SLOT_LIMIT: Duration = Duration::from_secs(60);

/// A note that is added to a message on its way.
#[derive(Debug, Clone, Copy)]
pub enum Remark<'a> {
    /// Earlier messages may not have arrived: one plain line each.
    Unconfirmed(&'a [String]),
    /// The message's topic is gone.
    TopicGone,
}

/// The result of a call that succeeded.
struct Posted {
    message_id: i64,
    file_id: Option<String>,
    once_more: bool,
}

/// Makes the text of a remark, in the chat's language (empty: unknown).
pub(crate) type RemarkText = Arc<dyn Fn(&str, Remark<'_>) -> Html + Send + Sync>;

/// Tells the admins about a pause, in the transaction that learns of it.
pub(crate) type TellPause =
    Arc<dyn Fn(&WriteTx<'_>, UnixMs, &PauseNews) -> anyhow::Result<()> + Send + Sync>;

/// What delivering needs; cheap to clone.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) api: Api,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) rates: SharedRates,
    pub(crate) edit_order: EditOrder,
    pub(crate) priority_gate: PriorityGate,
    pub(crate) fatal: FatalCell,
    pub(crate) remark: RemarkText,
    pub(crate) makers: Makers,
    pub(crate) chat_moved: ChatMoved,
    pub(crate) tell_pause: TellPause,
}

impl Delivery {
    /// Delivers a claimed row and marks its result; `permit` is for the file it carries.
    pub(crate) async fn run(self, row: ClaimedRow, permit: Option<FilePermit>) {
        let result = match self.file_of(&row, permit.as_ref()).await {
            Ok(file) => self.send(&row, file.as_ref()).await,
            Err(result) => result,
        };
        if row.urgency == Urgency::Answer {
            self.priority_gate.close();
        }
        self.log(&row, &result);
        counters::delivery(result.outcome());
        if result == DeliveryResult::Unauthorized {
            self.fatal.unauthorized();
        }
        let sorry = self.makers.maker.sorry(&row.language);
        let row = Arc::new((row, sorry));
        let bot_id = self.api.bot_id();
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        // Retry without limit: the chat waits for this mark, and only the end of the program ends
        // this task.
        loop {
            let now = self.clock.now();
            let (letter, how) = (Arc::clone(&row), result.clone());
            let moved = Arc::clone(&self.chat_moved);
            let tell_pause = Arc::clone(&self.tell_pause);
            let maker = Arc::clone(&self.makers.maker);
            let marked = self.db.write(move |tx| {
                let (row, sorry) = &*letter;
                for news in how.mark(tx, now, bot_id, row, sorry)? {
                    tell_pause(tx, now, &news)?;
                }
                if row.deaths >= MOST_DEATHS {
                    maker.put_aside(tx, now, row.id, row.chat_id)?;
                }
                match how {
                    DeliveryResult::Moved { to } => moved(tx, row.chat_id, to),
                    _ => Ok(()),
                }
            });
            let Err(err) = marked.await else {
                return;
            };
            if matches!(err.downcast_ref(), Some(DbError::Closed)) {
                return;
            }
            tracing::error!(
                row = row.0.id,
                "a delivery could not be marked, trying again: {err:#}"
            );
            tokio::time::sleep(backoff.next()).await;
        }
    }

    /// The file of a message, if it has one: known to Telegram, or newly made. After this the call
    /// may leave.
    async fn file_of(
        &self,
        row: &ClaimedRow,
        permit: Option<&FilePermit>,
    ) -> Result<Option<File>, DeliveryResult> {
        let (recipe, permit) = match (&row.file, permit) {
            (Some(recipe), Some(permit)) => (recipe, permit),
            (Some(_), None) => return Err(self.again(row)),
            (None, _) => return Ok(None),
        };
        if row.deaths >= MOST_DEATHS {
            let why = "the program died twice while the file was made";
            return Err(DeliveryResult::Dead(why.to_owned()));
        }
        let (bot_id, asked) = (self.api.bot_id(), recipe.clone());
        let known = self
            .db
            .read(move |c| outbox::file_id(c, bot_id, &asked))
            .await;
        let file = match known {
            Ok(Some(id)) => File {
                kind: recipe.kind(),
                source: FileSource::Telegram(id),
            },
            Ok(None) => match self.makers.make(&self.db, recipe, permit).await {
                Ok(file) => file,
                Err(NotMade::Later) => return Err(self.again(row)),
                Err(NotMade::Never(why)) => {
                    return Err(DeliveryResult::Dead(format!(
                        "the file could not be made: {why}"
                    )));
                }
            },
            Err(_) => return Err(self.again(row)),
        };
        let id = row.id;
        match self.db.write(move |tx| outbox::mark_sending(tx, id)).await {
            Ok(true) => Ok(Some(file)),
            Ok(false) | Err(_) => Err(self.again(row)),
        }
    }

    async fn send(&self, row: &ClaimedRow, file: Option<&File>) -> DeliveryResult {
        let (html, folded) = self.with_fold(row);
        let mut body = Body::Html(html);
        let (mut edit_of, mut topic) = (row.edit_of, row.topic);
        loop {
            let err = match self.call(row, file, edit_of, topic, &body).await {
                Ok(posted) => {
                    return DeliveryResult::Sent {
                        message_id: posted.message_id,
                        folded,
                        without_topic: topic != row.topic,
                        file_id: posted.file_id,
                        once_more: posted.once_more,
                    };
                }
                Err(err) => err,
            };
            if edit_of.is_some() && err.is_edit_gone() {
                edit_of = None;
            } else if is_at_telegram(file) && err.is_file_unknown() {
                return DeliveryResult::FileUnknown;
            } else if topic.is_some() && err.is_topic_gone() {
                topic = None;
                body = self.with_topic_note(row, body);
            } else if err.is_bad_markup()
                && let Body::Html(html) = &body
            {
                tracing::error!(
                    row = row.id,
                    chat_id = row.chat_id,
                    "our markup was refused; sent as plain text"
                );
                body = Body::Plain(html.to_plain());
            } else {
                return self.judge(row, edit_of, topic, &err);
            }
            // The row holds a permit of the sender, so its second call is as urgent as an answer.
            let slot = self.rates.wait(row.chat_id, Urgency::Answer, SLOT_LIMIT);
            if !slot.await {
                return self.again(row);
            }
        }
    }

    async fn call(
        &self,
        row: &ClaimedRow,
        file: Option<&File>,
        edit_of: Option<i64>,
        topic: Option<i64>,
        body: &Body,
    ) -> Result<Posted, ApiError> {
        let keyboard = row.keyboard.as_ref();
        let target = Target {
            chat_id: row.chat_id,
            topic,
            reply_to: row.reply_to,
        };
        match (edit_of, file) {
            (Some(id), _) => self.edit(row, id, file, body).await,
            (None, Some(file)) => {
                let post = self.api.post_file(target, file, body, keyboard, row.silent);
                let (message_id, file_id) = post.await?;
                Ok(Posted {
                    message_id,
                    file_id,
                    once_more: false,
                })
            }
            (None, None) => {
                let post = self.api.post(target, body, keyboard, row.silent);
                Ok(Posted {
                    message_id: post.await?,
                    file_id: None,
                    once_more: false,
                })
            }
        }
    }

    /// Edits a message in its turn. An older call may still change it back: then once more.
    async fn edit(
        &self,
        row: &ClaimedRow,
        id: i64,
        file: Option<&File>,
        body: &Body,
    ) -> Result<Posted, ApiError> {
        let mut turn = self.edit_order.turn(row.chat_id, id).await;
        let (chat, keyboard) = (row.chat_id, row.keyboard.as_ref());
        let edited = match file {
            Some(file) => self.api.edit_file(chat, id, file, body, keyboard).await,
            None => self.api.edit(chat, id, body, keyboard).await.map(|()| None),
        };
        let file_id = match edited {
            Ok(file_id) => file_id,
            Err(err) if err.is_not_modified() => None,
            Err(err) => return Err(err),
        };
        let doubt = turn.is_doubtful();
        turn.set_doubtful(false);
        Ok(Posted {
            message_id: id,
            file_id,
            once_more: doubt,
        })
    }

    fn judge(
        &self,
        row: &ClaimedRow,
        edit_of: Option<i64>,
        topic: Option<i64>,
        err: &ApiError,
    ) -> DeliveryResult {
        let now = self.clock.now();
        if let Some(wait) = err.retry_after() {
            self.rates.refused(row.chat_id, wait);
            let until = now.plus(wait);
            return DeliveryResult::Frozen { until };
        }
        if let Some(to) = err.migrate_to() {
            return DeliveryResult::Moved { to };
        }
        let is_refused = err.is_refused_for_now();
        if is_refused || err.is_incident() {
            let of_files = row.file.is_some() && err.is_file_refused();
            let of_topic = topic.filter(|_| err.is_topic_closed());
            return DeliveryResult::Refused(Refusal {
                topic: of_topic.or(of_files.then_some(outbox::FILES)),
                incident: !is_refused,
                why: err.to_string(),
            });
        }
        match (edit_of, err) {
            (_, err) if err.is_unauthorized() => DeliveryResult::Unauthorized,
            (_, err) if err.permanent_for_chat() => DeliveryResult::Closed(err.to_string()),
            (_, err) if err.is_too_large() => DeliveryResult::Dead(err.to_string()),
            (_, err) if err.is_passing() => self.again(row),
            // An edit may be repeated: the second one changes nothing.
            (Some(_), ApiError::Unknown(_)) => self.again(row),
            (None, ApiError::Unknown(_)) => DeliveryResult::Unconfirmed(err.to_string()),
            _ => DeliveryResult::Dead(err.to_string()),
        }
    }

    fn again(&self, row: &ClaimedRow) -> DeliveryResult {
        let pause = delay(FIRST_PAUSE, LONGEST_PAUSE, row.attempts);
        DeliveryResult::Again {
            due_at: self.clock.now().plus(pause),
            problem: OUT_OF_REACH.to_owned(),
        }
    }

    /// The text with a note about as many earlier messages as fit, and the ids of the mentioned
    /// rows.
    fn with_fold(&self, row: &ClaimedRow) -> (Html, Vec<i64>) {
        let mut count = row.unconfirmed.len();
        while count > 0 {
            let named = row.unconfirmed.iter().take(count);
            let (ids, summaries): (Vec<i64>, Vec<String>) = named.cloned().unzip();
            let note = (self.remark)(&row.language, Remark::Unconfirmed(&summaries));
            let whole = Html::join([&row.html, &note], "\n\n");
            if whole.telegram_len() <= outbox::text_limit(row.file.as_ref()) {
                return (whole, ids);
            }
            count -= 1;
        }
        (row.html.clone(), Vec::new())
    }

    /// The text with a note that its topic is gone, if there is room for it.
    fn with_topic_note(&self, row: &ClaimedRow, body: Body) -> Body {
        let Body::Html(html) = &body else {
            return body;
        };
        let note = (self.remark)(&row.language, Remark::TopicGone);
        let whole = Html::join([html, &note], "\n\n");
        if whole.telegram_len() <= outbox::text_limit(row.file.as_ref()) {
            Body::Html(whole)
        } else {
            body
        }
    }

    fn log(&self, row: &ClaimedRow, result: &DeliveryResult) {
        let (row, chat_id, attempts) = (row.id, row.chat_id, row.attempts);
        match result {
            DeliveryResult::Sent { message_id, .. } => {
                tracing::debug!(row, chat_id, message_id, "delivered");
            }
            DeliveryResult::Again { problem, .. } if attempts == 1 => {
                tracing::warn!(row, chat_id, "not delivered, goes again: {problem}");
            }
            DeliveryResult::Again { problem, .. } => tracing::debug!(
                row,
                chat_id,
                attempts,
                "not delivered, goes again: {problem}"
            ),
            DeliveryResult::Frozen { until } => {
                let wait = until.since(self.clock.now()).as_secs();
                tracing::warn!(row, chat_id, wait, "Telegram asks this chat to wait");
            }
            DeliveryResult::Refused(refusal) if attempts == 1 => {
                let why = &refusal.why;
                tracing::warn!(row, chat_id, "refused for now, goes again: {why}");
            }
            DeliveryResult::Refused(refusal) => {
                let why = &refusal.why;
                tracing::debug!(row, chat_id, attempts, "refused for now, goes again: {why}");
            }
            DeliveryResult::Unconfirmed(problem) => {
                tracing::warn!(row, chat_id, "may or may not have arrived: {problem}");
            }
            DeliveryResult::Dead(problem) => tracing::error!(row, chat_id, "given up: {problem}"),
            DeliveryResult::Closed(why) => {
                tracing::warn!(row, chat_id, "the chat cannot be written to: {why}");
            }
            DeliveryResult::Moved { to } => {
                tracing::info!(row, chat_id, to, "the group has a new id");
            }
            DeliveryResult::FileUnknown => {
                tracing::info!(
                    row,
                    chat_id,
                    "Telegram has forgotten a file; it is made again"
                );
            }
            DeliveryResult::Unauthorized => {}
        }
    }
}

fn is_at_telegram(file: Option<&File>) -> bool {
    file.is_some_and(|file| matches!(file.source, FileSource::Telegram(_)))
}
