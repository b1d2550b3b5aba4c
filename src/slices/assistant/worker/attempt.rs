//! One attempt: the rounds with a model, and their result in one transaction.
//!
//! Must stay true: what was read with a right that the actor has no longer is told to nobody.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::WorkerParts;
use super::rounds::Rounds;
use crate::backoff::{Backoff, delay};
use crate::counters;
use crate::db::Connection;
use crate::people::{self, Role};
use crate::slices::assistant::model::{Model, Trouble};
use crate::slices::assistant::question::{Claim, LONGEST_WAIT, Outcome, Reason, State, Usage};
use crate::slices::assistant::store;
use crate::slices::assistant::store::{InHand, Next, Settled};
use crate::slices::assistant::{notices, streaming};

/// The pause before a second attempt; it doubles before the third.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// The first pause before a result that could not be written is written again, and the longest.
const STORAGE_PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// What all attempts share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) parts: WorkerParts,
    pub(super) model: Model,
    /// Models that know no tools, as their endpoint said. There are no more of them than the configuration names.
    pub(super) toolless: Mutex<HashSet<String>>,
}

/// What an attempt made.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) outcome: Outcome,
    pub(super) usage: Usage,
    /// The highest role with which something was read for it.
    pub(super) read_as: Option<Role>,
}

impl Made {
    /// An outcome without a call.
    pub(super) fn nothing(outcome: Outcome) -> Self {
        Self {
            outcome,
            usage: Usage::default(),
            read_as: None,
        }
    }

    /// Where the actor may see less than when it was read for them, nothing of it is told and the question is asked anew, if
    /// they may ask at all.
    fn checked(self, connection: &Connection, attempt: &InHand) -> anyhow::Result<Self> {
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
        let outcome = Outcome::Failed {
            reason,
            partial: String::new(),
            again,
        };
        Ok(Self { outcome, ..self })
    }
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

    async fn ask(&self, claim: &Claim, stop: &CancellationToken) -> Made {
        let pen = self.parts.live.begin(claim.id, claim.attempt);
        let mut rounds = Rounds::new(self, claim, &pen);
        let over = CancellationToken::new();
        let ended = async {
            // Leaving the call closes its connection; what was used until then stays known.
            let ended = tokio::select! {
                biased;
                () = pen.cut.cancelled() => None,
                () = stop.cancelled() => None,
                ended = rounds.run() => Some(ended),
            };
            over.cancel();
            ended
        };
        // An edit on its way is waited for, as the answer in its place would have to; not by a stop of the program.
        let growth = async {
            tokio::select! {
                () = stop.cancelled() => {}
                () = streaming::follow(&self.parts, claim, &over) => {}
            }
        };
        let (ended, ()) = tokio::join!(ended, growth);
        let (usage, read_as) = (rounds.usage, rounds.read_as);
        let outcome = match ended {
            None => Outcome::Released,
            Some(None) => Outcome::Answered(rounds.text),
            Some(Some(trouble)) => {
                tracing::info!(
                    question = claim.id,
                    attempt = claim.attempt,
                    model = claim.model,
                    reason = trouble.reason.word(),
                    "an attempt came to nothing"
                );
                Outcome::Failed {
                    reason: trouble.reason,
                    partial: rounds.text,
                    again: self.pause(claim, trouble),
                }
            }
        };
        Made {
            outcome,
            usage,
            read_as,
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
    pub(super) async fn settle(&self, attempt: InHand, made: Made) -> anyhow::Result<Settled> {
        let (settled, told) = self.write(attempt, made).await?;
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
    async fn write(&self, attempt: InHand, made: Made) -> anyhow::Result<(Settled, bool)> {
        let now = self.parts.clock.now();
        let (day, language) = (self.parts.zone.day(now), self.parts.language);
        let write = self.parts.db.write(move |tx| {
            let Made { outcome, usage, .. } = made.checked(tx, &attempt)?;
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
