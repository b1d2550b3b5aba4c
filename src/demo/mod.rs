//! A pretend Telegram, pretend sites and a pretend language model, all on loopback, for `vakhta
//! demo` and for the tests of the whole bot.
//!
//! They are strict on purpose: what the real services refuse is refused here too, in the same
//! words, so a test that passes here says something about the real world.

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
