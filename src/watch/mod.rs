//! The watch: accounts, the auto-check, verdicts, notices.
//!
//! The way of one account: the schedule ticks → [`driver`] begins a run → `sweep` looks at pages of pending accounts
//! ([`probe`], judged by [`verdict`], kept polite by [`gate`]) → [`store`] writes verdict, transition and notices in one
//! transaction → the courier of the main runtime delivers.
//!
//! Three guards stand between an answer and a verdict: `controls` (are the site's rules still right?), `brake` (did too
//! much change at once?) and `network` (is it our own network that is down?). What they say to people is in `alarms`.
//!
//! Inside the slice: handlers and driver know sweep and notices, handlers and tools know `health`; these know store, probe and
//! texts; all know the plain types of [`account`], [`past`] and [`site`].

pub mod account;
mod alarms;
mod brake;
pub mod catalogue;
mod charts;
mod config;
mod controls;
pub mod driver;
pub mod files;
pub mod gate;
pub mod handlers;
mod health;
mod lane;
mod network;
pub mod notices;
pub mod past;
pub mod probe;
mod progress;
mod regular;
mod schedule;
pub mod site;
pub mod store;
mod sweep;
pub mod table;
pub mod texts;
mod ticks;
mod tools;
pub mod verdict;

pub use account::Notify;
pub use catalogue::Catalogue;
pub use config::WatchConfig;
pub use controls::says_nobody;
pub use handlers::{Besides, LineProblem, WatchHandlers, list_of_owner, of_parts};
pub use probe::{ProbeLimits, look};
pub use schedule::Schedule;
pub use tools::tools;

/// Loads the catalogues that the configuration names.
///
/// # Errors
/// All problems of all files.
pub fn load_catalogue(config: &WatchConfig) -> Result<Catalogue, catalogue::CatalogueProblems> {
    Catalogue::load(
        &config.catalogues,
        &config.default_site,
        config.allow_private_targets,
        config.broken_entries,
    )
}
