//! Vakhta keeps watch over accounts and reports to Telegram.
//!
//! # Code map
//!
//! The **spine** knows no feature; a **slice** is a capability in a folder of its own; [`app`] is the only place that
//! knows everyone. A room imports only rooms below it (`tests/it/tidy.rs` checks that):
//!
//! | room | what lives there |
//! |---|---|
//! | [`cli`], [`demo`] | commands; the pretend Telegram, site and language model of the demo and the tests |
//! | [`app`] | build, wire, run, stop in order |
//! | [`bot`] | event → slice: commands, access, the admins' screens |
//! | [`config`] | `bot.toml` and the environment |
//! | [`vitals`] | how the program is, for `/healthz` and `/metrics` |
//! | [`assistant`] | the slice of questions to a language model: queue, worker, HTTP API |
//! | [`cards`] | the slice of product cards: codes, pictures of them, labels |
//! | [`watch`] | the slice of the auto-check: accounts, sites, looks, verdicts, runs, notices |
//! | [`telegram`] | everything that comes from Telegram and goes to it |
//! | [`web`] | the HTTP server: limits, tokens, errors as documents, health, metrics |
//! | [`tool`] | what a language model may read: slices declare it, the assistant runs it |
//! | [`dialogue`], [`people`] | conversations in steps; who may do what |
//! | [`retention`] | how long what is stored is kept: each room's rules, carried out hourly |
//! | [`sheet`] | tables for spreadsheets |
//! | [`db`] | SQLite: one writer thread, a pool of readers |
//! | [`chart`] | pictures of numbers |
//! | [`tasks`], [`i18n`], [`logging`] | named tasks and threads; languages; the log |
//! | [`activation`], `backoff`, [`chance`], [`clock`], [`html`], [`http`], [`settings`], [`counters`] | bells, growing pauses, random names, time, safe text, HTTP clients, reading a section, counts |
//!
//! # What must stay true
//!
//! - Nothing that blocks runs on a runtime; every queue is bounded; every wait has a limit.
//! - A fact, its mark as done and what is said about it commit in one transaction ([`db::Db::write`]).
//! - *Could not look* is a type of its own ([`watch::verdict::Inconclusive`]) and never becomes a verdict.
//! - Secrets and the texts of people reach no log and no error.

pub mod activation;
pub mod app;
pub mod assistant;
mod backoff;
pub mod bot;
pub mod cards;
pub mod chance;
pub mod chart;
pub mod cli;
pub mod clock;
pub mod config;
pub mod counters;
pub mod db;
pub mod demo;
pub mod dialogue;
pub mod html;
pub mod http;
pub mod i18n;
pub mod logging;
pub mod people;
pub mod retention;
pub mod settings;
pub mod sheet;
pub mod tasks;
pub mod telegram;
pub mod tool;
pub mod vitals;
pub mod watch;
pub mod web;
pub mod zone;
