//! Plain types of the watch: accounts, their history, runs, verdicts, the schedule and the
//! configuration.

pub mod account;
pub mod config;
pub mod past;
pub mod schedule;
pub mod verdict;
