//! A walk through all screens, without Telegram; rules for every screen are checked here.
//!
//! The walk follows the buttons, beginning with the commands, so that new screens and texts are
//! covered automatically. Each way runs in a savepoint that is rolled back: a press does not change
//! what the next one finds.

mod asked;
mod back;
mod cards;
mod left_out;
mod lengths;
mod linked;
mod plans;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::back::{leads_back, needs_way_back};
use super::built;
use crate::activation::Activator;
use crate::app::files::Files;
use crate::bot::Bot;
use crate::clock::Clock;
use crate::clock::testing::NOW;
use crate::db::{WriteTx, plans::spied};
use crate::i18n::Lang;
use crate::people::{self, PeopleConfig};
use crate::slice::Command;
use crate::telegram::{
    Chat, ChatKind, Document, Event, EventKind, Fetched, FileMakers as _, Handler as _, Reaction,
    Recipe, User,
};

const ADMIN: i64 = 100;
const OWNER: i64 = 1_003;
const STRANGER: i64 = 9;
const GROUP: i64 = -1_001;

/// Number of buttons pressed per action: there are any number of sites and zones.
const VARIANTS: usize = 6;

/// The lists: each needs a different query.
const LISTS: (&str, usize) = ("watch:list", 24);

/// Maximum number of answers in sequence in a dialogue.
const ANSWERS: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Says(String),
    SaysInGroup(String),
    SendsTable,
    SendsPhoto,
    /// Names the bot in any chat, to get offers.
    Names(String),
    Taps(String),
}

impl Step {
    fn is_answer(&self) -> bool {
        matches!(self, Self::Says(_) | Self::SendsPhoto)
    }
}

struct Walk {
    bot: Bot,
    commands: Vec<&'static Command>,
    files: Files,
    /// Also makes the files that are sent, which takes time.
    makes_files: bool,
    /// A photo that stands for one that was sent and stored.
    photo: Fetched,
    seen: BTreeSet<(i64, String)>,
    ahead: VecDeque<(i64, Vec<Step>)>,
    /// Each question already answered in every way, as its dialogue is stored in the database.
    questions: BTreeSet<(i64, String)>,
    /// Each statement with the last step of the way that first ran it.
    statements: BTreeMap<String, String>,
    /// Why something could not be answered, with the way.
    refused: BTreeMap<String, String>,
    /// Notes on presses, each with its step.
    notes: BTreeMap<String, String>,
    /// Labels of buttons, each with the step that showed it.
    labels: BTreeMap<String, String>,
    /// Ways to a screen or a question that has no button back.
    stuck: BTreeSet<String>,
}

