//! Tests of the whole program: its screens, the plans of its statements, the tools of its slices,
//! the contract, the description of its HTTP API.

mod api;
mod contract;
mod plans;
mod tools;
mod walk;

use std::sync::Arc;

use super::Options;
use super::slices::{Built, build};
use crate::config::{Config, Source};
use crate::slices::watch::load_catalogue;

/// The slices of a configuration; `without` leaves some out.
fn built(text: &str, without: &[&'static str]) -> (Config, Built) {
    let source = Source {
        path: "bot.toml".into(),
        text: text.to_owned(),
        environment: [("MTPROTO_API_HASH".to_owned(), "0".repeat(32))].into(),
    };
    let config = Config::load(&source).unwrap();
    let options = Options {
        without: without.to_vec(),
        ..Options::bot(false)
    };
    let catalogue = Arc::new(load_catalogue(&config.watch).unwrap());
    let built = build(&config, catalogue, &options);
    (config, built)
}
