//! What an answer means: a pure function from an answer to a sighting or a reason.
//!
//! The order of judgement is fixed: block pages (also with status 200, also by `Location`), then
//! statuses that are no answer, then both sides of the site's rule.
//!
//! # Invariants
//! - A verdict has positive evidence of its own.
//! - Anything else is [`Inconclusive`] and changes nothing about an account.

mod blocks;
mod markup;
mod proof;
mod reason;
#[cfg(test)]
mod tests;

use url::Url;

pub(crate) use blocks::BlockPage;
use blocks::Blocks;
pub(super) use blocks::{detour, redirect_trap};
pub(super) use markup::{Piece, pieces};
pub use proof::{Proof, Traits};
pub(crate) use reason::Inconclusive;

use super::model::verdict::Sighting;
use super::site::{Method, Site, Username, is_no_answer};
use crate::slices::watch::site::SiteRule;

/// Headers that reveal who answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerHeaders {
    /// The firewall or network that `Server` names, if it is one.
    pub server: Option<BlockPage>,
    /// `cf-mitigated` is present: Cloudflare blocked the request.
    pub cf_mitigated: bool,
    /// `x-amzn-waf-action` is present: the AWS firewall blocked the request.
    pub amzn_waf_action: bool,
}

/// A complete answer, or enough of it to make the verdict certain.
#[derive(Debug, Clone)]
pub struct SiteAnswer {
    /// The address that gave this answer.
    pub url: Url,
    pub status: u16,
    pub headers: AnswerHeaders,
    /// `Location` as sent; it may be relative.
    pub location: Option<String>,
    /// The decoded body.
    pub body: String,
}

/// Judges an answer.
///
/// # Errors
/// Why it says nothing about the account.
pub fn judge(site: &Site, answer: &SiteAnswer) -> Result<Sighting, Inconclusive> {
    if is_redirect(answer.status) {
        judge_location(answer)?;
    }
    let blocks = Blocks::read(answer);
    if let Some(reason) = blocks.sure() {
        return Err(reason);
    }
    let refuses = |text: &String| answer.body.contains(text.as_str());
    if site.refusals().iter().any(refuses) {
        return Err(Inconclusive::BlockPage(BlockPage::Other));
    }
    let exists = fit(site.exists(), answer);
    let missing = fit(site.missing(), answer);
    // A page that only resembles a block page passes if it has the site's own text.
    let is_own = |fit: Fit, rule: &SiteRule| fit == Fit::Text && rule.is_surely_in(&answer.body);
    if !is_own(exists, site.exists())
        && !is_own(missing, site.missing())
        && let Some(reason) = blocks.likely()
    {
        return Err(reason);
    }
    if is_no_answer(answer.status) && exists != Fit::Text && missing != Fit::Text {
        return Err(no_answer(answer.status));
    }
    if answer.body.trim().is_empty() && !may_be_empty(site.method(), answer.status) {
        return Err(Inconclusive::EmptyBody);
    }
    // A page with the texts of both sides says both, whatever its status.
    let contradicts = |own: Fit, rule: &SiteRule, other: &SiteRule| {
        own == Fit::Text && other.also_speaks_in(&answer.body, rule)
    };
    match (exists.is_match(), missing.is_match()) {
        (true, true) => Err(Inconclusive::BothRulesMatch),
        (true, false) if contradicts(exists, site.exists(), site.missing()) => {
            Err(Inconclusive::BothRulesMatch)
        }
        (false, true) if contradicts(missing, site.missing(), site.exists()) => {
            Err(Inconclusive::BothRulesMatch)
        }
        (true, false) => Ok(Sighting::Exists),
        (false, true) if site.missing().or_hidden => Err(Inconclusive::MissingOrHidden),
        (false, true) => Ok(Sighting::Missing),
        (false, false) if exists == Fit::No && missing == Fit::No => {
            Err(Inconclusive::Status(answer.status))
        }
        (false, false) => Err(Inconclusive::NoRuleMatches),
    }
}

/// Like [`judge`], for the answer about a name: what exists must repeat the name where the site's
/// rule says so.
///
/// # Errors
/// Why it says nothing about the account.
pub(super) fn judge_about(
    site: &Site,
    name: &Username,
    answer: &SiteAnswer,
) -> Result<Sighting, Inconclusive> {
    let sighting = judge(site, answer)?;
    if sighting == Sighting::Exists && !has_echoes(site, name, &answer.body) {
        return Err(Inconclusive::NoRuleMatches);
    }
    Ok(sighting)
}

