//! From the inbox to the handler: in order within a chat, chats side by side.
//!
//! Must stay true: the effect of an update, its replies and its done mark are one transaction; a fault of the handler
//! costs that update (an apology takes its place), a fault of the storage costs nothing but time; nothing waits in memory,
//! so a chat with a thousand updates holds up nobody. Every callback is answered, whatever happened.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::activation::Activator;
use crate::backoff::Backoff;
use crate::clock::{Clock, UnixMs};
use crate::db::{Connection, Db, DbError, WriteTx};
use crate::tasks::Tasks;

use super::event::{ChatKind, Event, EventKind, decode};
use super::fetch::{Fetched, Wanted};
use super::inbox::{self, Waiting};
use crate::telegram::api::client::Api;
use crate::telegram::api::inline::Offer;
use crate::telegram::api::methods::Me;
use crate::telegram::outbox;

/// Chats handled at once. The writer does one thing at a time anyway; this hides the waits around it.
const WORKERS: usize = 32;

/// Chats asked for at a look: at most [`WORKERS`] of them are being handled already, so others are always among them.
const LOOK: usize = 2 * WORKERS;

/// How often the inbox is looked at without a ring: a lost ring costs this much.
const FALLBACK: Duration = Duration::from_secs(15);

/// What the bot does with an event.
pub trait Handler: Send + Sync + 'static {
    /// The file without which a callback, a document or a photo cannot be handled; asked before each try. It is fetched while only its
    /// chat waits, so whoever may not be served must not be given one.
    ///
    /// # Errors
    /// Any error counts as a file out of reach.
    fn wants(&self, _connection: &Connection, _event: &Event) -> anyhow::Result<Option<Wanted>> {
        Ok(None)
    }

    /// Makes of a fetched file what [`Self::handle`] is given in its place, on a thread that may block: what takes long, or a
    /// place on the disk, has none in a transaction. A repeat of the event repeats this.
    ///
    /// # Errors
    /// What is wrong with the file.
    fn refine(&self, _event: &Event, file: Bytes) -> Fetched {
        Ok(file)
    }

    /// Runs inside the write transaction that also marks the update as done; replies are outbox rows inserted here.
    /// `file` is what became of the wanted file.
    ///
    /// # Errors
    /// Any error takes the changes back and calls [`Self::apologise`], except a fault of the storage, after which this is
    /// called again later.
    fn handle(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Reaction>;

    /// Runs instead when [`Self::handle`] failed or panicked; its transaction also marks the update as done.
    ///
    /// # Errors
    /// As for `handle`; when this fails too, the update is only marked as done.
    fn apologise(&self, tx: &WriteTx<'_>, event: &Event) -> anyhow::Result<Reaction>;
}

/// What follows a handled event after its commit.
#[derive(Debug, Clone, Default)]
pub struct Reaction {
    /// Text of the answer to a callback, at most 200 characters; `None` only ends the spinner.
    pub callback_answer: Option<String>,
    /// Show that text as an alert to be closed, not as a toast.
    pub callback_alert: bool,
    /// What is offered to whoever names us in another chat; `None` leaves the question open.
    pub offers: Option<Vec<Offer>>,
    /// Bells to ring beside the sender's.
    pub ring: Vec<Activator>,
}

#[derive(Clone)]
pub(crate) struct Dispatcher {
    pub(crate) api: Api,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) tasks: Tasks,
    pub(crate) stop: CancellationToken,
    pub(crate) bell: Activator,
    pub(crate) sender_bell: Activator,
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) me: watch::Receiver<Option<Me>>,
    pub(crate) answer_places: Arc<Semaphore>,
}

/// An event with the file that its handler wanted.
struct Case {
    event: Arc<Event>,
    file: Option<Fetched>,
}

/// One way to deal with an event, tried in this order.
#[derive(Clone, Copy)]
enum Way {
    Handle,
    Apologise,
    OnlyMark,
}

