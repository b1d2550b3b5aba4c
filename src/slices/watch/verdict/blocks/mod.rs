//! Pages in front of a site: firewalls, captchas, consent and login walls.
//!
//! There are two grades of signs. *Sure* signs (a firewall's own header, script object or form) are
//! never on a site's own page and always win. *Likely* signs (a title, a common phrase) may also be
//! on a person's page, so they win only over answers without the site's own text. The word
//! "captcha" or a captcha script alone is no sign, because many ordinary pages have a login form
//! with one. In JSON only signs made for JSON count, because people wrote the other texts.

mod location;
mod seen;
mod signs;
#[cfg(test)]
pub(super) mod tests;

use std::fmt;

use super::Inconclusive;
use crate::slices::watch::verdict::SiteAnswer;
pub(crate) use location::{detour, redirect_trap};
use seen::Seen;
use signs::{LIKELY_OTHER_TITLES, LIKELY_TITLES};

/// Who blocked the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockPage {
    Cloudflare,
    /// The AWS web application firewall.
    AwsWaf,
    Akamai,
    DdosGuard,
    /// `PerimeterX` (HUMAN).
    PerimeterX,
    DataDome,
    /// Imperva (Incapsula).
    Imperva,
    Sucuri,
    Anubis,
    Vercel,
    /// The site's own captcha, or one of an unknown maker.
    Captcha,
    Consent,
    /// A block page of an unknown maker.
    Other,
}

impl BlockPage {
    /// The owner of the server, from the value of its `Server` header.
    #[must_use]
    pub fn of_server(value: &[u8]) -> Option<Self> {
        if value.eq_ignore_ascii_case(b"ddos-guard") {
            Some(Self::DdosGuard)
        } else if value.eq_ignore_ascii_case(b"akamaighost") {
            Some(Self::Akamai)
        } else {
            None
        }
    }
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

/// The signs of a block page in an answer.
#[derive(Debug)]
pub(super) struct Blocks<'a> {
    answer: &'a SiteAnswer,
    seen: Seen<'a>,
}

impl<'a> Blocks<'a> {
    /// Scans the answer's body.
    pub(super) fn read(answer: &'a SiteAnswer) -> Self {
        Self {
            answer,
            seen: Seen::read(&answer.body),
        }
    }

    /// Judges by signs that a site's own page never has.
    pub(super) fn sure(&self) -> Option<Inconclusive> {
        let which = if self.answer.headers.cf_mitigated {
            Some(BlockPage::Cloudflare)
        } else if self.answer.headers.amzn_waf_action {
            Some(BlockPage::AwsWaf)
        } else {
            self.seen.sure()
        };
        which.map(Inconclusive::BlockPage)
    }

    /// Judges by signs that a site's own page may also have.
    pub(super) fn likely(&self) -> Option<Inconclusive> {
        if let (403, Some(which)) = (self.answer.status, self.answer.headers.server) {
            return Some(Inconclusive::BlockPage(which));
        }
        if self.seen.is_json() {
            return None;
        }
        self.by_title()
            .or_else(|| self.seen.likely().map(Inconclusive::BlockPage))
            .or_else(|| self.by_refresh())
    }

    fn by_title(&self) -> Option<Inconclusive> {
        by_title(&self.seen.title()?)
    }

    fn by_refresh(&self) -> Option<Inconclusive> {
        let page = &self.answer.url;
        let target = page.join(self.seen.refresh()?).ok()?;
        detour(page, &target)
    }
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

/// A person called "Loginov" has no login wall. So no letter or digit may follow the words, unless
/// the words are marked as an open prefix.
fn starts_with_words(title: &str, start: &str) -> bool {
    title.strip_prefix(start).is_some_and(|rest| {
        start.ends_with("запрещ")
            || rest
                .chars()
                .next()
                .is_none_or(|next| !next.is_alphanumeric())
    })
}
