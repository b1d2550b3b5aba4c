//! The worker: claims questions, runs a limited number of attempts at once, and puts lost questions
//! back.
//!
//! The worker runs on a named OS thread with its own runtime and HTTP client. If the system cannot
//! provide a thread, the same loop runs on the main runtime. The bell that wakes it carries no
//! data: due questions are read from the database.
//!
//! Leases are kept in memory, by a monotonic clock, because only one program works on a database. A
//! question that is `processing` in the database but has no lease here was lost to a crash, a panic
//! or a hanging call. The start needs no special case.
//!
//! # Invariants
//!
//! - Only this loop begins and gives up attempts, one at a time.
//! - The database refuses the result of an attempt that was given up.

mod attempt;
mod rounds;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::attempt::{AttemptResult, Attempts};
use super::AssistantContext;
use super::model::Model;
use super::question::{AttemptOutcome, AttemptRef, Claim, LEASE, Reason};
use super::store::{self, NextJob};
use crate::activation::Activator;
use crate::tasks::{Tasks, ThreadEnd};

pub(crate) const THREAD: &str = "assistant";

/// How often the worker looks for lost questions and ended pauses. The bell announces new
/// questions.
const CHECK_PERIOD: Duration = Duration::from_secs(1);

/// Starts the worker. Returns a future for the end of its thread, if it has one.
///
/// # Errors
/// If the HTTP client cannot be created.
pub(crate) async fn start(
    context: AssistantContext,
    tasks: &Tasks,
) -> anyhow::Result<Option<ThreadEnd>> {
    let (own, stop) = (context.clone(), tasks.stop_token());
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
            let worker = Worker::new(context, tasks.stop_token())?;
            tasks.spawn_critical(THREAD, worker.run());
            Ok(None)
        }
    }
}

/// A running attempt.
#[derive(Debug, Clone, Copy)]
struct Lease {
    attempt: u32,
    until: Instant,
}

struct Worker {
    attempts: Arc<Attempts>,
    bell: Activator,
    most_calls: usize,
    stop: CancellationToken,
    calls: JoinSet<AttemptRef>,
    leases: HashMap<i64, Lease>,
}

impl Worker {
    fn new(context: AssistantContext, stop: CancellationToken) -> anyhow::Result<Self> {
        let (bell, most_calls) = (context.bell.clone(), context.config.workers);
        let model = Model::new(context.config.endpoint.clone())?;
        Ok(Self {
            attempts: Arc::new(Attempts { context, model }),
            bell,
            most_calls,
            stop,
            calls: JoinSet::new(),
            leases: HashMap::new(),
        })
    }

    async fn run(mut self) {
        tracing::info!(workers = self.most_calls, "the assistant is ready");
        let mut check_at = Instant::now();
        while !self.stop.is_cancelled() {
            if check_at <= Instant::now() {
                self.requeue_lost().await;
                check_at = Instant::now() + CHECK_PERIOD;
            }
            self.claim_due().await;
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.bell.rung() => {}
                Some(ended) = self.calls.join_next() => self.forget_lease(ended.ok()),
                () = tokio::time::sleep_until(check_at) => {}
            }
        }
        // Each attempt gives its question back when it sees the stop.
        while self.calls.join_next().await.is_some() {}
    }

    async fn claim_due(&mut self) {
        while self.calls.len() < self.most_calls && !self.stop.is_cancelled() {
            match self.attempts.next().await {
                Ok(NextJob::Attempt(claim)) => self.begin(claim),
                Ok(NextJob::OverBudget(question)) => self.end_for_budget(question).await,
                Ok(NextJob::Nothing) => return,
                Err(err) => {
                    tracing::error!("no question could be taken in hand: {err:#}");
                    return;
                }
            }
        }
    }

    async fn end_for_budget(&self, question: AttemptRef) {
        let outcome = AttemptOutcome::Failed {
            reason: Reason::Budget,
            partial: String::new(),
            again: None,
        };
        // If this fails, [`Self::requeue_lost`] finds the question again.
        if let Err(err) = self
            .attempts
            .settle(question, AttemptResult::nothing(outcome))
            .await
        {
            tracing::error!("a question over the budget could not be ended: {err:#}");
        }
    }

    fn begin(&mut self, claim: Claim) {
        let lease = Lease {
            attempt: claim.attempt,
            until: Instant::now() + LEASE,
        };
        self.leases.insert(claim.id, lease);
        let (attempts, stop) = (Arc::clone(&self.attempts), self.stop.clone());
        let in_hand = AttemptRef::of(&claim);
        self.calls.spawn(async move {
            let work = AssertUnwindSafe(attempts.attempt(claim, lease.until, &stop));
            if work.catch_unwind().await.is_err() {
                tracing::error!(question = in_hand.id, "an attempt panicked");
            }
            in_hand
        });
    }

    /// [`Self::requeue_lost`] finds an attempt that wrote no result.
    fn forget_lease(&mut self, ended: Option<AttemptRef>) {
        if let Some(ended) = ended
            && let Some(lease) = self.leases.get(&ended.id)
            && lease.attempt == ended.attempt
        {
            self.leases.remove(&ended.id);
        }
    }

    /// Puts back every question that no attempt works on. One whose attempt was lost twice in a row
    /// is put aside: it may be the reason.
    async fn requeue_lost(&mut self) {
        let in_hand = match self.attempts.context.db.read(store::in_hand).await {
            Ok(in_hand) => in_hand,
            Err(err) => {
                tracing::error!("questions in hand could not be read: {err:#}");
                return;
            }
        };
        let now = Instant::now();
        for (question, lost_before) in in_hand {
            let lease = self.leases.get(&question.id);
            if lease.is_some_and(|lease| lease.attempt == question.attempt && now < lease.until) {
                continue;
            }
            tracing::warn!(
                question = question.id,
                attempt = question.attempt,
                lost_before,
                "an attempt was lost; the question is asked anew, or put aside if that is the second one"
            );
            let outcome = AttemptOutcome::Failed {
                reason: Reason::Interrupted,
                partial: String::new(),
                again: (!lost_before).then_some(Duration::ZERO),
            };
            let given_up = self
                .attempts
                .settle(question, AttemptResult::nothing(outcome));
            match given_up.await {
                Ok(_) => self.forget_lease(Some(question)),
                Err(err) => tracing::error!("a question could not be put back: {err:#}"),
            }
        }
    }
}
