//! Settings: each chat's preferences, the groups that get reports, the data kept about a person.
//!
//! # Invariants
//!
//! - A button carries the value itself, not a change of it: pressing twice does the same as once.
//! - `/privacy` is made from the retention rules that the program itself applies.

mod callback;
mod groups;
mod parts;
mod privacy;
mod screen;
mod slice;
mod zones;

pub(crate) use slice::Settings;
