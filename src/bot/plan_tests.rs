//! No screen reads more the more people there are: a walk through all of them, and the plan of every statement they run.
//!
//! The walk follows the buttons from the commands on, so that a new screen and a new statement come under the rule by
//! themselves. Each way is gone from its beginning in a savepoint that is taken back: nothing that is pressed changes what
//! the next one finds.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::*;
use crate::clock::UnixMs;
use crate::config::{Config, Source};
use crate::db::Db;
use crate::db::plans::{self, Accepted};
use crate::tasks::Tasks;
use crate::telegram::{Chat, Document, Person, Recipe, Workshop};
use crate::watch::notices::Speaker;
use crate::watch::{files as watch_files, load_catalogue};

/// 21 November 2026, 18:35:00 in Moscow.
const NOW: UnixMs = UnixMs(1_795_275_300_000);
const ADMIN: i64 = 100;
const OWNER: i64 = 1_003;
const STRANGER: i64 = 9;
const GROUP: i64 = -1_001;

/// Buttons of one action that are pressed: there are sites, zones and lists without number.
const VARIANTS: usize = 24;

/// Texts said one after the other in a dialogue.
const ANSWERS: usize = 3;

/// Statements that read more than they should on purpose.
const ACCEPTED: &[Accepted] = &[
    (
        "INDEXED BY account_of_owner",
        "USE TEMP B-TREE",
        "an order or a choice among what one person has",
    ),
    (
        "owner_id = ?1 AND state <> 'removed' ORDER BY id",
        "USE TEMP B-TREE",
        "the file with what one person has",
    ),
    (
        "account.state <> 'removed' ORDER BY account.id LIMIT :limit",
        "SCAN account",
        "a page of everybody's list, 10,000 accounts on at most",
    ),
    (
        "state = 'pending' ORDER BY account.ends_at, account.id LIMIT :limit",
        "SCAN account USING INDEX account_ending",
        "the same",
    ),
    (
        "state = 'done' ORDER BY account.ends_at, account.id LIMIT :limit",
        "SCAN account USING INDEX account_done",
        "the same",
    ),
    (
        "IN ('paused', 'held') ORDER BY account.ends_at, account.id LIMIT :limit",
        "SCAN account USING INDEX account_stopped",
        "the same",
    ),
    (
        "FROM account   WHERE  account.state <> 'removed' LIMIT 10001)",
        "SCAN account USING COVERING INDEX account_of_owner",
        "a count that goes no further",
    ),
    (
        "state = 'pending' LIMIT 10001)",
        "SCAN account USING COVERING INDEX account_ending",
        "the same",
    ),
    (
        "state = 'done' LIMIT 10001)",
        "SCAN account USING COVERING INDEX account_done",
        "the same",
    ),
    (
        "IN ('paused', 'held') LIMIT 10001)",
        "SCAN account USING INDEX account_stopped",
        "the same",
    ),
    (
        "FROM audit WHERE ?1 = '' LIMIT 10001)",
        "SCAN audit USING COVERING INDEX",
        "the same",
    ),
    (
        "?1 = '' ORDER BY audit.id DESC LIMIT",
        "SCAN audit",
        "a page of the log, 10,000 rows on at most",
    ),
    (
        "?1 IS NULL AND state <> 'removed'",
        "SCAN account",
        "the file with everything; readers make it",
    ),
    ("met ON met.id = person ORDER BY", "SCAN audit", "the same"),
    ("SELECT id FROM run ORDER BY id", "SCAN run", "the same"),
    (
        "owner_id IS NULL AND account_id IS NULL ORDER BY id DESC LIMIT",
        "SCAN run USING INDEX run_of_all",
        "the newest on an index of just these runs",
    ),
    (
        "started_at < ?1 ORDER BY id DESC LIMIT 1",
        "SCAN run",
        "back over the runs of a day",
    ),
    (
        "FROM run_error WHERE run_id > ?1 AND site = ?2 GROUP BY reason",
        "USE TEMP B-TREE",
        "a day of one site has a few hundred",
    ),
    (
        "count(*) FROM outbox WHERE state = 'pending'",
        "SCAN outbox USING COVERING INDEX outbox_due",
        "an index of just what waits",
    ),
    (
        "FROM outbox WHERE dedupe > ?1 AND dedupe < ?2 GROUP BY state",
        "USE TEMP B-TREE",
        "of one broadcast: a row for each person",
    ),
    (
        "FROM person WHERE role <> 'stranger'",
        "SCAN person USING INDEX person_listed",
        "an index of just these people, in its order",
    ),
    (
        "count(*) FROM person WHERE role <> 'stranger'",
        "SCAN person USING COVERING INDEX person_by_role",
        "counted by an index",
    ),
    (
        "role IN ('admin', 'owner') AND chat.unreachable_at IS NULL",
        "USE TEMP B-TREE",
        "an order among admins",
    ),
    (
        "FROM broadcast WHERE ended_at IS NULL",
        "SCAN broadcast USING INDEX broadcast_open",
        "an index of those that are not over",
    ),
    (
        "FROM chat WHERE bound_by IS NOT NULL",
        "SCAN chat USING INDEX chat_bound",
        "an index of the groups that hear of runs",
    ),
];

