//! Connections within limits.
//!
//! axum's own `serve` has no time limit for a request's head and no limit on connections, so the
//! accepting loop is here, on hyper. At the stop the server accepts nothing new and closes idle
//! connections. An answer in progress may take [`STOP_LIMIT`]; then it is cut off.
//!
//! A connection without a place is served nevertheless, for one short request: monitoring gets its
//! answer, everybody else is told to come back.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::outgoing::TimedWrites;
use super::places::Places;
use super::problem::{self, Problem};
use crate::tasks::Tasks;

/// How long a connection may take to send a request's head; also its idle limit.
const HEAD_LIMIT: Duration = Duration::from_secs(10);

/// How long a client may take to read more of its answer, once what the system holds is full.
const READ_LIMIT: Duration = Duration::from_secs(20);

/// Both limits for a connection without a place.
const SPARE_LIMIT: Duration = Duration::from_secs(2);

/// When a client without a place should come back.
const COME_BACK: Duration = Duration::from_secs(1);

/// Maximum number of connections without a place; more wait in the system's queue.
const SPARE: usize = 32;

/// Maximum size of a request's line and headers in bytes; hyper answers a longer head with 431.
const HEAD_SIZE: usize = 16 * 1024;

/// Maximum size of a request's body in bytes: the longest question with each letter as two escapes.
/// Routes read a body only after they know whose it is.
const BODY_LIMIT: usize = 200 * 1024;

/// Headers on which a decision depends. If one is sent twice, a proxy and this server could read
/// different ones.
const SINGLE: [HeaderName; 5] = [
    header::HOST,
    header::AUTHORIZATION,
    header::ORIGIN,
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("idempotency-key"),
];

/// How long a route may take to begin its answer, unless its slice says otherwise.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(10);

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
    pub(crate) fn mount(self, routes: Router) -> Self {
        self.mount_within(ANSWER_LIMIT, routes)
    }

    /// Adds routes that may take so long to begin their answer.
    #[must_use]
    pub(super) fn mount_within(mut self, limit: Duration, routes: Router) -> Self {
        let timed = from_fn(move |request: Request, next: Next| async move {
            let answer = tokio::time::timeout(limit, next.run(request)).await;
            answer.unwrap_or_else(|_| Problem::new(StatusCode::GATEWAY_TIMEOUT).into_response())
        });
        self.routes = self.routes.merge(routes.layer(timed));
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
        let routes = self.routes.layer(DefaultBodyLimit::max(BODY_LIMIT));
        let crowded = routes.clone().layer(from_fn(only_monitoring));
        let [service, crowded] = [routes, crowded]
            .map(|routes| TowerToHyperService::new(routes.layer(from_fn(within_limits))));
        let (http, short) = (http(HEAD_LIMIT, true), http(SPARE_LIMIT, false));
        let places = Places::default();
        let spare = Arc::new(Semaphore::new(SPARE));
        let open = GracefulShutdown::new();
        let cut = CancellationToken::new();
        let _cut_at_the_end = cut.clone().drop_guard();
        loop {
            let (stream, address, permit) = tokio::select! {
                () = stop.cancelled() => break,
                accepted = accept(&self.listener, &spare) => accepted,
            };
            let (place, cut) = (places.take(address), cut.clone());
            let (http, limit, service) = match place {
                Some(_) => (&http, READ_LIMIT, service.clone()),
                None => (&short, SPARE_LIMIT, crowded.clone()),
            };
            let permit = Some(permit).filter(|_| place.is_none());
            let stream = TokioIo::new(TimedWrites::new(stream, limit));
            let connection = open.watch(http.serve_connection(stream, service));
            tasks.spawn("http-connection", async move {
                tokio::select! {
                    ended = connection => if let Err(err) = ended {
                        tracing::debug!("an HTTP connection ended early: {err}");
                    },
                    () = cut.cancelled() => tracing::debug!("an HTTP connection was cut at the stop"),
                }
                drop((place, permit));
            });
        }
        drop(self.listener);
        // Connections still open after that are cut by the guard.
        tokio::time::timeout(STOP_LIMIT, open.shutdown()).await.ok();
    }
}

fn http(head_limit: Duration, keep_alive: bool) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(head_limit)
        .keep_alive(keep_alive)
        .max_buf_size(HEAD_SIZE);
    http
}

/// The next connection, once it can be served even without a place.
async fn accept(
    listener: &TcpListener,
    spare: &Arc<Semaphore>,
) -> (TcpStream, IpAddr, OwnedSemaphorePermit) {
    loop {
        let Ok(permit) = Arc::clone(spare).acquire_owned().await else {
            // The semaphore is never closed.
            return std::future::pending().await;
        };
        match listener.accept().await {
            Ok((stream, address)) => return (stream, address.ip(), permit),
            Err(err) => {
                tracing::warn!("an HTTP connection could not be accepted: {err}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers monitoring, and tells everybody else to come back.
async fn only_monitoring(request: Request, next: Next) -> Response {
    if matches!(request.uri().path(), "/healthz" | "/metrics") {
        return next.run(request).await;
    }
    Problem::new(StatusCode::SERVICE_UNAVAILABLE)
        .code("too-many-connections")
        .detail("too many connections are open, here or from your address")
        .retry_after(COME_BACK)
        .into_response()
}

/// Whether a request is unclear about who asks or whom: without a host, or with a deciding header
/// twice.
fn is_unclear(request: &Request) -> bool {
    let headers = request.headers();
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
    let is_clear = match host {
        Some(host) => Authority::try_from(host).is_ok(),
        None => request.version() < Version::HTTP_11,
    };
    let is_twice = |name| headers.get_all(name).iter().nth(1).is_some();
    !is_clear || SINGLE.iter().any(is_twice)
}

/// Wraps every route: size and error documents.
async fn within_limits(request: Request, next: Next) -> Response {
    // A body without an announced length is counted while it is read.
    let announced = request.body().size_hint().lower();
    let mut response = if is_unclear(&request) {
        Problem::new(StatusCode::BAD_REQUEST)
            .detail("a request has one Host header, and no other deciding header twice")
            .into_response()
    } else if announced > BODY_LIMIT as u64 {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE)
            .detail(format!("a request has at most {BODY_LIMIT} bytes"))
            .into_response()
    } else {
        problem::of_error(next.run(request).await)
    };
    let headers = response.headers_mut();
    let keep_nothing = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(keep_nothing);
    let no_guess = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, no_guess);
    response
}
