//! The handle by which any other thread speaks through the main runtime.
//!
//! A call travels over a channel to the *desk*, a task on the main runtime, and its result comes back; an HTTP client is
//! never shared between runtimes. Calls made here are direct: they are not durable, not repeated and not ordered with the
//! outbox, but for edits of one message, of which the outbox's is the last (`turns`). News belongs into the outbox; this is
//! for progress and for files. Must stay true: no call hangs, whatever became of the main runtime.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::activation::Activator;
use crate::html::Html;

use super::edit_order::Turns;
use super::priority_gate::PriorityGate;
use super::rates::{SharedRates, Urgency};
use super::sender::DRAIN_LIMIT;
use crate::telegram::api::client::Api;
use crate::telegram::api::error::ApiError;
use crate::telegram::api::methods::{Body, Place};
use crate::telegram::message::file::{File, From, Made, Shown};
use crate::telegram::message::markup::Keyboard;

/// Calls waiting for the desk; at the rate of 25 a second this is under 3 s of work, and callers wait beyond it.
const QUEUE: usize = 64;

/// Calls on their way at once.
const ON_THE_WAY: usize = 8;

/// How long a call waits for its slot before it fails; a group's slot can be a minute away.
const SLOT_LIMIT: Duration = Duration::from_secs(70);

/// What an edit may take once it has left: the outbox waits for it before it changes the same message.
const EDIT_LIMIT: Duration = Duration::from_secs(10);

/// What a call may take in all: its slot, an upload, and the way there and back.
const CALL_LIMIT: Duration = Duration::from_secs(200);

/// Why a direct call had no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// The main runtime has ended or is ending.
    #[error("the main runtime is gone")]
    Gone,
    /// No slot within our own limits, or no result in time: the call may have had its effect in the second case.
    #[error("no result in time")]
    Late,
    /// It was not wanted any more when its slot came.
    #[error("no longer wanted")]
    Unwanted,
    /// Telegram's answer, or why there was none.
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// Speaks to Telegram from any runtime and any thread. Clones share the desk.
#[derive(Debug, Clone)]
pub struct BotProxy {
    desk: mpsc::Sender<Call>,
    sender_bell: Activator,
    priority_gate: PriorityGate,
}

#[derive(Debug)]
struct Call {
    chat_id: i64,
    what: What,
    reply: oneshot::Sender<Result<i64, ProxyError>>,
}

/// Whether a call still is wanted.
type Wanted = Pin<Box<dyn Future<Output = bool> + Send>>;

enum What {
    Send(Html, Option<Keyboard>),
    Edit(Edit),
    File(File, Html),
}

/// A change of a message of ours.
struct Edit {
    message_id: i64,
    html: Html,
    keyboard: Option<Keyboard>,
    urgency: Urgency,
    wanted: Option<Wanted>,
}

impl std::fmt::Debug for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Texts of people stay out of every log.
        f.write_str(match self {
            Self::Send(..) => "Send",
            Self::Edit(_) => "Edit",
            Self::File(..) => "File",
        })
    }
}

impl BotProxy {
    /// A handle to nothing, for a process without a token: every call is [`ProxyError::Gone`] at once.
    #[must_use]
    pub fn gone() -> Self {
        let (desk, _) = mpsc::channel(1);
        Self {
            desk,
            sender_bell: Activator::new(),
            priority_gate: PriorityGate::default(),
        }
    }

    /// Sends a message now; its id.
    ///
    /// # Errors
    /// [`ProxyError`]; not repeated, whatever it is.
    pub async fn send_message(
        &self,
        chat_id: i64,
        html: Html,
        keyboard: Option<Keyboard>,
    ) -> Result<i64, ProxyError> {
        self.call(chat_id, What::Send(html, keyboard)).await
    }

    /// Changes a message of ours now. *Not modified* is success.
    ///
    /// # Errors
    /// [`ProxyError`]; may simply be repeated.
    pub async fn edit_message(
        &self,
        chat_id: i64,
        message_id: i64,
        html: Html,
        keyboard: Option<Keyboard>,
    ) -> Result<(), ProxyError> {
        let edit = Edit {
            message_id,
            html,
            keyboard,
            urgency: Urgency::Notice,
            wanted: None,
        };
        self.call(chat_id, What::Edit(edit)).await.map(|_| ())
    }

