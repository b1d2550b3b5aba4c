//! What owners hear of found accounts.

use super::{Voice, fit, n_accounts};
use crate::clock::UnixMs;
use crate::html::{Html, cut};
use crate::i18n::{self, Args};
use crate::watch::account::Account;

/// Found accounts told in full in one message; with more of them it is a list.
pub const FULL_FOUND: usize = 5;

/// Lines of a list of found accounts at most: about 60 characters each, half of Telegram's limit.
pub const LIST_FOUND: usize = 40;

/// The longest such line, in UTF-16 units: several of them fit into one message.
const GIST_LIMIT: usize = 400;

/// Accounts of one owner were found; `total` may be more than are named.
#[must_use]
pub fn found(voice: Voice<'_>, accounts: &[Account], total: usize) -> Html {
    if total <= FULL_FOUND {
        let blocks: Vec<Html> = accounts
            .iter()
            .map(|account| found_one(voice, account))
            .collect();
        return Html::join(&blocks, "\n\n");
    }
    let title = Args::new().text("accounts", &n_accounts(voice.lang, total));
    let mut lines = vec![
        i18n::html(voice.lang, "found-many", &title),
        Html::default(),
    ];
    for account in accounts.iter().take(LIST_FOUND) {
        let args = Args::new()
            .html("name", &voice.profile(&account.site, &account.username))
            .text("site", &voice.site_name(&account.site))
            .text("took", &took(voice, account));
        lines.push(i18n::html(voice.lang, "found-line", &args));
    }
    let named = accounts.len().min(LIST_FOUND);
    if total > named {
        let args = Args::new().number("n", total - named);
        lines.push(i18n::html(voice.lang, "found-more", &args));
    }
    fit(lines)
}

/// The line that names found accounts in a later message, should the message about them not be sure to have arrived.
#[must_use]
pub fn found_gist(voice: Voice<'_>, accounts: &[Account]) -> String {
    let names: Vec<&str> = accounts
        .iter()
        .map(|account| account.username.as_str())
        .collect();
    let args = Args::new().text("names", &names.join(", "));
    cut(&i18n::plain(voice.lang, "found-gist", &args), GIST_LIMIT)
}

fn found_one(voice: Voice<'_>, account: &Account) -> Html {
    let args = Args::new()
        .html("name", &voice.profile(&account.site, &account.username))
        .text("site", &voice.site_name(&account.site))
        .text("started", &voice.date(account.started_at))
        .text("period", &voice.days(account.period_days))
        .text("took", &took(voice, account))
        .text("ends", &voice.date(account.ends_at));
    i18n::html(voice.lang, "found", &args)
}

/// Days by the calendar, as people count them from the dates beside.
fn took(voice: Voice<'_>, account: &Account) -> String {
    let day = |at: UnixMs| voice.zone.civil(at).date();
    let done = account.done_at.unwrap_or(account.started_at);
    let days = day(account.started_at).duration_until(day(done)).as_hours() / 24;
    i18n::plain(
        voice.lang,
        "took-days",
        &Args::new().number("n", days.max(0)),
    )
}
