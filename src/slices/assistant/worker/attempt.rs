//! One attempt: the rounds with a model, and its result in one transaction.
//!
//! # Invariants
//!
//! - People never see data that was read with rights they have since lost.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::rounds::Rounds;
use crate::backoff::{Backoff, delay};
use crate::counters;
use crate::db::Connection;
use crate::people::{self, Role};
use crate::slices::assistant::AssistantContext;
use crate::slices::assistant::model::{CallError, Model};
use crate::slices::assistant::question::{
    AttemptOutcome, AttemptRef, Claim, LONGEST_WAIT, QuestionState, Reason, Usage,
};
use crate::slices::assistant::store;
use crate::slices::assistant::store::{NextJob, Settled};
use crate::slices::assistant::{notices, streaming};

/// The pause before the second attempt; it doubles before the third.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// The first and the longest pause before a failed write of a result is repeated.
const STORAGE_PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

#[derive(Debug)]
pub(super) struct Attempts {
    pub(super) context: AssistantContext,
    pub(super) model: Model,
}

#[derive(Debug, Clone)]
pub(super) struct AttemptResult {
    pub(super) outcome: AttemptOutcome,
    pub(super) usage: Usage,
    /// The highest role with which a tool ran.
    pub(super) read_as: Option<Role>,
}

impl AttemptResult {
    /// A result without a call.
    pub(super) fn nothing(outcome: AttemptOutcome) -> Self {
        Self {
            outcome,
            usage: Usage::default(),
            read_as: None,
        }
    }

    /// If the person lost rights since the tools ran, discards the answer and requeues the
    /// question. If they may no longer ask, ends it.
    fn checked(self, connection: &Connection, attempt: &AttemptRef) -> anyhow::Result<Self> {
        let Some(read_as) = self.read_as else {
            return Ok(self);
        };
        let person = people::get(connection, attempt.person_id)?;
        let role = person.map_or(Role::Stranger, |person| person.role);
        if role >= read_as {
            return Ok(self);
        }
        let (reason, again) = match role.is_member() {
            true => (Reason::Interrupted, Some(Duration::ZERO)),
            false => (Reason::NotAllowed, None),
        };
        let outcome = AttemptOutcome::Failed {
            reason,
            partial: String::new(),
            again,
        };
        Ok(Self { outcome, ..self })
    }
}

impl Attempts {
    /// Claims the next question.
    pub(super) async fn next(&self) -> anyhow::Result<NextJob> {
        let (now, config) = (self.context.clock.now(), &self.context.config);
        let most = config.per_person;
        let is_due = self.context.db.read(move |c| store::is_due(c, now, most));
        if !is_due.await? {
            return Ok(NextJob::Nothing);
        }
        let (models, budget) = (config.models.clone(), config.budget);
        let day = self.context.zone.day(now);
        // If a power cut undoes the claim, it has also ended the attempt.
        let claim = self
            .context
            .db
            .write_replayable(move |tx| store::claim(tx, now, &day, &models, budget, most));
        claim.await
    }

