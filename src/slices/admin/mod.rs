//! Administration: the panel, people, the audit log, statistics, exports, broadcasts.
//!
//! # Invariants
//!
//! - Every screen behind the panel has a way back to it.
//! - A button that was drawn for another state changes nothing and shows the state as it is.
//! - Roles of the configuration change only there; owners make and unmake admins; nobody changes an
//!   owner.

mod broadcast;
mod export;
mod log;
mod panel;
mod people;
mod slice;
mod stats;
pub(crate) mod store;

pub(crate) use slice::Admin;
