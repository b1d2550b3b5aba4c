//! The texts of the watch: pure functions of plain values. Texts about untrusted sites are in
//! [`alarms`].

pub(crate) mod alarms;
mod card;
mod news;
mod sites;

pub(crate) use self::card::{account_card, account_details, mark, who};
pub(crate) use self::news::{LIST_NEWS, count_news, news, news_summary};
pub(crate) use self::sites::{site_note, site_protection};
use crate::clock::UnixMs;
use crate::html::{Html, MESSAGE_LIMIT, cut};
use crate::i18n::{self, Args, Lang};
use crate::slices::watch::catalogue::Catalogue;
use crate::slices::watch::model::account::{Account, RunCounts, RunState};
use crate::slices::watch::site::SiteKey;
use crate::slices::watch::store::{OwnSums, RunProgress};
use crate::words::words;
use crate::zone::Zone;

/// Cells of the progress bar.
const BAR_CELLS: u64 = 10;

/// Everything that a text needs besides the facts: language, zone and names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Formatter<'a> {
    pub(crate) lang: Lang,
    pub(crate) zone: &'a Zone,
    /// For names of sites and addresses of profiles.
    pub(crate) catalogue: &'a Catalogue,
}

impl Formatter<'_> {
    /// The account's name, as a link to its profile if the site is known.
    #[must_use]
    pub(crate) fn profile(&self, site: &str, username: &str) -> Html {
        let known = SiteKey::parse(site)
            .ok()
            .and_then(|key| self.catalogue.get(&key));
        let name = known.and_then(|site| Some((site, site.parse_username(username).ok()?)));
        match name {
            Some((site, name)) => Html::link(username, &site.profile_url(&name)),
            None => Html::text(username),
        }
    }

    /// The site's name, or its key if the site is no longer known.
    #[must_use]
    pub(crate) fn site_name(&self, site: &str) -> String {
        SiteKey::parse(site)
            .ok()
            .and_then(|key| self.catalogue.get(&key))
            .map_or_else(|| site.to_owned(), |site| site.name().to_owned())
    }

    fn date(&self, at: UnixMs) -> String {
        i18n::date(self.lang, at, self.zone)
    }

    fn days(&self, days: u32) -> String {
        i18n::plain(self.lang, "n-days", &Args::new().number("n", days))
    }
}

/// `1 аккаунт`, `2 аккаунта`.
#[must_use]
pub(crate) fn n_accounts(lang: Lang, n: usize) -> String {
    i18n::plain(lang, "n-accounts", &Args::new().number("n", n))
}

#[must_use]
pub(crate) fn run_started(formatter: Formatter<'_>, total: u64, at: UnixMs) -> Html {
    let args = Args::new()
        .number("total", total)
        .text("time", &i18n::time(at, formatter.zone));
    i18n::html(formatter.lang, "run-started", &args)
}

/// The start message of a run, with its progress.
#[must_use]
pub(crate) fn run_progress(formatter: Formatter<'_>, total: u64, at: UnixMs, checked: u64) -> Html {
    let bar = Html::text(&format!("{} {checked}/{total}", bar(checked, total)));
    Html::join([&run_started(formatter, total, at), &bar], "\n\n")
}

fn bar(checked: u64, total: u64) -> String {
    let full = (checked.min(total) * BAR_CELLS)
        .checked_div(total)
        .unwrap_or(BAR_CELLS);
    (0..BAR_CELLS)
        .map(|cell| if cell < full { '▓' } else { '░' })
        .collect()
}

/// Replaces the start message of an interrupted run. `stopped_by` is the admin who stopped it.
#[must_use]
pub(crate) fn run_unfinished(
    formatter: Formatter<'_>,
    run: &RunProgress,
    stopped_by: Option<&str>,
) -> Html {
    let note = match (run.state, stopped_by) {
        (RunState::Offline, _) => i18n::text(formatter.lang, "run-offline"),
        (_, None) => i18n::text(formatter.lang, "run-interrupted"),
        (_, Some(name)) => i18n::html(
            formatter.lang,
            "run-stopped",
            &Args::new()
                .html("by", &Html::name(name))
                .number("checked", run.counts.checked())
                .number("total", run.total),
        ),
    };
    Html::join(
        [&run_started(formatter, run.total, run.started_at), &note],
        "\n\n",
    )
}

/// The contents of a run's summary.
#[derive(Debug, Clone)]
pub(crate) struct RunEnd {
    pub(crate) counts: RunCounts,
    pub(crate) took: std::time::Duration,
    /// Why probes failed: site, reason, count. The most common come first, with one more entry than
    /// is shown.
    pub(crate) errors: Vec<(String, String, u64)>,
    /// Accounts not reached in time.
    pub(crate) skipped: u64,
    /// Muted sites, each with the number of accounts that were not probed because of it.
    pub(crate) muted: Vec<(String, u64)>,
    /// Ticks that fired during the run.
    pub(crate) missed_ticks: u64,
    pub(crate) next: Option<UnixMs>,
}

/// The longest list of muted sites in a summary, in UTF-16 units.
const MUTED_LIMIT: usize = 500;

/// Reasons shown in a summary.
pub(crate) const SHOWN_ERRORS: usize = 5;

