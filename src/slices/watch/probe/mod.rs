//! One probe: a request about one account, its answer, its verdict.
//!
//! # Invariants
//! - A probe ends within its time limit and reads no more than its cap (`body`).
//! - A probe only contacts permitted targets.
//! - A site's headers and bodies go to that site's host only (`redirects`).
//! - A network error becomes a reason (`fault`), never a verdict.

mod body;
mod charset;
mod fault;
mod redirects;
#[cfg(test)]
mod tests;

use std::pin::{Pin, pin};
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue, LOCATION, SERVER};
use reqwest::{Client, Request, Response};
use tokio::time::{Instant, Sleep, sleep};
use url::Url;

use super::site::{Method, ProbeRequest, Site, Username};
use super::verdict::{self, AnswerHeaders, BlockPage, Inconclusive};
use crate::clock::UnixMs;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::verdict::{SiteAnswer, Traits};

/// The default cap on a body, in bytes. Profile pages of large sites have about one million bytes.
pub(crate) const MAX_BODY_DEFAULT: usize = 2 << 20;

/// Sent by Cloudflare when it blocks a request.
static CF_MITIGATED: HeaderName = HeaderName::from_static("cf-mitigated");

/// Sent by the AWS firewall when it blocks a request.
static AMZN_WAF_ACTION: HeaderName = HeaderName::from_static("x-amzn-waf-action");

/// The limits of one probe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProbeLimits {
    /// Covers everything from resolving the name to the last byte, redirects included.
    pub(crate) timeout: Duration,
    /// Allows targets in private networks.
    pub(crate) allow_private: bool,
    /// Cap on the body in bytes, packed and unpacked. A longer body gives no verdict unless the
    /// verdict is already certain.
    pub(crate) max_body: usize,
    /// The wall clock, for a `Retry-After` with a date from a site that sends no `Date`.
    pub(crate) now: UnixMs,
}

impl ProbeLimits {
    /// Uses the default cap on bodies. `now` is the wall clock.
    #[must_use]
    pub(crate) fn new(timeout: Duration, allow_private: bool, now: UnixMs) -> Self {
        Self {
            timeout,
            allow_private,
            max_body: MAX_BODY_DEFAULT,
            now,
        }
    }
}

/// The result of one probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Probe {
    pub(crate) outcome: Result<Sighting, Inconclusive>,
    /// How long the site asks us to wait, at most a day.
    pub(crate) retry_after: Option<Duration>,
    /// The status of the last answer, if there was one.
    pub(crate) status: Option<u16>,
}

impl Probe {
    /// A probe that got no answer.
    #[must_use]
    pub(crate) const fn without_answer(reason: Inconclusive) -> Self {
        Self {
            outcome: Err(reason),
            retry_after: None,
            status: None,
        }
    }
}

/// Probes one account once.
///
/// The client must come from [`crate::http_client::site_client`], made for this runtime with the
/// same permission for private targets.
pub(crate) async fn probe(
    client: &Client,
    site: &Site,
    name: &Username,
    limits: &ProbeLimits,
) -> Probe {
    let timer = pin!(sleep(limits.timeout));
    probe_by(client, site, name, limits, timer).await.0
}

/// Like [`probe`], but reuses the timer of the previous probe, which is cheaper than creating one.
/// Also returns what the page of a site that needs proof looks like, if it says anything.
pub(super) async fn probe_by(
    client: &Client,
    site: &Site,
    name: &Username,
    limits: &ProbeLimits,
    mut timer: Pin<&mut Sleep>,
) -> (Probe, Option<Box<Traits>>) {
    timer.as_mut().reset(Instant::now() + limits.timeout);
    let mut probe = Probe::without_answer(Inconclusive::Timeout);
    let mut page = None;
    probe.outcome = tokio::select! {
        biased;
        outcome = ask(client, site, name, limits, (&mut probe, &mut page)) => outcome,
        () = timer => Err(Inconclusive::Timeout),
    };
    (probe, page)
}

/// Fills in the probe as soon as something is known, so a time-out in the body keeps that.
async fn ask(
    client: &Client,
    site: &Site,
    name: &Username,
    limits: &ProbeLimits,
    (probe, page): (&mut Probe, &mut Option<Box<Traits>>),
) -> Result<Sighting, Inconclusive> {
    let mut request = site
        .probe_request(name)
        .map_err(|_| Inconclusive::BadName)?;
    let followed = redirects::follow(client, site, name, &mut request, limits, probe).await?;
    let (mut response, lost_at) = followed;
    let body = body::read(&mut response, site, limits.max_body).await?;
    let answer = answer(request.url, &response, body);
    let mut sighting = verdict::judge_about(site, name, &answer);
    if let Some(status) = lost_at
        && !verdict::is_told(site, &answer, sighting)
    {
        // Nothing more is known than that the site leads elsewhere.
        probe.status = Some(status);
        sighting = Err(Inconclusive::Status(status));
    }
    let sighting = sighting?;
    if let Some(target) = verdict::bare_target(site, &answer) {
        // Few probes continue here. Boxing keeps the futures of the others small.
        let end = redirects::check_end(client, site, name, &answer.url, target, limits, probe);
        Box::pin(end).await?;
    }
    if site.needs_proof(Sighting::Exists) || site.needs_proof(Sighting::Missing) {
        *page = Some(Box::new(Traits::read(site, name, &answer)));
    }
    Ok(sighting)
}

fn answer(url: Url, response: &Response, body: String) -> SiteAnswer {
    let mut headers = AnswerHeaders::default();
    let mut location = None;
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    // One pass over the few headers is cheaper than a lookup for each name.
    for (name, value) in response.headers() {
        if name == LOCATION {
            location.get_or_insert_with(|| text(value));
        } else if name == SERVER {
            let server = BlockPage::of_server(value.as_bytes());
            headers.server = headers.server.or(server);
        }
        headers.cf_mitigated |= name == CF_MITIGATED;
        headers.amzn_waf_action |= name == AMZN_WAF_ACTION;
    }
    SiteAnswer {
        url,
        status: response.status().as_u16(),
        headers,
        location,
        body,
    }
}

async fn send(client: &Client, asked: &ProbeRequest) -> reqwest::Result<Response> {
    let method = match asked.method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
    };
    let mut request = Request::new(method, asked.url.clone());
    request.headers_mut().clone_from(&asked.headers);
    *request.body_mut() = asked.body.clone().map(Into::into);
    client.execute(request).await
}
