//! From Telegram's update to the handler: poll, store, decode, dispatch.

pub(super) mod answers;
pub(super) mod dispatch;
pub(super) mod document;
pub(super) mod event;
pub(super) mod event_raw;
pub(super) mod fetch;
pub(super) mod inbox;
pub(super) mod poller;
