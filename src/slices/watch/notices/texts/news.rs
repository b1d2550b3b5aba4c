//! The message to an owner whose wait is over.

use super::{Formatter, fit, n_accounts};
use crate::clock::UnixMs;
use crate::html::{Html, cut};
use crate::i18n::{self, Args};
use crate::slices::watch::model::account::{Account, News, NewsTotals, Until};
use crate::slices::watch::model::verdict::Sighting;

/// Up to this many accounts are described in full; more become a list.
pub(super) const FULL_NEWS: usize = 5;

/// Maximum number of lines in a list. At about 60 characters each, they fill half of Telegram's
/// limit.
pub(crate) const LIST_NEWS: usize = 40;

/// The longest line that names accounts, in UTF-16 units. Several such lines fit into one message.
const GIST_LIMIT: usize = 400;

/// The keys of the texts for a kind of news: one account, the title of a list, a line of the list.
fn keys(until: Until, seen: Sighting) -> [&'static str; 3] {
    match (until, seen) {
        (Until::Change, Sighting::Exists) => ["appeared", "appeared-many", "change-line"],
        (Until::Change, Sighting::Missing) => ["disappeared", "disappeared-many", "change-line"],
        (_, Sighting::Exists) => ["found", "found-many", "found-line"],
        (_, Sighting::Missing) => ["gone", "gone-many", "found-line"],
    }
}

/// Counts news by kind. `news` must be complete.
#[must_use]
pub(crate) fn count_news(news: &[News]) -> NewsTotals {
    let mut totals = NewsTotals::new();
    for one in news {
        *totals.entry((one.account.until, one.seen)).or_default() += 1;
    }
    totals
}

/// The message to an owner whose waits are over. `totals` may count more accounts than are named.
#[must_use]
pub(crate) fn news(formatter: Formatter<'_>, named: &[News], totals: &NewsTotals) -> Html {
    let all: usize = totals.values().sum();
    if all <= FULL_NEWS {
        let blocks: Vec<Html> = named.iter().map(|one| in_full(formatter, one)).collect();
        return Html::join(&blocks, "\n\n");
    }
    let mut lines: Vec<Html> = Vec::new();
    for (kind, total) in totals {
        let of_kind = named
            .iter()
            .filter(|one| (one.account.until, one.seen) == *kind);
        if !lines.is_empty() {
            lines.push(Html::default());
        }
        lines.extend(list(formatter, *kind, of_kind.take(LIST_NEWS), *total));
    }
    fit(lines)
}

fn list<'a>(
    formatter: Formatter<'_>,
    (until, seen): (Until, Sighting),
    named: impl Iterator<Item = &'a News>,
    total: usize,
) -> Vec<Html> {
    let [_, title, line] = keys(until, seen);
    let args = Args::new().text("accounts", &n_accounts(formatter.lang, total));
    let mut lines = vec![i18n::html(formatter.lang, title, &args), Html::default()];
    let head = lines.len();
    for News {
        account,
        is_other_owner,
        ..
    } in named
    {
        let line = if *is_other_owner {
            "found-other-line"
        } else {
            line
        };
        let args = Args::new()
            .html("name", &formatter.profile(&account.site, &account.username))
            .text("site", &formatter.site_name(&account.site))
            .text("took", &took(formatter, account));
        lines.push(i18n::html(formatter.lang, line, &args));
    }
    let rest = (total + head).saturating_sub(lines.len());
    if rest > 0 {
        let args = Args::new().number("n", rest);
        lines.push(i18n::html(formatter.lang, "found-more", &args));
    }
    lines
}

/// A line that names accounts in a later message, because their own message may not have arrived.
#[must_use]
pub(crate) fn news_summary(formatter: Formatter<'_>, news: &[News]) -> String {
    let names: Vec<&str> = news
        .iter()
        .map(|one| one.account.username.as_str())
        .collect();
    let key = if news.iter().all(|one| one.seen == Sighting::Exists) {
        "found-gist"
    } else {
        "news-gist"
    };
    let args = Args::new().text("names", &names.join(", "));
    cut(&i18n::plain(formatter.lang, key, &args), GIST_LIMIT)
}

fn in_full(formatter: Formatter<'_>, news: &News) -> Html {
    let account = &news.account;
    let [key, ..] = keys(account.until, news.seen);
    let args = Args::new()
        .html("name", &formatter.profile(&account.site, &account.username))
        .text("site", &formatter.site_name(&account.site));
    let args = match account.until {
        Until::Change => args,
        Until::Found | Until::Gone => args
            .text("started", &formatter.date(account.started_at))
            .text("period", &formatter.days(account.period_days))
            .text("took", &took(formatter, account))
            .text("ends", &formatter.date(account.ends_at)),
    };
    let text = i18n::html(formatter.lang, key, &args);
    if news.is_other_owner {
        let warning = i18n::text(formatter.lang, "other-owner");
        return Html::join([&text, &warning], "\n\n");
    }
    text
}

/// Calendar days, as people count them from the dates shown.
fn took(formatter: Formatter<'_>, account: &Account) -> String {
    let day = |at: UnixMs| formatter.zone.civil(at).date();
    let done = account.done_at.unwrap_or(account.started_at);
    let days = day(account.started_at).duration_until(day(done)).as_hours() / 24;
    i18n::plain(
        formatter.lang,
        "took-days",
        &Args::new().number("n", days.max(0)),
    )
}
