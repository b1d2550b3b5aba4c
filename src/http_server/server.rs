//! Connections within limits.
//!
//! axum's own `serve` has no time limit for a request's head and no limit on connections, so the
//! accepting loop is here, on hyper. At the stop the server accepts nothing new and closes idle
//! connections. An answer in progress may take [`STOP_LIMIT`]; then it is cut off.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::problem::{self, Problem};
use crate::tasks::Tasks;

/// Maximum number of connections; more wait in the system's queue. Two hundred programs can ask at
/// once, with room for monitoring. Each connection may hold [`HEAD_SIZE`] and [`BODY_LIMIT`], 20 MB
/// in all.
const CONNECTIONS: usize = 256;

/// How long a connection may take to send a request's head; also its idle limit.
const HEAD_LIMIT: Duration = Duration::from_secs(10);

/// Maximum size of a request's line and headers in bytes; hyper answers a longer head with 431.
const HEAD_SIZE: usize = 16 * 1024;

/// Maximum size of a request's body in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// How long a route may take to begin its answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// How long an answer in progress may still take after the stop.
const STOP_LIMIT: Duration = Duration::from_secs(1);

/// The pause after a connection could not be accepted, usually because the process has too many
/// open files.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// A bound address and the routes to serve there.
#[derive(Debug)]
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
    routes: Router,
}

impl Server {
    /// Binds the address, so that an unavailable address stops the start. Clients wait until
    /// [`Self::start`].
    ///
    /// # Errors
    /// A sentence for the operator if the address cannot be bound.
    pub(crate) async fn bind(address: SocketAddr) -> Result<Self, String> {
        let bound = async {
            let listener = TcpListener::bind(address).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = bound.await.map_err(|err: std::io::Error| {
            format!("http.listen: {address} cannot be listened on: {err}; free it or choose another address")
        })?;
        Ok(Self {
            listener,
            address,
            routes: Router::new(),
        })
    }

    /// The bound address, with the real port if 0 was requested.
    #[must_use]
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds routes. Limits and error documents apply to all of them.
    #[must_use]
    pub(crate) fn mount(mut self, routes: Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    pub(crate) fn start(self, tasks: &Tasks) {
        tracing::info!(address = %self.address, "the HTTP server listens");
        if !self.address.ip().is_loopback() {
            tracing::warn!(
                address = %self.address,
                "the HTTP server can be reached from other machines; /healthz and /metrics ask for no password"
            );
        }
        let (tasks, stop) = (tasks.clone(), tasks.stop_token());
        let spawner = tasks.clone();
        spawner.spawn("http", self.serve(tasks, stop));
    }

    async fn serve(self, tasks: Tasks, stop: CancellationToken) {
        let routes = self
            .routes
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .layer(from_fn(within_limits));
        let service = TowerToHyperService::new(routes);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(HEAD_LIMIT)
            .max_buf_size(HEAD_SIZE);
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let open = GracefulShutdown::new();
        let cut = CancellationToken::new();
        let _cut_at_the_end = cut.clone().drop_guard();
        loop {
            let (stream, place) = tokio::select! {
                () = stop.cancelled() => break,
                accepted = accept(&self.listener, &places) => accepted,
            };
            let connection = http.serve_connection(TokioIo::new(stream), service.clone());
            let (connection, cut) = (open.watch(connection), cut.clone());
            tasks.spawn("http-connection", async move {
                tokio::select! {
                    ended = connection => if let Err(err) = ended {
                        tracing::debug!("an HTTP connection ended early: {err}");
                    },
                    () = cut.cancelled() => tracing::debug!("an HTTP connection was cut at the stop"),
                }
                drop(place);
            });
        }
        drop(self.listener);
        // Connections still open after that are cut by the guard.
        tokio::time::timeout(STOP_LIMIT, open.shutdown()).await.ok();
    }
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            // The semaphore is never closed.
            return std::future::pending().await;
        };
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(err) => {
                tracing::warn!("an HTTP connection could not be accepted: {err}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Wraps every route: size, time, and error documents.
async fn within_limits(request: Request, next: Next) -> Response {
    // A body without an announced length is counted while it is read.
    let announced = request.body().size_hint().lower();
    let mut response = if announced > BODY_LIMIT as u64 {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE)
            .detail(format!("a request has at most {BODY_LIMIT} bytes"))
            .into_response()
    } else {
        match tokio::time::timeout(ANSWER_LIMIT, next.run(request)).await {
            Ok(response) => problem::of_error(response),
            Err(_) => Problem::new(StatusCode::GATEWAY_TIMEOUT).into_response(),
        }
    };
    let headers = response.headers_mut();
    let keep_nothing = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(keep_nothing);
    let no_guess = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, no_guess);
    response
}
