//! What a reply costs while 10,000 owners have 100 accounts each: processor and database time of
//! every screen.
//!
//! The whole bot is measured: an update is received, stored, handled, answered and delivered.
//! Counted are the processor time of its threads and the time that statements take on its database
//! connections. Each sample is from another person, so that each screen is new in its chat.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};
use vakhta::testing::app::{App, Options};
use vakhta::testing::clock::Clock;
use vakhta::testing::db::Db;
use vakhta::testing::demo::{Person, PretendTelegram};

use crate::roles::main_runtime;
use crate::statements;
use crate::table::{self, ms, quantile, row};
use crate::{process, world};

/// Owners added in one transaction.
const PORTION: usize = 500;

/// Runs in the history: ninety days of one every five minutes.
const RUNS: usize = 25_920;

/// People of each kind who ask; each opens every screen once.
const ASKERS: i64 = 40;

/// The first owner of accounts; the others follow.
const FIRST_OWNER: i64 = 1_001;

/// Name of the pretend Telegram's threads.
const PRETEND: &str = "pretend";

/// The longest wait for an answer.
const LIMIT: Duration = Duration::from_secs(30);

/// The program must be idle for this long before a reply counts as complete.
const STILL: Duration = Duration::from_millis(3);

/// How to get to a screen.
#[derive(Clone, Copy)]
enum Way {
    Says(&'static str),
    Taps(&'static str),
    /// The reply is a message of its own.
    TapsForFile(&'static str),
}

/// Screens of an owner: `OWN` is one of their accounts.
const OF_OWNERS: &[(&str, Way)] = &[
    ("/help (the limit: nothing is read)", Way::Says("/help")),
    ("/list", Way::Says("/list")),
    ("the last page", Way::Taps("watch:list:mine:15")),
    ("overdue", Way::Taps("watch:list:mine:0:overdue")),
    ("by site", Way::Taps("watch:site:mine:github")),
    ("by text", Way::Says("/list name_")),
    ("account card", Way::Taps("watch:card:OWN:mine:0")),
    ("/status", Way::Says("/status")),
    ("chart: my accounts", Way::TapsForFile("watch:chart:mine")),
    ("file: my accounts", Way::TapsForFile("watch:export:mine")),
];

const OF_ADMINS: &[(&str, Way)] = &[
    ("/status of an admin", Way::Says("/status")),
    ("/admin", Way::Says("/admin")),
    ("watch state", Way::Taps("run:now")),
    ("sites", Way::Taps("site:list:0")),
    ("one site", Way::Taps("site:card:instagram")),
    ("people", Way::Taps("people:list:0")),
    ("people, the last page", Way::Taps("people:list:99999")),
    ("one person", Way::Taps("people:card:1003")),
    ("statistics", Way::Taps("admin:stats")),
    ("accounts of everybody", Way::Taps("watch:list:all:0")),
    ("the last page counted", Way::Taps("watch:list:all:1665")),
    ("overdue", Way::Taps("watch:list:all:0:overdue")),
    ("done, the last page", Way::Taps("watch:list:all:1665:done")),
    ("paused", Way::Taps("watch:list:all:0:paused")),
    ("sites to choose from", Way::Taps("watch:sites:all:0")),
    ("by site", Way::Taps("watch:site:all:vk")),
    ("by text, found often", Way::Taps("watch:list:all:0:fMANY")),
    (
        "by text, found nowhere",
        Way::Taps("watch:list:all:0:fNONE"),
    ),
    ("accounts of one owner", Way::Taps("watch:list:1003:0")),
    ("audit log", Way::Taps("admin:log::0")),
    (
        "audit log, one kind, the last page",
        Way::Taps("admin:log:people:99999"),
    ),
    ("mass changes", Way::Taps("watch:mass")),
    ("charts", Way::Taps("watch:charts")),
    ("chart: found", Way::TapsForFile("watch:chart:found")),
    ("chart: sites", Way::TapsForFile("watch:chart:sites")),
    ("chart: duration", Way::TapsForFile("watch:chart:duration")),
    ("export", Way::Taps("admin:export")),
    ("broadcast", Way::Taps("admin:broadcast")),
];

pub(crate) fn measure(owners: usize) -> anyhow::Result<()> {
    let (pretend, telegram) = pretend_telegram()?;
    let actors = |first: i64| -> Vec<Person> {
        let people = (first..first + ASKERS).map(|id| telegram.person(id, "Somebody", "en"));
        people.inspect(Person::knows_bot).collect()
    };
    let (admins, people) = (actors(world::ADMIN), actors(FIRST_OWNER));
    let folder = world::folder()?;
    let main = main_runtime()?;
    let app = main.block_on(async {
        world::settle(folder.path(), 3, "http://127.0.0.1:1", &telegram.api_url())?;
        let config = world::config(folder.path(), Some(telegram.token()))?;
        let app = App::start(config, Options::bot(false)).await?;
        fill(app.db(), owners).await?;
        anyhow::Ok(app)
    })?;
    // On the other runtime, so that its timers wake none of the program's threads.
    let db = app.db().clone();
    let rows = pretend.block_on(async {
        statements::listen(&db).await?;
        let (usual, worst) = empty_reads(&db).await?;
        let mut rows = vec![
            row([&"", &"CPU", &"CPU, worst", &"database", &"database, worst"]),
            row([&"a read of nothing", &"", &"", &ms(usual), &ms(worst)]),
        ];
        for (people, screens) in [(&people, OF_OWNERS), (&admins, OF_ADMINS)] {
            for (name, way) in screens {
                let samples = samples(&db, &telegram, people, *way).await;
                rows.push(show(name, samples.with_context(|| (*name).to_owned())?));
            }
        }
        anyhow::Ok(rows)
    })?;
    table::print(
        &format!(
            "Answers with {owners} owners of 100 accounts each; {ASKERS} of each, the middle one and the worst"
        ),
        &rows,
    );
    drop(db);
    main.block_on(app.run_until(std::future::ready(())));
    Ok(())
}

/// Processor and database time of the reply to each of these people.
async fn samples(
    db: &Db,
    telegram: &PretendTelegram,
    people: &[Person],
    way: Way,
) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
    let mut samples = (Vec::new(), Vec::new());
    for person in people {
        let step = settled(db, way, person.id()).await?;
        let (cpu, database) = answer(telegram, person, &step).await?;
        samples.0.push(cpu);
        samples.1.push(database);
    }
    Ok(samples)
}

fn show(name: &str, (mut cpu, mut database): (Vec<Duration>, Vec<Duration>)) -> Vec<String> {
    let cells = [&mut cpu, &mut database].map(|of| (ms(quantile(of, 0.5)), ms(quantile(of, 1.0))));
    let [(cpu, worst_cpu), (database, worst)] = cells;
    row([&name, &cpu, &worst_cpu, &database, &worst])
}

/// A pretend Telegram on its own threads, which are not counted.
fn pretend_telegram() -> anyhow::Result<(Runtime, PretendTelegram)> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name(PRETEND)
        .enable_all()
        .build()?;
    let telegram = runtime.block_on(PretendTelegram::start())?;
    Ok((runtime, telegram))
}

/// Owners with their accounts, and a history of it all.
async fn fill(db: &Db, owners: usize) -> anyhow::Result<()> {
    let now = Clock::system().now().0;
    let admins = world::ADMIN..world::ADMIN + ASKERS;
    db.write(move |tx| {
        tx.execute_batch("CREATE TEMP TABLE scope (first, last, now, runs)")?;
        for admin in admins {
            tx.execute(
                "INSERT INTO person (id, role, created_at) VALUES (?1, 'admin', 0) ON CONFLICT DO NOTHING",
                [admin],
            )?;
        }
        Ok(())
    })
    .await?;
    for first in (1..=owners).step_by(PORTION) {
        let last = owners.min(first + PORTION - 1);
        db.write(move |tx| {
            tx.execute("DELETE FROM scope", [])?;
            tx.execute(
                "INSERT INTO scope VALUES (?1, ?2, ?3, ?4)",
                (first, last, now, RUNS),
            )?;
            Ok(tx.execute_batch(include_str!("world/owners.sql"))?)
        })
        .await?;
    }
    db.write(|tx| Ok(tx.execute_batch(include_str!("world/past.sql"))?))
        .await
}

/// Wall time of an empty read: the median and the maximum.
async fn empty_reads(db: &Db) -> anyhow::Result<(Duration, Duration)> {
    let mut samples = Vec::new();
    for _ in 0..ASKERS {
        let began = Instant::now();
        db.read(|_| Ok(())).await?;
        samples.push(began.elapsed());
    }
    Ok((quantile(&mut samples, 0.5), quantile(&mut samples, 1.0)))
}

/// What a person writes, or the data of the button they press.
enum Step {
    Says(&'static str),
    Taps(String, Answered),
}

/// How the reply to a press arrives.
enum Answered {
    InPlace,
    AsFile,
}

/// A way, with the ids of this person's own rows filled in.
async fn settled(db: &Db, way: Way, person: i64) -> anyhow::Result<Step> {
    let (data, answered) = match way {
        Way::Says(text) => return Ok(Step::Says(text)),
        Way::Taps(data) => (data, Answered::InPlace),
        Way::TapsForFile(data) => (data, Answered::AsFile),
    };
    let row = |sql: &'static str| {
        db.write(move |tx| Ok(tx.query_row(sql, [person], |row| row.get::<_, i64>(0))?))
    };
    let data = if data.contains("OWN") {
        let own = row("SELECT min(id) FROM account WHERE owner_id = ?1").await?;
        data.replace("OWN", &own.to_string())
    } else if data.contains("MANY") {
        let id = row("INSERT INTO search (person_id, kind, words, used_at) VALUES (?1, 'text', 'клиент', 0) RETURNING id").await?;
        data.replace("MANY", &id.to_string())
    } else if data.contains("NONE") {
        let id = row("INSERT INTO search (person_id, kind, words, used_at) VALUES (?1, 'text', 'nobody has this', 0) RETURNING id").await?;
        data.replace("NONE", &id.to_string())
    } else {
        data.to_owned()
    };
    Ok(Step::Taps(data, answered))
}

/// Waits for one reply to be made and delivered; its processor and database time.
async fn answer(
    telegram: &PretendTelegram,
    person: &Person,
    step: &Step,
) -> anyhow::Result<(Duration, Duration)> {
    still().await?;
    let before = process::threads_but(PRETEND)?;
    statements::spent();
    person.skips_unread();
    match step {
        Step::Says(text) => {
            person.writes(text);
            person.next_reply(LIMIT).await?;
        }
        Step::Taps(data, Answered::AsFile) => {
            person.presses_forged(0, data);
            person.next_reply(LIMIT).await?;
        }
        Step::Taps(data, Answered::InPlace) => {
            let chat = person.id();
            let first = |m: &&std::sync::Arc<vakhta::testing::demo::ChatMessage>| {
                m.from_bot && m.file.is_none()
            };
            let messages = telegram.messages(chat);
            let screen = messages.iter().find(first).context("a first screen")?;
            let (id, edits) = (screen.message_id, screen.edits);
            person.presses_forged(id, data);
            let shown = |telegram: &PretendTelegram| {
                telegram.message(chat, id).is_some_and(|m| m.edits > edits)
            };
            telegram.wait_until(data, LIMIT, shown).await?;
        }
    }
    still().await?;
    Ok((
        process::since(&before, &process::threads_but(PRETEND)?),
        statements::spent(),
    ))
}

/// Waits until the program is idle.
async fn still() -> anyhow::Result<()> {
    let mut look = tokio::time::interval(STILL);
    let mut before = process::threads_but(PRETEND)?;
    look.tick().await;
    loop {
        look.tick().await;
        let now = process::threads_but(PRETEND)?;
        if process::since(&before, &now).is_zero() {
            return Ok(());
        }
        before = now;
    }
}
