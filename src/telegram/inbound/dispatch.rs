//! From the inbox to the handler: in order within a chat, chats side by side.
//!
//! # Invariants
//! - The effect of an update, its replies and its done mark are one transaction.
//! - A fault of the handler costs one update; an apology takes its place.
//! - A fault of the storage costs only time.
//! - Nothing waits in memory, so a chat with a thousand updates delays no other chat.
//! - Every callback is answered.
//! - An attempt is committed before it begins: see [`super::super::suspects`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::activation::Activator;
use crate::backoff::Backoff;
use crate::clock::{Clock, UnixMs};
use crate::db::{self, Db, DbError, WriteTx};

use super::answers::Answers;
use super::decode::decode;
use super::envelope::Unreadable;
use super::event::{ChatKind, Event, EventKind};
use super::fetch::Fetcher;
use super::handler::{Fetched, Handler, Reaction};
use super::inbox::{self, WaitingUpdate};
use crate::telegram::api::methods::Me;
use crate::telegram::outbox::{self, ChatMoved};
use crate::telegram::suspects::{MOST_DEATHS, Suspects};

/// Chats handled at once. The database has one writer; this hides the waits around it.
const WORKERS: usize = 32;

/// Chats read at once: at most [`WORKERS`] of them are busy, so free ones are always among them.
const LOOK: usize = 2 * WORKERS;

/// How often the inbox is read without a ring.
const FALLBACK: Duration = Duration::from_secs(15);

#[derive(Clone)]
pub(crate) struct Dispatcher {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
    pub(crate) bell: Activator,
    pub(crate) sender_bell: Activator,
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) chat_moved: ChatMoved,
    pub(crate) me: watch::Receiver<Option<Me>>,
    pub(crate) fetcher: Fetcher,
    pub(crate) answers: Answers,
    pub(crate) suspects: Suspects,
}

/// A decoded update.
enum Case {
    /// An event with the file that its handler wanted.
    Event(Arc<Event>, Option<Fetched>),
    /// An update that goes to the quarantine, with its body.
    Unreadable(Unreadable, String),
    /// An update with which the program died twice, with its chat and its body.
    Deadly(i64, String),
}

/// A way to handle an update; the variants are tried in this order.
#[derive(Clone, Copy)]
enum Way {
    Handle,
    Apologise,
    OnlyMark,
}

impl Dispatcher {
    pub(crate) async fn run(mut self) {
        // Commands may be addressed to a bot by name, so our name must be known first.
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

    /// Handles a chat's waiting updates in order, beginning with `rows`.
    async fn work_off(self, chat_id: i64, mut rows: Vec<WaitingUpdate>, me: String) {
        while !rows.is_empty() {
            for row in rows {
                if self.stop.is_cancelled() || !self.begin(row, chat_id, &me).await {
                    return;
                }
            }
            rows = match self.db.read(move |c| inbox::next(c, chat_id)).await {
                Ok(rows) => rows,
                Err(err) => {
                    tracing::error!(chat_id, "the inbox cannot be read: {err:#}");
                    self.pause().await;
                    return;
                }
            };
        }
    }

    /// The dispatcher reads again as soon as a worker ends; the pause keeps that from spinning.
    async fn pause(&self) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }

    /// Counts an attempt and makes it; false if no effect was stored.
    async fn begin(&self, row: WaitingUpdate, chat_id: i64, me: &str) -> bool {
        let WaitingUpdate {
            update_id,
            body,
            deaths,
        } = row;
        if deaths >= MOST_DEATHS {
            tracing::error!(
                update_id,
                chat_id,
                "the program died twice with an update in hand; it is put aside, in quarantine"
            );
            let case = Arc::new(Case::Deadly(chat_id, body));
            let is_stored = self.store(update_id, chat_id, &case).await.is_some();
            self.sender_bell.ring();
            return is_stored;
        }
        let _turn = tokio::select! {
            () = self.stop.cancelled() => return false,
            turn = self.suspects.turn(deaths) => turn,
        };
        // A power cut that undoes the count has undone the attempt, too.
        let begun = self
            .db
            .write_replayable(move |tx| inbox::begin(tx, update_id));
        if let Err(err) = begun.await {
            tracing::error!(update_id, "an update could not be begun: {err:#}");
            self.pause().await;
            return false;
        }
        let is_done = self.one(update_id, chat_id, body, me).await;
        if !is_done {
            let given_back = self.db.write(move |tx| inbox::give_back(tx, update_id));
            if let Err(err) = given_back.await {
                tracing::warn!(update_id, "an attempt was not taken back: {err:#}");
            }
        }
        is_done
    }

