//! One look at one account: a request, its answer, its judgement.
//!
//! What must stay true: a look ends within its time limit, reads no more than its cap, asks nothing but permitted
//! targets, sends a site's headers and bodies to that site's host only, and turns every fault of the way into a reason,
//! never into a verdict.

mod fault;
mod retry_after;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, LOCATION, SERVER};
use reqwest::{Client, Response};
use url::Url;

use super::site::{Method, ProbeRequest, Redirects, Site, Username};
use super::verdict::{self, Answer, AnswerHeaders, Inconclusive, Sighting};
use crate::clock::UnixMs;
use crate::http::check_target;

/// Bytes of a body, decompressed, that are read by default. Profile pages of large sites have about one million.
pub const MAX_BODY_DEFAULT: usize = 2 << 20;

/// A rest shorter than this is read even when the verdict is certain: that is cheaper than the new connection a broken
/// off answer costs, and it tells a whole page from a cut one.
const EARLY_END_AFTER: usize = 64 << 10;

/// Redirects that are followed where the site says so.
const MAX_REDIRECTS: usize = 5;

/// The limits of one look.
#[derive(Debug, Clone, Copy)]
pub struct ProbeLimits {
    /// Time for everything, from resolving the name to the last byte, redirects included.
    pub timeout: Duration,
    /// Allows targets in private networks.
    pub allow_private: bool,
    /// Bytes of the decompressed body; what goes on longer gives no verdict unless it is certain by then.
    pub max_body: usize,
    /// The wall clock, for a `Retry-After` with a date from a site that sends no `Date`.
    pub now: SystemTime,
}

impl ProbeLimits {
    /// The limits with the usual cap on bodies; `now` is the wall clock.
    #[must_use]
    pub fn new(timeout: Duration, allow_private: bool, now: UnixMs) -> Self {
        let since_1970 = Duration::from_millis(u64::try_from(now.0).unwrap_or(0));
        Self {
            timeout,
            allow_private,
            max_body: MAX_BODY_DEFAULT,
            now: SystemTime::UNIX_EPOCH + since_1970,
        }
    }
}

/// What one look gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// What was seen, or why nothing was.
    pub outcome: Result<Sighting, Inconclusive>,
    /// How long the site wants to be left alone, at most a day.
    pub retry_after: Option<Duration>,
    /// The status of the last answer, where there was one.
    pub status: Option<u16>,
}

impl Look {
    /// A look that got no answer.
    #[must_use]
    pub const fn without_answer(reason: Inconclusive) -> Self {
        Self {
            outcome: Err(reason),
            retry_after: None,
            status: None,
        }
    }
}

/// Looks at one account once.
///
/// The client must be one of [`crate::http::site_client`], made for the runtime this runs on, with the same permission
/// for private targets.
pub async fn look(client: &Client, site: &Site, name: &Username, limits: &ProbeLimits) -> Look {
    let mut look = Look::without_answer(Inconclusive::Timeout);
    let result =
        tokio::time::timeout(limits.timeout, ask(client, site, name, limits, &mut look)).await;
    look.outcome = result.unwrap_or(Err(Inconclusive::Timeout));
    look
}

/// Fills in what is known of the answer as soon as it is, so that a time-out in the body keeps it.
async fn ask(
    client: &Client,
    site: &Site,
    name: &Username,
    limits: &ProbeLimits,
    look: &mut Look,
) -> Result<Sighting, Inconclusive> {
    let request = site
        .probe_request(name)
        .map_err(|_| Inconclusive::BadName)?;
    let (url, response) = hops(client, site, name, request, limits, look).await?;
    let mut answer = Answer {
        url,
        status: response.status().as_u16(),
        headers: telling_headers(response.headers()),
        location: response
            .headers()
            .get(LOCATION)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        body: String::new(),
    };
    answer.body = read_body(response, site, limits.max_body).await?;
    verdict::judge(site, &answer)
}

