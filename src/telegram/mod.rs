//! Telegram: everything that comes from it and everything that goes to it.
//!
//! In: `poller` → inbox table → `dispatch` → the bot's [`Handler`]. Out: a row of the [`outbox`], inserted in the
//! transaction of the fact it tells of → `sender` → `deliver`. Beside that, `proxy` carries direct calls of other
//! threads. Must stay true: nothing outside of this folder knows frankenstein; Telegram's faults end here.
//!
//! The stop has two stages, because handlers and the watch thread still have things to say after polling has ended: the
//! stop token of [`Tasks`] ends the poller (which confirms its offset) and the dispatcher (after the events in hand);
//! [`Telegram::drain`] then ends the desk and the sender, which delivers for 3 s at most.

mod api;
mod delivery;
mod inbound;
mod message;
pub mod outbox;
#[cfg(test)]
pub(crate) mod tests;
mod upkeep;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::Db;
use crate::tasks::Tasks;

pub use api::client::Api;
pub use api::error::ApiError;
pub use api::fatal::Fatal;
pub use api::inline::Offer;
pub use api::methods::{CommandScope, Me};
pub use delivery::deliver::{Remark, RemarkText};
pub use delivery::priority_gate::PriorityGate;
pub use delivery::proxy::{BotProxy, ProxyError};
pub use delivery::rates::Pace;
pub use inbound::dispatch::{Handler, Reaction};
pub use inbound::document::Document;
pub use inbound::event::{Chat, ChatKind, Event, EventKind, Person, Unreadable, decode};
pub use inbound::fetch::{Fetched, FileFault, Wanted};
pub use inbound::inbox::{InboxCounts, counts as inbox_counts};
pub use inbound::poller::PollStatus;
pub use message::file::{Made, Recipe, Workshop};
pub use message::markup::{Button, DATA_LIMIT, Keyboard, page_row};
pub use message::outgoing::Outgoing;
pub use message::screen::{Answer, Screen};
pub use outbox::reserved::{Held, held, hold};
pub use upkeep::{KEPT, forget};

/// What [`Telegram::drain`] waits for beyond the sender's own limit.
const DRAIN_MARGIN: Duration = Duration::from_millis(500);

/// What Telegram needs to run.
#[derive(Clone)]
pub struct Setup {
    /// Made on the runtime this is started on.
    pub api: Api,
    /// The database.
    pub db: Db,
    /// The time of day.
    pub clock: Clock,
    /// Where its tasks run.
    pub tasks: Tasks,
    /// What is added to messages on their way.
    pub remark: RemarkText,
    /// Makes the files of messages.
    pub workshop: Arc<dyn Workshop>,
    /// Who we are, if [`Api::introduce`] has said so already; else the poller asks.
    pub me: Option<Me>,
    /// How fast it may speak.
    pub pace: Pace,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup")
            .field("me", &self.me)
            .finish_non_exhaustive()
    }
}

/// The running parts. Keep it until the end: dropping it ends the sender and the desk as [`Self::drain`] does, without
/// waiting, and before the stop that counts as the death of a critical part.
#[derive(Debug)]
pub struct Telegram {
    api: Api,
    proxy: BotProxy,
    sender_bell: Activator,
    tasks: Tasks,
    fatal: api::fatal::FatalCell,
    status: watch::Receiver<PollStatus>,
    me: watch::Receiver<Option<Me>>,
    markup_faults: Arc<AtomicU64>,
    drain: CancellationToken,
    // Poller and dispatcher, where they were started.
    incoming_ended: Option<[CancellationToken; 2]>,
    // Sender and desk.
    outgoing_ended: [CancellationToken; 2],
    _drain_on_drop: DropGuard,
}

impl Telegram {
    /// Starts everything: poller, dispatcher, sender, desk. Call it on the main runtime.
    #[must_use]
    pub fn start(setup: Setup, handler: Arc<dyn Handler>) -> Self {
        Self::launch(setup, Some(handler))
    }

    /// Starts only what speaks (sender and desk), for a process that makes one run and ends: two pollers with one token
    /// would disturb each other.
    #[must_use]
    pub fn start_without_poller(setup: Setup) -> Self {
        Self::launch(setup, None)
    }

