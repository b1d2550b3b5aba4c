//! The integration tests: one binary, one file per promise.
//!
//! Whole-bot tests ([`harness`]) run the program in this process against the pretend Telegram and
//! site. Process tests ([`process`]) run the real binary. Nothing sleeps: every wait is for a
//! condition and has a limit.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set its stage has failed"
)]

mod access;
mod accounts;
mod assistant;
mod assistant_chat;
mod assistant_cut;
mod assistant_endpoints;
mod assistant_group;
mod assistant_growth;
mod assistant_killed;
mod assistant_operator;
mod assistant_place;
mod assistant_tools;
mod bad_input;
mod broadcast;
mod burst;
mod card_codes;
mod card_desk;
mod card_share;
mod cards;
mod cards_killed;
mod cards_memory;
mod catalogues;
mod charts;
mod chat;
mod check_now;
mod chromium;
mod cli;
mod conversation;
mod database;
mod fair;
mod field;
mod given;
mod groups;
mod guards;
mod harness;
mod http;
mod kill;
mod layered_jpeg;
mod limit;
mod linked;
mod linked_chat;
mod lists;
mod log;
mod mass_change;
mod page;
mod panel;
mod papers;
mod pictures;
mod poison;
mod privacy;
mod process;
mod redaction;
mod refusals;
mod results;
mod sessions;
mod settings;
mod signals;
mod state;
mod stop;
mod tables;
mod telegram_faults;
mod tidy;
#[path = "../tiers/tier.rs"]
mod tier;
mod unit;
mod vouching;
mod waits;
mod walk;
mod watch;
