//! Telegram: everything received from it and everything sent to it.
//!
//! In: `poller` → inbox table → `dispatch` → the bot's [`Handler`]. Out: a row of the [`outbox`],
//! inserted in the transaction of the fact it reports → `sender` → `deliver`. Beside that, `proxy`
//! carries direct edits of other threads.
//!
//! The stop has two stages, because handlers and the watch thread still speak after polling has
//! ended. The stop token of [`Tasks`] ends the poller, which confirms its offset, and the
//! dispatcher, after the events in hand. [`Telegram::drain`] then ends the proxy worker and the
//! sender, which delivers for at most 3 s.
//!
//! # Invariants
//! - Nothing outside of this folder and the demo names frankenstein.
//! - Telegram's faults end here.

mod api;
mod delivery;
mod inbound;
mod message;
pub(crate) mod outbox;
mod priority_gate;
mod retention;
mod suspects;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use self::api::fatal::FatalCell;
use self::delivery::deliver::Delivery;
use self::delivery::edit_order::EditOrder;
use self::delivery::makers::Makers;
use self::delivery::proxy::DirectCalls;
use self::delivery::rates::SharedRates;
use self::delivery::sender::{DRAIN_LIMIT, Sender};
use self::inbound::answers::Answers;
use self::inbound::dispatch::Dispatcher;
use self::inbound::fetch::Fetcher;
use self::inbound::poller::Poller;
pub(crate) use self::suspects::MOST_DEATHS;
use self::suspects::Suspects;
use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::Db;
use crate::tasks::Tasks;

pub(crate) use api::client::Api;
pub(crate) use api::fatal::Fatal;
pub(crate) use api::inline::Offer;
pub(crate) use api::methods::{CommandScope, Me};
pub(crate) use delivery::deliver::{Remark, RemarkText, TellPause};
pub(crate) use delivery::proxy::{BotProxy, MessageEdit, ProxyError};
pub use delivery::rates::Pace;
pub(crate) use delivery::result::PauseNews;
pub use inbound::decode::decode;
pub(crate) use inbound::document::Document;
pub(crate) use inbound::event::{Chat, ChatKind, Event, EventKind, User};
pub(crate) use inbound::handler::Fetched;
pub(crate) use inbound::handler::{FileFault, Handler, Reaction, Wanted};
pub use inbound::inbox::counts as inbox_counts;
pub(crate) use inbound::poller::PollStatus;
pub(crate) use message::file::{FileMakers, Made, Recipe};
pub(crate) use message::markup::{Button, Keyboard};
pub(crate) use message::markup::{DATA_LIMIT, page_row, shown_page};
pub(crate) use message::outgoing::Outgoing;
pub(crate) use message::screen::{Answer, Screen};
pub(crate) use outbox::ChatMoved;
pub(crate) use priority_gate::PriorityGate;
pub(crate) use retention::{KEPT, forget};

/// How long [`Telegram::drain`] waits beyond the sender's own limit.
const DRAIN_MARGIN: Duration = Duration::from_millis(500);

/// The parts Telegram needs to run.
#[derive(Clone)]
pub struct Setup {
    /// Created on the runtime that Telegram is started on.
    pub api: Api,
    pub db: Db,
    pub clock: Clock,
    pub tasks: Tasks,
    /// Makes the notes that are added to messages on their way.
    pub remark: RemarkText,
    pub file_makers: Arc<dyn FileMakers>,
    /// Runs in the transaction that learns of a group's new id.
    pub chat_moved: ChatMoved,
    /// Runs in the transaction that learns that a place refuses messages, or takes them again.
    pub(crate) tell_pause: TellPause,
    /// Our own name, if [`Api::introduce`] has already returned it; else the poller asks.
    pub me: Option<Me>,
    /// The limit of calls over all chats.
    pub pace: Pace,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup")
            .field("me", &self.me)
            .finish_non_exhaustive()
    }
}

/// The running parts. Keep it until the end: dropping it ends the sender and the proxy worker as
/// [`Self::drain`] does, but without waiting. Before the stop, that counts as the death of a
/// critical part.
#[derive(Debug)]
pub struct Telegram {
    proxy: BotProxy,
    shared: Shared,
    status: watch::Receiver<PollStatus>,
    me: watch::Receiver<Option<Me>>,
    // Poller and dispatcher, if they were started.
    incoming_ended: Vec<CancellationToken>,
    // Sender and proxy worker.
    outgoing_ended: Vec<CancellationToken>,
    _drain_on_drop: DropGuard,
}

/// Shared by both directions.
#[derive(Debug, Clone)]
struct Shared {
    tasks: Tasks,
    fatal: FatalCell,
    sender_bell: Activator,
    priority_gate: PriorityGate,
    suspects: Suspects,
    drain: CancellationToken,
}

/// The poller's senders for the values that [`Telegram`] reports.
struct Reports {
    status: watch::Sender<PollStatus>,
    me: watch::Sender<Option<Me>>,
}

impl Telegram {
    /// Starts everything: poller, dispatcher, sender, proxy worker. Call it on the main runtime.
    #[must_use]
    pub fn start(setup: Setup, handler: Arc<dyn Handler>) -> Self {
        Self::launch(setup, Some(handler))
    }

    /// Starts only the sender and the proxy worker, for a process that makes one run and ends: two
    /// pollers with one token would disturb each other.
    #[must_use]
    pub fn start_without_poller(setup: Setup) -> Self {
        Self::launch(setup, None)
    }

