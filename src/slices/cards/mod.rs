//! Product cards: proof that a thing is genuine.
//!
//! An admin makes a card in a dialogue. Its [`code`] is printed as a QR picture ([`crate::qr`]) on
//! labels ([`label`]). A scan leads to the bot, which shows the card and how often the code was
//! checked. A scan is one transaction ([`store::scan`]).
//!
//! Imports go down only: handlers → files, leftovers, tools → chart, label, photo, texts →
//! store → card, code.
//!
//! # Invariants
//!
//! - While `[cards]` is off, nothing of this is built.

pub(crate) mod card;
mod chart;
pub(crate) mod code;
mod config;
pub(crate) mod files;
mod handlers;
pub(crate) mod label;
pub(crate) mod leftovers;
pub(crate) mod photo;
mod slice;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod tests;
mod texts;
mod tools;

pub(crate) use config::CardsConfig;
pub(crate) use slice::Cards;