/// Not pressed: what somebody who leaves has left where is looked for everywhere, once.
const LEAVES: &str = "bot:delete-me:";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Says(String),
    SaysInGroup(String),
    SendsTable,
    Taps(String),
}

struct Walk {
    bot: Bot,
    files: Files,
    seen: BTreeSet<(i64, String)>,
    ahead: VecDeque<(i64, Vec<Step>)>,
    /// Each statement with the last step of the way that first ran it.
    statements: BTreeMap<String, String>,
}

impl Walk {
    fn new() -> Self {
        let source = Source {
            path: "bot.toml".into(),
            text: format!("[telegram]\nadmins = [{ADMIN}]\n"),
            environment: [].into(),
        };
        let config = Config::load(&source).unwrap();
        let speaker = Speaker {
            catalogue: Arc::new(load_catalogue(&config.watch).unwrap()),
            zone: config.watch.zone.clone(),
            language: config.people.language,
            notify: config.watch.notify,
        };
        let handlers = WatchHandlers::new(&config.watch, speaker.clone(), Activator::new());
        Self {
            bot: Bot::new(
                config.people,
                handlers,
                Vec::new(),
                Clock::set_to(NOW),
                Activator::new(),
                Activator::new(),
            ),
            files: Files::new(Lang::Ru)
                .with(export::MAKER, export::make)
                .with(watch_files::MAKER, move |connection, recipe| {
                    watch_files::make(&speaker, connection, recipe)
                }),
            seen: BTreeSet::new(),
            ahead: VecDeque::new(),
            statements: BTreeMap::new(),
        }
    }

