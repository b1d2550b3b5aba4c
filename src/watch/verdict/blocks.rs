//! Pages that stand in front of a site: firewalls, captchas, consent and login walls.
//!
//! Two grades. *Sure* signs (a firewall's own header, script object or form) are never on a site's own page and always
//! win. *Likely* signs (a title, a common phrase) may be on a page somebody's name is on, so they only win over answers
//! on which the site's own text is not found. The word "captcha" or a captcha script alone is no sign: many login forms
//! on ordinary pages have one. In JSON only signs that are made for JSON count, since its texts are people's.

use std::fmt;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use url::Url;

use super::{Answer, Inconclusive};

/// Who stood in front of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockPage {
    /// Cloudflare.
    Cloudflare,
    /// The AWS web application firewall.
    AwsWaf,
    /// Akamai.
    Akamai,
    /// DDoS-Guard.
    DdosGuard,
    /// `PerimeterX` (HUMAN).
    PerimeterX,
    /// `DataDome`.
    DataDome,
    /// Imperva (Incapsula).
    Imperva,
    /// Sucuri.
    Sucuri,
    /// Anubis.
    Anubis,
    /// Vercel's checkpoint.
    Vercel,
    /// A captcha of the site's own, or one whose maker cannot be told.
    Captcha,
    /// A consent page.
    Consent,
    /// A page that refuses without saying on whose behalf.
    Other,
}

impl fmt::Display for BlockPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cloudflare => "Cloudflare",
            Self::AwsWaf => "AWS WAF",
            Self::Akamai => "Akamai",
            Self::DdosGuard => "DDoS-Guard",
            Self::PerimeterX => "PerimeterX",
            Self::DataDome => "DataDome",
            Self::Imperva => "Imperva",
            Self::Sucuri => "Sucuri",
            Self::Anubis => "Anubis",
            Self::Vercel => "Vercel",
            Self::Captcha => "captcha",
            Self::Consent => "consent",
            Self::Other => "unnamed",
        })
    }
}

/// Texts that only a block page has. Compared with the body in lower case.
const SURE_TEXTS: &[(&str, BlockPage)] = &[
    ("window._cf_chl_opt", BlockPage::Cloudflare),
    ("id=\"cf-error-details\"", BlockPage::Cloudflare),
    ("class=\"cf-browser-verification", BlockPage::Cloudflare),
    // The challenge's own scripts; "/scripts/jsd/" beside them is put into ordinary pages.
    ("/orchestrate/chl_page/", BlockPage::Cloudflare),
    ("/orchestrate/captcha/", BlockPage::Cloudflare),
    ("/orchestrate/jsch/", BlockPage::Cloudflare),
    ("<title>just a moment...</title>", BlockPage::Cloudflare),
    (
        "<title>attention required! | cloudflare</title>",
        BlockPage::Cloudflare,
    ),
    ("<title>ddos-guard</title>", BlockPage::DdosGuard),
    ("window.gokuprops", BlockPage::AwsWaf),
    ("awswafintegration.saverefer", BlockPage::AwsWaf),
    ("errors.edgesuite.net", BlockPage::Akamai),
    ("id=\"sec-if-cpt-container\"", BlockPage::Akamai),
    ("/_sec/cp_challenge/", BlockPage::Akamai),
    ("/.well-known/ddos-guard/js-challenge", BlockPage::DdosGuard),
    ("check.ddos-guard.net/", BlockPage::DdosGuard),
    ("id=\"px-captcha\"", BlockPage::PerimeterX),
    ("id='px-captcha'", BlockPage::PerimeterX),
    ("window._pxblock", BlockPage::PerimeterX),
    ("geo.captcha-delivery.com", BlockPage::DataDome),
    ("ct.captcha-delivery.com", BlockPage::DataDome),
    (
        "request unsuccessful. incapsula incident id",
        BlockPage::Imperva,
    ),
    ("sucuri website firewall - access denied", BlockPage::Sucuri),
    ("sucuri_cloudproxy_js", BlockPage::Sucuri),
    ("id=\"anubis_challenge\"", BlockPage::Anubis),
    ("tiktok-verify-page", BlockPage::Captcha),
    ("action=\"https://consent.youtube.com/", BlockPage::Consent),
    ("action=\"https://consent.google.com/", BlockPage::Consent),
    ("action=\"/sorry/index\"", BlockPage::Captcha),
    ("action=\"/checkcaptcha", BlockPage::Captcha),
    ("smartcaptcha-status", BlockPage::Captcha),
];

/// What firewalls answer to those who asked for JSON.
const SURE_JSON_TEXTS: &[(&str, BlockPage)] = &[
    (
        "\"url\":\"https://geo.captcha-delivery.com/",
        BlockPage::DataDome,
    ),
    ("\"blockscript\":\"/", BlockPage::PerimeterX),
    ("\"jsclientsrc\":\"/", BlockPage::PerimeterX),
];

