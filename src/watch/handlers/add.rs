//! `/add`: at once with arguments, as a dialogue without.

use serde::{Deserialize, Serialize};

use super::WatchHandlers;
use super::import::{Line, LineProblem, of_parts, parse_days, parse_line};
use crate::db::WriteTx;
use crate::dialogue;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::people::Asker;
use crate::telegram::{Answer, Button, DATA_LIMIT, Keyboard, Screen};
use crate::watch::site::{Asks, Site};
use crate::watch::store::{self, Added, NewAccount};
use crate::watch::texts;

/// Wrong lines named in the answer; the others are counted.
const SHOWN_BAD_LINES: usize = 5;

/// Days offered as buttons.
const OFFERED_DAYS: [u32; 5] = [7, 14, 30, 60, 90];

/// Sites offered as buttons; any other can be typed.
const OFFERED_SITES: usize = 24;

/// Site buttons in a row.
const SITES_IN_ROW: usize = 3;

/// Where the dialogue stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "add", rename_all = "kebab-case")]
pub enum AddStep {
    /// Names are expected.
    Who,
    /// A name was given, its site is expected.
    Where {
        /// The name.
        name: String,
    },
    /// Name and site were given, the agreed days are expected.
    HowLong {
        /// The name.
        name: String,
        /// Key of the site.
        site: String,
    },
}

/// What a button of the dialogue chose.
#[derive(Debug, Clone, Copy)]
pub(super) enum Choice<'a> {
    /// A site by its key.
    Site(&'a str),
    /// Agreed days.
    Days(u32),
}

/// What adding some lines did.
#[derive(Default)]
struct Sums {
    added: Vec<Line>,
    known: Vec<Line>,
    bad: Vec<(usize, LineProblem)>,
}