    fn launch(setup: Setup, handler: Option<Arc<dyn Handler>>) -> Self {
        let shared = Shared {
            tasks: setup.tasks.clone(),
            fatal: FatalCell::new(setup.tasks.clone()),
            sender_bell: Activator::new(),
            priority_gate: PriorityGate::default(),
            suspects: Suspects::new(),
            drain: CancellationToken::new(),
        };
        let (said_me, me) = watch::channel(setup.me.clone());
        let (said_status, status) = watch::channel(PollStatus::default());
        let reports = Reports {
            status: said_status,
            me: said_me,
        };
        let incoming_ended = match handler {
            Some(handler) => start_incoming(&setup, &shared, handler, reports),
            None => Vec::new(),
        };
        let (proxy, outgoing_ended) = start_outgoing(setup, &shared);
        Self {
            proxy,
            status,
            me,
            _drain_on_drop: shared.drain.clone().drop_guard(),
            shared,
            incoming_ended,
            outgoing_ended,
        }
    }

    /// The handle for direct edits from any thread.
    #[must_use]
    pub fn proxy(&self) -> BotProxy {
        self.proxy.clone()
    }

    /// The sender's bell: ring it after a commit that inserted rows into the outbox.
    #[must_use]
    pub fn bell(&self) -> Activator {
        self.shared.sender_bell.clone()
    }

    /// The state of polling.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<PollStatus> {
        self.status.clone()
    }

    /// Our own name, once known.
    #[must_use]
    pub fn me(&self) -> watch::Receiver<Option<Me>> {
        self.me.clone()
    }

    /// Why Telegram made the program stop, if it did.
    #[must_use]
    pub fn fatal(&self) -> Option<Fatal> {
        self.shared.fatal.get()
    }

    /// Waits for the first stage of the stop: the poller has confirmed its offset and the events in
    /// hand are handled. True if that happened within `limit`.
    pub async fn handlers_ended(&self, limit: Duration) -> bool {
        tokio::time::timeout(limit, all_ended(&self.incoming_ended))
            .await
            .is_ok()
    }

    /// The second stage of the stop: delivers due rows for at most 3 s, answers or drops direct
    /// edits, then ends. Implies the first stage. True if both parts ended in time.
    pub async fn drain(&self) -> bool {
        self.shared.tasks.stop();
        self.shared.drain.cancel();
        tokio::time::timeout(DRAIN_LIMIT + DRAIN_MARGIN, all_ended(&self.outgoing_ended))
            .await
            .is_ok()
    }
}

/// Starts poller and dispatcher; returns their ends.
fn start_incoming(
    setup: &Setup,
    shared: &Shared,
    handler: Arc<dyn Handler>,
    reports: Reports,
) -> Vec<CancellationToken> {
    let (tasks, stop) = (&shared.tasks, shared.tasks.stop_token());
    let bell = Activator::new();
    let dispatcher = Dispatcher {
        db: setup.db.clone(),
        clock: setup.clock.clone(),
        stop: stop.clone(),
        bell: bell.clone(),
        sender_bell: shared.sender_bell.clone(),
        handler: Arc::clone(&handler),
        chat_moved: Arc::clone(&setup.chat_moved),
        me: reports.me.subscribe(),
        fetcher: Fetcher::new(setup.api.clone(), setup.db.clone(), handler, stop.clone()),
        suspects: shared.suspects.clone(),
        answers: Answers::new(setup.api.clone(), tasks.clone()),
    };
    let poller = Poller {
        api: setup.api.clone(),
        db: setup.db.clone(),
        clock: setup.clock.clone(),
        stop,
        fatal: shared.fatal.clone(),
        dispatcher: bell,
        sender_bell: shared.sender_bell.clone(),
        priority_gate: shared.priority_gate.clone(),
        status: reports.status,
        me: reports.me,
    };
    let ended = [CancellationToken::new(), CancellationToken::new()];
    let [poller_end, dispatcher_end] = ended.clone().map(CancellationToken::drop_guard);
    tasks.spawn_critical("poller", async move {
        poller.run().await;
        drop(poller_end);
    });
    tasks.spawn_critical("dispatcher", async move {
        dispatcher.run().await;
        drop(dispatcher_end);
    });
    ended.into()
}

/// Starts sender and proxy worker; returns the proxy and their ends.
fn start_outgoing(setup: Setup, shared: &Shared) -> (BotProxy, Vec<CancellationToken>) {
    let Shared {
        tasks,
        fatal,
        sender_bell,
        priority_gate,
        suspects,
        drain,
    } = shared.clone();
    let rates = SharedRates::new(setup.pace);
    let edit_order = EditOrder::default();
    let direct = DirectCalls {
        api: setup.api.clone(),
        rates: rates.clone(),
        edit_order: edit_order.clone(),
    };
    let (proxy, worker) = delivery::proxy::open(
        direct,
        sender_bell.clone(),
        priority_gate.clone(),
        drain.clone(),
    );
    let delivery = Delivery {
        api: setup.api,
        db: setup.db,
        clock: setup.clock,
        rates,
        edit_order,
        priority_gate,
        fatal,
        remark: setup.remark,
        makers: Makers::new(setup.file_makers),
        chat_moved: setup.chat_moved,
        tell_pause: setup.tell_pause,
    };
    let sender = Sender::new(delivery, sender_bell, suspects, drain);
    let ended = [CancellationToken::new(), CancellationToken::new()];
    let [sender_end, worker_end] = ended.clone().map(CancellationToken::drop_guard);
    tasks.spawn_critical("sender", async move {
        sender.run().await;
        drop(sender_end);
    });
    tasks.spawn("proxy", async move {
        worker.run().await;
        drop(worker_end);
    });
    (proxy, ended.into())
}

async fn all_ended(parts: &[CancellationToken]) {
    for part in parts {
        part.cancelled().await;
    }
}
