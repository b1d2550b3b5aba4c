//! What a sweep begins and ends with, besides its results in the database.

use std::collections::HashMap;

use crate::watch::account::SiteTally;
use crate::watch::controls::Controls;
use crate::watch::gate::Gates;

/// How a sweep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::watch) enum End {
    /// Everything in its scope was looked at, or its time was over.
    Done,
    /// The program stops.
    Stopped,
    /// No site could be reached: our own network is down.
    Offline,
}

/// What a sweep leaves behind besides its results.
#[derive(Debug)]
pub(in crate::watch) struct Swept {
    pub(in crate::watch) end: End,
    /// What was done, by site.
    pub(in crate::watch) tallies: HashMap<String, SiteTally>,
    /// Some site was reached.
    pub(in crate::watch) is_heard: bool,
}

/// What is remembered of sites from one sweep to the next.
#[derive(Debug)]
pub(in crate::watch) struct Memory {
    pub(in crate::watch) gates: Gates,
    pub(in crate::watch) controls: Controls,
}
