//! One message on its way: the call, what its end means, and the mark in the outbox.
//!
//! Must stay true: a message is never sent again after a call that may have had an effect; whatever happens, the row ends
//! in a state that says what is known.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::backoff::{Backoff, delay};
use crate::clock::Clock;
use crate::counters;
use crate::db::{Db, DbError};
use crate::html::Html;

use super::edit_order::Turns;
use super::priority_gate::PriorityGate;
use super::rates::{SharedRates, Urgency};
use super::result::End;
use crate::telegram::api::client::Api;
use crate::telegram::api::error::ApiError;
use crate::telegram::api::fatal::FatalCell;
use crate::telegram::api::methods::{Body, Place};
use crate::telegram::message::file::{File, From, Makers, NotMade, Seat};
use crate::telegram::outbox;
use crate::telegram::outbox::{OUT_OF_REACH, Parcel};

/// Pauses of a row that could not be delivered. There is no last try while the row is younger than
/// [`outbox::GIVE_UP`]: the reason is Telegram's absence, and that ends.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How long a second call for the same row waits for its slot before the row goes back instead.
const SLOT_LIMIT: Duration = Duration::from_secs(60);

/// What is added to a message on its way.
#[derive(Debug, Clone, Copy)]
pub enum Remark<'a> {
    /// Earlier messages may not have arrived: one plain line for each of them.
    Unconfirmed(&'a [String]),
    /// The topic it was meant for is gone.
    TopicGone,
}

/// What a call that succeeded tells.
struct Posted {
    message_id: i64,
    file_id: Option<String>,
    once_more: bool,
}

/// Makes the sentence of a remark, given the chat's language (empty: not known).
pub type RemarkText = Arc<dyn Fn(&str, Remark<'_>) -> Html + Send + Sync>;

/// What delivering needs; cheap to clone.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) api: Api,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) rates: SharedRates,
    pub(crate) turns: Turns,
    pub(crate) priority_gate: PriorityGate,
    pub(crate) fatal: FatalCell,
    pub(crate) remark: RemarkText,
    pub(crate) makers: Makers,
    pub(crate) markup_faults: Arc<AtomicU64>,
}

impl Delivery {
    /// Delivers a claimed row and marks what became of it; `seat` is for the file it carries.
    pub(crate) async fn run(self, parcel: Parcel, seat: Option<Seat>) {
        let end = match self.file_of(&parcel, seat.as_ref()).await {
            Ok(file) => self.send(&parcel, file.as_ref()).await,
            Err(end) => end,
        };
        if parcel.urgency == Urgency::Answer {
            self.priority_gate.close();
        }
        self.log(&parcel, &end);
        counters::delivery(end.outcome());
        if end == End::Unauthorized {
            self.fatal.unauthorized();
        }
        let sorry = self.makers.workshop.sorry(&parcel.language);
        let parcel = Arc::new((parcel, sorry));
        let bot_id = self.api.bot_id();
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        // No last try: while the mark is missing the chat is held, and only the end of the program ends this task.
        loop {
            let now = self.clock.now();
            let (letter, how) = (Arc::clone(&parcel), end.clone());
            let marked = self.db.write(move |tx| {
                let (row, sorry) = &*letter;
                how.mark(tx, now, bot_id, row, sorry)
            });
            let Err(err) = marked.await else {
                return;
            };
            if matches!(err.downcast_ref(), Some(DbError::Closed)) {
                return;
            }
            tracing::error!(
                row = parcel.0.id,
                "a delivery could not be marked, trying again: {err:#}"
            );
            tokio::time::sleep(backoff.next()).await;
        }
    }

