//! The assistant: a question always gets its answer or a reason.
//!
//! The way of a question: it is asked and becomes a row ([`store::ask`]) → the worker takes it in hand and calls a model
//! ([`model`]) → answer or failure, cost and what is told about it commit in one transaction ([`store::settle`]). Whoever
//! waits reads the row, and sees the text grow in [`live`].
//!
//! Must stay true: nothing of this is touched while `[assistant]` is off; a question that was taken ends completed or failed,
//! whatever dies or hangs; no text of a question or an answer reaches a log.
//!
//! Inside the slice: http and handlers know live, notices and store, the worker knows model and growth besides; notices know
//! markdown and store; all know the plain types of [`question`].

pub mod api;
mod config;
mod handlers;
pub mod live;
mod markdown;
pub mod model;
pub mod notices;
pub mod question;
pub(crate) mod shutdown;
mod slice;
pub mod store;
mod streaming;
pub mod worker;

pub use config::AssistantConfig;
pub(crate) use handlers::AssistantHandlers;
pub(crate) use slice::{Assistant, AssistantOff};
