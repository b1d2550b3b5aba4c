//! The plain words of the assistant: a question, what becomes of it, and why one comes to nothing.
//!
//! A **question** is a person's text on its way to its answer. An **attempt** is one call of a model for it. What must stay
//! true: the words of [`State`] and [`Reason`] are stored and told to clients, so they are never renamed.

use std::time::Duration;

use crate::clock::UnixMs;
use crate::words::words;

/// How long an attempt may have a question in hand, by a clock that nobody can set. It is more than the longest call and
/// the writing of its result take, so what is older has no one who works on it.
pub const LEASE: Duration = Duration::from_secs(300);

/// The longest call of a model, from its beginning to its last byte. Shorter than [`LEASE`], so that a call that goes on is
/// never begun again beside itself.
pub const LONGEST_CALL: Duration = Duration::from_secs(240);

/// Attempts that come to nothing before a question does.
pub const MOST_FAILURES: u32 = 3;

/// The longest pause between two attempts. An endpoint that asks for more is not waited for: nobody would be there any
/// longer to read the answer.
pub const LONGEST_WAIT: Duration = Duration::from_secs(300);

words! {
    /// Where a question stands.
    pub enum State {
        /// It waits for an attempt.
        Pending = "pending",
        /// An attempt has it in hand.
        Processing = "processing",
        /// It has its answer.
        Completed = "completed",
        /// It has none, and a reason.
        Failed = "failed",
    }
}

impl State {
    /// True when nothing more will come.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

words! {
    /// Why an attempt, or a question, came to nothing.
    pub enum Reason {
        /// Whoever asked stopped it.
        Stopped = "stopped",
        /// The program ended in the middle of it.
        Interrupted = "interrupted",
        /// The endpoint has too much to do, or we ask too often.
        Busy = "busy",
        /// The endpoint cannot be reached, or fails by itself.
        Unavailable = "unavailable",
        /// The endpoint said nothing for too long.
        Silent = "silent",
        /// The answer was not there within the longest time.
        Slow = "slow",
        /// The answer broke off.
        Cut = "cut",
        /// The model answered without a word.
        Empty = "empty",
        /// What came is not what such endpoints say.
        Unreadable = "unreadable",
        /// The endpoint or the model does not want to answer this.
        Refused = "refused",
        /// The question or its answer is too long.
        TooLong = "too-long",
        /// The endpoint does not accept our key.
        Key = "key",
        /// The account at the endpoint has no money left.
        Credits = "credits",
        /// The endpoint does not know the model.
        NoModel = "no-model",
        /// The endpoint does not accept the call for another reason.
        Rejected = "rejected",
        /// The person has used up what a day allows.
        Budget = "budget",
        /// The operator has switched the assistant off.
        Off = "off",
        /// The person may not ask any longer.
        NotAllowed = "not-allowed",
    }
}

impl Reason {
    /// True when the same call may well succeed a little later.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(
            self,
            Self::Interrupted
                | Self::Busy
                | Self::Unavailable
                | Self::Silent
                | Self::Slow
                | Self::Cut
                | Self::Empty
                | Self::Unreadable
        )
    }

    /// True when it helps whoever asked to ask the same again.
    #[must_use]
    pub const fn helps_to_ask_again(self) -> bool {
        self.passes() || matches!(self, Self::Stopped)
    }

    /// True when only the operator can mend it, so that the admins hear of it.
    #[must_use]
    pub const fn concerns_operator(self) -> bool {
        matches!(
            self,
            Self::Key | Self::Credits | Self::NoModel | Self::Rejected
        )
    }
}

/// Where in Telegram a question is asked, and answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The chat.
    pub chat_id: i64,
    /// A topic of it.
    pub topic: Option<i64>,
    /// In a group, the message with the question: the answer stands under it.
    pub message_id: Option<i64>,
}

/// A question as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its row.
    pub id: i64,
    /// What clients call it.
    pub public_id: String,
    /// Who asks.
    pub person_id: i64,
    /// Where it stands.
    pub state: State,
    /// Attempts that came to nothing.
    pub failures: u32,
    /// The answer; of a failed question the part that was there.
    pub answer: String,
    /// Why the last attempt came to nothing.
    pub reason: Option<Reason>,
    /// When it was asked.
    pub created_at: UnixMs,
    /// When it was answered or failed.
    pub closed_at: Option<UnixMs>,
}

/// Where a question was asked, which decides who sees its answer and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Venue {
    /// Over HTTP, where whoever asked looks for the answer.
    Http,
    /// In a chat with the bot: who asked sees the answer while it is made.
    Private,
    /// In a group: so does everybody there.
    Group,
}

impl Venue {
    /// That of a chat, or of none. Telegram numbers people upwards from zero and groups downwards.
    #[must_use]
    pub fn of(chat_id: Option<i64>) -> Self {
        match chat_id {
            None => Self::Http,
            Some(0..) => Self::Private,
            Some(_) => Self::Group,
        }
    }
}

/// The right to work on a question, and to write what became of it as long as no later attempt was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The question's row.
    pub id: i64,
    /// Who asks.
    pub person_id: i64,
    /// Its number, which no other attempt of the question ever has.
    pub attempt: u32,
    /// Attempts before it that came to nothing.
    pub failures: u32,
    /// What is asked.
    pub text: String,
    /// Where it was asked.
    pub venue: Venue,
    /// The model to call.
    pub model: String,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The whole answer.
    Answered(String),
    /// None.
    Failed {
        /// Why.
        reason: Reason,
        /// The part that was there.
        partial: String,
        /// The pause before the next attempt; none: there is to be no other.
        again: Option<Duration>,
    },
    /// It was given back in good order, and counts for nothing.
    Released,
}

/// What a call used, as the endpoint says; zero where it says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// The model that answered; empty: not said.
    pub model: String,
    /// The endpoint's own name for the call.
    pub generation: String,
    /// Tokens that were sent.
    pub prompt_tokens: u64,
    /// Tokens that came.
    pub completion_tokens: u64,
    /// Cost, in billionths of a US dollar.
    pub cost_nanousd: u64,
}

impl Usage {
    /// Adds a later call of the same attempt; the names are those of the last call that says them.
    pub fn add(&mut self, later: Self) {
        if !later.model.is_empty() {
            self.model = later.model;
        }
        if !later.generation.is_empty() {
            self.generation = later.generation;
        }
        let add = |sum: &mut u64, more| *sum = sum.saturating_add(more);
        add(&mut self.prompt_tokens, later.prompt_tokens);
        add(&mut self.completion_tokens, later.completion_tokens);
        add(&mut self.cost_nanousd, later.cost_nanousd);
    }
}

/// What a person may use in a day; none: without a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// Tokens, sent and received.
    pub tokens: Option<u64>,
    /// Cost, in billionths of a US dollar.
    pub cost_nanousd: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reason_both_passes_and_concerns_the_operator_and_a_call_ends_before_its_lease() {
        for (_, reason) in Reason::WORDS {
            assert!(!(reason.passes() && reason.concerns_operator()));
        }
        assert!(LONGEST_CALL < LEASE);
    }
}
