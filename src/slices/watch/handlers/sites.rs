//! The screens of sites, for admins: how each site does, why probes fail there, and whether it is
//! muted.
//!
//! A button that mutes or unmutes carries the mute that its reader
//! saw. If another admin was faster, the button shows the current state instead.

use super::WatchHandlers;
use super::thread::spoken_until;
use crate::clock::{DAY, UnixMs};
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::navigation::panel_button;
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::watch::callback::SiteCallback;
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::store::SiteMute;
use crate::slices::watch::views::health::{Health, LATELY, SiteTrouble};
use crate::telegram::{Answer, Button, Keyboard, page_row, shown_page};
use crate::words::Part as _;

/// Sites on one page.
const PER_PAGE: usize = 8;

/// Reasons shown on a card.
const SHOWN_REASONS: usize = 8;

/// The longest key that a button carries. Longer keys are replaced by their digest.
const TAG_LIMIT: usize = 32;

/// Days for which a site can be muted; 0: until it is unmuted.
const MUTES: [(u32, &str); 3] = [
    (1, "button-mute-day"),
    (7, "button-mute-week"),
    (0, "button-mute"),
];

impl WatchHandlers {
    /// A button about sites.
    pub(crate) fn site_callback(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<Answer> {
        match SiteCallback::parse(data) {
            Some(SiteCallback::List(page)) => self.health_screen(cx, page),
            Some(SiteCallback::Card(tag)) => match self.site_of(cx, tag)? {
                Some(site) => self.site_card(cx, &site),
                None => self.health_screen(cx, 0),
            },
            Some(SiteCallback::Mute { seen, days, tag }) => {
                self.mute_callback(cx, seen, Some(days), tag)
            }
            Some(SiteCallback::Unmute { seen, tag }) => self.mute_callback(cx, seen, None, tag),
            None => {
                let stale = label(cx.actor.lang, "stale-button");
                Ok(self.health_screen(cx, 0)?.toast(stale))
            }
        }
    }

    /// Mutes a site for some days (0: until it is unmuted), or unmutes it, unless somebody else did
    /// meanwhile.
    fn mute_callback(
        &self,
        cx: &Context<'_>,
        seen: i64,
        days: Option<u32>,
        tag: &str,
    ) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let Some(site) = self.site_of(cx, tag)? else {
            return self.health_screen(cx, 0);
        };
        let now = store::muted(tx, actor.now)?.get(&site).copied();
        if seen != stamp(now) {
            let formatter = self.notifier.voice_to(actor);
            let is = match now {
                Some(mute) => spoken_until(formatter, mute.until),
                None => label(actor.lang, "site-not-muted"),
            };
            let note = i18n::plain(
                actor.lang,
                "changed-meanwhile",
                &Args::new().text("now", &is),
            );
            return Ok(self.site_card(cx, &site)?.toast(note));
        }
        let deed = match days {
            Some(days) => {
                let known = MUTES.iter().any(|(offered, _)| *offered == days);
                let until = (days > 0 && known).then(|| actor.now.plus(DAY * days));
                store::mute(tx, actor.now, &site, until)?;
                Deed::Mute
            }
            None => {
                store::unmute(tx, &site)?;
                Deed::Unmute
            }
        };
        audit::note(tx, actor, deed, None, &site)?;
        self.site_card(cx, &site)
    }

    fn health(&self, cx: &Context<'_>) -> anyhow::Result<Health> {
        Health::read(cx.tx, &self.notifier.zone, cx.actor.now)
    }

    /// The site that a button means.
    fn site_of(&self, cx: &Context<'_>, tag: &str) -> anyhow::Result<Option<String>> {
        let health = self.health(cx)?;
        let found = health.sites().into_iter().find(|site| tag_of(site) == tag);
        Ok(found.map(str::to_owned))
    }

    fn health_screen(&self, cx: &Context<'_>, page: usize) -> anyhow::Result<Answer> {
        let (lang, formatter) = (cx.actor.lang, self.notifier.voice_to(cx.actor));
        let health = self.health(cx)?;
        let sites = health.sites();
        let (page, pages) = shown_page(page, sites.len(), PER_PAGE);
        let mut keyboard = Keyboard::new();
        for site in sites.iter().skip(page * PER_PAGE).take(PER_PAGE) {
            let tally = health.tallies.get(*site).copied().unwrap_or_default();
            let mark = match health.trouble(site) {
                Some(SiteTrouble::Muted) => "🔇",
                Some(SiteTrouble::Distrusted) => "⚠️",
                Some(SiteTrouble::LeftAlone) => "⏳",
                Some(SiteTrouble::Failing) => "🟡",
                None => "🟢",
            };
            let args = Args::new()
                .text("mark", mark)
                .text("site", &cut(&formatter.site_name(site), 30))
                .number("checked", tally.counts.checked())
                .number("errors", tally.counts.errors);
            let text = i18n::plain(lang, "site-button", &args);
            let tag = tag_of(site);
            keyboard = keyboard.row([Button::callback(&text, SiteCallback::Card(&tag))?]);
        }
        keyboard = keyboard.row(page_row(lang, page, pages, SiteCallback::List)?);
        let back = panel_button(lang)?;
        let key = if sites.is_empty() {
            "sites-none"
        } else {
            "sites"
        };
        let args = Args::new().number("n", sites.len());
        Ok(Answer::screen(
            i18n::html(lang, key, &args),
            keyboard.row([back]),
        ))
    }