    /// The same, if `wanted` says so when the call has its slot and leaves.
    ///
    /// # Errors
    /// [`ProxyError`].
    pub async fn edit_message_if(
        &self,
        chat_id: i64,
        message_id: i64,
        html: Html,
        keyboard: Option<Keyboard>,
        wanted: impl Future<Output = bool> + Send + 'static,
    ) -> Result<(), ProxyError> {
        let edit = edit(message_id, html, keyboard, Urgency::Notice, wanted);
        self.call(chat_id, edit).await.map(|_| ())
    }

    /// The same as a courtesy: at once where there is room for it, else [`ProxyError::Late`]. It keeps nothing else waiting.
    ///
    /// # Errors
    /// [`ProxyError`].
    pub async fn edit_in_passing(
        &self,
        chat_id: i64,
        message_id: i64,
        html: Html,
        keyboard: Option<Keyboard>,
        wanted: impl Future<Output = bool> + Send + 'static,
    ) -> Result<(), ProxyError> {
        let edit = edit(message_id, html, keyboard, Urgency::Courtesy, wanted);
        self.call(chat_id, edit).await.map(|_| ())
    }

    /// Sends a picture from memory, at most 10 MB, with a caption of at most 1024 UTF-16 units; the message's id.
    ///
    /// # Errors
    /// As [`Self::send_message`].
    pub async fn send_photo(
        &self,
        chat_id: i64,
        bytes: Vec<u8>,
        name: &str,
        caption: Html,
    ) -> Result<i64, ProxyError> {
        let what = file(Shown::Photo, bytes, name, caption);
        self.call(chat_id, what).await
    }

    /// Sends a file from memory, at most 50 MB, with a caption of at most 1024 UTF-16 units; the message's id.
    ///
    /// # Errors
    /// As [`Self::send_message`].
    pub async fn send_document(
        &self,
        chat_id: i64,
        bytes: Vec<u8>,
        name: &str,
        caption: Html,
    ) -> Result<i64, ProxyError> {
        let what = file(Shown::Document, bytes, name, caption);
        self.call(chat_id, what).await
    }

    /// Says that rows wait in the outbox. Never blocks.
    pub fn ring(&self) {
        self.sender_bell.ring();
    }

    /// Tells when work that nobody waits for should stand back.
    #[must_use]
    pub fn priority_gate(&self) -> &PriorityGate {
        &self.priority_gate
    }

    async fn call(&self, chat_id: i64, what: What) -> Result<i64, ProxyError> {
        let (reply, result) = oneshot::channel();
        let call = Call {
            chat_id,
            what,
            reply,
        };
        let whole = async {
            self.desk.send(call).await.map_err(|_| ProxyError::Gone)?;
            result.await.map_err(|_| ProxyError::Gone)?
        };
        tokio::time::timeout(CALL_LIMIT, whole)
            .await
            .map_err(|_| ProxyError::Late)?
    }
}

/// An edit that is made only if it is still wanted when its turn has come.
fn edit(
    message_id: i64,
    html: Html,
    keyboard: Option<Keyboard>,
    urgency: Urgency,
    wanted: impl Future<Output = bool> + Send + 'static,
) -> What {
    What::Edit(Edit {
        message_id,
        html,
        keyboard,
        urgency,
        wanted: Some(Box::pin(wanted)),
    })
}

fn file(shown: Shown, bytes: Vec<u8>, name: &str, caption: Html) -> What {
    let made = Made {
        name: name.to_owned(),
        bytes: bytes.into(),
    };
    let from = From::Memory(made);
    What::File(File { shown, from }, caption)
}

/// The desk's end of the channel.
pub(crate) struct Desk {
    calls: mpsc::Receiver<Call>,
    line: Line,
    drain: CancellationToken,
}

/// What a call goes out by.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) api: Api,
    pub(crate) rates: SharedRates,
    pub(crate) turns: Turns,
}

