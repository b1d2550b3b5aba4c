//! The assistant: questions to a language model.
//!
//! A question becomes a row ([`store::ask`]). The worker claims the row and calls a model
//! ([`model`]). The answer or the failure, its cost and the reply in the chat commit in one
//! transaction ([`store::settle`]). Clients read the row, and see the text grow through
//! [`progress`].
//!
//! Imports go down only: handlers, api and worker → streaming → notices → store → model → question.
//!
//! # Invariants
//!
//! - While `[assistant]` is off, nothing of this is built.
//! - Every question that was taken ends completed or failed, whatever crashes or hangs.
//! - The text of a question or an answer never reaches a log.

pub(crate) mod api;
mod callback;
mod config;
mod context;
mod doctor;
mod handlers;
mod markdown;
pub(crate) mod model;
pub(crate) mod notices;
pub(crate) mod progress;
pub(crate) mod question;
pub(crate) mod shutdown;
mod slice;
pub(crate) mod store;
mod streaming;
pub(crate) mod worker;

pub(crate) use config::AssistantConfig;
pub(crate) use context::AssistantContext;
pub(crate) use handlers::AssistantHandlers;
pub(crate) use slice::{Assistant, AssistantOff};