    /// Handles one update; false if the stop came before its effect was stored.
    async fn one(&self, update_id: i64, chat_id: i64, body: String, me: &str) -> bool {
        let event = match decode(&body, me) {
            Ok(event) => Arc::new(event),
            Err(what) => {
                what.warn();
                let case = Arc::new(Case::Unreadable(what, body));
                return self.store(update_id, chat_id, &case).await.is_some();
            }
        };
        let Ok(file) = self.fetcher.file_for(&event).await else {
            return false;
        };
        let case = Arc::new(Case::Event(Arc::clone(&event), file));
        let Some(reaction) = self.store(update_id, chat_id, &case).await else {
            return false;
        };
        self.sender_bell.ring();
        for bell in &reaction.ring {
            bell.ring();
        }
        self.answers.answer(&event.kind, reaction).await;
        true
    }

    /// Stores the effect of an update; `None` if the stop came first. A storage fault is retried
    /// until the stop, because giving up would lose the update.
    async fn store(&self, update_id: i64, chat_id: i64, case: &Arc<Case>) -> Option<Reaction> {
        let mut way = Way::Handle;
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        loop {
            let handler = Arc::clone(&self.handler);
            let case = Arc::clone(case);
            let now = self.clock.now();
            let moved = Arc::clone(&self.chat_moved);
            let effect =
                move |tx: &WriteTx<'_>| effect(tx, now, update_id, &case, (&*handler, &moved), way);
            let err = match self.db.write(effect).await {
                Ok(reaction) => return Some(reaction),
                Err(err) => err,
            };
            if !db::is_storage_fault(&err) && !matches!(way, Way::OnlyMark) {
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

/// The effect of an update in one transaction; `None` if the update had its effect already.
fn effect(
    tx: &WriteTx<'_>,
    now: UnixMs,
    update_id: i64,
    case: &Case,
    (handler, moved): (&dyn Handler, &ChatMoved),
    way: Way,
) -> anyhow::Result<Reaction> {
    if !inbox::mark_done(tx, now, update_id)? {
        return Ok(Reaction::default());
    }
    match (case, way) {
        (Case::Event(event, file), _) => {
            note_chat(tx, now, event, moved)?;
            match way {
                Way::Handle => handler.handle(tx, event, file.as_ref()),
                Way::Apologise => handler.apologise(tx, event),
                Way::OnlyMark => Ok(Reaction::default()),
            }
        }
        (Case::Unreadable(what, body), Way::Handle) => {
            inbox::quarantine(tx, now, what, body)?;
            Ok(Reaction::default())
        }
        (Case::Deadly(chat_id, body), way) => {
            inbox::quarantine(tx, now, &Unreadable::deadly(body), body)?;
            if matches!(way, Way::Handle) {
                handler.put_aside(tx, update_id, *chat_id)?;
            }
            Ok(Reaction::default())
        }
        (Case::Unreadable(..), _) => Ok(Reaction::default()),
    }
}

/// Records what an event tells about its chat, before the handler sees it.
fn note_chat(
    tx: &WriteTx<'_>,
    now: UnixMs,
    event: &Event,
    moved: &ChatMoved,
) -> anyhow::Result<()> {
    let Some(chat) = event.chat else {
        return Ok(());
    };
    match &event.kind {
        EventKind::Membership { is_there: false } => {
            outbox::chat_unreachable(tx, now, chat.id, "the bot was blocked or removed")
        }
        EventKind::Membership { is_there: true } => outbox::chat_reachable(tx, now, chat.id),
        EventKind::Migrated { to } => {
            outbox::move_chat(tx, chat.id, *to)?;
            moved(tx, chat.id, *to)
        }
        // In a group anybody may speak while we are still not allowed to.
        _ if chat.kind == ChatKind::Private => outbox::chat_reachable(tx, now, chat.id),
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
