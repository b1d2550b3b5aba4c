//! The walk through every screen.

mod walk;