/// A desk and the first handle to it.
pub(crate) fn open(
    line: Line,
    sender_bell: Activator,
    priority_gate: PriorityGate,
    drain: CancellationToken,
) -> (BotProxy, Desk) {
    let (desk, calls) = mpsc::channel(QUEUE);
    let proxy = BotProxy {
        desk,
        sender_bell,
        priority_gate,
    };
    let desk = Desk { calls, line, drain };
    (proxy, desk)
}

impl Desk {
    /// Serves calls until the drain, then what was asked before it, within the drain's limit.
    pub(crate) async fn run(mut self) {
        let mut on_the_way = JoinSet::new();
        let mut end: Option<Instant> = None;
        loop {
            tokio::select! {
                call = self.calls.recv(), if on_the_way.len() < ON_THE_WAY => match call {
                    Some(call) => {
                        on_the_way.spawn(serve(self.line.clone(), call));
                    }
                    None => break,
                },
                Some(_) = on_the_way.join_next() => {}
                () = self.drain.cancelled(), if end.is_none() => {
                    self.calls.close();
                    end = Some(Instant::now() + DRAIN_LIMIT);
                }
                // Dropping the calls tells their actors at once.
                () = tokio::time::sleep_until(end.unwrap_or_else(Instant::now)), if end.is_some() => return,
            }
        }
        let rest = async { while on_the_way.join_next().await.is_some() {} };
        let end = end.unwrap_or_else(|| Instant::now() + DRAIN_LIMIT);
        tokio::time::timeout_at(end, rest).await.ok();
    }
}

async fn serve(line: Line, mut call: Call) {
    let result = tokio::select! {
        result = line.perform(call.chat_id, call.what) => result,
        // Nobody waits for it any more.
        () = call.reply.closed() => return,
    };
    call.reply.send(result).ok();
}

impl Line {
    async fn perform(&self, chat_id: i64, what: What) -> Result<i64, ProxyError> {
        let has_slot = match &what {
            What::Edit(edit) if edit.urgency == Urgency::Courtesy => {
                self.rates.take(chat_id, edit.urgency).is_ok()
            }
            _ => self.rates.wait(chat_id, Urgency::Notice, SLOT_LIMIT).await,
        };
        if !has_slot {
            return Err(ProxyError::Late);
        }
        let result = match what {
            What::Send(html, keyboard) => {
                let (place, body) = (Place::chat(chat_id), Body::Html(html));
                let post = self.api.post(place, &body, keyboard.as_ref(), false);
                post.await.map_err(ProxyError::Api)
            }
            What::Edit(edit) => self.edit(chat_id, edit).await,
            What::File(file, caption) => {
                let (place, body) = (Place::chat(chat_id), Body::Html(caption));
                let post = self.api.post_file(place, &file, &body, None, false);
                let posted = post.await.map_err(ProxyError::Api);
                posted.map(|(message_id, _)| message_id)
            }
        };
        if let Err(ProxyError::Api(err)) = &result
            && let Some(wait) = err.retry_after()
        {
            self.rates.refused(chat_id, wait);
        }
        result
    }

    async fn edit(&self, chat_id: i64, edit: Edit) -> Result<i64, ProxyError> {
        let id = edit.message_id;
        let mut turn = self.turns.take(chat_id, id).await;
        if let Some(wanted) = edit.wanted
            && !wanted.await
        {
            return Err(ProxyError::Unwanted);
        }
        let doubt = turn.is_doubtful();
        // So it stands if this is cut short from here on.
        turn.set_doubtful(true);
        let body = Body::Html(edit.html);
        let call = self.api.edit(chat_id, id, &body, edit.keyboard.as_ref());
        let result = match tokio::time::timeout(EDIT_LIMIT, call).await {
            Err(_) => return Err(ProxyError::Late),
            Ok(Err(err)) if err.is_not_modified() => Ok(id),
            Ok(other) => other.map(|()| id),
        };
        turn.set_doubtful(doubt || matches!(result, Err(ApiError::Unknown(_))));
        Ok(result?)
    }
}