    /// Runs an attempt and writes its result. A failed write is repeated until the lease ends; then
    /// the answer is lost and the question is asked again.
    pub(super) async fn attempt(&self, claim: Claim, until: Instant, stop: &CancellationToken) {
        let in_hand = AttemptRef::of(&claim);
        let made = self.ask(&claim, stop).await;
        let mut pauses = Backoff::new(STORAGE_PAUSES.0, STORAGE_PAUSES.1);
        loop {
            let written = self.settle(in_hand, made.clone()).await;
            let Err(err) = written else { return };
            tracing::error!(
                question = claim.id,
                "the result of an attempt could not be written: {err:#}"
            );
            let pause = pauses.next();
            if stop.is_cancelled() || Instant::now() + pause >= until {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn ask(&self, claim: &Claim, stop: &CancellationToken) -> AttemptResult {
        let writer = self.context.progress.begin(claim.id, claim.attempt);
        let mut rounds = Rounds::new(&self.context, &self.model, claim, &writer);
        let over = CancellationToken::new();
        let ended = async {
            // Dropping the call closes its connection; the usage so far is kept.
            let ended = tokio::select! {
                biased;
                () = writer.cut.cancelled() => None,
                () = stop.cancelled() => None,
                ended = rounds.run() => Some(ended),
            };
            over.cancel();
            ended
        };
        // Waits for an edit in flight, because the final answer would have to wait for it anyway. A
        // stop of the program does not wait.
        let edits = async {
            tokio::select! {
                () = stop.cancelled() => {}
                () = streaming::follow(&self.context, claim, &over) => {}
            }
        };
        let (ended, ()) = tokio::join!(ended, edits);
        let (usage, read_as) = (rounds.usage, rounds.read_as);
        let outcome = match ended {
            None => AttemptOutcome::Released,
            Some(None) => AttemptOutcome::Answered {
                text: rounds.text,
                is_truncated: rounds.is_truncated,
            },
            Some(Some(error)) => {
                tracing::info!(
                    question = claim.id,
                    attempt = claim.attempt,
                    model = claim.model,
                    reason = error.reason.word(),
                    refused = ?error.named,
                    "an attempt came to nothing"
                );
                AttemptOutcome::Failed {
                    reason: error.reason,
                    partial: rounds.text,
                    again: self.pause(claim, &error),
                }
            }
        };
        AttemptResult {
            outcome,
            usage,
            read_as,
        }
    }

    /// The pause before another attempt; `None` when the question fails now.
    fn pause(&self, claim: &Claim, error: &CallError) -> Option<Duration> {
        let failures = claim.failures + 1;
        let models = u32::try_from(self.context.config.models.len()).unwrap_or(u32::MAX);
        // Where this model cannot answer, the next one may.
        let is_of_model = matches!(error.reason, Reason::NoModel | Reason::Thoughts);
        let another = is_of_model && failures < models;
        if !(error.reason.passes() || another) {
            return None;
        }
        // Not before the endpoint allows it, and with jitter.
        let pause =
            error.retry_after.unwrap_or_default() + delay(FIRST_PAUSE, LONGEST_WAIT, failures);
        (pause <= LONGEST_WAIT).then_some(pause)
    }

    /// Writes a result and the messages about it in one transaction.
    pub(super) async fn settle(
        &self,
        attempt: AttemptRef,
        made: AttemptResult,
    ) -> anyhow::Result<Settled> {
        let (settled, told) = self.write(attempt, made).await?;
        match settled {
            Settled::At(state) if state.is_closed() => {
                counters::question_closed(state == QuestionState::Completed);
                self.context.progress.close(attempt.id);
            }
            Settled::At(_) => {}
            Settled::Late => counters::answer_late(),
            Settled::Gone => {
                counters::answer_late();
                self.context.progress.close(attempt.id);
            }
        }
        if told {
            self.context.proxy.ring();
        }
        Ok(settled)
    }

    /// Also returns whether there is a message to deliver.
    async fn write(
        &self,
        attempt: AttemptRef,
        made: AttemptResult,
    ) -> anyhow::Result<(Settled, bool)> {
        let now = self.context.clock.now();
        let (day, language) = (self.context.zone.day(now), self.context.language);
        let write = self.context.db.write(move |tx| {
            let AttemptResult { outcome, usage, .. } = made.checked(tx, &attempt)?;
            let settled = store::settle(tx, now, &day, &attempt, &outcome, &usage)?;
            let Settled::At(state) = settled else {
                return Ok((settled, false));
            };
            let mut told = false;
            if state.is_closed() {
                told |= notices::answer(tx, now, language, attempt.id)?;
            }
            if let (QuestionState::Failed, AttemptOutcome::Failed { reason, .. }) =
                (state, &outcome)
                // A question that is closed because attempts were lost was perhaps the reason.
                && (reason.concerns_operator() || *reason == Reason::Interrupted)
            {
                told |= notices::warn_admins(tx, now, &day, *reason, language)?;
            }
            Ok((settled, told))
        });
        write.await
    }
}
