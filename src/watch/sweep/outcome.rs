//! What a sweep begins and ends with, besides its results in the database.

use crate::watch::controls::Controls;
use crate::watch::gate::Gates;

/// How a sweep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::watch) enum End {
    /// Everything in its scope was looked at, or its time was over.
    Done,
    /// The program stops.
    Stopped,
}

/// What is remembered of sites from one sweep to the next.
#[derive(Debug)]
pub(in crate::watch) struct Memory {
    pub(in crate::watch) gates: Gates,
    pub(in crate::watch) controls: Controls,
}
