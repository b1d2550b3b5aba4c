//! Linked accounts: an operator's own Telegram accounts, over MTProto.
//!
//! Everything that speaks to Telegram runs on the thread `mtproto`. Handlers and routes ask through
//! [`AccountsProxy`]. What they only want to know (the step of a login, the list of accounts) they
//! read from the database ([`store`]).
//!
//! Imports go down only: routes, handlers → proxy → worker → store → model.
//!
//! # Invariants
//!
//! - While `[mtproto]` is off, nothing of this is built.
//! - Everybody sees only accounts that they linked themselves.
//! - A key, a code, a password, a phone or a message reaches no log and no error.

mod config;
pub(crate) mod exchange;
pub(crate) mod model;
mod proxy;
mod seals;
pub(crate) mod store;

pub use config::MtprotoConfig;
pub(crate) use proxy::AccountsProxy;