/// Beginnings of the titles of block pages, in lower case.
const LIKELY_TITLES: &[(&str, BlockPage)] = &[
    ("just a moment", BlockPage::Cloudflare),
    ("attention required! | cloudflare", BlockPage::Cloudflare),
    ("access denied | ", BlockPage::Cloudflare),
    ("human verification", BlockPage::AwsWaf),
    ("ddos-guard", BlockPage::DdosGuard),
    ("access to this page has been denied", BlockPage::PerimeterX),
    ("pardon our interruption", BlockPage::Imperva),
    ("making sure you're not a bot", BlockPage::Anubis),
    ("making sure you&#39;re not a bot", BlockPage::Anubis),
    ("vercel security checkpoint", BlockPage::Vercel),
    ("checking your browser", BlockPage::Captcha),
    ("client challenge", BlockPage::Captcha),
    ("one moment, please", BlockPage::Captcha),
    ("security check", BlockPage::Captcha),
    ("bot verification", BlockPage::Captcha),
    ("robot check", BlockPage::Captcha),
    ("are you a robot", BlockPage::Captcha),
    ("are you human", BlockPage::Captcha),
    ("are you not a robot", BlockPage::Captcha),
    ("verify you are human", BlockPage::Captcha),
    ("verifying you are human", BlockPage::Captcha),
    ("please verify you are", BlockPage::Captcha),
    ("captcha", BlockPage::Captcha),
    ("вы не робот", BlockPage::Captcha),
    ("проверка браузера", BlockPage::Captcha),
    ("before you continue", BlockPage::Consent),
    ("access denied", BlockPage::Other),
    ("access blocked", BlockPage::Other),
    ("доступ ограничен", BlockPage::Other),
    ("доступ запрещ", BlockPage::Other),
    ("request blocked", BlockPage::Other),
    ("request rejected", BlockPage::Other),
    ("blocked", BlockPage::Other),
    ("forbidden", BlockPage::Other),
    ("403 forbidden", BlockPage::Other),
    ("error 1020", BlockPage::Cloudflare),
];

/// Beginnings of the titles of other pages that stand in front of a site, in lower case.
const LIKELY_OTHER_TITLES: &[(&str, Inconclusive)] = &[
    ("too many requests", Inconclusive::RateLimited),
    ("429 too many requests", Inconclusive::RateLimited),
    ("service unavailable", Inconclusive::ServerError(503)),
    ("503 service", Inconclusive::ServerError(503)),
    ("502 bad gateway", Inconclusive::ServerError(502)),
    ("504 gateway", Inconclusive::ServerError(504)),
    ("log in", Inconclusive::LoginWall),
    ("login", Inconclusive::LoginWall),
    ("sign in", Inconclusive::LoginWall),
    ("вход", Inconclusive::LoginWall),
    ("войти", Inconclusive::LoginWall),
];

/// Phrases block pages have in common, in lower case.
const LIKELY_TEXTS: &[(&str, BlockPage)] = &[
    (
        "enable javascript and cookies to continue",
        BlockPage::Cloudflare,
    ),
    ("sorry, you have been blocked", BlockPage::Cloudflare),
    (
        "checking if the site connection is secure",
        BlockPage::Cloudflare,
    ),
    (
        "you don't have permission to access \"http",
        BlockPage::Akamai,
    ),
    ("please verify you are a human", BlockPage::PerimeterX),
    ("press &amp; hold to confirm you are", BlockPage::PerimeterX),
    ("press & hold to confirm you are", BlockPage::PerimeterX),
    ("checking your browser before accessing", BlockPage::Captcha),
    (
        "our systems have detected unusual traffic",
        BlockPage::Captcha,
    ),
    ("unusual traffic from your", BlockPage::Captcha),
    ("complete the captcha", BlockPage::Captcha),
    ("solve the captcha", BlockPage::Captcha),
    ("complete the security check to access", BlockPage::Captcha),
    ("confirm you are not a robot", BlockPage::Captcha),
    ("confirm that you are not a robot", BlockPage::Captcha),
    ("prove you are human", BlockPage::Captcha),
    ("verify that you are human", BlockPage::Captcha),
    ("подтвердите, что вы не робот", BlockPage::Captcha),
    (
        "запросы, отправленные с вашего устройства, похожи на автоматические",
        BlockPage::Captcha,
    ),
    ("you've been blocked by network security", BlockPage::Other),
    ("whoa there, pardner!", BlockPage::Other),
    ("your ip address has been blocked", BlockPage::Other),
    ("your ip has been blocked", BlockPage::Other),
];

/// First labels of hosts that only ask who one is.
const LOGIN_HOSTS: &[&str] = &[
    "login", "signin", "auth", "oauth", "sso", "accounts", "passport", "id",
];

/// Path segments of login pages, in lower case, without an ending.
const LOGIN_SEGMENTS: &[&str] = &[
    "login",
    "log-in",
    "log_in",
    "signin",
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
    "sso",
    "logon",
    "wp-login",
    "checkpoint",
];

