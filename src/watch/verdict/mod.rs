//! What an answer means. Pure: an answer goes in, a sighting or a reason comes out.
//!
//! The order of judgement is fixed: block pages first (also with status 200, also by `Location`), then statuses that are
//! no answer, then the site's rule, both sides. What must stay true: a verdict has positive evidence of its own, and
//! anything else is [`Inconclusive`], which changes nothing about an account.

mod blocks;
#[cfg(test)]
mod tests;

use std::fmt;

use url::Url;

pub use blocks::BlockPage;
pub(super) use blocks::redirect_trap;

use super::site::{Method, Rule, Site, is_no_answer};

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sighting {
    /// The account is there.
    Exists,
    /// The account is not there.
    Missing,
}

/// Why a look says nothing about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inconclusive {
    /// The site's name has no address.
    Dns,
    /// No secure connection; a wrong certificate is one case.
    Tls,
    /// Nobody accepted the connection.
    Connect,
    /// The connection was closed before an answer came.
    Reset,
    /// No complete answer within the time limit.
    Timeout,
    /// A redirect leads back to where it came from.
    RedirectLoop,
    /// More redirects than are followed.
    TooManyRedirects,
    /// The body went on past the cap and was not certain by then.
    BodyTooLarge,
    /// The body ended before its announced end.
    CutBody,
    /// The answer or its compression could not be decoded.
    BadBody,
    /// A page that stands in front of the site.
    BlockPage(BlockPage),
    /// The site wants a login first.
    LoginWall,
    /// Status 429: too many requests.
    RateLimited,
    /// Status 401, 403 or 407: who asks is refused.
    Forbidden,
    /// Status 5xx.
    ServerError(u16),
    /// A status that no rule of the site names, or that never is an answer.
    Status(u16),
    /// A page without content.
    EmptyBody,
    /// The answer fits both rules: the site's definition is broken.
    BothRulesMatch,
    /// A rule names the status, but its text is not there: the site has changed or the definition is broken.
    NoRuleMatches,
    /// The site failed repeatedly and is left alone for a while.
    BreakerOpen,
    /// Looks at the same account did not agree.
    LooksDisagree,
    /// The address, or one it redirected to, is not to be asked.
    PrivateTarget,
    /// The catalogue has no such site (any more).
    UnknownSite,
    /// The site cannot have such a user name (any more).
    BadName,
    /// The site's control names were not judged rightly.
    ControlFailed,
    /// Our own network is down.
    Offline,
}

impl Inconclusive {
    /// Every name that [`Self::key`] gives; each has a text for people.
    pub const ALL_KEYS: [&str; 26] = [
        "dns",
        "tls",
        "connect",
        "reset",
        "timeout",
        "redirect-loop",
        "too-many-redirects",
        "body-too-large",
        "cut-body",
        "bad-body",
        "block-page",
        "login-wall",
        "rate-limited",
        "forbidden",
        "server-error",
        "status",
        "empty-body",
        "both-rules-match",
        "no-rule-matches",
        "breaker-open",
        "looks-disagree",
        "private-target",
        "unknown-site",
        "bad-name",
        "control-failed",
        "offline",
    ];

