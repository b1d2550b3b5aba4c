//! One attempt: the call of a model, and its result in one transaction.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::WorkerParts;
use crate::assistant::model::{Ended, Model, Trouble};
use crate::assistant::question::{Claim, LONGEST_WAIT, Outcome, Reason, State, Usage};
use crate::assistant::store::{self, InHand, Next, Settled};
use crate::assistant::{growth, notices};
use crate::backoff::{Backoff, delay};
use crate::counters;

/// The pause before a second attempt; it doubles before the third.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// The first pause before a result that could not be written is written again, and the longest.
const STORAGE_PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// What all attempts share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) parts: WorkerParts,
    pub(super) model: Model,
}

impl Shared {
    /// Takes the next question in hand.
    pub(super) async fn next(&self) -> anyhow::Result<Next> {
        let (now, config) = (self.parts.clock.now(), &self.parts.config);
        let most = config.per_person;
        let is_due = self.parts.db.read(move |c| store::is_due(c, now, most));
        if !is_due.await? {
            return Ok(Next::Nothing);
        }
        let (models, budget) = (config.models.clone(), config.budget);
        let day = self.parts.zone.day(now);
        // A power cut that takes this back has ended the attempt as well.
        let claim = self
            .parts
            .db
            .write_replayable(move |tx| store::claim(tx, now, &day, &models, budget, most));
        claim.await
    }

    /// Asks, and writes what came of it. A result that cannot be written is tried until the lease ends: then the question is
    /// asked anew, and the answer is lost.
    pub(super) async fn attempt(&self, claim: Claim, until: Instant, stop: &CancellationToken) {
        let in_hand = InHand::of(&claim);
        let (outcome, usage) = self.ask(&claim, stop).await;
        let mut pauses = Backoff::new(STORAGE_PAUSES.0, STORAGE_PAUSES.1);
        loop {
            let written = self.settle(in_hand, outcome.clone(), usage.clone()).await;
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

    async fn ask(&self, claim: &Claim, stop: &CancellationToken) -> (Outcome, Usage) {
        let pen = self.parts.live.begin(claim.id, claim.attempt);
        let now = self.parts.clock.now();
        let asked = self
            .model
            .ask(&claim.model, &claim.text, now, |words| pen.write(words));
        let over = CancellationToken::new();
        let ended = async {
            // Leaving the call closes its connection.
            let ended = tokio::select! {
                biased;
                () = pen.cut.cancelled() => None,
                () = stop.cancelled() => None,
                ended = asked => Some(ended),
            };
            over.cancel();
            ended
        };
        // An edit on its way is waited for, as the answer in its place would have to; not by a stop of the program.
        let growth = async {
            tokio::select! {
                () = stop.cancelled() => {}
                () = growth::follow(&self.parts, claim, &over) => {}
            }
        };
        match tokio::join!(ended, growth).0 {
            None => (Outcome::Released, Usage::default()),
            Some(Ended {
                text,
                usage,
                trouble: None,
            }) => (Outcome::Answered(text), usage),
            Some(Ended {
                text,
                usage,
                trouble: Some(trouble),
            }) => {
                tracing::info!(
                    question = claim.id,
                    attempt = claim.attempt,
                    model = claim.model,
                    reason = trouble.reason.word(),
                    "an attempt came to nothing"
                );
                let outcome = Outcome::Failed {
                    reason: trouble.reason,
                    partial: text,
                    again: self.pause(claim, trouble),
                };
                (outcome, usage)
            }
        }
    }

    /// The pause before another attempt; none when there is to be no other.
    fn pause(&self, claim: &Claim, trouble: Trouble) -> Option<Duration> {
        let failures = claim.failures + 1;
        let models = u32::try_from(self.parts.config.models.len()).unwrap_or(u32::MAX);
        // A model that is not there is no reason not to ask the next one.
        let another = trouble.reason == Reason::NoModel && failures < models;
        if !(trouble.reason.passes() || another) {
            return None;
        }
        // Never before the endpoint wants it, and never in step with others.
        let pause =
            trouble.retry_after.unwrap_or_default() + delay(FIRST_PAUSE, LONGEST_WAIT, failures);
        (pause <= LONGEST_WAIT).then_some(pause)
    }

    /// Writes a result with everything that is told because of it, in one transaction.
    pub(super) async fn settle(
        &self,
        attempt: InHand,
        outcome: Outcome,
        usage: Usage,
    ) -> anyhow::Result<Settled> {
        let (settled, told) = self.write(attempt, outcome, usage).await?;
        match settled {
            Settled::At(state) if state.is_closed() => {
                counters::question_closed(state == State::Completed);
                self.parts.live.close(attempt.id);
            }
            Settled::At(_) => {}
            Settled::Late => counters::answer_late(),
            Settled::Gone => {
                counters::answer_late();
                self.parts.live.close(attempt.id);
            }
        }
        if told {
            self.parts.proxy.ring();
        }
        Ok(settled)
    }

    /// What became of writing a result, and whether there is something to deliver.
    async fn write(
        &self,
        attempt: InHand,
        outcome: Outcome,
        usage: Usage,
    ) -> anyhow::Result<(Settled, bool)> {
        let now = self.parts.clock.now();
        let (day, language) = (self.parts.zone.day(now), self.parts.language);
        let write = self.parts.db.write(move |tx| {
            let settled = store::settle(tx, now, &day, &attempt, &outcome, &usage)?;
            let Settled::At(state) = settled else {
                return Ok((settled, false));
            };
            let mut told = false;
            if state.is_closed() {
                told |= notices::answer(tx, now, language, attempt.id)?;
            }
            if let (State::Failed, Outcome::Failed { reason, .. }) = (state, &outcome)
                && reason.concerns_operator()
            {
                told |= notices::trouble(tx, now, &day, *reason, language)?;
            }
            Ok((settled, told))
        });
        write.await
    }
}
