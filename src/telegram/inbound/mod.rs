//! From Telegram's update to the handler: poll, store, dispatch.

pub(super) mod answers;
pub(super) mod decode;
pub(super) mod dispatch;
pub(super) mod document;
pub(super) mod envelope;
pub(super) mod event;
pub(super) mod fetch;
pub(super) mod handler;
pub(super) mod inbox;
pub(super) mod poller;
mod raw;