/// True if an answer at another address than the asked one still says what was seen: somebody is
/// there by the page's texts, nobody in any way.
pub(super) fn is_told(
    site: &Site,
    answer: &SiteAnswer,
    seen: Result<Sighting, Inconclusive>,
) -> bool {
    match seen {
        Ok(Sighting::Exists) => fit(site.exists(), answer) == Fit::Text,
        Ok(Sighting::Missing) => true,
        Err(why) => why.is_site_trouble(),
    }
}

/// True if a body repeats the name wherever it must. Letter case makes no difference.
fn has_echoes(site: &Site, name: &Username, body: &str) -> bool {
    if site.echoes().is_empty() {
        return true;
    }
    let (body, name) = (
        body.to_ascii_lowercase(),
        name.as_str().to_ascii_lowercase(),
    );
    let mut echoes = site.echoes().iter();
    echoes.all(|echo| body.contains(&echo.to_ascii_lowercase().replace("{name}", &name)))
}

/// True if the rest of the body cannot change the result of [`judge`]: one side's text is there,
/// the status rules the other side out, and no text of the other side can follow.
pub(super) fn is_certain(site: &Site, status: u16, body: &str) -> bool {
    let one_has_no_text = !site.exists().has_text() || !site.missing().has_text();
    one_has_no_text && seems_certain(site, status, body)
}

/// Like [`is_certain`], for a body whose rest is too long to be read: the other side's text does
/// not come before it.
pub(super) fn seems_certain(site: &Site, status: u16, body: &str) -> bool {
    let seen = |rule: &SiteRule, other: &SiteRule| {
        rule.names_status(status)
            && rule.has_text()
            && !other.names_status(status)
            && rule.texts_are_in(body)
            // A forbidden text may still follow.
            && rule.no_text.is_empty()
            && site.refusals().is_empty()
            && site.echoes().is_empty()
    };
    seen(site.exists(), site.missing()) || seen(site.missing(), site.exists())
}

/// The target of a redirect that answers by its status alone. It must be checked whether that is an
/// answer.
pub(super) fn bare_target(site: &Site, answer: &SiteAnswer) -> Option<Url> {
    let location = answer.location.as_deref()?;
    let is_bare = is_redirect(answer.status)
        && [site.exists(), site.missing()]
            .into_iter()
            .any(|rule| fit(rule, answer) == Fit::Status);
    is_bare.then(|| answer.url.join(location).ok()).flatten()
}

/// How an answer fits one side of a site's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// The rule does not name the status.
    No,
    /// The rule names the status, but a required text is missing or a forbidden text is there.
    Half,
    /// The rule names the status and needs no text with it.
    Status,
    /// Status and texts match.
    Text,
}

impl Fit {
    fn is_match(self) -> bool {
        matches!(self, Self::Status | Self::Text)
    }
}

fn fit(rule: &SiteRule, answer: &SiteAnswer) -> Fit {
    let (status, body) = (answer.status, answer.body.as_str());
    if !rule.names_status(status) {
        Fit::No
    } else if rule.is_excluded_by(body) {
        Fit::Half
    } else if rule.has_text() && rule.texts_are_in(body) {
        Fit::Text
    } else if !rule.has_text() || rule.bare.contains(&status) {
        if is_redirect(status) && answer.location.is_none() {
            // A redirect without a target says nothing.
            return Fit::No;
        }
        Fit::Status
    } else {
        Fit::Half
    }
}

pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// A redirect that was not followed may be the answer, unless it leads to itself, a login or a
/// challenge.
fn judge_location(answer: &SiteAnswer) -> Result<(), Inconclusive> {
    let nowhere = Inconclusive::Status(answer.status);
    let Some(location) = answer.location.as_deref() else {
        return Ok(());
    };
    let target = answer.url.join(location).map_err(|_| nowhere)?;
    if let Some(reason) = detour(&answer.url, &target) {
        return Err(reason);
    }
    if target == answer.url {
        return Err(Inconclusive::RedirectLoop);
    }
    // A redirect to another spelling of the same address (https, `www.`, a slash, letter case) is
    // no answer.
    if is_same_spelt(&answer.url, &target) {
        Err(nowhere)
    } else {
        Ok(())
    }
}

/// True if two addresses differ only in their spelling.
pub(super) fn is_same_spelt(a: &Url, b: &Url) -> bool {
    spelling(a) == spelling(b)
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

/// True if an empty body is normal: for HEAD, redirects, statuses without a body, and the two
/// statuses for "not found". Firewalls answer with empty pages that claim success.
fn may_be_empty(method: Method, status: u16) -> bool {
    method == Method::Head || is_redirect(status) || matches!(status, 204 | 205 | 304 | 404 | 410)
}
