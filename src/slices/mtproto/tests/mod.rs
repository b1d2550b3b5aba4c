//! What the tests of the slice's files share.

pub(crate) mod kit;
