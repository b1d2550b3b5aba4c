//! Settings: what each chat chooses, which groups hear of runs, what is kept about a person.
//!
//! # Invariants
//!
//! - A button carries the value itself, not a change of it: pressing twice does the same as once.
//! - `/privacy` speaks from the rules by which the program itself forgets.

mod groups;
mod parts;
mod privacy;
mod screen;
mod slice;
mod zones;

pub(crate) use slice::Settings;
