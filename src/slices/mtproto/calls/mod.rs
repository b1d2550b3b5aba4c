//! What is read and done with a linked account. Raw calls, mapped by us: grammers' own helpers
//! panic on what Telegram may answer.
//!
//! # Invariants
//! - Nothing is marked as read.
//! - Peers are stored in groups, one transaction for an answer.

mod chats;
mod devices;
mod messages;
mod names;
mod people;

pub(crate) use chats::chats;
pub(crate) use devices::{devices, end_device, log_out};
pub(crate) use messages::messages;
pub(crate) use people::{check, person, profile};