    /// The file of a message, if it carries one: as Telegram has it, or made; from then on its call may leave.
    async fn file_of(&self, parcel: &Parcel, seat: Option<&Seat>) -> Result<Option<File>, End> {
        let (recipe, seat) = match (&parcel.file, seat) {
            (Some(recipe), Some(seat)) => (recipe, seat),
            (Some(_), None) => return Err(self.again(parcel)),
            (None, _) => return Ok(None),
        };
        let (bot_id, asked) = (self.api.bot_id(), recipe.clone());
        let known = self
            .db
            .read(move |c| outbox::file_id(c, bot_id, &asked))
            .await;
        let file = match known {
            Ok(Some(id)) => File {
                shown: recipe.shown(),
                from: From::Telegram(id),
            },
            Ok(None) => match self.makers.make(&self.db, recipe, seat).await {
                Ok(file) => file,
                Err(NotMade::Later) => return Err(self.again(parcel)),
                Err(NotMade::Never(why)) => {
                    return Err(End::Dead(format!("the file could not be made: {why}")));
                }
            },
            Err(_) => return Err(self.again(parcel)),
        };
        let id = parcel.id;
        match self.db.write(move |tx| outbox::leaves(tx, id)).await {
            Ok(true) => Ok(Some(file)),
            Ok(false) | Err(_) => Err(self.again(parcel)),
        }
    }

    async fn send(&self, parcel: &Parcel, file: Option<&File>) -> End {
        let (html, folded) = self.with_fold(parcel);
        let mut body = Body::Html(html);
        let (mut edit_of, mut topic) = (parcel.edit_of, parcel.topic);
        loop {
            let err = match self.call(parcel, file, edit_of, topic, &body).await {
                Ok(posted) => {
                    return End::Sent {
                        message_id: posted.message_id,
                        folded,
                        without_topic: topic != parcel.topic,
                        file_id: posted.file_id,
                        once_more: posted.once_more,
                    };
                }
                Err(err) => err,
            };
            if edit_of.is_some() && err.is_edit_gone() {
                edit_of = None;
            } else if is_at_telegram(file) && err.is_file_unknown() {
                return End::FileUnknown;
            } else if topic.is_some() && err.is_topic_gone() {
                topic = None;
                body = self.with_topic_note(parcel, body);
            } else if err.is_bad_markup()
                && let Body::Html(html) = &body
            {
                self.markup_faults.fetch_add(1, Ordering::Relaxed);
                tracing::error!(
                    row = parcel.id,
                    chat_id = parcel.chat_id,
                    "our markup was refused; sent as plain text"
                );
                body = Body::Plain(html.to_plain());
            } else {
                return self.judge(parcel, edit_of, &err);
            }
            // The row holds a place of the sender, so its second call is as urgent as an answer.
            let slot = self.rates.wait(parcel.chat_id, Urgency::Answer, SLOT_LIMIT);
            if !slot.await {
                return self.again(parcel);
            }
        }
    }

    async fn call(
        &self,
        parcel: &Parcel,
        file: Option<&File>,
        edit_of: Option<i64>,
        topic: Option<i64>,
        body: &Body,
    ) -> Result<Posted, ApiError> {
        let keyboard = parcel.keyboard.as_ref();
        let place = Place {
            chat_id: parcel.chat_id,
            topic,
            reply_to: parcel.reply_to,
        };
        if let Some(file) = file {
            let post = self
                .api
                .post_file(place, file, body, keyboard, parcel.silent);
            let (message_id, file_id) = post.await?;
            return Ok(Posted {
                message_id,
                file_id,
                once_more: false,
            });
        }
        let (message_id, once_more) = match edit_of {
            Some(id) => (id, self.edit(parcel, id, body).await?),
            None => {
                let post = self.api.post(place, body, keyboard, parcel.silent);
                (post.await?, false)
            }
        };
        Ok(Posted {
            message_id,
            file_id: None,
            once_more,
        })
    }

    /// Changes a message when nothing else does; true when an older call may still change it back.
    async fn edit(&self, parcel: &Parcel, id: i64, body: &Body) -> Result<bool, ApiError> {
        let mut turn = self.turns.take(parcel.chat_id, id).await;
        let call = self
            .api
            .edit(parcel.chat_id, id, body, parcel.keyboard.as_ref());
        match call.await {
            Err(err) if !err.is_not_modified() => return Err(err),
            _ => {}
        }
        let doubt = turn.is_doubtful();
        turn.set_doubtful(false);
        Ok(doubt)
    }

