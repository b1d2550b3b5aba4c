//! What the slice speaks about: accounts, steps of a login, refusals, and what is read with an
//! account.

mod account;
mod reading;
mod refusal;
mod step;

pub(crate) use account::{AccountId, AccountState, Caller, LinkedAccount};
pub(crate) use reading::{
    Chat, ChatKind, Chats, Device, Media, Message, Messages, Person, PersonAsked,
};
pub(crate) use refusal::{Refusal, Unlinked};
pub(crate) use step::{CodeWay, Login, LoginId, Proof, Step};
