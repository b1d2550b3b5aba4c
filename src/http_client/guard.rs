//! Which targets a site client may reach.
//!
//! Catalogues are input: an entry, a redirect or a DNS answer may point into the operator's own
//! network. So addresses are checked where they are used, at connect time ([`GuardedResolver`]).
//! Literal addresses never reach a resolver: [`check_target`] checks every URL before it is
//! requested, redirect hops included. The URL parser has already normalised decimal, octal and
//! hexadecimal forms of a literal.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;
use url::{Host, Url};

/// How long a DNS answer is reused. Sites change their addresses with lifetimes of about this
/// length.
pub(super) const DNS_CACHE_TTL: Duration = Duration::from_secs(300);

/// Maximum number of cached hosts; the largest known catalogues have about 700 hosts.
const DNS_CACHE_MAX: usize = 2_048;

/// Maximum number of concurrent lookups. The system resolves names on blocking threads. A runtime
/// must have more of those threads than this, so that a slow name server holds up nothing else.
pub(crate) const DNS_LOOKUPS: usize = 8;

/// Why a URL is not requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TargetProblem {
    #[error("only http and https addresses are asked")]
    Scheme,
    #[error("the address has no host")]
    Host,
    #[error("the address carries a user name or a password")]
    UserInfo,
    /// A port that is neither its scheme's own nor named by the catalogue.
    #[error("port {0} is not the one the catalogue names")]
    Port(u16),
    /// The host is, or resolves only to, addresses that are not public.
    #[error("the address is not a public one")]
    Private,
}

/// Checks what a URL shows without asking DNS.
///
/// `named_port` is the port in the catalogue's own address, if it has one. Apart from that, only 80
/// for http and 443 for https are allowed.
///
/// # Errors
/// The first problem found; see [`TargetProblem`].
pub(crate) fn check_target(
    url: &Url,
    allow_private: bool,
    named_port: Option<u16>,
) -> Result<(), TargetProblem> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(TargetProblem::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(TargetProblem::UserInfo);
    }
    // `Url::port` is empty when the port is the scheme's own.
    if let Some(port) = url.port().filter(|port| Some(*port) != named_port) {
        return Err(TargetProblem::Port(port));
    }
    let public = match url.host().ok_or(TargetProblem::Host)? {
        Host::Ipv4(address) => is_public(IpAddr::V4(address)),
        Host::Ipv6(address) => is_public(IpAddr::V6(address)),
        Host::Domain(name) => !is_local_name(name),
    };
    if public || allow_private {
        Ok(())
    } else {
        Err(TargetProblem::Private)
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// True for an address of the public internet.
#[must_use]
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_unspecified()
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        // Carrier-grade NAT, 100.64.0.0/10.
        || (a == 100 && (b & 0xC0) == 64)
        // Protocol assignments, 192.0.0.0/24, and the old 6to4 relays, 192.88.99.0/24.
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        // Benchmarks, 198.18.0.0/15.
        || (a == 198 && (b & 0xFE) == 18)
        // Reserved, 240.0.0.0/4.
        || a >= 240)
}

/// Only global unicast, `2000::/3`, is public, except for the blocks in it that lead elsewhere.
/// Addresses with an embedded IPv4 address (mapped, compatible, NAT64) are outside that range and
/// always refused.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global_unicast = (a & 0xE000) == 0x2000;
    // Protocol assignments with Teredo, ORCHID and benchmarks (2001::/23).
    let protocol = a == 0x2001 && b < 0x0200;
    let documentation = (a == 0x2001 && b == 0x0DB8) || (a == 0x3FFF && b < 0x1000);
    let six_to_four = a == 0x2002;
    global_unicast && !protocol && !documentation && !six_to_four
}

/// Resolves names with the system's resolver and drops every address that is not public. Answers
/// are cached for some minutes.
#[derive(Debug, Clone)]
pub(super) struct GuardedResolver {
    allow_private: bool,
    cache: Arc<Mutex<HashMap<String, CachedAnswer>>>,
    lookups: Arc<Semaphore>,
}

#[derive(Debug, Clone)]
struct CachedAnswer {
    expires: Instant,
    addresses: Vec<SocketAddr>,
}

impl GuardedResolver {
    pub(super) fn new(allow_private: bool) -> Self {
        Self {
            allow_private,
            cache: Arc::default(),
            lookups: Arc::new(Semaphore::new(DNS_LOOKUPS)),
        }
    }

    pub(super) fn cached(&self, host: &str, now: Instant) -> Option<Vec<SocketAddr>> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache
            .get(host)
            .filter(|answer| now < answer.expires)
            .map(|answer| answer.addresses.clone())
    }

    pub(super) fn remember(&self, host: String, addresses: &[SocketAddr], now: Instant) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= DNS_CACHE_MAX {
            cache.retain(|_, answer| now < answer.expires);
        }
        if cache.len() < DNS_CACHE_MAX {
            let answer = CachedAnswer {
                expires: now + DNS_CACHE_TTL,
                addresses: addresses.to_vec(),
            };
            cache.insert(host, answer);
        }
    }

    async fn addresses(
        self,
        host: String,
    ) -> Result<Addrs, Box<dyn std::error::Error + Send + Sync>> {
        if let Some(addresses) = self.cached(&host, Instant::now()) {
            return Ok(Box::new(addresses.into_iter()));
        }
        let all = self.lookup(&host).await?;
        let found_any = !all.is_empty();
        let addresses = self.permitted(all);
        if addresses.is_empty() {
            return Err(if found_any {
                Box::new(TargetProblem::Private)
            } else {
                Box::new(std::io::Error::new(
                    std::io::ErrorKind::NotFound,
                    "the name has no address",
                ))
            });
        }
        self.remember(host, &addresses, Instant::now());
        Ok(Box::new(addresses.into_iter()))
    }

    /// Every address of a name. Port 0 is replaced by the URL's port when connecting.
    async fn lookup(
        &self,
        host: &str,
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        if is_local_name(host) {
            // The meaning of these names is fixed (RFC 6761), and not every system's resolver knows
            // it.
            let loopback = [
                IpAddr::from(Ipv4Addr::LOCALHOST),
                IpAddr::from(Ipv6Addr::LOCALHOST),
            ];
            return Ok(loopback.map(|address| SocketAddr::new(address, 0)).into());
        }
        let _turn = self.lookups.acquire().await?;
        Ok(tokio::net::lookup_host((host, 0)).await?.collect())
    }

    pub(super) fn permitted(&self, addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
        addresses
            .into_iter()
            .filter(|address| self.allow_private || is_public(address.ip()))
            .collect()
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        let host = name.as_str().to_owned();
        Box::pin(resolver.addresses(host))
    }
}