    fn judge(&self, parcel: &Parcel, edit_of: Option<i64>, err: &ApiError) -> End {
        let now = self.clock.now();
        if let Some(wait) = err.retry_after() {
            self.rates.refused(parcel.chat_id, wait);
            let until = now.plus(wait);
            return End::Frozen { until };
        }
        if let Some(to) = err.migrate_to() {
            return End::Moved { to };
        }
        match (edit_of, err) {
            (_, err) if err.is_unauthorized() => End::Unauthorized,
            (_, err) if err.permanent_for_chat() => End::Closed(err.to_string()),
            (_, err) if err.is_too_large() => End::Dead(err.to_string()),
            (_, err) if err.is_passing() => self.again(parcel),
            // An edit may be repeated: the second one changes nothing.
            (Some(_), ApiError::Unknown(_)) => self.again(parcel),
            (None, ApiError::Unknown(_)) => End::Unconfirmed(err.to_string()),
            _ => End::Dead(err.to_string()),
        }
    }

    fn again(&self, parcel: &Parcel) -> End {
        let pause = delay(FIRST_PAUSE, LONGEST_PAUSE, parcel.attempts);
        End::Again {
            due_at: self.clock.now().plus(pause),
            problem: OUT_OF_REACH.to_owned(),
        }
    }

    /// The text with the note about earlier messages, as many of them as fit, and the rows it mentions.
    fn with_fold(&self, parcel: &Parcel) -> (Html, Vec<i64>) {
        let mut count = parcel.unconfirmed.len();
        while count > 0 {
            let named = parcel.unconfirmed.iter().take(count);
            let (ids, summaries): (Vec<i64>, Vec<String>) = named.cloned().unzip();
            let note = (self.remark)(&parcel.language, Remark::Unconfirmed(&summaries));
            let whole = Html::join([&parcel.html, &note], "\n\n");
            if whole.telegram_len() <= outbox::text_limit(parcel.file.as_ref()) {
                return (whole, ids);
            }
            count -= 1;
        }
        (parcel.html.clone(), Vec::new())
    }

    /// The text with the note that its topic is gone, where there is room for it.
    fn with_topic_note(&self, parcel: &Parcel, body: Body) -> Body {
        let Body::Html(html) = &body else {
            return body;
        };
        let note = (self.remark)(&parcel.language, Remark::TopicGone);
        let whole = Html::join([html, &note], "\n\n");
        if whole.telegram_len() <= outbox::text_limit(parcel.file.as_ref()) {
            Body::Html(whole)
        } else {
            body
        }
    }

    fn log(&self, parcel: &Parcel, end: &End) {
        let (row, chat_id, attempts) = (parcel.id, parcel.chat_id, parcel.attempts);
        match end {
            End::Sent { message_id, .. } => tracing::debug!(row, chat_id, message_id, "delivered"),
            End::Again { problem, .. } if attempts == 1 => {
                tracing::warn!(row, chat_id, "not delivered, goes again: {problem}");
            }
            End::Again { problem, .. } => tracing::debug!(
                row,
                chat_id,
                attempts,
                "not delivered, goes again: {problem}"
            ),
            End::Frozen { until } => {
                let wait = until.since(self.clock.now()).as_secs();
                tracing::warn!(row, chat_id, wait, "Telegram asks this chat to wait");
            }
            End::Unconfirmed(problem) => {
                tracing::warn!(row, chat_id, "may or may not have arrived: {problem}");
            }
            End::Dead(problem) => tracing::error!(row, chat_id, "given up: {problem}"),
            End::Closed(why) => {
                tracing::warn!(row, chat_id, "the chat cannot be written to: {why}");
            }
            End::Moved { to } => tracing::info!(row, chat_id, to, "the group has a new id"),
            End::FileUnknown => {
                tracing::info!(
                    row,
                    chat_id,
                    "Telegram has forgotten a file; it is made again"
                );
            }
            End::Unauthorized => {}
        }
    }
}

fn is_at_telegram(file: Option<&File>) -> bool {
    matches!(
        file,
        Some(File {
            from: From::Telegram(_),
            ..
        })
    )
}
