//! The text of an account's card.

use super::{Formatter, fit};
use crate::html::Html;
use crate::i18n::{self, Args, Lang};
use crate::slices::watch::model::account::{Account, AccountState, Until};
use crate::slices::watch::model::past::{By, Change, Past, ProbeHistory};
use crate::slices::watch::model::verdict::Verdict;

/// The mark of an account in lists.
#[must_use]
pub(crate) fn mark(account: &Account) -> &'static str {
    match (account.state, account.verdict) {
        (AccountState::Done, _) => "✅",
        (AccountState::Paused, _) => "⏸",
        (AccountState::Held, _) => "✋",
        (AccountState::Removed, _) => "🗑",
        (AccountState::Pending, Some(Verdict::Error)) => "⚠️",
        (AccountState::Pending, _) => "⏳",
    }
}

/// Everything known about an account. Readers other than the owner also see the owner.
#[must_use]
pub(crate) fn account_card(
    formatter: Formatter<'_>,
    account: &Account,
    owner: Option<&Html>,
) -> Html {
    let lang = formatter.lang;
    let args = Args::new()
        .text("mark", mark(account))
        .html("name", &formatter.profile(&account.site, &account.username))
        .text("site", &formatter.site_name(&account.site))
        .text("started", &formatter.date(account.started_at))
        .text("period", &formatter.days(account.period_days))
        .text("ends", &formatter.date(account.ends_at));
    let mut lines = vec![i18n::html(lang, "account-card", &args)];
    let until = i18n::text(lang, &format!("until-{}", account.until.word()));
    let args = Args::new().html("until", &until);
    lines.push(i18n::html(lang, "account-until", &args));
    if let Some(owner) = owner {
        let args = Args::new()
            .html("who", owner)
            .text("id", &account.owner_id.to_string());
        lines.push(i18n::html(lang, "account-owner", &args));
    }
    lines.push(match (account.verdict, account.checked_at) {
        (Some(verdict), Some(at)) => i18n::html(
            lang,
            "account-checked",
            &Args::new()
                .text("time", &i18n::date_time(lang, at, formatter.zone))
                .html("verdict", &self::verdict(lang, verdict, &account.reason)),
        ),
        _ => i18n::text(lang, "account-never-checked"),
    });
    lines.extend(state(formatter, account));
    if !account.note.is_empty() {
        let args = Args::new().text("note", &account.note);
        lines.push(i18n::html(lang, "account-note", &args));
    }
    Html::join(&lines, "\n")
}

/// The lower part of a card: when the account was last seen, its last probes, and its history.
/// History is newest first and names the person behind each change.
#[must_use]
pub(crate) fn account_details(
    formatter: Formatter<'_>,
    account: &Account,
    history: &[(Past, Html)],
) -> Html {
    let lang = formatter.lang;
    let mut lines = vec![match account.seen_at {
        Some(at) => i18n::html(
            lang,
            "account-seen",
            &Args::new().text("time", &i18n::date_time(lang, at, formatter.zone)),
        ),
        None => i18n::text(lang, "account-never-seen"),
    }];
    if account.probes != ProbeHistory::default() {
        let args = Args::new().html("looks", &sparkline(account.probes));
        lines.push(i18n::html(lang, "account-looks", &args));
    }
    lines.extend([Html::default(), i18n::text(lang, "account-history")]);
    for (past, who) in history {
        let args = Args::new()
            .text("time", &i18n::date_time(lang, past.at, formatter.zone))
            .html("what", &change(lang, past))
            .html("who", who);
        lines.push(i18n::html(lang, "history-line", &args));
    }
    fit(lines)
}

fn state(formatter: Formatter<'_>, account: &Account) -> Option<Html> {
    let lang = formatter.lang;
    match account.state {
        AccountState::Done => {
            let date = formatter.date(account.done_at.unwrap_or(account.ends_at));
            let key = match account.until {
                Until::Gone => "account-done-gone",
                Until::Found | Until::Change => "account-done",
            };
            Some(i18n::html(lang, key, &Args::new().text("date", &date)))
        }
        AccountState::Paused => Some(i18n::text(lang, "account-paused")),
        AccountState::Held => Some(i18n::text(lang, "account-held")),
        AccountState::Pending | AccountState::Removed => None,
    }
}

/// One character per probe, the newest on the right.
fn sparkline(probes: ProbeHistory) -> Html {
    let column = |verdict| match verdict {
        Verdict::Found => '█',
        Verdict::NotFound => '▁',
        Verdict::Error => '·',
    };
    Html::code(&probes.oldest_first().map(column).collect::<String>())
}

fn change(lang: Lang, past: &Past) -> Html {
    let key = format!("change-{}", past.what.word());
    match past.what {
        Change::Extended => {
            let days: u32 = past.detail.parse().unwrap_or(0);
            i18n::html(lang, &key, &Args::new().number("n", days))
        }
        Change::Until => {
            let until = i18n::text(lang, &format!("until-{}", past.detail));
            i18n::html(lang, &key, &Args::new().html("until", &until))
        }
        _ => i18n::text(lang, &key),
    }
}

fn verdict(lang: Lang, verdict: Verdict, reason: &str) -> Html {
    match verdict {
        Verdict::Found => i18n::text(lang, "verdict-found"),
        Verdict::NotFound => i18n::text(lang, "verdict-not-found"),
        Verdict::Error => {
            let args = Args::new().html("reason", &super::reason(lang, reason));
            i18n::html(lang, "verdict-error", &args)
        }
    }
}

/// The author of a change, for the history. `name` is the person's name, if known.
#[must_use]
pub(crate) fn who(lang: Lang, by: &By, reader: i64, name: Option<&Html>) -> Html {
    match (by, name) {
        (By::Run, _) => i18n::text(lang, "by-run"),
        (By::Person(id), _) if *id == reader => i18n::text(lang, "by-you"),
        (By::Person(_), Some(name)) => name.clone(),
        (By::Person(_) | By::Nobody, _) => i18n::text(lang, "by-nobody"),
    }
}
