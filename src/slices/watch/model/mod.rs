//! Plain types of the watch: accounts, their past, the configuration.

pub mod account;
pub(super) mod config;
pub mod past;
