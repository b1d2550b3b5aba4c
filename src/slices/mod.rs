//! The slices: one folder per capability. A slice never knows another slice.

pub(crate) mod admin;
pub(crate) mod assistant;
pub(crate) mod cards;
pub(crate) mod mtproto;
pub(crate) mod settings;
pub(crate) mod watch;
