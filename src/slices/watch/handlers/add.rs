//! `/add`: at once with arguments, as a dialogue without.

use serde::{Deserialize, Serialize};

use super::WatchHandlers;
use super::added::{AddSums, joined, many_added};
use crate::dialogue;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::navigation::{cancel_button, home_button};
use crate::people::Actor;
use crate::slice::Context;
use crate::slices::watch::callback::{AccountAct, AddChoice, View, WatchCallback};
use crate::slices::watch::catalogue::line::{
    AccountLine, LineProblem, of_parts, parse_days, parse_line,
};
use crate::slices::watch::model::account::Until;
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::store::{Added, NewAccount};
use crate::slices::watch::views::table;
use crate::telegram::{Answer, Button, DATA_LIMIT, Keyboard};

/// Days offered as buttons.
const OFFERED_DAYS: [u32; 5] = [7, 14, 30, 60, 90];

/// Sites offered as buttons; any other can be typed.
const OFFERED_SITES: usize = 24;

/// Site buttons in a row.
const SITES_IN_ROW: usize = 3;

/// A step of the dialogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "add", rename_all = "kebab-case")]
pub(super) enum AddStep {
    Who,
    /// A name was given, its site is expected.
    Where {
        name: String,
    },
    /// Name and site were given, the agreed days are expected.
    HowLong {
        name: String,
        /// Key of the site.
        site: String,
        /// What is waited for.
        #[serde(default)]
        until: Until,
    },
}

impl WatchHandlers {
    /// `/add` with its arguments.
    pub(crate) fn add(&self, cx: &Context<'_>, arguments: &str) -> anyhow::Result<Answer> {
        if arguments.trim().is_empty() {
            return self.add_ask(cx);
        }
        self.add_lines(cx, arguments)
    }

    pub(super) fn add_ask(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        dialogue::set(cx.tx, cx.actor, &AddStep::Who)?;
        let home = home_button(cx.actor.lang)?;
        question(
            cx.actor,
            i18n::text(cx.actor.lang, "add-ask"),
            Keyboard::new(),
            home,
        )
    }

    /// A text while the dialogue is open. Wrong input repeats the question and says what was wrong.
    pub(super) fn add_step(
        &self,
        cx: &Context<'_>,
        step: AddStep,
        text: &str,
    ) -> anyhow::Result<Answer> {
        match step {
            AddStep::Who => match lone_name(text) {
                Some(name) => self.ask_site(cx, name, None),
                None => self.add_lines(cx, text),
            },
            AddStep::Where { name } => self.take_site(cx, &name, text.trim()),
            AddStep::HowLong { name, site, until } => self.take_days(cx, &name, &site, until, text),
        }
    }

    /// A button of the dialogue; one of an earlier step shows the question that is open.
    pub(super) fn add_callback(
        &self,
        cx: &Context<'_>,
        choice: AddChoice<'_>,
    ) -> anyhow::Result<Answer> {
        match (dialogue::step(cx.tx, cx.actor)?, choice) {
            (Some(AddStep::Where { name }), AddChoice::Site(key)) => self.take_site(cx, &name, key),
            (Some(AddStep::HowLong { name, site, until }), AddChoice::Days(days)) => {
                self.take_days(cx, &name, &site, until, &days.to_string())
            }
            (Some(AddStep::HowLong { name, site, .. }), AddChoice::Until(until)) => {
                self.ask_days(cx, (name, site), until, None)
            }
            (Some(AddStep::HowLong { name, .. }), AddChoice::Back) => {
                self.ask_site(cx, &name, None)
            }
            (Some(AddStep::Where { .. }), AddChoice::Back) => self.add_ask(cx),
            (step, _) => {
                let now = match step {
                    Some(AddStep::Who) => self.add_ask(cx)?,
                    Some(AddStep::Where { name }) => self.ask_site(cx, &name, None)?,
                    Some(AddStep::HowLong { name, site, until }) => {
                        self.ask_days(cx, (name, site), until, None)?
                    }
                    None => Answer::default(),
                };
                Ok(now.toast(label(cx.actor.lang, "stale-button")))
            }
        }
    }

