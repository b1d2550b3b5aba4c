//! The handle by which other threads edit messages through the main runtime.
//!
//! An edit travels over a channel to the *proxy worker*, a task on the main runtime, and its result
//! comes back. The reason: an HTTP client is never shared between runtimes. Edits made here are not
//! durable, not repeated and not ordered with the outbox, except that for one message the outbox's
//! edit always wins (see `edit_order`). Use them to show progress. Notifications belong in the
//! outbox.
//!
//! # Invariants
//! - No call hangs, whatever happens to the main runtime.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::edit_order::EditOrder;
use super::rates::SharedRates;
use super::sender::DRAIN_LIMIT;
use crate::activation::Activator;
use crate::html::Html;
use crate::telegram::api::client::Api;
use crate::telegram::api::error::ApiError;
use crate::telegram::api::methods::Body;
use crate::telegram::message::markup::Keyboard;
use crate::telegram::message::priority::Urgency;
use crate::telegram::priority_gate::PriorityGate;

/// Edits waiting for the worker: under 3 s of work at 25 calls a second. Beyond it, callers wait.
const QUEUE: usize = 64;

/// Calls on their way at once.
const AT_ONCE: usize = 8;

/// How long an edit waits for its slot before it fails; a group's slot can be a minute away.
const SLOT_LIMIT: Duration = Duration::from_secs(70);

/// How long an edit may take once it has left: the outbox waits for it before it edits the same
/// message.
const EDIT_LIMIT: Duration = Duration::from_secs(10);

/// How long an edit may take in all: its slot, its turn, and the way there and back.
const CALL_LIMIT: Duration = Duration::from_secs(200);

/// Why a direct edit failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// The main runtime has ended or is ending.
    #[error("the main runtime is gone")]
    Gone,
    /// No slot within our own limits, or no result in time. The edit may have been made in the
    /// second case.
    #[error("no result in time")]
    Late,
    /// The edit was no longer wanted when its turn came.
    #[error("no longer wanted")]
    Unwanted,
    /// Telegram's answer, or why there was none.
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// Tells whether an edit is still wanted.
type StillWanted = Pin<Box<dyn Future<Output = bool> + Send>>;

/// A direct edit of one of our messages.
#[must_use = "an edit is made by `BotProxy::edit`"]
pub struct MessageEdit {
    chat_id: i64,
    message_id: i64,
    html: Html,
    keyboard: Option<Keyboard>,
    urgency: Urgency,
    still_wanted: Option<StillWanted>,
}

impl fmt::Debug for MessageEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // People's texts stay out of every log.
        f.debug_struct("MessageEdit")
            .field("chat_id", &self.chat_id)
            .finish_non_exhaustive()
    }
}

impl MessageEdit {
    /// Replaces the text and the buttons of a message.
    pub fn new(chat_id: i64, message_id: i64, html: Html, keyboard: Option<Keyboard>) -> Self {
        Self {
            chat_id,
            message_id,
            html,
            keyboard,
            urgency: Urgency::Notice,
            still_wanted: None,
        }
    }

    /// Asks `still_wanted` once the edit has its slot and its turn; the edit only leaves on a yes.
    pub fn only_if(mut self, still_wanted: impl Future<Output = bool> + Send + 'static) -> Self {
        self.still_wanted = Some(Box::pin(still_wanted));
        self
    }

    /// Makes the edit at once or not at all ([`ProxyError::Late`]), so that it delays nothing else.
    pub fn courtesy(mut self) -> Self {
        self.urgency = Urgency::Courtesy;
        self
    }
}

/// Speaks to Telegram from any runtime and any thread. Clones share the worker.
#[derive(Debug, Clone)]
pub struct BotProxy {
    worker: mpsc::Sender<Call>,
    sender_bell: Activator,
    priority_gate: PriorityGate,
}

#[derive(Debug)]
struct Call {
    edit: MessageEdit,
    reply: oneshot::Sender<Result<(), ProxyError>>,
}

impl BotProxy {
    /// A handle for a process without a token: every edit fails with [`ProxyError::Gone`] at once.
    #[must_use]
    pub fn gone() -> Self {
        let (worker, _) = mpsc::channel(1);
        Self {
            worker,
            sender_bell: Activator::new(),
            priority_gate: PriorityGate::default(),
        }
    }

    /// Edits one of our messages now. *Not modified* counts as success. May simply be repeated.
    ///
    /// # Errors
    /// [`ProxyError`].
    pub async fn edit(&self, edit: MessageEdit) -> Result<(), ProxyError> {
        let (reply, result) = oneshot::channel();
        let call = Call { edit, reply };
        let whole = async {
            self.worker.send(call).await.map_err(|_| ProxyError::Gone)?;
            result.await.map_err(|_| ProxyError::Gone)?
        };
        tokio::time::timeout(CALL_LIMIT, whole)
            .await
            .map_err(|_| ProxyError::Late)?
    }

