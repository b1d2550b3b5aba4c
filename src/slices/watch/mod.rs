//! The watch: accounts, the auto-check, verdicts, notices.
//!
//! One account's way: the schedule ticks → [`run::driver`] begins a run → `run::pass` probes pages
//! of pending accounts ([`probe`], judged by [`verdict`], kept polite by [`run::gate`]) → [`store`]
//! writes verdict, transition and a reserved notice in one transaction → the run's end fills in the
//! notice's text → the sender of the main runtime delivers.
//!
//! Three guards protect a verdict: `run::controls` (are the site's rules still right?),
//! `run::brake` (did too much change at once?) and `run::network` (is our own network down?).
//! `notices::alarms` tells people about them.
//!
//! Inside the slice, imports go down only: handlers, run → notices, views → store, probe → verdict,
//! catalogue → site → model.

pub mod catalogue;
pub mod handlers;
pub mod model;
pub mod notices;
pub mod probe;
pub mod run;
pub mod site;
mod slice;
pub mod store;
mod tools;
pub mod verdict;
pub mod views;

pub use catalogue::Catalogue;
pub use catalogue::line::{LineProblem, of_parts};
pub use handlers::list_of_owner;
pub use model::config::WatchConfig;
pub use model::schedule::Schedule;
pub use probe::{ProbeLimits, probe};
pub use run::controls::says_nobody;
pub(crate) use slice::Watch;

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
