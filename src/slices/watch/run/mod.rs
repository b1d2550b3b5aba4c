//! Runs: one pass over all pending accounts, when it begins, and the guards that keep it polite and
//! honest.

mod alike;
pub(super) mod brake;
pub(super) mod controls;
pub(crate) mod driver;
pub(crate) mod eye;
pub(crate) mod gate;
pub(super) mod lane;
pub(super) mod network;
pub(super) mod pass;
pub(super) mod progress;
pub(super) mod proofs;
pub(super) mod ticks;
