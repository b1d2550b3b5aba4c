//! How handlers, routes and the command line ask the thread `mtproto`.
//!
//! # Invariants
//!
//! - Asking never blocks and never waits longer than [`ASK_LIMIT`].
//! - The queue is bounded; when it is full, the answer is [`Refusal::Busy`].

use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{mpsc, oneshot};

use super::model::{
    AccountId, Caller, Chats, Device, LinkedAccount, Login, LoginId, Messages, Person, PersonAsked,
    Proof, Refusal, Step,
};

/// The longest wait for an answer. The thread gives up earlier; this holds if the thread hangs.
const ASK_LIMIT: Duration = Duration::from_secs(30);

/// Requests that may wait: as many as the HTTP server serves at once.
const QUEUE: usize = 256;

type Reply<T> = oneshot::Sender<Result<T, Refusal>>;

/// What is asked, and where the answer goes.
#[derive(Debug)]
pub(crate) enum Request {
    /// Whether the account still is logged in; asks Telegram at most once a minute.
    Check(Caller, Reply<LinkedAccount>),
    /// Begins a login by phone; cancels an earlier login of the person.
    StartPhone(i64, SecretString, Reply<Login>),
    /// Begins a login by QR code; cancels an earlier login of the person.
    StartQr(i64, Reply<Login>),
    /// Takes a code or a password.
    Verify(i64, LoginId, Proof, Reply<Step>),
    /// The present step of a login. Never calls Telegram.
    Step(i64, LoginId, Reply<Step>),
    /// The person's open login, if there is one. Never calls Telegram.
    Pending(i64, Reply<Option<Login>>),
    Cancel(i64, LoginId, Reply<()>),
    /// Logs out at Telegram and wipes the account; true if Telegram was told.
    LogOut(Caller, Reply<bool>),
    Chats(Caller, Paging, Reply<Chats>),
    /// The messages of a chat, by its id as the Bot API has it.
    Messages(Caller, i64, MessagePaging, Reply<Messages>),
    Person(Caller, PersonAsked, Reply<Person>),
    Devices(Caller, Reply<Vec<Device>>),
    EndDevice(Caller, i64, Reply<()>),
    /// The watch looks up accounts with this one from now on, or no more.
    WatchWith(Caller, bool, Reply<AccountId>),
}

/// Which page of chats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paging {
    /// 1 to 100.
    pub(crate) limit: u32,
    pub(crate) cursor: Option<String>,
}

/// Which page of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MessagePaging {
    /// 1 to 100.
    pub(crate) limit: u32,
    /// Only messages older than this one.
    pub(crate) before: Option<i32>,
}

/// Asks the thread. Clones share the queue.
#[derive(Debug, Clone)]
pub(crate) struct AccountsProxy {
    requests: mpsc::Sender<Request>,
}

impl AccountsProxy {
    /// The proxy and the end of its queue, for the worker.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Request>) {
        let (requests, queue) = mpsc::channel(QUEUE);
        (Self { requests }, queue)
    }

    /// Asks, for example `proxy.ask(|reply| Request::Devices(caller, reply))`.
    ///
    /// # Errors
    /// Why the request was not fulfilled.
    pub(crate) async fn ask<T>(
        &self,
        request: impl FnOnce(Reply<T>) -> Request,
    ) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.requests
            .try_send(request(reply))
            .map_err(|_| Refusal::Busy)?;
        match tokio::time::timeout(ASK_LIMIT, answer).await {
            Ok(Ok(answer)) => answer,
            // The worker dropped the request: a panic in its task.
            Ok(Err(_)) => Err(Refusal::Internal),
            Err(_) => Err(Refusal::Timeout),
        }
    }
}