/// Path segments of challenges, in lower case, without an ending.
const CHALLENGE_SEGMENTS: &[&str] = &[
    "captcha",
    "showcaptcha",
    "checkcaptcha",
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
];

/// Path segments of consent pages, in lower case, without an ending.
const CONSENT_SEGMENTS: &[&str] = &[
    "consent",
    "cookie-consent",
    "cookiewall",
    "collectconsent",
    "gdpr",
];

/// A table of texts as one automaton: a page is read through once, however many texts there are.
struct Signs {
    automaton: Option<AhoCorasick>,
    texts: &'static [(&'static str, BlockPage)],
}

static SURE: LazyLock<Signs> = LazyLock::new(|| Signs::new(SURE_TEXTS));
static SURE_JSON: LazyLock<Signs> = LazyLock::new(|| Signs::new(SURE_JSON_TEXTS));
static LIKELY: LazyLock<Signs> = LazyLock::new(|| Signs::new(LIKELY_TEXTS));

impl Signs {
    fn new(texts: &'static [(&'static str, BlockPage)]) -> Self {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(texts.iter().map(|(text, _)| text));
        Self {
            // Only a table of gigabytes could fail; it would be searched text by text.
            automaton: automaton.ok(),
            texts,
        }
    }

    /// The page of the first text of the table that is in the body, whatever the case of its Latin letters.
    fn find(&self, body: &str) -> Option<BlockPage> {
        let found = match &self.automaton {
            Some(automaton) => automaton
                .find_overlapping_iter(body)
                .map(|found| found.pattern().as_usize())
                .min(),
            None => {
                let body = body.to_ascii_lowercase();
                self.texts.iter().position(|(text, _)| body.contains(text))
            }
        };
        found
            .and_then(|place| self.texts.get(place))
            .map(|(_, which)| *which)
    }
}

/// Tells whether a redirect leads to a page that says nothing about any account.
pub(in crate::watch) fn redirect_trap(target: &Url) -> Option<Inconclusive> {
    let host = target.host_str().unwrap_or_default();
    let label = host.split('.').next().unwrap_or_default();
    if label == "consent" {
        return Some(Inconclusive::BlockPage(BlockPage::Consent));
    }
    if matches!(label, "captcha" | "challenge" | "validate")
        || host.ends_with("captcha-delivery.com")
    {
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
            if LOGIN_SEGMENTS.contains(&stem) {
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

/// Looks for signs that no page of a site's own has.
pub(super) fn surely_blocked(answer: &Answer) -> Option<Inconclusive> {
    let which = if answer.headers.cf_mitigated {
        Some(BlockPage::Cloudflare)
    } else if answer.headers.amzn_waf_action {
        Some(BlockPage::AwsWaf)
    } else {
        let signs = if is_json(&answer.body) {
            &SURE_JSON
        } else {
            &SURE
        };
        signs.find(&answer.body)
    };
    which.map(Inconclusive::BlockPage)
}

/// Looks for signs that a page of a site's own could have too.
pub(super) fn likely_blocked(answer: &Answer) -> Option<Inconclusive> {
    if answer.status == 403 {
        let which = match answer.headers.server.as_str() {
            "ddos-guard" => Some(BlockPage::DdosGuard),
            "akamaighost" => Some(BlockPage::Akamai),
            _ => None,
        };
        if let Some(which) = which {
            return Some(Inconclusive::BlockPage(which));
        }
    }
    if is_json(&answer.body) {
        return None;
    }
    // Full lower case, since some of the texts are Russian.
    let body = answer.body.to_lowercase();
    by_title(title(&body).unwrap_or_default())
        .or_else(|| LIKELY.find(&body).map(Inconclusive::BlockPage))
}

fn by_title(title: &str) -> Option<Inconclusive> {
    let block = LIKELY_TITLES
        .iter()
        .find(|(start, _)| starts_with_words(title, start));
    let other = || {
        LIKELY_OTHER_TITLES
            .iter()
            .find(|(start, _)| starts_with_words(title, start))
    };
    block
        .map(|(_, which)| Inconclusive::BlockPage(*which))
        .or_else(|| other().map(|(_, reason)| *reason))
}

/// A person called "Loginov" has no login wall: what follows the words must not be a letter or a digit, except where the
/// words are an open beginning themselves.
fn starts_with_words(title: &str, start: &str) -> bool {
    title.strip_prefix(start).is_some_and(|rest| {
        start.ends_with("запрещ")
            || rest
                .chars()
                .next()
                .is_none_or(|next| !next.is_alphanumeric())
    })
}

fn title(lower_case_body: &str) -> Option<&str> {
    let (_, rest) = lower_case_body.split_once("<title")?;
    let (_, rest) = rest.split_once('>')?;
    let (title, _) = rest.split_once("</title")?;
    Some(title.trim())
}

fn is_json(body: &str) -> bool {
    body.trim_start().starts_with(['{', '['])
}
