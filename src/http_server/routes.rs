//! What slices serve, and what the server adds to it: the page, signing in, the description of all
//! of it.
//!
//! # Invariants
//! - Without a slice that serves something, there is no page and no API.
//! - Routes and their OpenAPI description come from the same code.

use std::fmt;
use std::time::Duration;

use axum::body::Bytes;
use axum::routing::get;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::openapi::{self, Json, Whole};
use super::page::{self, Part};
use super::server::{ANSWER_LIMIT, Server};
use super::sign_in::{self, Entrance};
use crate::clock::Clock;
use crate::db::Db;
use crate::i18n::Lang;

/// The routes of a slice, their description, and its part of the page.
pub(crate) struct Routes {
    router: axum::Router,
    api: utoipa::openapi::OpenApi,
    part: Part,
    limit: Duration,
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Routes").field(&self.part.scope).finish()
    }
}

impl Routes {
    pub(crate) fn new(router: axum::Router, api: utoipa::openapi::OpenApi, part: Part) -> Self {
        Self {
            router,
            api,
            part,
            limit: ANSWER_LIMIT,
        }
    }

    /// Lets the routes take so long to begin their answer.
    #[must_use]
    pub(crate) fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

impl Server {
    /// Adds the routes of slices, and what they have in common. `language` is for browsers that
    /// prefer none that the page has.
    #[must_use]
    pub(crate) fn mount_slices(
        self,
        db: &Db,
        clock: &Clock,
        language: Lang,
        slices: Vec<Routes>,
    ) -> Self {
        if slices.is_empty() {
            return self;
        }
        let parts: Vec<Part> = slices.iter().map(|routes| routes.part).collect();
        let entrance = Entrance {
            db: db.clone(),
            clock: clock.clone(),
            scopes: parts.iter().map(|part| part.scope).collect(),
        };
        let whole = described(slices.iter().map(|routes| routes.api.clone()));
        let whole = Bytes::from(openapi::printed(&whole));
        let (signing_in, _) = documented();
        let own = signing_in
            .route(
                "/api/session",
                get(sign_in::check)
                    .post(sign_in::open)
                    .delete(sign_in::close),
            )
            .with_state(entrance)
            .merge(page::routes(parts, language))
            .route("/api/openapi.json", get(async || Json(whole)));
        slices.into_iter().fold(self.mount(own), |server, routes| {
            server.mount_within(routes.limit, routes.router)
        })
    }
}

/// The server's own routes, and the document that describes them.
fn documented() -> (axum::Router<Entrance>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Whole::openapi())
        .routes(routes!(sign_in::check, sign_in::open, sign_in::close))
        .split_for_parts()
}

/// The description of the server's own routes and those of slices.
fn described(slices: impl Iterator<Item = utoipa::openapi::OpenApi>) -> utoipa::openapi::OpenApi {
    let (_, mut whole) = documented();
    for api in slices {
        whole.merge(api);
    }
    whole
}

/// What `/api/openapi.json` serves, if slices describe themselves like this.
#[cfg(test)]
pub(crate) fn printed(slices: Vec<utoipa::openapi::OpenApi>) -> String {
    openapi::printed(&described(slices.into_iter()))
}
