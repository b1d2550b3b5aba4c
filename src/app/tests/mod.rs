//! What holds for the whole program: plans of its statements, tools of its slices.

mod plans;
mod tools;
