//! The watch: accounts, the auto-check, verdicts, notices.
//!
//! How an account is checked:
//! 1. The schedule ticks, and [`run::driver`] begins a run.
//! 2. `run::pass` reads pages of pending accounts and probes them ([`mod@probe`]) as the sites'
//!    gates allow ([`run::gate`]).
//! 3. [`verdict`] judges each answer.
//! 4. [`store`] writes verdict, transition and a reserved notice in one transaction.
//! 5. The run's end fills in the notice's text, and the sender of the main runtime delivers it.
//!
//! Three guards protect a verdict: `run::controls` (are the site's rules still right?),
//! `run::brake` (did too much change at once?) and `run::network` (is our own network down?).
//! `notices::alarms` tells people about them.
//!
//! # Invariants
//! - Imports go down only: `handlers`, `run`, `tools` → `views` → `notices` → `callback` → `store`.
//! - Below `notices`: `probe`, `catalogue` → `verdict` → `site` → `model`; `store` → `model`.
//! - No two files import each other, except a module and its children.

mod callback;
pub(crate) mod catalogue;
mod handlers;
mod health;
pub(crate) mod model;
pub(crate) mod notices;
pub(crate) mod probe;
pub(crate) mod run;
pub(crate) mod site;
mod slice;
pub(crate) mod store;
mod tools;
pub(crate) mod verdict;
pub(crate) mod views;

pub use callback::list_of_owner;
pub use catalogue::Catalogue;
pub(crate) use catalogue::line::{LineProblem, of_parts};
pub(crate) use model::config::WatchConfig;
pub(crate) use model::schedule::Schedule;
pub(crate) use probe::{ProbeLimits, probe};
pub(crate) use run::controls::says_nobody;
pub(crate) use slice::Watch;

/// Loads the catalogues that the configuration names.
///
/// # Errors
/// All problems of all files.
pub(crate) fn load_catalogue(
    config: &WatchConfig,
) -> Result<Catalogue, catalogue::CatalogueProblems> {
    Catalogue::load(
        &config.catalogues,
        &config.default_site,
        config.allow_private_targets,
        config.broken_entries,
    )
}
