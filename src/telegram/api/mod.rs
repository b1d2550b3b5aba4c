//! Requests to Telegram: one method per request, and its refusals as types.

pub(super) mod client;
pub(super) mod error;
pub(super) mod fatal;
pub(super) mod inline;
mod known;
pub(super) mod methods;
