//! Vakhta keeps watch over accounts and reports to Telegram.
//!
//! # Code map
//!
//! The **spine** knows no feature. A **slice** is a capability in a folder of its own. [`app`] is
//! the only place that knows everyone. A room imports only rooms below it; `tests/it/tidy` checks
//! that.
//!
//! | room | what lives there |
//! |---|---|
//! | [`cli`], [`demo`] | commands; pretend services for the demo and the tests |
//! | [`app`] | the composition root: build, wire, run, stop in order |
//! | `bot`, `slice`, `registry` | the router; the contract of slices; all slices at once |
//! | `navigation` | the buttons that lead to the screens every person knows |
//! | [`config`] | `bot.toml` and the environment |
//! | [`slices::watch`] | the main job: accounts, sites, probes, verdicts, runs, notices |
//! | [`slices::cards`] | product cards: codes, their pictures, labels |
//! | [`slices::assistant`] | questions to a language model: queue, worker, HTTP API |
//! | `slices::mtproto` | linked Telegram accounts: logins, chats, messages, devices |
//! | `slices::admin`, `slices::settings` | the panel, people, broadcasts; chat settings, privacy |
//! | [`telegram`] | everything that comes from Telegram and goes to it |
//! | [`http_server`] | the HTTP server: limits, tokens, errors as documents, health, metrics |
//! | [`http_client`] | clients for sites and services, the guard against private targets |
//! | [`tool`] | tools that let a language model read data; the assistant runs them |
//! | [`dialogue`], [`people`] | conversations in steps; who may do what |
//! | [`retention`] | how long stored data is kept: each room's rules, applied hourly |
//! | [`sheet`], [`chart`], `qr` | tables for spreadsheets; pictures of numbers; of addresses |
//! | [`db`] | SQLite: one writer thread, a pool of readers |
//! | [`tasks`], [`i18n`], [`logging`] | named tasks and threads; languages; the log |
//! | [`activation`], `backoff` | bells; growing pauses |
//! | [`clock`], [`zone`] | the time of day; time zones |
//! | [`html`], `words`, [`random`] | safe text; enums with stable words; random names |
//! | [`redaction`], `secrets` | hides secrets in texts; seals them in the database |
//! | [`suggest`] | the word that a misspelt one probably means |
//! | [`settings`], [`counters`] | reading a section of the configuration; counts |
//!
//! # Invariants
//!
//! - Nothing that blocks runs on a runtime. Every queue is bounded. Every wait has a limit.
//! - A fact, its done mark and its reserved notice commit in one transaction ([`db::Db::write`]).
//! - *Could not look* is a separate type ([`slices::watch::verdict::Inconclusive`]) and never
//!   becomes a verdict.
//! - Secrets and people's texts never reach a log or an error.

mod activation;
mod app;
mod backoff;
mod bot;
mod chart;
pub mod cli;
mod clock;
mod config;
mod counters;
mod db;
mod demo;
mod dialogue;
mod html;
mod http_client;
mod http_server;
mod i18n;
mod logging;
mod navigation;
mod people;
mod qr;
mod random;
mod redaction;
mod registry;
mod retention;
mod secrets;
mod settings;
mod sheet;
mod slice;
mod slices;
mod suggest;
mod tasks;
mod telegram;
pub mod testing;
mod tool;
mod words;
mod zone;

#[cfg(test)]
#[path = "../tests/it/layered_jpeg.rs"]
mod layered_jpeg;
#[cfg(test)]
#[path = "../tests/tiers/tier.rs"]
mod tier;