impl Walk {
    fn new(tx: &WriteTx<'_>, makes_files: bool, without: &[&'static str]) -> anyhow::Result<Self> {
        let (config, built) = built(
            &format!(
                "[telegram]\nadmins = [{ADMIN}]\n[database]\npath = {:?}\n[cards]\nenabled = true\n\
                 [assistant]\nenabled = true\nurl = \"http://127.0.0.1:9\"\n\
                 [mtproto]\nenabled = true\napi_id = 1\n",
                tx.path().unwrap_or_default()
            ),
            without,
        );
        Ok(Self {
            files: Files::new(&built.slices, Lang::Ru),
            commands: built.slices.commands(),
            bot: Bot::new(
                config.people,
                built.slices,
                config.watch.zone,
                Clock::set_to(NOW),
                Activator::new(),
            ),
            makes_files,
            photo: cards::photo(tx)?,
            seen: BTreeSet::new(),
            ahead: VecDeque::new(),
            questions: BTreeSet::new(),
            statements: BTreeMap::new(),
            refused: BTreeMap::new(),
            notes: BTreeMap::new(),
            labels: BTreeMap::new(),
            stuck: BTreeSet::new(),
        })
    }

    /// Walks everywhere these people can go.
    fn everywhere(tx: &WriteTx<'_>, people: &[i64], makes_files: bool) -> anyhow::Result<Self> {
        Self::new(tx, makes_files, &[])?.walked(tx, people)
    }

    /// Walks everywhere with one slice left out.
    fn without(tx: &WriteTx<'_>, people: &[i64], slice: &'static str) -> anyhow::Result<Self> {
        Self::new(tx, false, &[slice])?.walked(tx, people)
    }

    fn walked(mut self, tx: &WriteTx<'_>, people: &[i64]) -> anyhow::Result<Self> {
        let walk = &mut self;
        let about_cards = cards::ways(tx)?;
        for person in people {
            let more = ["list name", "add octocat github", "privacy"];
            let commands = walk
                .commands
                .iter()
                .map(|command| command.name)
                .filter(|name| *name != "here" && *name != "ask")
                .chain(more)
                .map(|command| format!("/{command}"));
            let says = commands.map(Step::Says);
            let others = [
                Step::SendsTable,
                Step::SendsPhoto,
                Step::SaysInGroup("/here".to_owned()),
            ];
            let ways = says
                .chain(others)
                .chain(asked::ways(*person))
                .chain(linked::ways());
            for first in ways.chain(about_cards.clone()) {
                walk.ahead.push_back((*person, vec![first]));
            }
        }
        while let Some((person, way)) = walk.ahead.pop_front() {
            walk.go(tx, person, &way)?;
        }
        Ok(self)
    }

    /// Goes a way and records its statements and where it leads.
    fn go(&mut self, tx: &WriteTx<'_>, person: i64, way: &[Step]) -> anyhow::Result<()> {
        tx.execute_batch("SAVEPOINT walk")?;
        let (last, earlier) = way.split_last().unwrap();
        for step in earlier {
            self.takes(tx, person, step)?;
        }
        let before: i64 = tx.query_row("SELECT coalesce(max(id), 0) FROM outbox", [], |row| {
            row.get(0)
        })?;
        let (done, statements) = spied(tx, || self.takes(tx, person, last));
        let reaction = match done {
            Ok(reaction) => reaction,
            Err(err) => {
                self.refused.insert(format!("{err:#}"), format!("{way:?}"));
                tx.execute_batch("ROLLBACK TO walk; RELEASE walk")?;
                return Ok(());
            }
        };
        if let Some(note) = reaction.callback_answer {
            self.notes.insert(note, format!("{last:?}"));
        }
        self.note(statements, last);
        let mut query =
            tx.prepare("SELECT keyboard, file FROM outbox WHERE id > ?1 AND chat_id = ?2")?;
        let chat = event(person, last).chat.unwrap().id;
        let said: Vec<(String, String)> = query
            .query_map((before, chat), |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        // A press needs the steps before it only while a question is open.
        let question = question(tx, person)?;
        let way_on = if question.is_some() { way } else { &[] };
        let is_asked = question.is_some();
        if needs_way_back(last, is_asked, &said) && !said.iter().any(|(keys, _)| leads_back(keys)) {
            self.stuck.insert(format!("{person}: {way:?}"));
        }
        for (keyboard, file) in said {
            for text in each(&keyboard, "text") {
                self.labels.insert(text, format!("{last:?}"));
            }
            for data in each(&keyboard, "callback_data") {
                if self.is_new(person, &data) {
                    let mut longer = way_on.to_vec();
                    longer.push(Step::Taps(data));
                    self.ahead.push_back((person, longer));
                }
            }
            if !file.is_empty() && self.makes_files {
                let recipe: Recipe = serde_json::from_str(&file)?;
                let (made, statements) = spied(tx, || self.files.make(tx, &recipe));
                made.unwrap_or_else(|err| panic!("{way:?}: {err:#}"));
                self.note(statements, last);
            }
        }
        let answers = way.iter().rev().take_while(|step| step.is_answer());
        if let Some(question) = question
            && answers.count() <= ANSWERS
            && self.questions.insert((person, question))
        {
            for answer in answers_to_anything() {
                let longer = [way, &[answer]].concat();
                self.ahead.push_back((person, longer));
            }
        }
        tx.execute_batch("ROLLBACK TO walk; RELEASE walk")?;
        Ok(())
    }

    /// The result of a step, as for an event whose file was fetched and refined.
    fn takes(&self, tx: &WriteTx<'_>, person: i64, step: &Step) -> anyhow::Result<Reaction> {
        let event = event(person, step);
        self.bot.wants(tx, &event)?;
        let file = match step {
            Step::SendsPhoto => self.photo.clone(),
            _ => table(),
        };
        self.bot.handle(tx, &event, Some(&file))
    }

    fn note(&mut self, statements: BTreeSet<String>, step: &Step) {
        for sql in statements {
            self.statements
                .entry(sql)
                .or_insert_with(|| format!("{step:?}"));
        }
    }

    /// True for a button whose action nobody has pressed yet.
    fn is_new(&mut self, person: i64, data: &str) -> bool {
        let kind = kind(data);
        let most = if family(&kind) == LISTS.0 {
            LISTS.1
        } else {
            VARIANTS
        };
        let of_family =
            |(who, other): &&(i64, String)| *who == person && family(other) == family(&kind);
        self.seen.iter().filter(of_family).count() < most && self.seen.insert((person, kind))
    }
}

