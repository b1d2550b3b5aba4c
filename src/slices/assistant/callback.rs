//! What a button of the assistant means.

use crate::words::callbacks;

callbacks! {
    /// A button below a question, which its public id names.
    pub(super) enum QuestionCallback<'a> in "ask" {
        Stop(public_id: &'a str) = "stop",
        Again(public_id: &'a str) = "again",
        /// Asks for the rest of an answer.
        More(public_id: &'a str) = "more",
    }
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;