    fn ask_site(
        &self,
        cx: &Context<'_>,
        name: &str,
        wrong: Option<Html>,
    ) -> anyhow::Result<Answer> {
        dialogue::set(
            cx.tx,
            cx.actor,
            &AddStep::Where {
                name: name.to_owned(),
            },
        )?;
        let catalogue = &self.notifier.catalogue;
        let default = catalogue.default_site();
        let others = catalogue
            .offered()
            .filter(|site| site.key() != default.key());
        let mut keyboard = Keyboard::new();
        let mut row = Vec::new();
        for site in std::iter::once(default).chain(others).take(OFFERED_SITES) {
            let choice = AddChoice::Site(site.key().as_str());
            let data = String::from(WatchCallback::Choose(choice));
            if data.len() > DATA_LIMIT {
                continue;
            }
            row.push(Button::callback(site.name(), data)?);
            if row.len() == SITES_IN_ROW {
                keyboard = keyboard.row(std::mem::take(&mut row));
            }
        }
        let ask = i18n::html(
            cx.actor.lang,
            "add-ask-site",
            &Args::new().text("name", &cut(name, 64)),
        );
        question(
            cx.actor,
            with_problem(wrong, ask),
            keyboard.row(row),
            back(cx.actor)?,
        )
    }

    fn take_site(&self, cx: &Context<'_>, name: &str, typed: &str) -> anyhow::Result<Answer> {
        match of_parts(&self.notifier.catalogue, name, typed, None) {
            Ok(line) => self.ask_days(cx, parts(&line), Until::Found, None),
            Err(problem) => self.ask_site(cx, name, Some(problem.text(cx.actor.lang))),
        }
    }

