//! Plain types of the watch: accounts, their history, runs, verdicts, the schedule and the
//! configuration.

pub(crate) mod account;
pub(crate) mod config;
pub(crate) mod past;
pub(crate) mod schedule;
pub(crate) mod verdict;
