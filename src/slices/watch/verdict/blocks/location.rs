//! Redirects that say nothing about any account: to logins, challenges and consent pages.

use url::Url;

use super::BlockPage;
use crate::slices::watch::verdict::Inconclusive;

/// First labels of hosts that only ask who one is.
const LOGIN_HOSTS: &[&str] = &[
    "login", "signin", "auth", "oauth", "sso", "accounts", "passport", "id",
];

/// First labels of hosts that ask for consent.
const CONSENT_HOSTS: &[&str] = &["consent", "guce", "gdpr"];

/// First labels of hosts that ask for a proof.
const CHALLENGE_HOSTS: &[&str] = &["captcha", "challenge", "challenges", "validate"];

/// Path segments of login pages, in lower case, without an ending.
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

/// Words in a path segment of a login page, whatever is beside them, like `user-login` or
/// `login_form`.
const LOGIN_WORDS: &[&str] = &["login", "signin", "logon"];

/// Path segments of challenges, in lower case, without an ending.
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

/// Path segments of consent pages, in lower case, without an ending.
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

/// Fields of a query that name the page to come back to, without dashes and underscores, in lower
/// case.
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

/// The reason if a redirect leads to a page that says nothing about any account, or only past such
/// a page.
pub(crate) fn detour(from: &Url, target: &Url) -> Option<Inconclusive> {
    redirect_trap(target).or_else(|| comes_back(from, target).then_some(Inconclusive::LoginWall))
}

/// The reason if an address is that of a page that says nothing about any account.
pub(crate) fn redirect_trap(target: &Url) -> Option<Inconclusive> {
    let host = target.host_str().unwrap_or_default();
    let label = host.split('.').next().unwrap_or_default();
    if CONSENT_HOSTS.contains(&label) {
        return Some(Inconclusive::BlockPage(BlockPage::Consent));
    }
    if CHALLENGE_HOSTS.contains(&label) || host.ends_with("captcha-delivery.com") {
        return Some(Inconclusive::BlockPage(BlockPage::Captcha));
    }
    if LOGIN_HOSTS.contains(&label) {
        return Some(Inconclusive::LoginWall);
    }
    target
        .path_segments()
        .into_iter()
        .flatten()
        .find_map(|segment| {
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
        })
}

/// True if the target is told where to come back to: such a page is in the way and is not the
/// answer.
fn comes_back(from: &Url, target: &Url) -> bool {
    target.query_pairs().any(|(field, value)| {
        let field = field.to_ascii_lowercase().replace(['-', '_'], "");
        RETURN_FIELDS.contains(&field.as_str()) && !value.is_empty() && names(&value, from)
    })
}

/// True if a text is an address, whole or from its path on.
fn names(text: &str, address: &Url) -> bool {
    let is_it = |named: Url| named.host() == address.host() && named.path() == address.path();
    address.join(text).is_ok_and(is_it)
}
