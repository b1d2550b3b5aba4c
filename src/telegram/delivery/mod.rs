//! From a row of the outbox to Telegram: order, pace, requests and results; also direct edits.

pub(super) mod deliver;
pub(super) mod edit_order;
pub(super) mod makers;
pub(super) mod proxy;
pub(super) mod rates;
pub(super) mod result;
pub(super) mod sender;
