//! What the tests of the cards share.

pub(crate) mod kit;
