//! The answer to `/add` and to a table: what was added, what was known, what was wrong.

use std::collections::HashSet;

use super::WatchHandlers;
use crate::db::Connection;
use crate::html::Html;
use crate::i18n::{self, Args, Lang};
use crate::navigation::home_button;
use crate::people::Actor;
use crate::slices::watch::callback::{View, WatchCallback};
use crate::slices::watch::catalogue::line::{AccountLine, LineProblem};
use crate::slices::watch::model::account::Until;
use crate::slices::watch::notices::texts;
use crate::slices::watch::site::Asks;
use crate::slices::watch::store;
use crate::slices::watch::store::Allowance;
use crate::slices::watch::views::table::Table;
use crate::telegram::{Button, Keyboard};

/// Wrong lines named in the answer; the others are counted.
const SHOWN_BAD_LINES: usize = 5;

/// What adding some lines did.
#[derive(Default)]
pub(super) struct AddSums {
    pub(super) added: Vec<(i64, AccountLine)>,
    pub(super) known: Vec<AccountLine>,
    pub(super) bad: Vec<(u64, LineProblem)>,
    /// New accounts beyond what the person may have.
    pub(super) over: usize,
}

impl WatchHandlers {
    pub(super) fn one_added(&self, actor: &Actor, sums: &AddSums) -> Html {
        let lang = actor.lang;
        let formatter = self.notifier.voice_to(actor);
        let named = |line: &AccountLine| {
            let link = Html::link(
                line.username.as_str(),
                &line.site.profile_url(&line.username),
            );
            Args::new()
                .html("name", &link)
                .text("site", &formatter.site_name(line.site.key().as_str()))
        };
        if let Some((_, line)) = sums.added.first() {
            let days = line.days.unwrap_or(self.period_days);
            let period = i18n::plain(lang, "n-days", &Args::new().number("n", days));
            let done = i18n::html(lang, "add-done", &named(line).text("period", &period));
            if line.until == Until::Found {
                return done;
            }
            let until = i18n::text(lang, &format!("until-{}", line.until.word()));
            let args = Args::new().html("until", &until);
            return Html::join([&done, &i18n::html(lang, "account-until", &args)], "\n");
        }
        match (sums.known.first(), sums.bad.first()) {
            (Some(line), _) => i18n::html(lang, "add-known", &named(line)),
            (None, Some((_, problem))) => {
                Html::join([&problem.text(lang), &i18n::text(lang, "add-ask")], "\n\n")
            }
            (None, None) => i18n::text(lang, "add-ask"),
        }
    }

    /// That some accounts are too many, and how many may be added.
    pub(super) fn over_limit(&self, lang: Lang, over: usize, allowance: Allowance) -> Option<Html> {
        let args = Args::new()
            .number("over", over)
            .number("limit", self.per_owner)
            .number("left", allowance.left()?);
        (over > 0).then(|| i18n::html(lang, "add-over", &args))
    }

    /// What people should know of the sites they added accounts on, each once.
    pub(super) fn notes(&self, actor: &Actor, sums: &AddSums) -> Vec<Html> {
        let sites = sums.added.iter().map(|(_, line)| line.site.key().as_str());
        self.site_notes(actor.lang, sites)
    }

    /// What people should know of sites, each once.
    pub(super) fn site_notes<'a>(
        &self,
        lang: Lang,
        keys: impl Iterator<Item = &'a str>,
    ) -> Vec<Html> {
        let mut told = HashSet::new();
        let mut notes = Vec::new();
        for key in keys.filter(|key| told.insert(*key)) {
            let Some(site) = self.notifier.catalogue.find(key) else {
                continue;
            };
            let args = Args::new().text("site", site.name());
            if site.asks() == Asks::Name {
                notes.push(i18n::html(lang, "add-name-only", &args));
            } else if let Some(note) = texts::site_note(lang, site) {
                notes.push(i18n::html(lang, "add-note", &args.html("note", &note)));
            } else if let Some(by) = texts::site_protection(lang, site) {
                notes.push(i18n::html(lang, "add-protected", &args.text("by", &by)));
            }
        }
        notes
            .iter()
            .map(|note| Html::join([&Html::default(), note], "\n"))
            .collect()
    }
}

pub(super) fn many_added(actor: &Actor, sums: &AddSums) -> Html {
    let lang = actor.lang;
    let args = Args::new()
        .number("added", sums.added.len())
        .number("known", sums.known.len())
        .number("bad", sums.bad.len());
    let mut lines = vec![i18n::html(lang, "add-many", &args)];
    lines.extend(bad_lines(lang, &sums.bad));
    Html::join(&lines, "\n")
}

/// A text, and a line below it if there is one.
pub(super) fn joined(text: Html, line: Option<Html>) -> Html {
    match line {
        Some(line) => Html::join([&text, &line], "\n"),
        None => text,
    }
}

/// The first of the lines with errors, and how many more there are.
pub(super) fn bad_lines(lang: Lang, bad: &[(u64, LineProblem)]) -> Vec<Html> {
    let mut lines = Vec::new();
    for (line, problem) in bad.iter().take(SHOWN_BAD_LINES) {
        let args = Args::new()
            .number("line", *line)
            .html("problem", &problem.text(lang));
        lines.push(i18n::html(lang, "add-bad-line", &args));
    }
    if bad.len() > SHOWN_BAD_LINES {
        let rest = Args::new().number("n", bad.len() - SHOWN_BAD_LINES);
        lines.push(i18n::html(lang, "add-bad-more", &rest));
    }
    lines
}

/// How many accounts of a table their owner already has.
pub(super) fn count_known(connection: &Connection, table: &Table) -> anyhow::Result<usize> {
    let mut known = 0;
    for (_, account) in &table.accounts {
        known += usize::from(store::is_known(connection, account)?);
    }
    Ok(known)
}

/// Where people go on from here.
pub(super) fn ways_on(lang: Lang) -> anyhow::Result<Keyboard> {
    let button = |key: &str, data| Button::labelled(lang, key, data);
    Ok(Keyboard::new()
        .row([
            button("button-check", WatchCallback::CheckMine)?,
            button("button-list", WatchCallback::List(View::default()))?,
        ])
        .row([home_button(lang)?]))
}
