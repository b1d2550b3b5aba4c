//! A pretend Telegram, a pretend site and a pretend language model, all on loopback, for the demo command and for every test
//! of the whole bot.
//!
//! They are strict on purpose: what the real services refuse is refused here too, with the same words, so a test that
//! passes here says something about the real world. All stop when the last clone of their handle is dropped.

pub mod model;
mod pretend;
pub mod site;
mod socket;
pub mod steps;
pub mod telegram;
pub mod wire;
pub mod world;

pub use model::{ModelReply, PretendModel};
pub use site::{Behaviour, PretendSite, SiteRequest};
pub use telegram::{ChatMessage, Fault, Group, Person, PretendTelegram};
