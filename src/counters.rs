//! Counters of the running program, for `/metrics`.
//!
//! Counting costs next to nothing and stores nothing until a recorder is installed, which only the
//! HTTP server does.
//!
//! # Invariants
//! - All names of counters are in this file.
//! - Labels are our own words, never texts or ids of people.

use metrics::{counter, describe_counter};

const UPDATES: &str = "vakhta_updates_total";
const POLLS_FAILED: &str = "vakhta_polls_failed_total";
const DELIVERIES: &str = "vakhta_deliveries_total";
const RUNS: &str = "vakhta_runs_total";
const CHECKS: &str = "vakhta_checks_total";
const QUESTIONS: &str = "vakhta_questions_total";
const ANSWERS_LATE: &str = "vakhta_answers_late_total";

/// The result of one delivery attempt.
pub(crate) const DELIVERY_OUTCOMES: [&str; 4] = ["sent", "again", "unconfirmed", "dead"];

/// The result of one probe.
const VERDICTS: [&str; 3] = ["found", "not_found", "error"];

/// Describes every counter and starts it at zero, so that scrapers see the first increase.
pub(crate) fn describe() {
    describe_counter!(UPDATES, "Updates taken from Telegram.");
    describe_counter!(POLLS_FAILED, "Polls of Telegram that failed.");
    describe_counter!(
        DELIVERIES,
        "Tries to deliver a message, by what became of them."
    );
    describe_counter!(RUNS, "Runs that ended, by how.");
    describe_counter!(CHECKS, "Accounts looked at, by verdict.");
    describe_counter!(
        QUESTIONS,
        "Questions to the assistant that were closed, by how."
    );
    describe_counter!(ANSWERS_LATE, "Answers of models that came too late.");
    updates(0);
    counter!(POLLS_FAILED).increment(0);
    for outcome in DELIVERY_OUTCOMES {
        counter!(DELIVERIES, "outcome" => outcome).increment(0);
    }
    for end in ["done", "interrupted"] {
        counter!(RUNS, "end" => end).increment(0);
    }
    checks([0; 3]);
    for end in ["completed", "failed"] {
        counter!(QUESTIONS, "end" => end).increment(0);
    }
    counter!(ANSWERS_LATE).increment(0);
}

/// Updates taken from Telegram.
pub(crate) fn updates(n: u64) {
    counter!(UPDATES).increment(n);
}

pub(crate) fn poll_failed() {
    counter!(POLLS_FAILED).increment(1);
}

/// A delivery attempt; `outcome` is one of [`DELIVERY_OUTCOMES`].
pub(crate) fn delivery(outcome: &'static str) {
    counter!(DELIVERIES, "outcome" => outcome).increment(1);
}

/// A run ended; `done`: it was not interrupted.
pub(crate) fn run_ended(done: bool) {
    let end = if done { "done" } else { "interrupted" };
    counter!(RUNS, "end" => end).increment(1);
}

/// Accounts checked by a run: found, not found, errors.
pub(crate) fn checks(by_verdict: [u64; 3]) {
    for (verdict, n) in VERDICTS.into_iter().zip(by_verdict) {
        counter!(CHECKS, "verdict" => verdict).increment(n);
    }
}

/// A question was closed; `completed` says whether it was answered.
pub(crate) fn question_closed(completed: bool) {
    let end = if completed { "completed" } else { "failed" };
    counter!(QUESTIONS, "end" => end).increment(1);
}

/// An answer came after its question was closed.
pub(crate) fn answer_late() {
    counter!(ANSWERS_LATE).increment(1);
}