/// A button's data with every number as `N`.
fn kind(data: &str) -> String {
    let is_number =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '-');
    let parts = data
        .split(':')
        .map(|part| if is_number(part) { "N" } else { part });
    parts.collect::<Vec<_>>().join(":")
}

/// The action of a button: the first two parts of its data.
fn family(kind: &str) -> &str {
    let end = kind.match_indices(':').nth(1);
    end.and_then(|(end, _)| kind.get(..end)).unwrap_or(kind)
}

/// Sent in answer to any question: words, numbers, and texts of maximum length.
fn answers_to_anything() -> Vec<Step> {
    let long = ["Щ".repeat(100), "&".repeat(3500)];
    let short = ["octocat", "30", "github", "summer 3"].map(str::to_owned);
    let says = short.into_iter().chain(long).map(Step::Says);
    says.chain([Step::SendsPhoto]).collect()
}

/// A field of all buttons, as JSON.
fn each(keyboard: &str, field: &str) -> Vec<String> {
    let begin = format!(r#""{field}":""#);
    let fields = keyboard.split(&begin).skip(1);
    fields
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}

/// The open question of a person, as stored in the database.
fn question(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<Option<String>> {
    let sql = "SELECT max(step) FROM dialogue WHERE user_id = ?1";
    Ok(tx.query_row(sql, [person], |row| row.get(0))?)
}

fn table() -> Fetched {
    Ok("site,username,days\ngithub,octocat,30\nvk,durov,9\n"
        .as_bytes()
        .into())
}

fn event(person: i64, step: &Step) -> Event {
    let command = |text: &String| match text.strip_prefix('/') {
        Some(command) => {
            let (name, args) = command.split_once(' ').unwrap_or((command, ""));
            EventKind::Command {
                name: name.to_owned(),
                args: args.to_owned(),
            }
        }
        None => EventKind::Text(text.clone()),
    };
    let (chat, kind) = match step {
        Step::Says(text) => (person, command(text)),
        Step::SaysInGroup(text) => (GROUP, command(text)),
        Step::SendsTable => (person, EventKind::Document(sent("a.csv", "text/csv"))),
        Step::SendsPhoto => (person, EventKind::Photo(sent("", "image/jpeg"))),
        Step::Names(words) => {
            let inline = EventKind::Inline {
                query_id: "q".to_owned(),
                words: words.clone(),
            };
            (person, inline)
        }
        Step::Taps(data) => {
            let callback = EventKind::Callback {
                query_id: "q".to_owned(),
                message_id: 5,
                data: data.clone(),
            };
            (person, callback)
        }
    };
    Event {
        update_id: 1,
        chat: Some(Chat {
            id: chat,
            kind: if chat > 0 {
                ChatKind::Private
            } else {
                ChatKind::Group
            },
        }),
        from: Some(User {
            id: person,
            name: "Name".to_owned(),
            username: "name".to_owned(),
            language_code: "en".to_owned(),
        }),
        kind,
        topic: None,
        message_id: Some(4),
        title: "Group".to_owned(),
    }
}

fn sent(name: &str, mime: &str) -> Document {
    Document {
        file_id: "f".to_owned(),
        name: name.to_owned(),
        mime: mime.to_owned(),
        size: Some(50),
        album: String::new(),
    }
}

/// A little of everything.
fn furnish(tx: &WriteTx<'_>) -> anyhow::Result<()> {
    let config = PeopleConfig {
        admins: vec![ADMIN],
        access: people::Access::Request,
        language: Lang::Ru,
    };
    people::apply_config(tx, NOW, &config)?;
    tx.execute_batch(
        "CREATE TEMP TABLE scope AS SELECT 2 AS first, 3 AS last, 1795275300000 AS now, 50 AS runs",
    )?;
    tx.execute_batch(include_str!("../../../../benches/figures/world/owners.sql"))?;
    tx.execute_batch(include_str!("../../../../benches/figures/world/past.sql"))?;
    asked::furnish(tx)?;
    linked::furnish(tx)?;
    cards::furnish(tx)
}
