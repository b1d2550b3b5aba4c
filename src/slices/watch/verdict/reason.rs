//! Why a probe says nothing about an account.
//!
//! Each reason has a stable key and a sentence for operators, and tells whether the site is at
//! fault. The sentences for people are in the locales.

use std::fmt;

use super::BlockPage;
use crate::slices::watch::site::is_no_answer;

/// Why a probe says nothing about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inconclusive {
    /// The host name does not resolve.
    Dns,
    /// No secure connection, for example because of a bad certificate.
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
    /// The body exceeded the cap before the verdict was certain.
    BodyTooLarge,
    /// The body ended before its announced end.
    CutBody,
    /// The answer or its compression could not be decoded.
    BadBody,
    /// A page in front of the site.
    BlockPage(BlockPage),
    /// The site wants a login first.
    LoginWall,
    /// Status 429: too many requests.
    RateLimited,
    /// Status 401, 403 or 407: the site refuses us.
    Forbidden,
    /// Status 5xx.
    ServerError(u16),
    /// A status that no rule of the site names, or that never counts as an answer.
    Status(u16),
    EmptyBody,
    /// The answer fits both rules: the site's definition is broken.
    BothRulesMatch,
    /// A rule names the status, but its text is missing: the site has changed or the definition is
    /// broken.
    NoRuleMatches,
    /// The site answers for a hidden account as for a missing one.
    MissingOrHidden,
    /// The page is neither like that of an account of the site nor like that of nobody.
    UnlikeControls,
    /// The site failed repeatedly and is left alone for a while.
    BreakerOpen,
    ProbesDisagree,
    /// The address, or one it redirected to, must not be requested.
    PrivateTarget,
    /// The catalogue no longer has the site.
    UnknownSite,
    /// The site no longer allows such a user name.
    BadName,
    /// The check of the site's control names failed.
    ControlFailed,
    /// The site did not say of a random name of the same shape that nobody has it.
    NamesAlike,
    /// A page and another eye saw different things.
    EyesDisagree,
    /// The site keeps the account from being seen.
    Restricted,
    /// Our own network is down.
    Offline,
}

impl Inconclusive {
    /// Every result of [`Self::key`]; each has a text for people.
    pub const ALL_KEYS: [&str; 31] = [
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
        "missing-or-hidden",
        "unlike-controls",
        "breaker-open",
        "looks-disagree",
        "private-target",
        "unknown-site",
        "bad-name",
        "control-failed",
        "names-alike",
        "eyes-disagree",
        "restricted",
        "offline",
    ];

    /// The stable key for the database, metrics and JSON.
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
            Self::MissingOrHidden => "missing-or-hidden",
            Self::UnlikeControls => "unlike-controls",
            Self::BreakerOpen => "breaker-open",
            Self::ProbesDisagree => "looks-disagree",
            Self::PrivateTarget => "private-target",
            Self::UnknownSite => "unknown-site",
            Self::BadName => "bad-name",
            Self::ControlFailed => "control-failed",
            Self::NamesAlike => "names-alike",
            Self::EyesDisagree => "eyes-disagree",
            Self::Restricted => "restricted",
            Self::Offline => "offline",
        }
    }

    /// True if the site itself failed or refused, so more requests would make it worse.
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
            // 408, 421, 425 and 999 are refusals. Other statuses are answers that the site's
            // definition does not cover.
            Self::Status(status) => is_no_answer(status),
            Self::BothRulesMatch
            | Self::NoRuleMatches
            | Self::MissingOrHidden
            | Self::UnlikeControls
            | Self::BreakerOpen
            | Self::ProbesDisagree
            | Self::PrivateTarget
            | Self::UnknownSite
            | Self::BadName
            | Self::ControlFailed
            | Self::NamesAlike
            | Self::EyesDisagree
            | Self::Restricted
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
            Self::MissingOrHidden => "the account is missing or hidden, the answer is the same",
            Self::UnlikeControls => {
                "the page looks neither like an account of this site nor like that of nobody"
            }
            Self::BreakerOpen => "the site failed repeatedly and is left alone for a while",
            Self::ProbesDisagree => "two looks did not agree",
            Self::PrivateTarget => "the address is not one that may be asked",
            Self::UnknownSite => "no catalogue has this site",
            Self::BadName => "the site cannot have this user name",
            Self::ControlFailed => "the site's control names were judged wrongly",
            Self::NamesAlike => "the site did not say that a random name like this one is missing",
            Self::EyesDisagree => "the page and the linked Telegram account saw different things",
            Self::Restricted => "the site keeps the account from being seen",
            Self::Offline => "our own network is down",
        })
    }
}
