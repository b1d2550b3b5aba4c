//! Redirects: followed if they keep the user name or the catalogue says so. If a bare redirect is
//! the answer, its target is checked.
//!
//! # Invariants
//! - A redirect that keeps the name is never the answer.
//! - Every hop is checked like a first request.
//! - Headers and bodies of the catalogue stay with the host they were written for.
//! - A redirect never leads out of encryption.
//! - A chain always ends.

use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Client, Response};
use url::Url;

use super::{Probe, ProbeLimits, fault, send};
use crate::http_client::{check_target, retry_after};
use crate::slices::watch::site::{Method, ProbeRequest, Redirects, Site, Username};
use crate::slices::watch::verdict;
use crate::slices::watch::verdict::Inconclusive;

/// Maximum number of redirects to follow.
const MAX_REDIRECTS: usize = 5;

/// All addresses so far, including the first.
#[derive(Default)]
struct Way(Vec<Url>);

impl Way {
    /// Records that `from` leads to `target`. Fails if the site asked us to wait first.
    fn step(&mut self, from: &Url, target: &Url, probe: &Probe) -> Result<(), Inconclusive> {
        if let Some(reason) = verdict::detour(from, target) {
            return Err(reason);
        }
        if probe.retry_after.is_some_and(|wait| !wait.is_zero()) {
            return Err(Inconclusive::RateLimited);
        }
        self.0.push(from.clone());
        if self.0.contains(target) {
            return Err(Inconclusive::RedirectLoop);
        }
        if self.0.len() > MAX_REDIRECTS {
            return Err(Inconclusive::TooManyRedirects);
        }
        Ok(())
    }
}

/// Sends the request and follows the redirects that are no answer. Afterwards `request` is that of
/// the last hop. Also returns the status of a redirect that lost the name, but may lead to the
/// account: only the texts of the page there can say that it exists.
pub(super) async fn follow(
    client: &Client,
    site: &Site,
    name: &Username,
    request: &mut ProbeRequest,
    limits: &ProbeLimits,
    probe: &mut Probe,
) -> Result<(Response, Option<u16>), Inconclusive> {
    let mut way = Way::default();
    let mut lost_at = None;
    loop {
        let response = hop(client, site, request, limits, probe).await?;
        let status = response.status().as_u16();
        if !verdict::is_redirect(status) {
            return Ok((response, lost_at));
        }
        let Some(target) = target(&request.url, &response) else {
            return match site.redirects() {
                Redirects::Answer => Ok((response, lost_at)),
                _ => Err(Inconclusive::Status(status)),
            };
        };
        if site.redirects() != Redirects::Follow && !keeps_name(site, name, &request.url, &target) {
            if name.is_almost_in(&target) {
                return Err(Inconclusive::Status(status));
            }
            if !name.is_elsewhere_in(&target, &request.url) {
                return Ok((response, lost_at));
            }
            lost_at.get_or_insert(status);
        }
        way.step(&request.url, &target, probe)?;
        if site.redirects() == Redirects::Answer && !is_same_question(request, &target, status) {
            return Err(Inconclusive::Status(status));
        }
        lead_on(request, target, status)?;
    }
}

/// True if a redirect leads to the same name, or to another spelling of the same address.
fn keeps_name(site: &Site, name: &Username, from: &Url, target: &Url) -> bool {
    let is_own_host = name.heads_host(from) && name.heads_host(target);
    name.is_still_in(target, from)
        || verdict::is_same_spelt(from, target)
        || (site.redirects() == Redirects::SameName && is_own_host)
}

/// True if the target of a redirect belongs to the same site and gets the whole request.
fn is_same_question(request: &ProbeRequest, target: &Url, status: u16) -> bool {
    let host = |url: &Url| url.host_str().unwrap_or_default().to_owned();
    let (from, to) = (host(&request.url), host(target));
    let base = |host: &str| format!(".{}", host.strip_prefix("www.").unwrap_or(host));
    let (from_base, to_base) = (base(&from), base(&to));
    let is_same_site = from_base.ends_with(&to_base) || to_base.ends_with(&from_base);
    let keeps_body = request.method != Method::Post || matches!(status, 307 | 308);
    let keeps_headers = from == to || request.headers.is_empty();
    is_same_site && keeps_body && keeps_headers
}