impl WatchHandlers {
    /// `/add` with what stands after it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add(&self, tx: &WriteTx<'_>, asker: &Asker, arguments: &str) -> anyhow::Result<Answer> {
        if arguments.trim().is_empty() {
            return self.add_ask(tx, asker);
        }
        self.add_lines(tx, asker, arguments)
    }

    /// Begins the dialogue.
    pub(super) fn add_ask(&self, tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<Answer> {
        dialogue::set(tx, asker, &AddStep::Who)?;
        question(asker, i18n::text(asker.lang, "add-ask"), Keyboard::new())
    }

    /// A text while the dialogue is open. Wrong input repeats the question with what was wrong.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_step(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        step: AddStep,
        text: &str,
    ) -> anyhow::Result<Answer> {
        match step {
            AddStep::Who => match lone_name(text) {
                Some(name) => self.ask_site(tx, asker, name, None),
                None => self.add_lines(tx, asker, text),
            },
            AddStep::Where { name } => self.take_site(tx, asker, &name, text.trim()),
            AddStep::HowLong { name, site } => self.take_days(tx, asker, &name, &site, text),
        }
    }

    /// A button of the dialogue; one of an earlier step does nothing but say so.
    pub(super) fn add_tap(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        choice: Choice<'_>,
    ) -> anyhow::Result<Answer> {
        match (dialogue::step(tx, asker)?, choice) {
            (Some(AddStep::Where { name }), Choice::Site(key)) => {
                self.take_site(tx, asker, &name, key)
            }
            (Some(AddStep::HowLong { name, site }), Choice::Days(days)) => {
                self.take_days(tx, asker, &name, &site, &days.to_string())
            }
            _ => Ok(Answer::default().toast(label(asker.lang, "stale-button"))),
        }
    }

    fn ask_site(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        name: &str,
        wrong: Option<Html>,
    ) -> anyhow::Result<Answer> {
        dialogue::set(
            tx,
            asker,
            &AddStep::Where {
                name: name.to_owned(),
            },
        )?;
        let catalogue = &self.speaker.catalogue;
        let default = catalogue.default_site();
        let others = catalogue
            .offered()
            .filter(|site| site.key() != default.key());
        let mut keyboard = Keyboard::new();
        let mut row = Vec::new();
        for site in std::iter::once(default).chain(others).take(OFFERED_SITES) {
            let data = format!("watch:add-site:{}", site.key());
            if data.len() > DATA_LIMIT {
                continue;
            }
            row.push(Button::callback(site.name(), data)?);
            if row.len() == SITES_IN_ROW {
                keyboard = keyboard.row(std::mem::take(&mut row));
            }
        }
        let ask = i18n::html(
            asker.lang,
            "add-ask-site",
            &Args::new().text("name", &cut(name, 64)),
        );
        question(asker, with_problem(wrong, ask), keyboard.row(row))
    }

    fn take_site(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        name: &str,
        typed: &str,
    ) -> anyhow::Result<Answer> {
        match of_parts(&self.speaker.catalogue, name, typed, None) {
            Ok(line) => self.ask_days(tx, asker, &line, None),
            Err(problem) => self.ask_site(tx, asker, name, Some(problem.text(asker.lang))),
        }
    }

    fn ask_days(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        line: &Line,
        wrong: Option<Html>,
    ) -> anyhow::Result<Answer> {
        let step = AddStep::HowLong {
            name: line.username.to_string(),
            site: line.site.key().to_string(),
        };
        dialogue::set(tx, asker, &step)?;
        let mut row = Vec::new();
        for days in OFFERED_DAYS {
            row.push(Button::callback(
                &days.to_string(),
                format!("watch:add-days:{days}"),
            )?);
        }
        let args = Args::new()
            .text("name", line.username.as_str())
            .text("site", line.site.name());
        let ask = i18n::html(asker.lang, "add-ask-days", &args);
        question(asker, with_problem(wrong, ask), Keyboard::new().row(row))
    }

    fn take_days(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        name: &str,
        site: &str,
        days: &str,
    ) -> anyhow::Result<Answer> {
        let line = match of_parts(&self.speaker.catalogue, name, site, None) {
            Ok(line) => line,
            // The catalogue has changed since the last step.
            Err(problem) => return self.ask_site(tx, asker, name, Some(problem.text(asker.lang))),
        };
        match parse_days(days) {
            Ok(days) => self.add_parsed(
                tx,
                asker,
                true,
                vec![Ok(Line {
                    days: Some(days),
                    ..line
                })],
            ),
            Err(problem) => self.ask_days(tx, asker, &line, Some(problem.text(asker.lang))),
        }
    }

    fn add_lines(&self, tx: &WriteTx<'_>, asker: &Asker, text: &str) -> anyhow::Result<Answer> {
        let lines: Vec<&str> = text.lines().collect();
        let single = lines.iter().filter(|line| !line.trim().is_empty()).count() == 1;
        let parsed = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(index, line)| {
                parse_line(&self.speaker.catalogue, &self.default_site, line)
                    .map_err(|why| (index + 1, why))
            });
        self.add_parsed(tx, asker, single, parsed.collect())
    }

    /// Adds what could be read. The dialogue ends when something was added; otherwise the question stays open.
    fn add_parsed(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        single: bool,
        lines: Vec<Result<Line, (usize, LineProblem)>>,
    ) -> anyhow::Result<Answer> {
        let mut sums = Sums::default();
        for line in lines {
            match line {
                Err(bad) => sums.bad.push(bad),
                Ok(line) => match store::add(tx, asker.now, &self.new_account(asker.id, &line))? {
                    Added::New(_) => sums.added.push(line),
                    Added::Known(..) => sums.known.push(line),
                },
            }
        }
        if sums.bad.is_empty() || !sums.added.is_empty() {
            dialogue::end(tx, asker)?;
        }
        let text = if single {
            self.one_added(asker, &sums)
        } else {
            many_added(asker, &sums)
        };
        let lines = std::iter::once(text)
            .chain(self.notes(asker, &sums))
            .collect();
        let lang = asker.lang;
        let keyboard = Keyboard::new().row([
            Button::callback(&label(lang, "button-check"), "watch:check-mine")?,
            Button::callback(&label(lang, "button-list"), "watch:list:mine:0")?,
        ]);
        Ok(Answer::screen(Screen::new(texts::fit(lines), keyboard)))
    }

    /// A line as it is stored.
    fn new_account(&self, owner_id: i64, line: &Line) -> NewAccount {
        NewAccount {
            owner_id,
            site: line.site.key().to_string(),
            username: line.username.to_string(),
            period_days: line.days.unwrap_or(self.period_days),
        }
    }

    fn one_added(&self, asker: &Asker, sums: &Sums) -> Html {
        let lang = asker.lang;
        let voice = self.speaker.voice_to(asker);
        let named = |line: &Line| {
            let link = Html::link(
                line.username.as_str(),
                &line.site.profile_url(&line.username),
            );
            Args::new()
                .html("name", &link)
                .text("site", &voice.site_name(line.site.key().as_str()))
        };
        if let Some(line) = sums.added.first() {
            let days = line.days.unwrap_or(self.period_days);
            let period = i18n::plain(lang, "n-days", &Args::new().number("n", days));
            return i18n::html(lang, "add-done", &named(line).text("period", &period));
        }
        match (sums.known.first(), sums.bad.first()) {
            (Some(line), _) => i18n::html(lang, "add-known", &named(line)),
            (None, Some((_, problem))) => {
                Html::join([&problem.text(lang), &i18n::text(lang, "add-ask")], "\n\n")
            }
            (None, None) => i18n::text(lang, "add-ask"),
        }
    }

    /// What people should know of the sites they added accounts on, each once.
    fn notes(&self, asker: &Asker, sums: &Sums) -> Vec<Html> {
        let mut sites: Vec<&Site> = Vec::new();
        for line in &sums.added {
            if !sites.iter().any(|site| site.key() == line.site.key()) {
                sites.push(&line.site);
            }
        }
        let mut notes = Vec::new();
        for site in sites {
            let args = Args::new().text("site", site.name());
            if site.asks() == Asks::Name {
                notes.push(i18n::html(asker.lang, "add-name-only", &args));
            } else if let Some(note) = texts::site_note(asker.lang, site) {
                notes.push(i18n::html(
                    asker.lang,
                    "add-note",
                    &args.html("note", &note),
                ));
            } else if let Some(by) = texts::site_protection(asker.lang, site) {
                notes.push(i18n::html(
                    asker.lang,
                    "add-protected",
                    &args.text("by", &by),
                ));
            }
        }
        notes
            .iter()
            .map(|note| Html::join([&Html::default(), note], "\n"))
            .collect()
    }
}

/// A question of the dialogue with its way out.
fn question(asker: &Asker, text: Html, keyboard: Keyboard) -> anyhow::Result<Answer> {
    let cancel = Button::callback(&label(asker.lang, "button-cancel"), "bot:cancel")?;
    Ok(Answer::screen(Screen::new(text, keyboard.row([cancel]))))
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

fn many_added(asker: &Asker, sums: &Sums) -> Html {
    let lang = asker.lang;
    let args = Args::new()
        .number("added", sums.added.len())
        .number("known", sums.known.len())
        .number("bad", sums.bad.len());
    let mut lines = vec![i18n::html(lang, "add-many", &args)];
    for (line, problem) in sums.bad.iter().take(SHOWN_BAD_LINES) {
        let args = Args::new()
            .number("line", *line)
            .html("problem", &problem.text(lang));
        lines.push(i18n::html(lang, "add-bad-line", &args));
    }
    if sums.bad.len() > SHOWN_BAD_LINES {
        let rest = Args::new().number("n", sums.bad.len() - SHOWN_BAD_LINES);
        lines.push(i18n::html(lang, "add-bad-more", &rest));
    }
    Html::join(&lines, "\n")
}
