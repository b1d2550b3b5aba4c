//! Telegram's parts together, against a server that answers as told.

mod files;
mod inbound;
pub(crate) mod kit;
mod outbound;
mod proxy;