/// Checks that a redirect that is itself the answer does not end in a loop, at a login, at a
/// challenge or at the name. Only the site's own host is asked. Other errors on the way do not
/// matter, because the answer is already known.
pub(super) async fn check_end(
    client: &Client,
    site: &Site,
    name: &Username,
    from: &Url,
    target: Url,
    limits: &ProbeLimits,
    probe: &mut Probe,
) -> Result<(), Inconclusive> {
    let mut way = Way::default();
    way.step(from, &target, probe)?;
    let mut request = ProbeRequest {
        method: Method::Get,
        url: target,
        headers: HeaderMap::new(),
        body: None,
    };
    let answered = probe.status;
    while is_same_origin(from, &request.url) {
        let Ok(response) = hop(client, site, &request, limits, probe).await else {
            break;
        };
        if !verdict::is_redirect(response.status().as_u16()) {
            break;
        }
        let Some(next) = self::target(&request.url, &response) else {
            break;
        };
        way.step(&request.url, &next, probe)?;
        let is_elsewhere = name.is_elsewhere_in(&next, &request.url);
        if is_elsewhere || keeps_name(site, name, from, &next) || name.is_almost_in(&next) {
            probe.status = answered;
            return Err(Inconclusive::Status(answered.unwrap_or_default()));
        }
        request.url = next;
    }
    probe.status = answered;
    Ok(())
}

/// Sends one request, and records what every answer tells about the site.
async fn hop(
    client: &Client,
    site: &Site,
    request: &ProbeRequest,
    limits: &ProbeLimits,
    probe: &mut Probe,
) -> Result<Response, Inconclusive> {
    check_target(&request.url, limits.allow_private, site.named_port())
        .map_err(|_| Inconclusive::PrivateTarget)?;
    let response = send(client, request)
        .await
        .map_err(|error| fault::before_answer(&error))?;
    probe.status = Some(response.status().as_u16());
    let wait = retry_after::read(response.headers(), limits.now);
    probe.retry_after = probe.retry_after.max(wait);
    Ok(response)
}

fn target(from: &Url, response: &Response) -> Option<Url> {
    // Some sites send the letters of a name as they are.
    let location = String::from_utf8_lossy(response.headers().get(LOCATION)?.as_bytes());
    from.join(&location).ok()
}

fn is_same_origin(a: &Url, b: &Url) -> bool {
    a.host() == b.host()
        && a.port_or_known_default() == b.port_or_known_default()
        && a.scheme() == b.scheme()
}

/// Turns the request into that of the next hop.
fn lead_on(request: &mut ProbeRequest, target: Url, status: u16) -> Result<(), Inconclusive> {
    if request.url.scheme() == "https" && target.scheme() != "https" {
        // An unencrypted answer is not trustworthy.
        return Err(Inconclusive::Tls);
    }
    // Port and scheme may change only together, in the usual upgrade to HTTPS on the same host.
    let upgraded = request.url.host() == target.host()
        && request.url.scheme() == "http"
        && target.scheme() == "https"
        && request.url.port().is_none()
        && target.port().is_none();
    let trusted = is_same_origin(&request.url, &target) || upgraded;
    let repeats = matches!(status, 307 | 308) || request.method != Method::Post;
    if repeats && !trusted && request.method == Method::Post {
        return Err(Inconclusive::Status(status));
    }
    if !trusted {
        request.headers.clear();
    }
    if !repeats {
        request.method = Method::Get;
        request.headers.remove(CONTENT_TYPE);
    }
    if !repeats || !trusted {
        request.body = None;
    }
    request.url = target;
    Ok(())
}
