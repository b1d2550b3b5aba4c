//! Redirects that say nothing about any account: to logins, challenges and consent pages.

use url::Url;

use super::BlockPage;
use crate::slices::watch::verdict::Inconclusive;

/// First labels of login hosts.
const LOGIN_HOSTS: &[&str] = &[
    "login", "signin", "auth", "oauth", "sso", "accounts", "passport", "id",
];

/// First labels of consent hosts.
const CONSENT_HOSTS: &[&str] = &["consent", "guce", "gdpr"];

/// First labels of challenge hosts.
const CHALLENGE_HOSTS: &[&str] = &["captcha", "challenge", "challenges", "validate"];

/// Path segments of login pages, in lower case, without extension.
const LOGIN_SEGMENTS: &[&str] = &[
    "log-in",
    "log_in",
    "sign-in",
    "sign_in",
    "signup",
    "sign-up",
    "sign_up",
    "register",
    "authwall",
    "auth",
    "oauth",
    "oauth2",
    "authorize",
    "authenticate",
    "authentication",
    "sso",
    "cas",
    "checkpoint",
    "servicelogin",
    "session",
    "sessions",
    "connexion",
    "anmelden",
    "entrar",
    "iniciar-sesion",
    "vhod",
];

/// Words that mark any path segment as a login page's, like `user-login` or `login_form`.
const LOGIN_WORDS: &[&str] = &["login", "signin", "logon"];

/// Path segments of challenges, in lower case, without extension.
const CHALLENGE_SEGMENTS: &[&str] = &[
    "captcha",
    "recaptcha",
    "showcaptcha",
    "checkcaptcha",
    "sgcaptcha",
    "challenge",
    "challenges",
    "sorry",
    "cdn-cgi",
    "js_challenge",
    "botcheck",
    "robot-check",
    "blocked",
    "_incapsula_resource",
    "access-denied",
    "accessdenied",
    "human-verification",
    "verify-human",
    "__qrator",
];

/// Path segments of consent pages, in lower case, without extension.
const CONSENT_SEGMENTS: &[&str] = &[
    "consent",
    "cookie-consent",
    "cookieconsent",
    "cookiewall",
    "cookie-wall",
    "collectconsent",
    "gdpr",
    "age-gate",
    "agegate",
    "age-verification",
];

/// Query fields that name the page to return to, in lower case, without dashes and underscores.
const RETURN_FIELDS: &[&str] = &[
    "next",
    "nexturl",
    "return",
    "returnto",
    "returnurl",
    "returnpath",
    "redirect",
    "redirectto",
    "redirecturl",
    "redirecturi",
    "redirectpath",
    "continue",
    "continueto",
    "continueurl",
    "back",
    "backurl",
    "camefrom",
    "dest",
    "destination",
    "goto",
    "service",
    "targeturl",
    "origurl",
    "originalurl",
];

/// The reason, if a redirect leads to a page that says nothing about any account, or detours
/// through one.
pub(crate) fn detour(from: &Url, target: &Url) -> Option<Inconclusive> {
    trap(Some(from), target).or_else(|| comes_back(from, target).then_some(Inconclusive::LoginWall))
}

/// The reason, if an address is that of a page that says nothing about any account.
pub(crate) fn redirect_trap(target: &Url) -> Option<Inconclusive> {
    trap(None, target)
}

/// The reason, if an address has the signs of such a page. What the address of the site's own rule
/// has is no sign.
fn trap(from: Option<&Url>, target: &Url) -> Option<Inconclusive> {
    by_host(target)
        .filter(|_| from.is_none_or(|from| from.host() != target.host()))
        .or_else(|| {
            let had =
                |segment: &&str| from.is_some_and(|from| segments(from).any(|s| s == *segment));
            let mut new = segments(target).filter(|segment| !had(segment));
            new.find_map(by_segment)
        })
}

fn segments(url: &Url) -> impl Iterator<Item = &str> {
    url.path_segments().into_iter().flatten()
}

fn by_host(target: &Url) -> Option<Inconclusive> {
    let host = target.host_str().unwrap_or_default();
    let label = host.split('.').next().unwrap_or_default();
    if CONSENT_HOSTS.contains(&label) {
        Some(Inconclusive::BlockPage(BlockPage::Consent))
    } else if CHALLENGE_HOSTS.contains(&label) || host.ends_with("captcha-delivery.com") {
        Some(Inconclusive::BlockPage(BlockPage::Captcha))
    } else {
        LOGIN_HOSTS
            .contains(&label)
            .then_some(Inconclusive::LoginWall)
    }
}

fn by_segment(segment: &str) -> Option<Inconclusive> {
    let segment = segment.to_ascii_lowercase();
    let stem = segment.split('.').next().unwrap_or_default();
    let mut words = stem.split(['-', '_']);
    if LOGIN_SEGMENTS.contains(&stem) || words.any(|word| LOGIN_WORDS.contains(&word)) {
        Some(Inconclusive::LoginWall)
    } else if CHALLENGE_SEGMENTS.contains(&stem) {
        Some(Inconclusive::BlockPage(BlockPage::Captcha))
    } else if CONSENT_SEGMENTS.contains(&stem) {
        Some(Inconclusive::BlockPage(BlockPage::Consent))
    } else {
        None
    }
}

/// True if the target's query says where to return to. Such a page is a detour, not the answer.
fn comes_back(from: &Url, target: &Url) -> bool {
    target.query_pairs().any(|(field, value)| {
        let field = field.to_ascii_lowercase().replace(['-', '_'], "");
        RETURN_FIELDS.contains(&field.as_str()) && !value.is_empty() && names(&value, from)
    })
}

/// True if a text is the address, either complete or only from its path on.
fn names(text: &str, address: &Url) -> bool {
    let is_it = |named: Url| named.host() == address.host() && named.path() == address.path();
    address.join(text).is_ok_and(is_it)
}
