//! The HTTP server, when `[http] listen` names an address.
//!
//! It runs on the main runtime. `server` accepts connections within limits, `problem` makes every error one document,
//! [`health`] and `metrics` show how the program is, [`tokens`] tells on whose behalf a program asks, [`sessions`] the same of a browser,
//! [`Pace`] how often they may.
//! A slice that speaks HTTP gives its routes to [`Server::mount`].
//! Must stay true: without an address nothing of this is made; whatever a client sends, its connection has an end, and
//! what is read from it has a limit; nothing here says a text of people.

mod bearer;
mod cookie;
pub mod health;
mod metrics;
mod pace;
mod problem;
mod server;
pub mod sessions;
pub mod tokens;

use std::net::SocketAddr;

pub use bearer::Bearer;
pub use health::{Look, Signs};
pub use pace::Pace;
pub use problem::Problem;
pub use server::Server;

use crate::settings::Section;

/// Section `[http]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpConfig {
    /// Where the server listens; none: there is no server.
    pub listen: Option<SocketAddr>,
}

impl HttpConfig {
    /// Reads the section.
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

/// The routes that every server has: `/healthz` and `/metrics`.
pub fn vital_routes(look: Look) -> axum::Router {
    let watched = health::Watched::new(look);
    health::routes(watched.clone()).merge(metrics::routes(watched))
}

#[cfg(test)]
mod tests;
