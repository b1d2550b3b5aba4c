//! The HTTP clients, and the behaviour common to all outgoing requests.
//!
//! There are three kinds of client, never mixed: for Telegram, for the sites that accounts are on,
//! and for language models. A fourth asks our own server; only `vakhta doctor` uses it.
//!
//! # Invariants
//! - A client is used by one runtime only: shared between two, it hangs.
//! - Certificates are always checked.
//! - A client never follows redirects by itself.
//! - A site client never connects to an address that is not public, unless the operator allows it.

mod guard;
pub(crate) mod retry_after;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use rustls_platform_verifier::ConfigVerifierExt as _;

pub(crate) use guard::{TargetProblem, check_target};

/// The user agent for sites. It names the program and pretends nothing.
pub const DEFAULT_USER_AGENT: &str =
    concat!("Vakhta/", env!("CARGO_PKG_VERSION"), " (account watch)");

/// The user agent for language models.
const MODEL_USER_AGENT: &str = concat!("Vakhta/", env!("CARGO_PKG_VERSION"));

/// Time to reach Telegram before a call fails.
const TELEGRAM_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Long polls are silent for most of a minute; only keepalive notices that the other end is gone.
const TELEGRAM_TCP_KEEPALIVE: Duration = Duration::from_secs(30);

/// Idle connections to Telegram are kept for one and a half polls.
const TELEGRAM_POOL_IDLE: Duration = Duration::from_secs(90);

/// Time to reach a language model before a call fails.
const MODEL_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// An answer may pause for most of a minute; only keepalive notices that the other end is gone.
const MODEL_TCP_KEEPALIVE: Duration = Duration::from_secs(30);

/// Questions come in conversations: the next one soon reuses the connection.
const MODEL_POOL_IDLE: Duration = Duration::from_secs(60);

/// A site that cannot be reached within this time will not answer in time either.
const SITE_CONNECT_TIMEOUT_MAX: Duration = Duration::from_secs(5);

/// Long enough to keep a connection over `min_gap`, short enough that nothing stays open between
/// runs.
const SITE_POOL_IDLE: Duration = Duration::from_secs(20);

/// More headers than any real page has; some send dozens of cookies.
const SITE_HEADERS_MAX: usize = 256;

#[derive(Debug, Clone)]
pub struct SiteClientConfig {
    /// Time limit of one probe; connecting takes at most this long and never more than five
    /// seconds.
    pub timeout: Duration,
    /// Allows connections to loopback, private and other non-public addresses. For tests and local
    /// demos.
    pub allow_private_targets: bool,
    /// The `User-Agent` header if the catalogue names none.
    pub user_agent: String,
}

/// Makes ring the TLS provider of this process. Calling it again changes nothing.
pub(crate) fn install_tls() {
    // An error here only means that a provider is already installed.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::trace!("a TLS provider is already installed");
    }
}

/// The one TLS set-up of all clients. Reading the system's roots takes ten milliseconds and a
/// megabyte at the start, so it is done once.
fn tls() -> Result<rustls::ClientConfig> {
    static SET_UP: OnceLock<rustls::ClientConfig> = OnceLock::new();
    if let Some(set_up) = SET_UP.get() {
        return Ok(set_up.clone());
    }
    install_tls();
    let set_up = rustls::ClientConfig::with_platform_verifier()
        .context("reading the system's root certificates (are they installed?)")?;
    Ok(SET_UP.get_or_init(|| set_up).clone())
}

/// Builds the client for the Bot API. It uses the proxies named by the environment, as operators
/// behind one expect.
///
/// The client has no total time limit. A long poll and a file upload need different limits, so each
/// call sets its own.
///
/// # Errors
/// When the client cannot be built, in practice because the system has no root certificates.
pub fn telegram_client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        // A redirected POST becomes a GET without a body, and its answer may look like success.
        .redirect(Policy::none())
        .connect_timeout(TELEGRAM_CONNECT_TIMEOUT)
        .tcp_keepalive(TELEGRAM_TCP_KEEPALIVE)
        .pool_idle_timeout(TELEGRAM_POOL_IDLE)
        .referer(false)
        .user_agent(DEFAULT_USER_AGENT)
        .build()
        .map_err(reqwest::Error::without_url)
        .context("building the HTTP client for Telegram (are root certificates installed?)")
}

/// Builds the client for language models. It uses the proxies named by the environment, as for
/// Telegram. The only time limit is for connecting: each call sets its own limits for silence and
/// total time.
///
/// # Errors
/// When the client cannot be built, in practice because the system has no root certificates.
pub(crate) fn model_client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        .redirect(Policy::none())
        .connect_timeout(MODEL_CONNECT_TIMEOUT)
        .tcp_keepalive(MODEL_TCP_KEEPALIVE)
        .pool_idle_timeout(MODEL_POOL_IDLE)
        // A call costs money; the queue decides whether to retry.
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(MODEL_USER_AGENT)
        .build()
        .map_err(reqwest::Error::without_url)
        .context("building the HTTP client for language models (are root certificates installed?)")
}

/// Builds the client that asks our own server on this machine, within `timeout` in all and without
/// a proxy.
///
/// # Errors
/// When the client cannot be built.
pub fn own_client(timeout: Duration) -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        .redirect(Policy::none())
        .no_proxy()
        .timeout(timeout)
        .build()
        .map_err(reqwest::Error::without_url)
        .context("building the HTTP client for our own server")
}

/// Builds the client that probes sites.
///
/// # Errors
/// When the User-Agent is not a legal header value or the system has no root certificates.
pub fn site_client(config: &SiteClientConfig) -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        .redirect(Policy::none())
        // Through a proxy the guard would see the proxy's address instead of the target's and could
        // refuse nothing.
        .no_proxy()
        .dns_resolver(Arc::new(guard::GuardedResolver::new(
            config.allow_private_targets,
        )))
        .connect_timeout(config.timeout.min(SITE_CONNECT_TIMEOUT_MAX))
        .pool_idle_timeout(SITE_POOL_IDLE)
        // The gate decides whether to retry, and counts the requests.
        .retry(reqwest::retry::never())
        .referer(false)
        // Browsers read such heads, too. What is no header is left out.
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_max_headers(SITE_HEADERS_MAX)
        // The probe unpacks the body, because it knows how large it may become.
        .default_headers(HeaderMap::from_iter([(
            ACCEPT_ENCODING,
            HeaderValue::from_static("gzip"),
        )]))
        .user_agent(&config.user_agent)
        .build()
        .map_err(reqwest::Error::without_url)
        .context("building the HTTP client for sites (are root certificates installed?)")
}
