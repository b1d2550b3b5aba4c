//! A pretend Telegram (the Bot API and the data centres behind it), pretend sites and a pretend
//! language model, all on loopback, for `vakhta demo` and for the tests of the whole bot.
//!
//! They are strict on purpose: they refuse what the real services refuse, in the same words. So a
//! test that passes here says something about the real world.

pub(crate) mod datacenter;
pub(crate) mod model;
mod pretend;
pub(crate) mod site;
mod socket;
pub(crate) mod steps;
pub(crate) mod telegram;
pub(crate) mod wire;
pub(crate) mod world;

pub use datacenter::{DeviceSeen, PretendDatacenter, Room, Subscriber, WireFault, Written};
pub use model::{ModelReply, PretendModel};
pub use site::{Behaviour, PretendSite};
pub use telegram::{ChatMessage, Fault, Person, PretendTelegram};
