//! Telegram's parts together, against a scripted server.

mod answers;
mod files;
mod inbound;
pub(crate) mod kit;
mod outbound;
mod proxy;
mod suspects;