    fn launch(setup: Setup, handler: Option<Arc<dyn Handler>>) -> Self {
        let Setup {
            api,
            db,
            clock,
            tasks,
            remark,
            workshop,
            me,
            pace,
        } = setup;
        let sender_bell = Activator::new();
        let drain = CancellationToken::new();
        let fatal = api::fatal::FatalCell::new(tasks.clone());
        let rates = delivery::rates::SharedRates::new(pace);
        let priority_gate = PriorityGate::default();
        let turns = delivery::edit_order::Turns::default();
        let markup_faults = Arc::new(AtomicU64::new(0));
        let (me_said, me) = watch::channel(me);
        let (status_said, status) = watch::channel(PollStatus::default());
        let incoming_ended = [CancellationToken::new(), CancellationToken::new()];
        let hears = handler.is_some();
        if let Some(handler) = handler {
            let dispatcher = Activator::new();
            let poller = inbound::poller::Poller {
                api: api.clone(),
                db: db.clone(),
                clock: clock.clone(),
                stop: tasks.stop_token(),
                fatal: fatal.clone(),
                dispatcher: dispatcher.clone(),
                sender_bell: sender_bell.clone(),
                priority_gate: priority_gate.clone(),
                status: status_said,
                me: me_said,
            };
            let [poller_end, dispatcher_end] =
                incoming_ended.clone().map(CancellationToken::drop_guard);
            tasks.spawn_critical("poller", async move {
                poller.run().await;
                drop(poller_end);
            });
            let dispatcher = inbound::dispatch::Dispatcher {
                api: api.clone(),
                db: db.clone(),
                clock: clock.clone(),
                tasks: tasks.clone(),
                stop: tasks.stop_token(),
                bell: dispatcher,
                sender_bell: sender_bell.clone(),
                handler,
                me: me.clone(),
                answer_places: inbound::answers::places(),
            };
            tasks.spawn_critical("dispatcher", async move {
                dispatcher.run().await;
                drop(dispatcher_end);
            });
        }
        let delivery = delivery::deliver::Delivery {
            api: api.clone(),
            db,
            clock,
            rates: rates.clone(),
            turns: turns.clone(),
            priority_gate: priority_gate.clone(),
            fatal: fatal.clone(),
            remark,
            makers: message::file::Makers::new(workshop),
            markup_faults: Arc::clone(&markup_faults),
        };
        let out = delivery::sender::Sender::new(delivery, sender_bell.clone(), drain.clone());
        let outgoing_ended = [CancellationToken::new(), CancellationToken::new()];
        let [sender_end, desk_end] = outgoing_ended.clone().map(CancellationToken::drop_guard);
        tasks.spawn_critical("sender", async move {
            out.run().await;
            drop(sender_end);
        });
        let line = delivery::proxy::Line {
            api: api.clone(),
            rates,
            turns,
        };
        let (proxy, desk) =
            delivery::proxy::open(line, sender_bell.clone(), priority_gate, drain.clone());
        tasks.spawn("desk", async move {
            desk.run().await;
            drop(desk_end);
        });
        Self {
            api,
            proxy,
            sender_bell,
            tasks,
            fatal,
            status,
            me,
            markup_faults,
            _drain_on_drop: drain.clone().drop_guard(),
            drain,
            incoming_ended: hears.then_some(incoming_ended),
            outgoing_ended,
        }
    }

    /// The handle for direct calls from anywhere.
    #[must_use]
    pub fn proxy(&self) -> BotProxy {
        self.proxy.clone()
    }

    /// The API on the main runtime: for commands and typing.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The sender's bell: ring it after a commit that inserted rows into the outbox.
    #[must_use]
    pub fn bell(&self) -> Activator {
        self.sender_bell.clone()
    }

    /// How polling goes.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<PollStatus> {
        self.status.clone()
    }

    /// Who we are, as soon as it is known.
    #[must_use]
    pub fn me(&self) -> watch::Receiver<Option<Me>> {
        self.me.clone()
    }

    /// What made the program stop, if Telegram did.
    #[must_use]
    pub fn fatal(&self) -> Option<Fatal> {
        self.fatal.get()
    }

    /// Messages whose markup Telegram could not read since the start; every one is a bug of ours.
    #[must_use]
    pub fn markup_faults(&self) -> u64 {
        self.markup_faults.load(Ordering::Relaxed)
    }

    /// Waits for the first stage of the stop: the poller has confirmed its offset and the events in hand are handled.
    /// True when that happened within `limit`.
    pub async fn handlers_ended(&self, limit: Duration) -> bool {
        tokio::time::timeout(limit, all_ended(self.incoming_ended.iter().flatten()))
            .await
            .is_ok()
    }

    /// The second stage of the stop: delivers what is due for at most 3 s, answers or drops direct calls, then ends.
    /// Implies the first stage. True when both parts ended in time.
    pub async fn drain(&self) -> bool {
        self.tasks.stop();
        self.drain.cancel();
        let limit = delivery::sender::DRAIN_LIMIT + DRAIN_MARGIN;
        tokio::time::timeout(limit, all_ended(&self.outgoing_ended))
            .await
            .is_ok()
    }
}

async fn all_ended(parts: impl IntoIterator<Item = &CancellationToken>) {
    for part in parts {
        part.cancelled().await;
    }
}

/// One list of commands: for whom, in which two-letter language (`""`: all others), and (name, description) each.
pub type CommandList<'a> = (CommandScope, &'a str, Vec<(String, String)>);

/// Sets the lists of commands. A chat that never wrote to the bot cannot have a list of its own yet; that is no error.
///
/// # Errors
/// The first refusal or transport error; the lists before it are set.
pub async fn set_commands(api: &Api, lists: &[CommandList<'_>]) -> Result<(), ApiError> {
    for (scope, language, commands) in lists {
        match api.set_commands(*scope, language, commands).await {
            Err(err) if matches!(scope, CommandScope::Chat(_)) && err.permanent_for_chat() => {
                tracing::debug!(?scope, "no command list for a chat that never wrote: {err}");
            }
            result => result?,
        }
    }
    Ok(())
}