impl Dispatcher {
    pub(crate) async fn run(mut self) {
        // Commands may name the bot they are for, so our name comes first. Without Telegram there is nothing to hear.
        let me = tokio::select! {
            () = self.stop.cancelled() => return,
            me = wait_for_name(&mut self.me) => me,
        };
        let Some(me) = me else {
            return;
        };
        let mut workers = JoinSet::new();
        let mut busy: HashMap<Id, i64> = HashMap::new();
        while !self.stop.is_cancelled() {
            self.start_workers(&mut workers, &mut busy, &me.username)
                .await;
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.bell.rung() => {}
                Some(ended) = workers.join_next_with_id() => forget(&mut busy, ended),
                () = tokio::time::sleep(FALLBACK) => {}
            }
        }
        // Each worker ends after the event in its hands.
        while let Some(ended) = workers.join_next_with_id().await {
            forget(&mut busy, ended);
        }
    }

    async fn start_workers(
        &self,
        workers: &mut JoinSet<()>,
        busy: &mut HashMap<Id, i64>,
        me: &str,
    ) {
        if workers.len() >= WORKERS {
            return;
        }
        let taken: HashSet<i64> = busy.values().copied().collect();
        let places = WORKERS.saturating_sub(workers.len());
        let read = self
            .db
            .read(move |c| inbox::work(c, LOOK, |chat| !taken.contains(&chat), places));
        let work = match read.await {
            Ok(work) => work,
            Err(err) => {
                tracing::error!(
                    "the inbox cannot be read, trying again in {} s: {err:#}",
                    FALLBACK.as_secs()
                );
                return;
            }
        };
        for (chat, rows) in work {
            let handle = workers.spawn(self.clone().work_off(chat, rows, me.to_owned()));
            busy.insert(handle.id(), chat);
        }
    }

    /// Handles what waits in one chat, in order, beginning with `rows`.
    async fn work_off(self, chat_id: i64, mut rows: Vec<Waiting>, me: String) {
        while !rows.is_empty() {
            for (update_id, body) in rows {
                if self.stop.is_cancelled() || !self.one(update_id, chat_id, &body, &me).await {
                    return;
                }
            }
            rows = match self.db.read(move |c| inbox::next(c, chat_id)).await {
                Ok(rows) => rows,
                Err(err) => {
                    tracing::error!(chat_id, "the inbox cannot be read: {err:#}");
                    // The dispatcher looks again as soon as this ends; the pause keeps that from spinning.
                    tokio::select! {
                        () = self.stop.cancelled() => {}
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    }
                    return;
                }
            };
        }
    }

    /// Deals with one update; false when the stop came before it could be stored.
    async fn one(&self, update_id: i64, chat_id: i64, body: &str, me: &str) -> bool {
        let Ok(event) = decode(body, me) else {
            // Stored by a newer program that could read it.
            tracing::error!(update_id, "a stored update cannot be read; it is skipped");
            return self
                .store(update_id, chat_id, None, Way::OnlyMark)
                .await
                .is_some();
        };
        let event = Arc::new(event);
        let Ok(file) = self.file_for(&event).await else {
            return false;
        };
        let case = Arc::new(Case {
            event: Arc::clone(&event),
            file,
        });
        let Some(reaction) = self
            .store(update_id, chat_id, Some(&case), Way::Handle)
            .await
        else {
            return false;
        };
        self.sender_bell.ring();
        for bell in &reaction.ring {
            bell.ring();
        }
        self.answer(&event.kind, reaction).await;
        true
    }

    /// Stores the effect of an update. A storage fault is tried again until the stop: giving up would lose the update.
    async fn store(
        &self,
        update_id: i64,
        chat_id: i64,
        case: Option<&Arc<Case>>,
        mut way: Way,
    ) -> Option<Reaction> {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        loop {
            let handler = Arc::clone(&self.handler);
            let case = case.cloned();
            let now = self.clock.now();
            let effect =
                move |tx: &WriteTx<'_>| effect(tx, now, update_id, case.as_deref(), &*handler, way);
            let err = match self.db.write(effect).await {
                Ok(reaction) => return Some(reaction),
                Err(err) => err,
            };
            if !inbox::is_storage_fault(&err) && !matches!(way, Way::OnlyMark) {
                tracing::error!(
                    update_id,
                    chat_id,
                    "an update could not be handled: {err:#}"
                );
                way = match way {
                    Way::Handle => Way::Apologise,
                    Way::Apologise | Way::OnlyMark => Way::OnlyMark,
                };
                continue;
            }
            if matches!(err.downcast_ref(), Some(DbError::Closed)) {
                return None;
            }
            tracing::error!(
                update_id,
                chat_id,
                "an update's effect could not be stored, trying again: {err:#}"
            );
            tokio::select! {
                () = self.stop.cancelled() => return None,
                () = tokio::time::sleep(backoff.next()) => {}
            }
        }
    }
}

/// The effect of an update in one transaction; nothing when it had its effect already.
fn effect(
    tx: &WriteTx<'_>,
    now: UnixMs,
    update_id: i64,
    case: Option<&Case>,
    handler: &dyn Handler,
    way: Way,
) -> anyhow::Result<Reaction> {
    if !inbox::mark_done(tx, now, update_id)? {
        return Ok(Reaction::default());
    }
    let Some(Case { event, file }) = case else {
        return Ok(Reaction::default());
    };
    note_chat(tx, now, event)?;
    match way {
        Way::Handle => handler.handle(tx, event, file.as_ref()),
        Way::Apologise => handler.apologise(tx, event),
        Way::OnlyMark => Ok(Reaction::default()),
    }
}

/// What an event says about the chat itself, whatever the bot makes of it.
fn note_chat(tx: &WriteTx<'_>, now: UnixMs, event: &Event) -> anyhow::Result<()> {
    let Some(chat) = event.chat else {
        return Ok(());
    };
    match &event.kind {
        EventKind::Membership { can_write: false } => {
            outbox::chat_unreachable(tx, now, chat.id, "the bot was blocked or removed")
        }
        EventKind::Membership { can_write: true } => outbox::chat_reachable(tx, chat.id),
        EventKind::Migrated { to } => outbox::migrate(tx, chat.id, *to),
        // In a group anybody may speak while we still may not.
        _ if chat.kind == ChatKind::Private => outbox::chat_reachable(tx, chat.id),
        _ => Ok(()),
    }
}

async fn wait_for_name(me: &mut watch::Receiver<Option<Me>>) -> Option<Me> {
    let known = me.wait_for(Option::is_some).await.ok()?;
    known.clone()
}

fn forget(busy: &mut HashMap<Id, i64>, ended: Result<(Id, ()), JoinError>) {
    let id = match ended {
        Ok((id, ())) => id,
        Err(err) => {
            tracing::error!("a chat's worker panicked");
            err.id()
        }
    };
    busy.remove(&id);
}
