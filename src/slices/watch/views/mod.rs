//! What people look at besides messages: charts, tables, files, and the health of sites.

pub(super) mod charts;
pub mod files;
pub(super) mod health;
pub mod table;
