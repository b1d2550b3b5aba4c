//! Shared by the tests of cards.

pub(crate) mod kit;