/// Sends the request and follows redirects where the site says so.
async fn hops(
    client: &Client,
    site: &Site,
    name: &Username,
    first: ProbeRequest,
    limits: &ProbeLimits,
    look: &mut Look,
) -> Result<(Url, Response), Inconclusive> {
    let mut seen: Vec<Url> = Vec::new();
    let mut request = first;
    loop {
        check_target(&request.url, limits.allow_private, site.named_port())
            .map_err(|_| Inconclusive::PrivateTarget)?;
        let response = send(client, &request)
            .await
            .map_err(|error| fault::before_answer(&error))?;
        let status = response.status().as_u16();
        look.status = Some(status);
        look.retry_after = retry_after::read(response.headers(), limits.now);
        if site.redirects() == Redirects::Answer || !verdict::is_redirect(status) {
            return Ok((request.url, response));
        }
        let unclear = Inconclusive::Status(status);
        let location = response
            .headers()
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
            .ok_or(unclear)?;
        let target = request.url.join(location).map_err(|_| unclear)?;
        if site.redirects() == Redirects::SameName && !name.is_still_in(&target, &request.url) {
            return Ok((request.url, response));
        }
        if let Some(reason) = verdict::redirect_trap(&target) {
            return Err(reason);
        }
        seen.push(request.url.clone());
        if seen.contains(&target) {
            return Err(Inconclusive::RedirectLoop);
        }
        if seen.len() > MAX_REDIRECTS {
            return Err(Inconclusive::TooManyRedirects);
        }
        request = next_request(request, target, status)?;
    }
}

/// The request of the next hop. Headers and bodies of the catalogue stay with the host they were written for, and are
/// a redirect never leads out of encryption.
fn next_request(
    request: ProbeRequest,
    target: Url,
    status: u16,
) -> Result<ProbeRequest, Inconclusive> {
    if request.url.scheme() == "https" && target.scheme() != "https" {
        // Nobody vouches for an answer in the clear.
        return Err(Inconclusive::Tls);
    }
    let same_host = request.url.host() == target.host()
        && request.url.port_or_known_default() == target.port_or_known_default()
        && request.url.scheme() == target.scheme();
    // Port and scheme may only change together, by the usual upgrade on the same host.
    let upgraded = request.url.host() == target.host()
        && request.url.scheme() == "http"
        && target.scheme() == "https"
        && request.url.port().is_none()
        && target.port().is_none();
    let trusted = same_host || upgraded;
    let repeats = matches!(status, 307 | 308) || request.method != Method::Post;
    match (repeats, trusted) {
        (true, true) => Ok(ProbeRequest {
            url: target,
            ..request
        }),
        (true, false) if request.method == Method::Post => Err(Inconclusive::Status(status)),
        (true, false) => Ok(ProbeRequest {
            method: request.method,
            url: target,
            headers: HeaderMap::new(),
            body: None,
        }),
        (false, _) => {
            let mut headers = if trusted {
                request.headers
            } else {
                HeaderMap::new()
            };
            headers.remove(reqwest::header::CONTENT_TYPE);
            Ok(ProbeRequest {
                method: Method::Get,
                url: target,
                headers,
                body: None,
            })
        }
    }
}

async fn send(client: &Client, request: &ProbeRequest) -> reqwest::Result<Response> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
    };
    let builder = client
        .request(method, request.url.clone())
        .headers(request.headers.clone());
    match &request.body {
        Some(body) => builder.body(body.clone()),
        None => builder,
    }
    .send()
    .await
}

fn telling_headers(headers: &HeaderMap) -> AnswerHeaders {
    let server = headers
        .get(SERVER)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    AnswerHeaders {
        server: server.unwrap_or_default(),
        cf_mitigated: headers.contains_key("cf-mitigated"),
        amzn_waf_action: headers.contains_key("x-amzn-waf-action"),
    }
}

/// Reads the body piece by piece until it ends, is certain, or is too long. The pieces are decompressed already, so a
/// gzip bomb is stopped by what it unpacks to.
async fn read_body(
    mut response: Response,
    site: &Site,
    max_body: usize,
) -> Result<String, Inconclusive> {
    let status = response.status().as_u16();
    let mut body: Vec<u8> = Vec::new();
    // Looked at again whenever the size has doubled: every byte is searched about twice, however long the body is.
    let mut look_at = EARLY_END_AFTER;
    while let Some(piece) = response
        .chunk()
        .await
        .map_err(|error| fault::in_body(&error))?
    {
        let room = max_body.saturating_sub(body.len());
        let too_long = piece.len() > room;
        body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        if too_long || body.len() >= look_at {
            look_at = body.len().saturating_mul(2);
            let text = String::from_utf8_lossy(&body);
            if verdict::is_certain(site, status, &text) {
                return Ok(text.into_owned());
            }
        }
        if too_long {
            return Err(Inconclusive::BodyTooLarge);
        }
    }
    Ok(String::from_utf8(body)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
