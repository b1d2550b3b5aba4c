//! The world of a crowd: one account of each of many owners is found in one run. The program is
//! between a pretend Telegram that refuses calls that come too fast, and a pretend site. People ask
//! for the status meanwhile. In the end the stage says what each chat heard.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use vakhta::testing::clock::Clock;
use vakhta::testing::db::Db;
use vakhta::testing::demo::{Behaviour, Fault, Person, PretendSite, PretendTelegram};
use vakhta::testing::people;
use vakhta::testing::slices::watch::store;
use vakhta::testing::slices::watch::store::NewAccount;
use vakhta::testing::tasks::Tasks;

use crate::footprint::vakhta;
use crate::{roles, world};

/// Owners of the accounts that are found at once.
const FIRST_OWNER: i64 = 100_000;

/// People who ask for the status, one after the other.
const ASKERS: std::ops::Range<i64> = 1_000..1_100;

/// People whose account appears while the crowd waits.
const OTHERS: std::ops::Range<i64> = 2_000..2_200;

const WORKERS: usize = 32;

/// After this many status requests, another person's account appears.
const QUESTIONS: usize = 6;

/// Messages whose response is lost at a kill.
const CUT: usize = 3;

const LIMIT: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(crate) struct Ends {
    /// Chats that heard of their account once.
    pub(crate) told: usize,
    /// Chats that were told that a message may be missing.
    pub(crate) named: usize,
    /// Chats that heard nothing.
    pub(crate) lost: usize,
    /// Chats that heard it twice or more.
    pub(crate) twice: usize,
}

/// The world of this figure.
pub(crate) struct Stage {
    owners: usize,
    runtime: Runtime,
    telegram: PretendTelegram,
    site: PretendSite,
    folder: tempfile::TempDir,
    // Records when each message arrives.
    times: JoinHandle<()>,
    arrived: Arc<Mutex<Vec<Instant>>>,
    questions: usize,
    check: Option<Child>,
}

