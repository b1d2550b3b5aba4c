//! Helpers shared by the tests of cards.

pub(crate) mod kit;
