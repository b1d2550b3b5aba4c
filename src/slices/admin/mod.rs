//! Administration: the panel, people, the audit log, statistics, exports, broadcasts.
//!
//! # Invariants
//!
//! - Every screen behind the panel has a way back to it.
//! - A button drawn for an older state changes nothing and shows the current state.
//! - Configured roles change only in the configuration.
//! - Owners make and unmake admins; nobody changes an owner.

mod broadcast;
mod callback;
mod export;
mod log;
mod panel;
mod people;
mod slice;
mod stats;
pub(crate) mod store;

pub(crate) use slice::Admin;
