//! The domain types of the assistant: questions, attempts and the reasons why they fail.
//!
//! A **question** is a person's text. An **attempt** is one try at its answer.
//!
//! # Invariants
//!
//! - The words of [`QuestionState`] and [`Reason`] are stored and part of the API, so they never
//!   change.

use std::time::Duration;

use crate::clock::UnixMs;
use crate::words::words;

/// How long an attempt may own a question, by a monotonic clock. Longer than the longest call plus
/// the writing of its result, so no two attempts work on a question at once.
pub(crate) const LEASE: Duration = Duration::from_secs(300);

/// The longest call, to its last byte. Shorter than [`LEASE`], so a running call is never started
/// again.
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(240);

/// Failed attempts after which a question fails.
pub(crate) const MOST_FAILURES: u32 = 3;

/// The longest pause between two attempts. If an endpoint asks for more, the question fails: nobody
/// would still be waiting.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// How much of an answer a model reads before it goes on, in bytes.
const SO_FAR_LIMIT: usize = 32 * 1024;

words! {
    /// As stored, and as clients see it.
    pub(crate) enum QuestionState {
        /// Waits for an attempt.
        Pending = "pending",
        /// An attempt is working on it.
        Processing = "processing",
        Completed = "completed",
        Failed = "failed",
    }
}

impl QuestionState {
    #[must_use]
    pub(crate) const fn is_closed(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

words! {
    /// Why an attempt or a question failed.
    pub enum Reason {
        /// Stopped by the person who asked, or by an admin.
        Stopped = "stopped",
        /// The program ended, or the attempt was lost.
        Interrupted = "interrupted",
        /// The endpoint is overloaded, or limits our rate.
        Busy = "busy",
        /// The endpoint cannot be reached, or fails.
        Unavailable = "unavailable",
        /// No byte came for too long.
        Silent = "silent",
        /// The whole call took too long.
        Slow = "slow",
        /// The answer broke off.
        Cut = "cut",
        Empty = "empty",
        /// The model thought, and said nothing.
        Thoughts = "thoughts",
        /// The response does not follow the API.
        Unreadable = "unreadable",
        /// The endpoint or the model refuses to answer.
        Refused = "refused",
        /// The question or its answer is too long.
        TooLong = "too-long",
        /// The endpoint does not accept our key.
        Key = "key",
        /// The account at the endpoint is empty.
        Credits = "credits",
        /// The endpoint does not know the model.
        NoModel = "no-model",
        /// The endpoint refuses the request for another reason.
        Rejected = "rejected",
        /// The person has used up the day's budget.
        Budget = "budget",
        /// The assistant is switched off.
        Off = "off",
        /// The person may no longer ask.
        NotAllowed = "not-allowed",
    }
}

impl Reason {
    /// Whether the same call may succeed a little later.
    #[must_use]
    pub(crate) const fn passes(self) -> bool {
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

    /// Whether the person should be offered *again*.
    #[must_use]
    pub(crate) const fn helps_to_ask_again(self) -> bool {
        self.passes() || matches!(self, Self::Stopped | Self::Thoughts)
    }

    /// Whether only the operator can fix it. Then the admins are told.
    #[must_use]
    pub(crate) const fn concerns_operator(self) -> bool {
        matches!(
            self,
            Self::Key | Self::Credits | Self::NoModel | Self::Rejected
        )
    }
}

/// The chat in which a question was asked and is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChatOrigin {
    pub(crate) chat_id: i64,
    pub(crate) topic: Option<i64>,
    /// In a group, the message with the question; the answer replies to it.
    pub(crate) message_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) id: i64,
    /// The name in the API and in buttons.
    pub(crate) public_id: String,
    pub(crate) person_id: i64,
    pub(crate) state: QuestionState,
    /// Failed attempts.
    pub(crate) failures: u32,
    /// For a failed question, the part of the answer that exists.
    pub(crate) answer: String,
    /// Why the last attempt failed.
    pub(crate) reason: Option<Reason>,
    pub(crate) created_at: UnixMs,
    /// When it completed or failed.
    pub(crate) closed_at: Option<UnixMs>,
    /// The answer stopped at the limit of its length.
    pub(crate) is_truncated: bool,
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Prompt {
    pub(crate) text: String,
    /// The end of the answer whose rest is asked for; empty for a question of its own.
    pub(crate) so_far: String,
}

impl Prompt {
    /// A question of its own.
    #[must_use]
    pub(crate) fn of(text: &str) -> Self {
        Self {
            text: text.trim().to_owned(),
            so_far: String::new(),
        }
    }

    /// Asks for what follows `answer`, which this prompt got.
    #[must_use]
    pub(crate) fn going_on(mut self, answer: &str) -> Self {
        self.so_far.push_str(answer);
        let end = self.so_far.len().saturating_sub(SO_FAR_LIMIT);
        self.so_far.drain(..self.so_far.ceil_char_boundary(end));
        self
    }
}

/// Where a question was asked; decides who sees the answer, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Venue {
    Http,
    /// Only the person who asked sees the answer.
    Private,
    /// Everybody in the group sees the answer.
    Group,
}

impl Venue {
    /// Telegram's ids are positive for people and negative for groups.
    #[must_use]
    pub(crate) fn of(chat_id: Option<i64>) -> Self {
        match chat_id {
            None => Self::Http,
            Some(0..) => Self::Private,
            Some(_) => Self::Group,
        }
    }
}

/// The right to work on a question and to write its result, as long as no later attempt began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) id: i64,
    pub(crate) person_id: i64,
    /// Unique within the question.
    pub(crate) attempt: u32,
    /// Failed attempts before this one.
    pub(crate) failures: u32,
    pub(crate) prompt: Prompt,
    pub(crate) venue: Venue,
    pub(crate) model: String,
}

/// Names an attempt, to write its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttemptRef {
    pub(crate) id: i64,
    pub(crate) person_id: i64,
    pub(crate) attempt: u32,
    /// Failed attempts before this one.
    pub(crate) failures: u32,
}

impl AttemptRef {
    #[must_use]
    pub(crate) fn of(claim: &Claim) -> Self {
        Self {
            id: claim.id,
            person_id: claim.person_id,
            attempt: claim.attempt,
            failures: claim.failures,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    Answered {
        text: String,
        /// The answer stopped at the limit of its length.
        is_truncated: bool,
    },
    Failed {
        reason: Reason,
        /// The part of the answer that exists.
        partial: String,
        /// The pause before the next attempt; `None` when the question fails now.
        again: Option<Duration>,
    },
    /// Given back because the program stops. It does not count as a failure.
    Released,
}

/// Usage as the endpoint reports it; zero where it says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// The model that answered; empty when unknown.
    pub model: String,
    /// The endpoint's id of the call.
    pub generation: String,
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    /// Billionths of a US dollar.
    pub cost_nanousd: u64,
}

impl Usage {
    /// Adds a later call of the same attempt. The later names win.
    pub(crate) fn add(&mut self, later: Self) {
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

/// Daily limits of one person; `None` means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Budget {
    /// Sent and received.
    pub(crate) tokens: Option<u64>,
    /// Billionths of a US dollar.
    pub(crate) cost_nanousd: Option<u64>,
}

#[cfg(test)]
#[path = "tests/question.rs"]
mod tests;
