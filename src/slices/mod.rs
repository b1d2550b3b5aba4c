//! The slices: one folder per capability. A slice never knows another slice.

pub mod assistant;
pub mod cards;
pub mod watch;