    fn site_card(&self, cx: &Context<'_>, site: &str) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let (lang, formatter) = (actor.lang, self.notifier.voice_to(actor));
        let health = self.health(cx)?;
        let mute = health.muted.get(site).copied();
        let mut lines = self.site_lines(actor, site, &health);
        if let Some((fault, since)) = store::control(tx, site)? {
            let args = Args::new().text("time", &i18n::date_time(lang, since, formatter.zone));
            lines.push(match fault {
                Some(fault) => {
                    let spoken = i18n::text(lang, &format!("control-{}", fault.word()));
                    i18n::html(lang, "site-controls-failed", &args.html("fault", &spoken))
                }
                None => i18n::html(lang, "site-controls-well", &args),
            });
        }
        let errors = store::errors_since(tx, site, actor.now.minus(LATELY))?;
        if !errors.is_empty() {
            lines.extend([Html::default(), i18n::text(lang, "site-errors")]);
        }
        for (reason, n) in errors.iter().take(SHOWN_REASONS) {
            let args = Args::new()
                .html("reason", &texts::reason(lang, reason))
                .number("n", *n);
            lines.push(i18n::html(lang, "site-error", &args));
        }
        let (seen, tag) = (stamp(mute), tag_of(site));
        let tag = tag.as_str();
        let mut keyboard = Keyboard::new();
        if mute.is_some() {
            let unmute = SiteCallback::Unmute { seen, tag };
            keyboard = keyboard.row([Button::labelled(lang, "button-unmute", unmute)?]);
        } else {
            for (days, key) in MUTES {
                let mute = SiteCallback::Mute { seen, days, tag };
                keyboard = keyboard.row([Button::labelled(lang, key, mute)?]);
            }
        }
        let back = Button::labelled(lang, "button-back", SiteCallback::List(0))?;
        Ok(Answer::screen(texts::fit(lines), keyboard.row([back])))
    }

    fn site_lines(&self, actor: &Actor, site: &str, health: &Health) -> Vec<Html> {
        let (lang, formatter) = (actor.lang, self.notifier.voice_to(actor));
        let tally = health.tallies.get(site).copied().unwrap_or_default();
        let args = Args::new()
            .text("site", &formatter.site_name(site))
            .number("found", tally.counts.found)
            .number("not_found", tally.counts.not_found)
            .number("errors", tally.counts.errors);
        let mut lines = vec![i18n::html(lang, "site-card", &args)];
        if let Some(took) = tally.usual_probe() {
            let span = i18n::short_span(lang, took);
            lines.push(i18n::html(
                lang,
                "site-look",
                &Args::new().text("span", &span),
            ));
        }
        if let Some(mute) = health.muted.get(site) {
            let until = spoken_until(formatter, mute.until);
            lines.push(i18n::html(
                lang,
                "site-muted",
                &Args::new().text("until", &until),
            ));
        }
        if let Some(rest) = health.silences.get(site) {
            let time = i18n::date_time(lang, actor.now.plus(*rest), formatter.zone);
            lines.push(i18n::html(
                lang,
                "site-silent",
                &Args::new().text("time", &time),
            ));
        }
        lines.extend(
            health
                .breakers
                .get(site)
                .map(|open| self.breaker_line(actor, open)),
        );
        lines
    }

    /// Since when a site is left alone, why, and when it is tried again.
    fn breaker_line(&self, actor: &Actor, open: &store::Breaker) -> Html {
        let (lang, formatter) = (actor.lang, self.notifier.voice_to(actor));
        let time = |at| i18n::date_time(lang, at, formatter.zone);
        // Only a run asks anything, so a trial that is due waits for the next one.
        let next = self
            .schedule
            .next_after(actor.now)
            .filter(|_| open.trial_at <= actor.now);
        let trial_at = next.unwrap_or(open.trial_at);
        let args = Args::new()
            .text("since", &time(open.since))
            .html("reason", &texts::reason(lang, &open.reason))
            .text("time", &time(trial_at));
        i18n::html(lang, "site-breaker", &args)
    }

    /// A line for people who wait for an account on a muted site; none while the site is probed.
    pub(super) fn mute_line(&self, cx: &Context<'_>, site: &str) -> anyhow::Result<Option<Html>> {
        let muted = store::muted(cx.tx, cx.actor.now)?;
        Ok(muted
            .get(site)
            .map(|mute| self.spoken_mute(cx.actor, site, *mute)))
    }

    fn spoken_mute(&self, actor: &Actor, site: &str, mute: SiteMute) -> Html {
        let formatter = self.notifier.voice_to(actor);
        let args = Args::new()
            .text("site", &formatter.site_name(site))
            .text("until", &spoken_until(formatter, mute.until));
        i18n::html(actor.lang, "account-muted", &args)
    }

    /// The muted sites where somebody's accounts wait.
    pub(super) fn muted_lines(&self, cx: &Context<'_>) -> anyhow::Result<Vec<Html>> {
        let Context { tx, actor, .. } = *cx;
        let muted = store::muted(tx, actor.now)?;
        if muted.is_empty() {
            return Ok(Vec::new());
        }
        let sites = store::sites_of_owner(tx, actor.id)?;
        let line = |site: &String| Some(self.spoken_mute(actor, site, *muted.get(site)?));
        Ok(sites.iter().filter_map(line).collect())
    }
}

/// Since when a site is muted, as a button carries it, in seconds; 0: it is not.
fn stamp(mute: Option<SiteMute>) -> i64 {
    let since = mute.map_or(UnixMs(0), |mute| mute.since);
    since.0 / 1000
}

/// A site's key as a button carries it.
fn tag_of(site: &str) -> String {
    if site.len() <= TAG_LIMIT {
        return site.to_owned();
    }
    let digest = ring::digest::digest(&ring::digest::SHA256, site.as_bytes());
    let start = digest.as_ref().iter().take(8);
    start.fold("~".to_owned(), |tag, byte| format!("{tag}{byte:02x}"))
}