/// The summary of a run.
#[must_use]
pub(crate) fn run_done(formatter: Formatter<'_>, end: &RunEnd) -> Html {
    let lang = formatter.lang;
    let results = i18n::html(
        lang,
        "run-done",
        &Args::new()
            .number("checked", end.counts.checked())
            .number("found", end.counts.found)
            .number("not_found", end.counts.not_found)
            .number("errors", end.counts.errors),
    );
    let number = |key, n: u64| i18n::html(lang, key, &Args::new().number("n", n));
    let span = i18n::span(lang, end.took);
    let mut more = vec![i18n::html(
        lang,
        "run-duration",
        &Args::new().text("span", &span),
    )];
    for (site, reason, n) in end.errors.iter().take(SHOWN_ERRORS) {
        let args = Args::new()
            .text("site", &formatter.site_name(site))
            .html("reason", &self::reason(lang, reason))
            .number("n", *n);
        more.push(i18n::html(lang, "run-error", &args));
    }
    if end.errors.len() > SHOWN_ERRORS {
        let rest = end.errors.len() - SHOWN_ERRORS;
        more.push(i18n::html(
            lang,
            "run-errors-more",
            &Args::new().number("n", rest),
        ));
    }
    if end.skipped > 0 {
        more.push(number("run-skipped", end.skipped));
    }
    if !end.muted.is_empty() {
        let sites = end
            .muted
            .iter()
            .map(|(site, n)| format!("{} — {n}", formatter.site_name(site)));
        let sites = cut(&sites.collect::<Vec<_>>().join(", "), MUTED_LIMIT);
        more.push(i18n::html(
            lang,
            "run-muted",
            &Args::new().text("sites", &sites),
        ));
    }
    if end.missed_ticks > 0 {
        more.push(number("run-missed-ticks", end.missed_ticks));
    }
    if let Some(next) = end.next {
        let time = i18n::time(next, formatter.zone);
        more.push(i18n::html(
            lang,
            "run-next",
            &Args::new().text("time", &time),
        ));
    }
    Html::join([&results, &Html::join(&more, "\n")], "\n\n")
}

/// A run failed because of an internal error.
#[must_use]
pub(crate) fn run_crashed(lang: Lang, run_id: i64) -> Html {
    i18n::html(lang, "run-crashed", &Args::new().number("run", run_id))
}

/// The digest of a day, or of quiet hours (`night`).
#[must_use]
pub(crate) fn digest(lang: Lang, night: bool, runs: u64, counts: RunCounts) -> Html {
    let args = Args::new()
        .number("runs", runs)
        .number("found", counts.found)
        .number("not_found", counts.not_found)
        .number("errors", counts.errors);
    let key = if night { "digest-night" } else { "digest" };
    let sums = i18n::html(lang, key, &args);
    if counts.errors > 0 {
        return sums;
    }
    Html::join([&sums, &i18n::text(lang, "digest-calm")], "\n\n")
}

/// The digest of an owner's accounts.
#[must_use]
pub(crate) fn own_digest(lang: Lang, sums: OwnSums) -> Html {
    let args = Args::new()
        .number("pending", sums.pending)
        .number("found", sums.found)
        .number("errors", sums.errors);
    let text = i18n::html(lang, "digest-own", &args);
    if sums.errors > 0 {
        return text;
    }
    Html::join([&text, &i18n::text(lang, "digest-calm")], "\n\n")
}

words! {
    pub(crate) enum Reminder {
        /// At most three days are left.
        Soon = "soon",
        LastDay = "last-day",
        /// The agreed time is over.
        Overdue = "overdue",
        /// A repeated reminder: the agreed time is over and we still wait.
        Waiting = "waiting",
    }
}

/// Accounts of one owner whose agreed time ends.
#[must_use]
pub(crate) fn reminder(formatter: Formatter<'_>, which: Reminder, accounts: &[Account]) -> Html {
    let title = match which {
        Reminder::Soon => "remind-soon",
        Reminder::LastDay => "remind-last-day",
        Reminder::Overdue => "remind-overdue",
        Reminder::Waiting => "remind-waiting",
    };
    let mut lines = vec![i18n::text(formatter.lang, title), Html::default()];
    for account in accounts {
        let args = Args::new()
            .html("name", &formatter.profile(&account.site, &account.username))
            .text("site", &formatter.site_name(&account.site))
            .text("ends", &formatter.date(account.ends_at));
        lines.push(i18n::html(formatter.lang, "remind-line", &args));
    }
    if which == Reminder::Waiting {
        lines.push(Html::default());
        lines.push(i18n::text(formatter.lang, "remind-off"));
    }
    fit(lines)
}

/// Why we could not look, for people.
#[must_use]
pub(crate) fn reason(lang: Lang, key: &str) -> Html {
    let key = format!("reason-{key}");
    if i18n::has(lang, &key) {
        i18n::text(lang, &key)
    } else {
        i18n::text(lang, "reason-other")
    }
}

/// Joins lines and drops the last ones that would not fit into a message.
#[must_use]
pub(crate) fn fit(mut lines: Vec<Html>) -> Html {
    loop {
        let text = Html::join(&lines, "\n");
        if text.telegram_len() <= MESSAGE_LIMIT || lines.pop().is_none() {
            return text;
        }
    }
}

#[cfg(test)]
mod tests;
