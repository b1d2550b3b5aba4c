//! The worker: takes questions in hand, so many at a time, and begins anew what was given up.
//!
//! One named OS thread with its own runtime, HTTP client and database handle; where the system gives no thread, the same
//! loop runs on the main runtime. What wakes it carries no data: what is due is read from the database.
//!
//! A lease is held here and in memory, by a clock that nobody can set, because one program at most works on a database: a
//! question that is in hand in the database and has no lease here was given up, by a crash, a panic or a call that hangs.
//! Looking for such is the same at the start as at any time. Must stay true: only this loop begins attempts and gives them
//! up, one after the other, so no question is ever in two hands by its own doing; and should an old one still come to an
//! end, the database refuses its result.

mod attempt;
mod rounds;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::attempt::{Made, Shared};
use super::AssistantConfig;
use super::live::Live;
use super::model::Model;
use super::question::{Claim, LEASE, Outcome, Reason};
use super::store::{self, InHand, Next};
use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::Db;
use crate::i18n::Lang;
use crate::tasks::{Tasks, ThreadEnd};
use crate::telegram::BotProxy;
use crate::tool::Toolbox;
use crate::zone::Zone;

/// The thread's name.
pub const THREAD: &str = "assistant";

/// How often questions that were given up are looked for, and those whose pause is over. A bell rings for new ones.
const LOOK_PERIOD: Duration = Duration::from_secs(1);

/// What the worker works with.
#[derive(Debug, Clone)]
pub struct WorkerParts {
    /// Its settings.
    pub config: AssistantConfig,
    /// The database.
    pub db: Db,
    /// What models may read of the program.
    pub tools: Toolbox,
    /// The time of day.
    pub clock: Clock,
    /// The way to the main runtime.
    pub proxy: BotProxy,
    /// Where answers are shown while they are made.
    pub live: Live,
    /// Rung when there is something to do.
    pub bell: Activator,
    /// Where a day of the budget begins and ends.
    pub zone: Zone,
    /// For admins whose language is not known.
    pub language: Lang,
}

/// Starts the worker; the thread's end, where it has a thread of its own.
///
/// # Errors
/// When it can work neither on a thread nor beside the bot: its HTTP client cannot be made.
pub async fn start(parts: WorkerParts, tasks: &Tasks) -> anyhow::Result<Option<ThreadEnd>> {
    let (own, stop) = (parts.clone(), tasks.stop_token());
    let started = tasks.thread_with_runtime(THREAD, async move || {
        let worker = Worker::new(own, stop)?;
        Ok(worker.run())
    });
    match started.await {
        Ok(end) => Ok(Some(end)),
        Err(err) => {
            tracing::warn!(
                "the assistant has no thread of its own and works beside the bot: {err:#}"
            );
            let worker = Worker::new(parts, tasks.stop_token())?;
            tasks.spawn_critical(THREAD, worker.run());
            Ok(None)
        }
    }
}

/// An attempt that goes on.
#[derive(Debug, Clone, Copy)]
struct Lease {
    attempt: u32,
    until: Instant,
}

struct Worker {
    shared: Arc<Shared>,
    bell: Activator,
    most_calls: usize,
    stop: CancellationToken,
    calls: JoinSet<InHand>,
    leases: HashMap<i64, Lease>,
}

impl Worker {
    fn new(parts: WorkerParts, stop: CancellationToken) -> anyhow::Result<Self> {
        let (bell, most_calls) = (parts.bell.clone(), parts.config.workers);
        let model = Model::new(parts.config.endpoint.clone())?;
        Ok(Self {
            shared: Arc::new(Shared {
                parts,
                model,
                toolless: Mutex::new(HashSet::new()),
            }),
            bell,
            most_calls,
            stop,
            calls: JoinSet::new(),
            leases: HashMap::new(),
        })
    }

    async fn run(mut self) {
        tracing::info!(workers = self.most_calls, "the assistant is ready");
        let mut look_at = Instant::now();
        while !self.stop.is_cancelled() {
            if look_at <= Instant::now() {
                self.begin_anew().await;
                look_at = Instant::now() + LOOK_PERIOD;
            }
            self.take_what_is_due().await;
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.bell.rung() => {}
                Some(ended) = self.calls.join_next() => self.forget_lease(ended.ok()),
                () = tokio::time::sleep_until(look_at) => {}
            }
        }
        // Each gives its question back when it sees the stop.
        while self.calls.join_next().await.is_some() {}
    }

    async fn take_what_is_due(&mut self) {
        while self.calls.len() < self.most_calls && !self.stop.is_cancelled() {
            match self.shared.next().await {
                Ok(Next::Attempt(claim)) => self.begin(claim),
                Ok(Next::OverBudget(question)) => self.end_for_budget(question).await,
                Ok(Next::Nothing) => return,
                Err(err) => {
                    tracing::error!("no question could be taken in hand: {err:#}");
                    return;
                }
            }
        }
    }

    async fn end_for_budget(&self, question: InHand) {
        let outcome = Outcome::Failed {
            reason: Reason::Budget,
            partial: String::new(),
            again: None,
        };
        // One that is not ended now is found by [`Self::begin_anew`], and comes here again.
        if let Err(err) = self.shared.settle(question, Made::nothing(outcome)).await {
            tracing::error!("a question over the budget could not be ended: {err:#}");
        }
    }

    fn begin(&mut self, claim: Claim) {
        let lease = Lease {
            attempt: claim.attempt,
            until: Instant::now() + LEASE,
        };
        self.leases.insert(claim.id, lease);
        let (shared, stop) = (Arc::clone(&self.shared), self.stop.clone());
        let in_hand = InHand::of(&claim);
        self.calls.spawn(async move {
            let work = AssertUnwindSafe(shared.attempt(claim, lease.until, &stop));
            if work.catch_unwind().await.is_err() {
                tracing::error!(question = in_hand.id, "an attempt panicked");
            }
            in_hand
        });
    }

    /// An attempt is over; one that wrote no result is found by [`Self::begin_anew`].
    fn forget_lease(&mut self, ended: Option<InHand>) {
        if let Some(ended) = ended
            && let Some(lease) = self.leases.get(&ended.id)
            && lease.attempt == ended.attempt
        {
            self.leases.remove(&ended.id);
        }
    }

    /// Puts every question back that nobody works on.
    async fn begin_anew(&mut self) {
        let in_hand = match self.shared.parts.db.read(store::in_hand).await {
            Ok(in_hand) => in_hand,
            Err(err) => {
                tracing::error!("questions in hand could not be read: {err:#}");
                return;
            }
        };
        let now = Instant::now();
        for question in in_hand {
            let lease = self.leases.get(&question.id);
            if lease.is_some_and(|lease| lease.attempt == question.attempt && now < lease.until) {
                continue;
            }
            tracing::warn!(
                question = question.id,
                attempt = question.attempt,
                "an attempt was given up; the question is asked anew"
            );
            let outcome = Outcome::Failed {
                reason: Reason::Interrupted,
                partial: String::new(),
                again: Some(Duration::ZERO),
            };
            let given_up = self.shared.settle(question, Made::nothing(outcome));
            match given_up.await {
                Ok(_) => self.forget_lease(Some(question)),
                Err(err) => tracing::error!("a question could not be put back: {err:#}"),
            }
        }
    }
}
