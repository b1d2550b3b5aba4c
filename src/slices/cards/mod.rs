//! Product cards: proof that a thing is the real thing.
//!
//! An admin makes a card in a dialogue; its code ([`code`]) is printed as a QR picture ([`qr`]) on labels ([`label`]); whoever
//! scans it is led to the bot, let in or not, and sees photo, description and how often it was checked. A scan is one
//! transaction ([`store::scan`]). Must stay true: nothing of this is touched while `[cards]` is off.
//!
//! Inside the slice: handlers know files, chart, store and texts; tools know store; files know chart, label, qr, photo and store; leftovers know
//! photo and store; all know the plain types of [`card`] and [`code`].

pub mod card;
mod chart;
pub mod code;
mod config;
pub mod files;
mod handlers;
pub mod label;
pub mod leftovers;
pub mod photo;
pub mod qr;
mod slice;
pub mod store;
#[cfg(test)]
mod tests;
mod texts;
mod tools;

pub use config::CardsConfig;
pub(crate) use slice::Cards;