    /// The stable name of this reason, for the database, metrics and JSON.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::Connect => "connect",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::RedirectLoop => "redirect-loop",
            Self::TooManyRedirects => "too-many-redirects",
            Self::BodyTooLarge => "body-too-large",
            Self::CutBody => "cut-body",
            Self::BadBody => "bad-body",
            Self::BlockPage(_) => "block-page",
            Self::LoginWall => "login-wall",
            Self::RateLimited => "rate-limited",
            Self::Forbidden => "forbidden",
            Self::ServerError(_) => "server-error",
            Self::Status(_) => "status",
            Self::EmptyBody => "empty-body",
            Self::BothRulesMatch => "both-rules-match",
            Self::NoRuleMatches => "no-rule-matches",
            Self::BreakerOpen => "breaker-open",
            Self::LooksDisagree => "looks-disagree",
            Self::PrivateTarget => "private-target",
            Self::UnknownSite => "unknown-site",
            Self::BadName => "bad-name",
            Self::ControlFailed => "control-failed",
            Self::Offline => "offline",
        }
    }

    /// Tells whether the site itself failed or refused, so that asking on would only make it worse.
    #[must_use]
    pub const fn is_site_trouble(self) -> bool {
        match self {
            Self::Dns
            | Self::Tls
            | Self::Connect
            | Self::Reset
            | Self::Timeout
            | Self::RedirectLoop
            | Self::TooManyRedirects
            | Self::BodyTooLarge
            | Self::CutBody
            | Self::BadBody
            | Self::BlockPage(_)
            | Self::LoginWall
            | Self::RateLimited
            | Self::Forbidden
            | Self::ServerError(_)
            | Self::EmptyBody => true,
            // 408, 421, 425 and 999 are refusals; other statuses are answers that the definition does not know.
            Self::Status(status) => is_no_answer(status),
            Self::BothRulesMatch
            | Self::NoRuleMatches
            | Self::BreakerOpen
            | Self::LooksDisagree
            | Self::PrivateTarget
            | Self::UnknownSite
            | Self::BadName
            | Self::ControlFailed
            | Self::Offline => false,
        }
    }
}

impl fmt::Display for Inconclusive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "the site's name has no address",
            Self::Tls => "no secure connection (certificate or TLS)",
            Self::Connect => "the site does not accept connections",
            Self::Reset => "the connection was closed before an answer came",
            Self::Timeout => "no complete answer in time",
            Self::RedirectLoop => "the site redirects in a circle",
            Self::TooManyRedirects => "the site redirects too many times",
            Self::BodyTooLarge => "the answer is too large",
            Self::CutBody => "the answer was cut off",
            Self::BadBody => "the answer could not be decoded",
            Self::BlockPage(which) => return write!(f, "a block page ({which})"),
            Self::LoginWall => "the site wants a login first",
            Self::RateLimited => "the site says too many requests (429)",
            Self::Forbidden => "the site refuses us (401, 403 or 407)",
            Self::ServerError(status) => {
                return write!(f, "the site has an error of its own ({status})");
            }
            Self::Status(status) => {
                return write!(f, "an answer that says nothing (status {status})");
            }
            Self::EmptyBody => "an empty page",
            Self::BothRulesMatch => "the answer fits both rules, the site's definition is broken",
            Self::NoRuleMatches => {
                "the answer fits no rule, the site has changed or its definition is broken"
            }
            Self::BreakerOpen => "the site failed repeatedly and is left alone for a while",
            Self::LooksDisagree => "two looks did not agree",
            Self::PrivateTarget => "the address is not one that may be asked",
            Self::UnknownSite => "no catalogue has this site",
            Self::BadName => "the site cannot have this user name",
            Self::ControlFailed => "the site's control names were judged wrongly",
            Self::Offline => "our own network is down",
        })
    }
}

/// The headers that tell who answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerHeaders {
    /// `Server`, in lower case.
    pub server: String,
    /// `cf-mitigated` is present: Cloudflare stood in the way.
    pub cf_mitigated: bool,
    /// `x-amzn-waf-action` is present: the AWS firewall stood in the way.
    pub amzn_waf_action: bool,
}

/// A complete answer, or as much of one as makes it certain.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The address that gave this answer.
    pub url: Url,
    /// The status code.
    pub status: u16,
    /// The headers that matter.
    pub headers: AnswerHeaders,
    /// `Location` as given; it may be relative.
    pub location: Option<String>,
    /// The decoded body.
    pub body: String,
}

