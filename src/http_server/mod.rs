//! The HTTP server. It runs only if `[http] listen` names an address.
//!
//! It runs on the main runtime. `server` accepts connections within limits (`places`, `outgoing`),
//! `problem` turns every error into one kind of document, and [`health`] and `metrics` report on
//! the program. [`Bearer`] identifies the person, [`tokens`] and `sessions` authenticate them,
//! and [`Pace`] limits their rate. What slices serve comes together in [`routes`], with the
//! [`page`].
//!
//! # Invariants
//! - Every connection ends, whatever the client sends or leaves unread.
//! - Everything read from a connection has a limit.
//! - No answer of this room contains a text of a person.

mod bearer;
mod cookie;
pub(crate) mod health;
mod metrics;
pub(crate) mod openapi;
mod outgoing;
mod pace;
pub(crate) mod page;
mod places;
mod problem;
pub(crate) mod routes;
mod server;
mod sessions;
mod sign_in;
pub(crate) mod tokens;

use std::net::SocketAddr;

pub(crate) use bearer::Bearer;
pub(crate) use health::Check;
pub(crate) use pace::Pace;
pub(crate) use problem::Problem;
pub(crate) use routes::Routes;
pub(crate) use server::Server;

use crate::settings::Section;

/// Section `[http]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpConfig {
    /// The address to listen on; `None` means no server.
    pub listen: Option<SocketAddr>,
}

impl HttpConfig {
    pub fn read(section: &mut Section<'_>) -> Self {
        let listen = section.parsed("listen", "", |text| match text {
            "" => Ok(None),
            _ => text.parse().map(Some).map_err(
                |_| "an IP address with a port such as \"127.0.0.1:9273\", or \"\" for no server",
            ),
        });
        Self {
            listen: listen.flatten(),
        }
    }
}

/// The routes of every server: `/healthz` and `/metrics`.
pub(crate) fn health_routes(check: Check) -> axum::Router {
    let watched = health::Watched::new(check);
    health::routes(watched.clone()).merge(metrics::routes(watched))
}

#[cfg(test)]
mod tests;
