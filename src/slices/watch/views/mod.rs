//! Screens and files made from the database alone: charts, tables, the screen of runs, the health
//! of sites.

pub(super) mod charts;
pub(crate) mod files;
pub(super) mod health;
pub(super) mod runs;
pub(crate) mod table;