    /// Goes a way and notes what it ran and where it leads.
    fn go(&mut self, tx: &WriteTx<'_>, person: i64, way: &[Step]) -> anyhow::Result<()> {
        tx.execute_batch("SAVEPOINT walk")?;
        let before: i64 = tx.query_row("SELECT coalesce(max(id), 0) FROM outbox", [], |row| {
            row.get(0)
        })?;
        let (last, earlier) = way.split_last().unwrap();
        for step in earlier {
            self.bot.handle(tx, &event(person, step), Some(&table()))?;
        }
        let (done, statements) = plans::spied(tx, || {
            self.bot.handle(tx, &event(person, last), Some(&table()))
        });
        done.unwrap_or_else(|err| panic!("{way:?}: {err:#}"));
        self.note(statements, last);
        let mut query =
            tx.prepare("SELECT keyboard, file FROM outbox WHERE id > ?1 AND chat_id = ?2")?;
        let chat = event(person, last).chat.unwrap().id;
        let said: Vec<(String, String)> = query
            .query_map((before, chat), |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (keyboard, file) in said {
            for data in buttons(&keyboard) {
                if self.is_new(person, &data) {
                    let longer = [way, &[Step::Taps(data)]].concat();
                    self.ahead.push_back((person, longer));
                }
            }
            if !file.is_empty() {
                let recipe: Recipe = serde_json::from_str(&file)?;
                let (made, statements) = plans::spied(tx, || self.files.make(tx, &recipe));
                made.unwrap_or_else(|err| panic!("{way:?}: {err:#}"));
                self.note(statements, last);
            }
        }
        let answers = way
            .iter()
            .rev()
            .take_while(|step| matches!(step, Step::Says(_)));
        if answers.count() < ANSWERS && way.len() > 1 && is_asked(tx, person)? {
            for text in ["octocat", "30", "github"] {
                let longer = [way, &[Step::Says(text.to_owned())]].concat();
                self.ahead.push_back((person, longer));
            }
        }
        tx.execute_batch("ROLLBACK TO walk; RELEASE walk")?;
        Ok(())
    }

    fn note(&mut self, statements: BTreeSet<String>, step: &Step) {
        for sql in statements {
            self.statements
                .entry(sql)
                .or_insert_with(|| format!("{step:?}"));
        }
    }

    /// True for a button that does what nobody has pressed yet.
    fn is_new(&mut self, person: i64, data: &str) -> bool {
        let kind = kind(data);
        let family = kind.split(':').take(2).collect::<Vec<_>>().join(":");
        let of_family =
            |(who, other): &&(i64, String)| *who == person && other.starts_with(&family);
        !data.starts_with(LEAVES)
            && self.seen.iter().filter(of_family).count() < VARIANTS
            && self.seen.insert((person, kind))
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

fn buttons(keyboard: &str) -> Vec<String> {
    let data = keyboard.split(r#""callback_data":""#).skip(1);
    data.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}

fn is_asked(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM dialogue WHERE user_id = ?1)";
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
        Step::SendsTable => {
            let document = Document {
                file_id: "f".to_owned(),
                name: "a.csv".to_owned(),
                mime: "text/csv".to_owned(),
                size: Some(50),
            };
            (person, EventKind::Document(document))
        }
        Step::Taps(data) => {
            let tap = EventKind::Tap {
                query_id: "q".to_owned(),
                message_id: 5,
                data: data.clone(),
            };
            (person, tap)
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
        from: Some(Person {
            id: person,
            name: "Name".to_owned(),
            username: "name".to_owned(),
            language_code: "en".to_owned(),
        }),
        kind,
        topic: None,
        title: "Group".to_owned(),
    }
}

/// Everything there is, a little of each.
fn furnish(tx: &WriteTx<'_>) -> anyhow::Result<()> {
    people::apply_config(
        tx,
        NOW,
        &PeopleConfig {
            admins: vec![ADMIN],
            access: people::Access::Request,
            language: Lang::Ru,
        },
    )?;
    tx.execute_batch(
        "CREATE TEMP TABLE scope AS SELECT 1 AS first, 3 AS last, 1795275300000 AS now, 50 AS runs",
    )?;
    tx.execute_batch(include_str!("../../benches/figures/world/owners.sql"))?;
    tx.execute_batch(include_str!("../../benches/figures/world/past.sql"))?;
    Ok(())
}

#[tokio::test]
async fn no_screen_reads_more_the_more_people_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let (db, _end) = Db::open(&folder.path().join("t.db"), &Tasks::new()).unwrap();
    db.write(furnish).await.unwrap();
    let walked = db.write(|tx| {
        let mut walk = Walk::new();
        for person in [ADMIN, OWNER, STRANGER] {
            let menu = menus::names();
            for command in menu.chain(["list name", "add octocat github", "privacy"]) {
                walk.ahead
                    .push_back((person, vec![Step::Says(format!("/{command}"))]));
            }
            walk.ahead.push_back((person, vec![Step::SendsTable]));
            walk.ahead
                .push_back((person, vec![Step::SaysInGroup("/here".to_owned())]));
        }
        while let Some((person, way)) = walk.ahead.pop_front() {
            walk.go(tx, person, &way)?;
        }
        assert!(walk.seen.len() > 200, "only {:?}", walk.seen);
        Ok(plans::faults(tx, &walk.statements, ACCEPTED))
    });
    let (faults, unused) = walked.await.unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert_eq!(unused, BTreeSet::new(), "accepted, and not run any more");
}
