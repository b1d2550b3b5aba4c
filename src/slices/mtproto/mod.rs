//! Linked accounts: an operator's own Telegram accounts, over `MTProto`.
//!
//! Everything that speaks to Telegram runs on the thread `mtproto`. Handlers and routes ask through
//! [`AccountsProxy`]. What they only want to know (the step of a login, the list of accounts) they
//! read from the database ([`store`]).
//!
//! Imports go down only: slice, routes, handlers → worker → logins → calls → line
//! → pool → session → context → proxy, store → model.
//!
//! # Invariants
//!
//! - While `[mtproto]` is off, nothing of this is built.
//! - Everybody sees only accounts that they linked themselves.
//! - A key, a code, a password, a phone or a message reaches no log and no error.

mod alone;
mod callback;
mod calls;
mod config;
mod context;
mod errands;
pub(crate) mod exchange;
pub(crate) mod eye;
mod guardian;
mod handlers;
mod line;
mod lines;
mod link;
mod logins;
pub(crate) mod model;
mod notices;
mod pictures;
mod pool;
pub(crate) mod proxy;
mod refusals;
mod results;
pub(crate) mod routes;
mod seals;
mod session;
mod slice;
pub(crate) mod store;
mod worker;

#[cfg(test)]
mod tests;

pub(crate) use alone::AccountsAlone;
pub(crate) use config::MtprotoConfig;
pub(crate) use notices::sentence;
pub(crate) use proxy::AccountsProxy;
pub(crate) use slice::Mtproto;