/// Judges an answer.
///
/// # Errors
/// Why it says nothing about the account.
pub fn judge(site: &Site, answer: &Answer) -> Result<Sighting, Inconclusive> {
    if is_redirect(answer.status) {
        judge_location(answer)?;
    }
    if let Some(reason) = blocks::surely_blocked(answer) {
        return Err(reason);
    }
    let refuses = |text: &String| answer.body.contains(text.as_str());
    if site.refusals().iter().any(refuses) {
        return Err(Inconclusive::BlockPage(BlockPage::Other));
    }
    let exists = fit(site.exists(), answer);
    let missing = fit(site.missing(), answer);
    // A page that only resembles a block page passes when the site's own text is on it.
    let is_own = |fit: Fit, rule: &Rule| fit == Fit::Text && rule.is_surely_in(&answer.body);
    if !is_own(exists, site.exists())
        && !is_own(missing, site.missing())
        && let Some(reason) = blocks::likely_blocked(answer)
    {
        return Err(reason);
    }
    if is_no_answer(answer.status) && exists != Fit::Text && missing != Fit::Text {
        return Err(no_answer(answer.status));
    }
    if answer.body.trim().is_empty() && !may_be_empty(site.method(), answer.status) {
        return Err(Inconclusive::EmptyBody);
    }
    match (exists.is_match(), missing.is_match()) {
        (true, true) => Err(Inconclusive::BothRulesMatch),
        (true, false) => Ok(Sighting::Exists),
        (false, true) => Ok(Sighting::Missing),
        (false, false) if exists == Fit::No && missing == Fit::No => {
            Err(Inconclusive::Status(answer.status))
        }
        (false, false) => Err(Inconclusive::NoRuleMatches),
    }
}

/// Tells whether more of the body cannot change what [`judge`] says of it: one side's text is there, and the status
/// rules the other side out.
pub(super) fn is_certain(site: &Site, status: u16, body: &str) -> bool {
    let seen = |rule: &Rule, other: &Rule| {
        rule.names_status(status)
            && rule.has_text()
            && !other.names_status(status)
            && rule.texts_are_in(body)
            // What must not be there may still come.
            && rule.no_text.is_empty()
            && site.refusals().is_empty()
    };
    seen(site.exists(), site.missing()) || seen(site.missing(), site.exists())
}

/// How an answer fits one side of a site's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// The rule does not name the status.
    No,
    /// The rule names the status, but not all of its texts are there, or one of the other side's is.
    Half,
    /// The rule names the status and needs no text with it.
    Status,
    /// Status and texts are there.
    Text,
}

impl Fit {
    fn is_match(self) -> bool {
        matches!(self, Self::Status | Self::Text)
    }
}

fn fit(rule: &Rule, answer: &Answer) -> Fit {
    let (status, body) = (answer.status, answer.body.as_str());
    if !rule.names_status(status) {
        Fit::No
    } else if rule.is_excluded_by(body) {
        Fit::Half
    } else if rule.has_text() && rule.texts_are_in(body) {
        Fit::Text
    } else if !rule.has_text() || rule.bare.contains(&status) {
        Fit::Status
    } else {
        Fit::Half
    }
}

pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// A redirect that was not followed may be an answer, but not one to itself, to a login or to a challenge.
fn judge_location(answer: &Answer) -> Result<(), Inconclusive> {
    let nowhere = Inconclusive::Status(answer.status);
    let location = answer.location.as_deref().ok_or(nowhere)?;
    let target = answer.url.join(location).map_err(|_| nowhere)?;
    if let Some(reason) = redirect_trap(&target) {
        return Err(reason);
    }
    if target == answer.url {
        return Err(Inconclusive::RedirectLoop);
    }
    // Another spelling of the same address (https, `www.`, a slash, letter case) is no answer yet.
    if spelling(&target) == spelling(&answer.url) {
        Err(nowhere)
    } else {
        Ok(())
    }
}

fn spelling(url: &Url) -> (String, String, Option<String>) {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host).to_owned();
    (
        host,
        url.path().trim_end_matches('/').to_lowercase(),
        url.query().map(str::to_lowercase),
    )
}

fn no_answer(status: u16) -> Inconclusive {
    match status {
        401 | 403 | 407 => Inconclusive::Forbidden,
        429 => Inconclusive::RateLimited,
        500..=599 => Inconclusive::ServerError(status),
        _ => Inconclusive::Status(status),
    }
}

/// Where nothing in the body is nothing unusual: HEAD, redirects and statuses without a body by their nature, and the two
/// statuses whose whole meaning is that nothing is there. An empty page that claims success is how firewalls answer.
fn may_be_empty(method: Method, status: u16) -> bool {
    method == Method::Head || is_redirect(status) || matches!(status, 204 | 205 | 304 | 404 | 410)
}
