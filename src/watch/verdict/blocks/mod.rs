//! Pages that stand in front of a site: firewalls, captchas, consent and login walls.
//!
//! Two grades. *Sure* signs (a firewall's own header, script object or form) are never on a site's own page and always
//! win. *Likely* signs (a title, a common phrase) may be on a page somebody's name is on, so they only win over answers
//! on which the site's own text is not found. The word "captcha" or a captcha script alone is no sign: many login forms
//! on ordinary pages have one. In JSON only signs that are made for JSON count, since its texts are people's.

mod location;
mod signs;
#[cfg(test)]
pub(super) mod tests;

use std::fmt;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use url::Url;

use super::{Answer, Inconclusive};
pub(in crate::watch) use location::{detour, redirect_trap};
use signs::{LIKELY_OTHER_TITLES, LIKELY_TEXTS, LIKELY_TITLES, SURE_JSON_TEXTS, SURE_TEXTS};

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
        .or_else(|| detour(&answer.url, &refresh(&body, &answer.url)?))
}

/// Where a page sends its reader by itself: a redirect in the clothes of a page. The address is that of the page in lower
/// case, which is enough to tell what kind of place it is.
fn refresh(lower_case_body: &str, page: &Url) -> Option<Url> {
    let quotes = ['"', '\''];
    let mut tags = lower_case_body
        .split("http-equiv=")
        .skip(1)
        .filter_map(|rest| rest.split('>').next());
    let (_, target) = tags
        .find_map(|tag| tag.trim_start_matches(quotes).strip_prefix("refresh"))?
        .split_once("url=")?;
    let target = target.trim_start_matches(quotes).split(quotes).next()?;
    page.join(target).ok()
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