    /// Asks for the agreed days of a name on a site, and on the way what is waited for.
    fn ask_days(
        &self,
        cx: &Context<'_>,
        (name, site): (String, String),
        until: Until,
        wrong: Option<Html>,
    ) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let formatter = self.notifier.voice_to(actor);
        let args = Args::new()
            .text("name", &name)
            .text("site", &formatter.site_name(&site));
        let ask = i18n::html(actor.lang, "add-ask-days", &args);
        dialogue::set(cx.tx, actor, &AddStep::HowLong { name, site, until })?;
        let mut days = Vec::new();
        for offered in OFFERED_DAYS {
            let data = WatchCallback::Choose(AddChoice::Days(offered));
            days.push(Button::callback(&offered.to_string(), data)?);
        }
        let mut keyboard = Keyboard::new().row(days);
        for (word, one) in Until::WORDS {
            let spoken = label(actor.lang, &format!("until-{word}"));
            let mark = if *one == until { "✓ " } else { "" };
            let data = WatchCallback::Choose(AddChoice::Until(*one));
            keyboard = keyboard.row([Button::callback(&format!("{mark}{spoken}"), data)?]);
        }
        question(actor, with_problem(wrong, ask), keyboard, back(actor)?)
    }

    fn take_days(
        &self,
        cx: &Context<'_>,
        name: &str,
        site: &str,
        until: Until,
        typed: &str,
    ) -> anyhow::Result<Answer> {
        let line = match of_parts(&self.notifier.catalogue, name, site, None) {
            Ok(line) => line,
            // The catalogue has changed since the site was chosen.
            Err(problem) => return self.ask_site(cx, name, Some(problem.text(cx.actor.lang))),
        };
        match parse_days(typed) {
            Ok(days) => {
                let line = AccountLine {
                    days: Some(days),
                    until,
                    ..line
                };
                self.add_parsed(cx, true, vec![Ok(line)])
            }
            Err(problem) => {
                let wrong = Some(problem.text(cx.actor.lang));
                self.ask_days(cx, parts(&line), until, wrong)
            }
        }
    }

    fn add_lines(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Answer> {
        if table::is_table(text) {
            return self.preview_table(cx, text, false);
        }
        let lines: Vec<&str> = text.lines().collect();
        let single = lines.iter().filter(|line| !line.trim().is_empty()).count() == 1;
        let parsed = (1..)
            .zip(&lines)
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(number, line)| {
                parse_line(&self.notifier.catalogue, &self.default_site, line)
                    .map_err(|why| (number, why))
            });
        self.add_parsed(cx, single, parsed.collect())
    }

    /// Adds the accounts that could be read. If any was added, the dialogue ends. Otherwise the
    /// question stays open.
    fn add_parsed(
        &self,
        cx: &Context<'_>,
        single: bool,
        lines: Vec<Result<AccountLine, (u64, LineProblem)>>,
    ) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let mut sums = AddSums::default();
        let mut allowance = store::Allowance::of(cx.tx, actor.id, self.per_owner)?;
        for line in lines {
            match line {
                Err(bad) => sums.bad.push(bad),
                Ok(line) => {
                    let new = self.new_account(actor.id, &line);
                    match allowance.add(cx.tx, actor.now, &new)? {
                        Some(Added::New(id)) => sums.added.push((id, line)),
                        Some(Added::Known(..)) => sums.known.push(line),
                        None => sums.over += 1,
                    }
                }
            }
        }
        if sums.bad.is_empty() || !sums.added.is_empty() {
            dialogue::end(cx.tx, actor)?;
        }
        let over = self.over_limit(actor.lang, sums.over, allowance);
        let text = match over {
            Some(over) if single => over,
            None if single => self.one_added(actor, &sums),
            over => joined(many_added(actor, &sums), over),
        };
        let lines = std::iter::once(text)
            .chain(self.notes(actor, &sums))
            .collect();
        let lang = actor.lang;
        let button = |key: &str, data| Button::labelled(lang, key, data);
        let mut more = vec![button("button-add-more", WatchCallback::Add)?];
        if let (true, Some((id, _))) = (single, sums.added.first()) {
            let card = WatchCallback::Account(*id, AccountAct::Show, View::default());
            more.insert(0, button("button-card", card)?);
        }
        let keyboard = Keyboard::new()
            .row([
                button("button-check", WatchCallback::CheckMine)?,
                button("button-list", WatchCallback::List(View::default()))?,
            ])
            .row(more)
            .row([home_button(lang)?]);
        Ok(Answer::screen(texts::fit(lines), keyboard))
    }

    /// A line as it is stored.
    fn new_account(&self, owner_id: i64, line: &AccountLine) -> NewAccount {
        NewAccount {
            owner_id,
            site: line.site.key().to_string(),
            username: line.username.to_string(),
            period_days: line.days.unwrap_or(self.period_days),
            until: line.until,
            note: String::new(),
        }
    }
}

/// A question of the dialogue with its way out.
fn question(actor: &Actor, text: Html, keyboard: Keyboard, back: Button) -> anyhow::Result<Answer> {
    let cancel = cancel_button(actor.lang)?;
    Ok(Answer::screen(text, keyboard.row([back, cancel])))
}

/// The way to the question before.
fn back(actor: &Actor) -> anyhow::Result<Button> {
    Button::labelled(
        actor.lang,
        "button-back",
        WatchCallback::Choose(AddChoice::Back),
    )
}

/// The name and the key of the site, as steps of the dialogue keep them.
fn parts(line: &AccountLine) -> (String, String) {
    (line.username.to_string(), line.site.key().to_string())
}

fn with_problem(problem: Option<Html>, question: Html) -> Html {
    match problem {
        Some(problem) => Html::join([&problem, &question], "\n\n"),
        None => question,
    }
}

/// A single word that is no address: a name whose site is still to be asked for.
fn lone_name(text: &str) -> Option<&str> {
    let text = text.trim();
    let lone = !text.is_empty() && !text.contains('/') && !text.contains(char::is_whitespace);
    lone.then_some(text)
}
