//! From a row of the outbox to Telegram: order, pace, requests, results, and direct calls of other threads.

pub(super) mod deliver;
pub(super) mod edit_order;
pub(super) mod priority_gate;
pub(super) mod proxy;
pub(super) mod rates;
pub(super) mod result;
pub(super) mod sender;