    /// Tells the sender that rows wait in the outbox. Never blocks.
    pub fn ring(&self) {
        self.sender_bell.ring();
    }

    /// Tells when work that nobody waits for should step back.
    #[must_use]
    pub fn priority_gate(&self) -> &PriorityGate {
        &self.priority_gate
    }
}

/// The worker's end of the channel.
pub(crate) struct ProxyWorker {
    calls: mpsc::Receiver<Call>,
    direct: DirectCalls,
    drain: CancellationToken,
}

#[derive(Debug, Clone)]
pub(crate) struct DirectCalls {
    pub(crate) api: Api,
    pub(crate) rates: SharedRates,
    pub(crate) edit_order: EditOrder,
}

/// A worker and the first handle to it.
pub(crate) fn open(
    direct: DirectCalls,
    sender_bell: Activator,
    priority_gate: PriorityGate,
    drain: CancellationToken,
) -> (BotProxy, ProxyWorker) {
    let (worker, calls) = mpsc::channel(QUEUE);
    let proxy = BotProxy {
        worker,
        sender_bell,
        priority_gate,
    };
    (
        proxy,
        ProxyWorker {
            calls,
            direct,
            drain,
        },
    )
}

impl ProxyWorker {
    /// Serves calls until the drain, then finishes the calls made before it, within the drain's
    /// limit.
    pub(crate) async fn run(mut self) {
        let mut on_the_way = JoinSet::new();
        let mut end: Option<Instant> = None;
        loop {
            tokio::select! {
                call = self.calls.recv(), if on_the_way.len() < AT_ONCE => match call {
                    Some(call) => {
                        on_the_way.spawn(serve(self.direct.clone(), call));
                    }
                    None => break,
                },
                Some(_) = on_the_way.join_next() => {}
                () = self.drain.cancelled(), if end.is_none() => {
                    self.calls.close();
                    end = Some(Instant::now() + DRAIN_LIMIT);
                }
                // Dropping the calls tells their callers at once.
                () = tokio::time::sleep_until(end.unwrap_or_else(Instant::now)), if end.is_some() => return,
            }
        }
        let rest = async { while on_the_way.join_next().await.is_some() {} };
        let end = end.unwrap_or_else(|| Instant::now() + DRAIN_LIMIT);
        tokio::time::timeout_at(end, rest).await.ok();
    }
}

async fn serve(direct: DirectCalls, mut call: Call) {
    let result = tokio::select! {
        result = direct.perform(call.edit) => result,
        // The caller has stopped waiting.
        () = call.reply.closed() => return,
    };
    call.reply.send(result).ok();
}

impl DirectCalls {
    async fn perform(&self, edit: MessageEdit) -> Result<(), ProxyError> {
        let (chat_id, urgency) = (edit.chat_id, edit.urgency);
        let has_slot = match urgency {
            Urgency::Courtesy => self.rates.take(chat_id, urgency).is_ok(),
            Urgency::Notice | Urgency::Answer => {
                self.rates.wait(chat_id, urgency, SLOT_LIMIT).await
            }
        };
        if !has_slot {
            return Err(ProxyError::Late);
        }
        let result = self.edit(edit).await;
        if let Err(ProxyError::Api(err)) = &result
            && let Some(wait) = err.retry_after()
        {
            self.rates.refused(chat_id, wait);
        }
        result
    }

    async fn edit(&self, edit: MessageEdit) -> Result<(), ProxyError> {
        let mut turn = self.edit_order.turn(edit.chat_id, edit.message_id).await;
        if let Some(still_wanted) = edit.still_wanted
            && !still_wanted.await
        {
            return Err(ProxyError::Unwanted);
        }
        let doubt = turn.is_doubtful();
        // The state if this is cut short from here on.
        turn.set_doubtful(true);
        let body = Body::Html(edit.html);
        let keyboard = edit.keyboard.as_ref();
        let call = self
            .api
            .edit(edit.chat_id, edit.message_id, &body, keyboard);
        let result = match tokio::time::timeout(EDIT_LIMIT, call).await {
            Err(_) => return Err(ProxyError::Late),
            Ok(Err(err)) if err.is_not_modified() => Ok(()),
            Ok(other) => other,
        };
        turn.set_doubtful(doubt || matches!(result, Err(ApiError::Unknown(_))));
        Ok(result?)
    }
}