impl Stage {
    /// A world with this many owners, before any run.
    pub(crate) fn new(owners: usize) -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let telegram = runtime.block_on(PretendTelegram::start())?;
        let site = runtime.block_on(PretendSite::start())?;
        site.record(false);
        telegram.enforce_rates(true);
        for id in chats(owners) {
            telegram.person(id, "Owner", "en").knows_bot();
        }
        (0..owners)
            .for_each(|number| site.set(world::SITE, &world::username(number), Behaviour::Exists));
        let folder = world::folder()?;
        world::settle(folder.path(), WORKERS, &site.url(), &telegram.api_url())?;
        fill(&world::config(folder.path(), None)?.database, owners)?;
        let arrived = Arc::default();
        let times = runtime.spawn(note_times(telegram.clone(), Arc::clone(&arrived)));
        Ok(Self {
            owners,
            runtime,
            telegram,
            site,
            folder,
            times,
            arrived,
            questions: 0,
            check: None,
        })
    }

    /// Starts the program, with or without a run at the start; returns when it polls for updates.
    pub(crate) fn start(&self, run: bool) -> anyhow::Result<Child> {
        let mut command = vakhta(self.folder.path(), self.telegram.token());
        command.env("VAKHTA_WATCH_RUN_AT_START", run.to_string());
        let child = command.stdout(Stdio::null()).spawn()?;
        let polled =
            self.telegram
                .wait_until("the first getUpdates", LIMIT, PretendTelegram::is_polled);
        self.runtime.block_on(polled)?;
        Ok(child)
    }

    /// `kill -9` while messages are on their way.
    pub(crate) fn kill(&mut self, mut program: Child) -> anyhow::Result<()> {
        self.end_check()?;
        self.telegram
            .break_next("sendMessage", CUT, Fault::Hang.after_delivery());
        self.telegram.break_next("sendMessage", CUT, Fault::Hang);
        let later = self.sent() + 2 * CUT;
        let some_more = |telegram: &PretendTelegram| telegram.sent_count() >= later;
        self.runtime
            .block_on(self.telegram.wait_until("some more", LIMIT, some_more))?;
        program.kill()?;
        program.wait()?;
        self.telegram.clear_faults();
        Ok(())
    }

    /// Waits for the last requested run.
    fn end_check(&mut self) -> anyhow::Result<()> {
        if let Some(mut check) = self.check.take() {
            check.wait()?;
        }
        Ok(())
    }

    /// How many messages have arrived.
    pub(crate) fn sent(&self) -> usize {
        self.telegram.sent_count()
    }

    /// A file of the database.
    pub(crate) fn database(&self, ending: &str) -> PathBuf {
        self.folder.path().join(format!("bench.db{ending}"))
    }

    fn db(&self) -> anyhow::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(self.database(""), flags)?;
        db.busy_timeout(LIMIT)?;
        Ok(db)
    }

    /// Whether a message waits or is on its way.
    pub(crate) fn waits(&self) -> anyhow::Result<bool> {
        let sql = "SELECT count(*) FROM outbox WHERE closed_at IS NULL AND state <> 'unconfirmed'";
        Ok(self.number(sql)? > 0)
    }

    /// The one number that a query returns.
    pub(crate) fn number(&self, sql: &str) -> anyhow::Result<i64> {
        Ok(self.db()?.query_row(sql, [], |row| row.get(0))?)
    }

    /// Makes people ask for the status, one after the other, while a condition holds; how long each
    /// waited.
    pub(crate) fn ask_while(
        &mut self,
        pace: Duration,
        holds: impl Fn(&Self) -> anyhow::Result<bool>,
    ) -> anyhow::Result<Vec<Duration>> {
        let mut waited = Vec::new();
        let mut pace = {
            let _inside = self.runtime.enter();
            tokio::time::interval(pace)
        };
        while holds(self)? {
            self.questions += 1;
            if self.questions.is_multiple_of(QUESTIONS) {
                self.somebody_elses_appears()?;
            }
            let actor = self.person(ASKERS, self.questions)?;
            let waiting = self.runtime.block_on(async {
                pace.tick().await;
                actor.skips_unread();
                let began = Instant::now();
                actor.writes("/status");
                actor.next_reply(LIMIT).await.map(|_| began.elapsed())
            });
            waited.push(waiting?);
        }
        Ok(waited)
    }

    /// Lets a run find another person's account, unless the previous one still goes on.
    fn somebody_elses_appears(&mut self) -> anyhow::Result<()> {
        if let Some(check) = &mut self.check
            && check.try_wait()?.is_none()
        {
            return Ok(());
        }
        let other = self.person(OTHERS, self.questions / QUESTIONS)?.id();
        self.site
            .set(world::SITE, &name_of_other(other), Behaviour::Exists);
        let mut check = vakhta(self.folder.path(), self.telegram.token());
        check.arg("--check-now").stdout(Stdio::null());
        self.check = Some(check.spawn()?);
        Ok(())
    }

    fn person(&self, mut among: std::ops::Range<i64>, number: usize) -> anyhow::Result<Person> {
        let many = usize::try_from(among.end - among.start)?;
        let id = among.nth(number % many).context("there are people")?;
        Ok(self.telegram.person(id, "Owner", "en"))
    }

    /// From the rows of other people's notices to Telegram's confirmation.
    pub(crate) fn news_of_others(&self) -> anyhow::Result<Vec<Duration>> {
        let db = self.db()?;
        let mut statement = db.prepare(
            "SELECT closed_at - due_at FROM outbox WHERE dedupe LIKE 'found:%' AND state = 'sent' AND run_id > 1 AND chat_id < ?1",
        )?;
        let rows =
            statement.query_map([FIRST_OWNER], |row| Ok(Duration::from_millis(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Milliseconds from the last probe of the first run to the last row of its notices.
    pub(crate) fn writing(&self) -> anyhow::Result<i64> {
        self.number(
            "SELECT max(due_at) - (SELECT max(at) FROM transition WHERE run_id = 1) FROM outbox WHERE run_id = 1 AND dedupe LIKE 'found:%'",
        )
    }

    /// People who may have missed a message write, which brings the note about it.
    pub(crate) fn ask_for_notes(&mut self) -> anyhow::Result<()> {
        self.end_check()?;
        let db = self.db()?;
        let mut statement = db.prepare(
            "SELECT chat_id FROM outbox WHERE closed_at IS NULL AND state = 'unconfirmed'",
        )?;
        let chats: Vec<i64> = statement
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for chat in chats {
            let person = self.telegram.person(chat, "Owner", "en");
            person.skips_unread();
            person.writes("/status");
            self.runtime.block_on(person.next_reply(LIMIT))?;
        }
        Ok(())
    }

    /// What each chat heard, when everything is delivered.
    pub(crate) fn ends(&self) -> anyhow::Result<Ends> {
        let mut ends = Ends::default();
        for number in 0..self.owners {
            let (name, heard) = (
                world::username(number),
                self.telegram.messages(owner(number)?),
            );
            let split = |text: &str| {
                text.split_once('⚠')
                    .map_or((text.to_owned(), String::new()), |(own, note)| {
                        (own.to_owned(), note.to_owned())
                    })
            };
            let heard: Vec<(String, String)> = heard
                .iter()
                .filter(|message| message.from_bot)
                .map(|message| split(&message.text))
                .collect();
            let told = heard.iter().filter(|(own, _)| own.contains(&name)).count();
            let named = heard.iter().any(|(_, note)| note.contains(&name));
            ends.twice += usize::from(told > 1);
            ends.lost += usize::from(told == 0 && !named);
            ends.named += usize::from(named);
            ends.told += usize::from(told == 1 && !named);
        }
        Ok(ends)
    }

    /// Calls that came too fast.
    pub(crate) fn refused(&self) -> usize {
        let refused = self.telegram.refused_calls();
        let too_fast = |why: &String| why.contains("Too Many Requests");
        refused
            .iter()
            .filter(|call| call.refusal.as_ref().is_some_and(too_fast))
            .count()
    }

    /// When each message arrived.
    pub(crate) fn times(&self) -> Vec<Instant> {
        self.times.abort();
        self.arrived
            .lock()
            .map(|times| times.clone())
            .unwrap_or_default()
    }
}

/// Records when messages arrive.
async fn note_times(telegram: PretendTelegram, arrived: Arc<Mutex<Vec<Instant>>>) {
    let mut changes = telegram.changes();
    while changes.changed().await.is_ok() {
        let (sent, now) = (telegram.sent_count(), Instant::now());
        if let Ok(mut times) = arrived.lock() {
            times.resize(sent, now);
        }
    }
}

fn owner(number: usize) -> anyhow::Result<i64> {
    Ok(FIRST_OWNER + i64::try_from(number)?)
}

fn owners_of(owners: usize) -> impl Iterator<Item = i64> {
    (FIRST_OWNER..).take(owners)
}

fn chats(owners: usize) -> impl Iterator<Item = i64> {
    [world::ADMIN]
        .into_iter()
        .chain(ASKERS)
        .chain(OTHERS)
        .chain(owners_of(owners))
}

fn name_of_other(id: i64) -> String {
    format!("other_{id}")
}

fn fill(database: &Path, owners: usize) -> anyhow::Result<()> {
    roles::main_runtime()?.block_on(async {
        let (db, end) = Db::open(database, &Tasks::new())?;
        let now = Clock::system().now();
        db.write(move |tx| {
            chats(owners)
                .skip(1)
                .try_for_each(|id| people::admit(tx, now, id))?;
            let crowd = owners_of(owners)
                .zip(0..)
                .map(|(id, number)| NewAccount::new(id, world::SITE, &world::username(number), 30));
            let others = OTHERS.map(|id| NewAccount::new(id, world::SITE, &name_of_other(id), 30));
            // The others are missing at first, so the brake does not hold the crowd.
            for new in others.into_iter().chain(crowd) {
                store::add(tx, now, &new)?;
            }
            Ok(())
        })
        .await?;
        drop(db);
        end.wait(LIMIT).await;
        Ok(())
    })
}
