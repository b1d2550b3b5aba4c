//! The handle by which any other thread speaks through the main runtime.
//!
//! A call travels over a channel to the *desk*, a task on the main runtime, and its result comes back; an HTTP client is
//! never shared between runtimes. Calls made here are direct: they are not durable, not repeated and not ordered with the
//! outbox. News belongs into the outbox; this is for progress and for files. Must stay true: no call hangs, whatever
//! became of the main runtime.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::activation::Activator;
use crate::html::Html;

use super::client::Api;
use super::courier::DRAIN_LIMIT;
use super::error::ApiError;
use super::file::{File, From, Made, Shown};
use super::markup::Keyboard;
use super::methods::{Body, Place};
use super::rates::{SharedRates, Urgency};
use super::right_of_way::RightOfWay;

/// Calls waiting for the desk; at the rate of 25 a second this is under 3 s of work, and callers wait beyond it.
const QUEUE: usize = 64;

/// Calls on their way at once.
const ON_THE_WAY: usize = 8;

/// How long a call waits for its slot before it fails; a group's slot can be a minute away.
const SLOT_LIMIT: Duration = Duration::from_secs(70);

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
    courier: Activator,
    right_of_way: RightOfWay,
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
    Edit(i64, Html, Option<Keyboard>, Option<Wanted>),
    File(File, Html),
}

impl std::fmt::Debug for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Texts of people stay out of every log.
        f.write_str(match self {
            Self::Send(..) => "Send",
            Self::Edit(..) => "Edit",
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
            courier: Activator::new(),
            right_of_way: RightOfWay::default(),
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
        let what = What::Edit(message_id, html, keyboard, None);
        self.call(chat_id, what).await.map(|_| ())
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
        let what = What::Edit(message_id, html, keyboard, Some(Box::pin(wanted)));
        self.call(chat_id, what).await.map(|_| ())
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
        self.courier.ring();
    }

    /// Tells when work that nobody waits for should stand back.
    #[must_use]
    pub fn right_of_way(&self) -> &RightOfWay {
        &self.right_of_way
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

fn file(shown: Shown, bytes: Vec<u8>, name: &str, caption: Html) -> What {
    let made = Made {
        name: name.to_owned(),
        bytes: bytes.into(),
    };
    let from = From::Memory(made);
    What::File(File { shown, from }, caption)
}

/// The desk's end of the channel.
pub(super) struct Desk {
    calls: mpsc::Receiver<Call>,
    api: Api,
    rates: SharedRates,
    drain: CancellationToken,
}

/// A desk and the first handle to it.
pub(super) fn open(
    api: Api,
    rates: SharedRates,
    courier: Activator,
    right_of_way: RightOfWay,
    drain: CancellationToken,
) -> (BotProxy, Desk) {
    let (desk, calls) = mpsc::channel(QUEUE);
    let proxy = BotProxy {
        desk,
        courier,
        right_of_way,
    };
    let desk = Desk {
        calls,
        api,
        rates,
        drain,
    };
    (proxy, desk)
}

impl Desk {
    /// Serves calls until the drain, then what was asked before it, within the drain's limit.
    pub(super) async fn run(mut self) {
        let mut on_the_way = JoinSet::new();
        let mut end: Option<Instant> = None;
        loop {
            tokio::select! {
                call = self.calls.recv(), if on_the_way.len() < ON_THE_WAY => match call {
                    Some(call) => {
                        on_the_way.spawn(serve(self.api.clone(), self.rates.clone(), call));
                    }
                    None => break,
                },
                Some(_) = on_the_way.join_next() => {}
                () = self.drain.cancelled(), if end.is_none() => {
                    self.calls.close();
                    end = Some(Instant::now() + DRAIN_LIMIT);
                }
                // Dropping the calls tells their askers at once.
                () = tokio::time::sleep_until(end.unwrap_or_else(Instant::now)), if end.is_some() => return,
            }
        }
        let rest = async { while on_the_way.join_next().await.is_some() {} };
        let end = end.unwrap_or_else(|| Instant::now() + DRAIN_LIMIT);
        tokio::time::timeout_at(end, rest).await.ok();
    }
}

async fn serve(api: Api, rates: SharedRates, mut call: Call) {
    let result = tokio::select! {
        result = perform(&api, &rates, call.chat_id, call.what) => result,
        // Nobody waits for it any more.
        () = call.reply.closed() => return,
    };
    call.reply.send(result).ok();
}

async fn perform(
    api: &Api,
    rates: &SharedRates,
    chat_id: i64,
    what: What,
) -> Result<i64, ProxyError> {
    if !rates.wait(chat_id, Urgency::Notice, SLOT_LIMIT).await {
        return Err(ProxyError::Late);
    }
    let result = match what {
        What::Send(html, keyboard) => {
            let body = Body::Html(html);
            api.post(Place::chat(chat_id), &body, keyboard.as_ref(), false)
                .await
        }
        What::Edit(id, html, keyboard, wanted) => {
            if let Some(wanted) = wanted
                && !wanted.await
            {
                return Err(ProxyError::Unwanted);
            }
            let body = Body::Html(html);
            match api.edit(chat_id, id, &body, keyboard.as_ref()).await {
                Err(err) if err.is_not_modified() => Ok(id),
                other => other.map(|()| id),
            }
        }
        What::File(file, caption) => {
            let body = Body::Html(caption);
            let post = api.post_file(Place::chat(chat_id), &file, &body, None, false);
            post.await.map(|(message_id, _)| message_id)
        }
    };
    if let Err(wait) = &result
        && let Some(wait) = wait.retry_after()
    {
        rates.refused(chat_id, wait);
    }
    Ok(result?)
}
