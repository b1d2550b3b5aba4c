//! The slices: one folder per capability. A slice never knows another slice.

pub(crate) mod admin;
pub mod assistant;
pub mod cards;
pub(crate) mod settings;
pub mod watch;
