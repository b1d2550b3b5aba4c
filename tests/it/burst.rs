//! Two thousand owners each have an account found in one run. Every chat is told once and in order,
//! across two `kill -9`, and nobody else waits for the crowd.
//!
//! The program is the whole `App` in its own process, without rate limits. With ten thousand owners
//! at Telegram's limits this takes nine minutes; `cargo bench -- notices` does that. The limits
//! themselves are tested in `telegram::rates`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use vakhta::testing::app::{App, Options, Outcome};
use vakhta::testing::clock::Clock;
use vakhta::testing::config::{Config, Source};
use vakhta::testing::db::Db;
use vakhta::testing::demo::{Behaviour, ChatMessage, Fault, Person, PretendTelegram};
use vakhta::testing::slices::watch::store;
use vakhta::testing::slices::watch::store::NewAccount;
use vakhta::testing::tasks::Tasks;
use vakhta::testing::telegram::Pace;

use crate::harness::LIMIT;
use crate::process::{Ground, Process, run, wait_for};

/// The owners of found accounts.
const OWNERS: std::ops::Range<i64> = 1_000_000..1_002_000;

/// One owner in this many has a second account that is missing at first. Most of these never
/// appear, so the brake does not hold any.
const WITH_SECOND: i64 = 8;

/// One owner in this many has a second account that appears later.
const SECOND_APPEARS: i64 = 24;

/// An owner whose account is not among those found at once.
const OUTSIDER: i64 = 7;

/// The configuration has an unusual name, so that running all ignored tests starts no bot.
const CONFIG: &str = "burst.toml";

/// Messages that had arrived unconfirmed when the program was killed; as many did not arrive.
const CUT: usize = 3;

/// Telegram is slow at first, so that the crowd is still waiting when somebody else asks for
/// something.
const SLOW: Duration = Duration::from_millis(20);

/// Time limit for all deliveries on a loaded machine.
const DELIVERY: Duration = Duration::from_secs(120);

#[test]
#[ignore = "the program of the test below, which starts it"]
fn the_program() {
    if !Path::new(CONFIG).exists() {
        return;
    }
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .init();
    let config = Config::load(&Source::read(Some(Path::new(CONFIG))).unwrap()).unwrap();
    let options = Options {
        pace: Pace { in_all: usize::MAX },
        ..Options::bot(false)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(4)
        .enable_all()
        .build()
        .unwrap();
    let ended = runtime.block_on(async {
        let terminate = tokio::signal::unix::SignalKind::terminate();
        let mut terminate = tokio::signal::unix::signal(terminate).unwrap();
        let app = App::start(config, options).await.unwrap();
        let stop = async { assert_eq!(terminate.recv().await, Some(())) };
        app.run_until(stop).await
    });
    assert_eq!(ended, Outcome::Stopped);
}

#[test]
fn thousands_of_notices_at_once_all_arrive_and_nobody_else_waits() {
    run(async |ground| {
        let world = World::new(ground).await;
        let process = world.start();
        world.others_do_not_wait().await;
        world.kill(process, 600).await;
        for owner in with_second().filter(|owner| owner % SECOND_APPEARS == 0) {
            world
                .ground
                .site
                .set("github", &second(owner), Behaviour::Exists);
        }
        let process = world.start();
        world.kill(process, 1_400).await;
        let process = world.start();
        world.finish(process).await;
        world.compare();
    });
}

fn first(owner: i64) -> String {
    format!("n{owner}a")
}

fn second(owner: i64) -> String {
    format!("n{owner}b")
}

fn with_second() -> impl Iterator<Item = i64> {
    OWNERS.filter(|owner| owner % WITH_SECOND == 0)
}

struct World {
    ground: Ground,
    outsider: Person,
}

impl World {
    async fn new(ground: Ground) -> Self {
        ground.configure("workers = 32\nper_site = 32\nnotify = \"digest\"");
        std::fs::rename(ground.path("bot.toml"), ground.path(CONFIG)).unwrap();
        ground.site.record(false);
        for owner in OWNERS.chain([OUTSIDER]) {
            ground.telegram.person(owner, "Владелец", "ru").knows_bot();
        }
        for owner in OWNERS {
            ground
                .site
                .set("telegram", &first(owner), Behaviour::Exists);
        }
        let outsider = ground.telegram.person(OUTSIDER, "Соседка", "ru");
        let world = Self { ground, outsider };
        world.fill().await;
        world
    }

    async fn fill(&self) {
        let (db, end) = Db::open(&self.ground.path("v.db"), &Tasks::new()).unwrap();
        let now = Clock::system().now();
        db.write(move |tx| {
            for owner in OWNERS.chain([OUTSIDER]) {
                vakhta::testing::people::admit(tx, now, owner)?;
            }
            let firsts = OWNERS.map(|owner| NewAccount::new(owner, "telegram", &first(owner), 9));
            let seconds =
                with_second().map(|owner| NewAccount::new(owner, "github", &second(owner), 9));
            // This one never appears, so the brake does not hold the crowd.
            let missing = NewAccount::new(OUTSIDER, "telegram", "missing", 9);
            let other = NewAccount::new(OUTSIDER, "vk", "other", 9);
            let outsiders = [missing, other].into_iter();
            for new in outsiders.chain(firsts).chain(seconds) {
                store::add(tx, now, &new)?;
            }
            Ok(())
        })
        .await
        .unwrap();
        drop(db);
        assert!(end.wait(LIMIT).await);
    }

    fn start(&self) -> Process {
        let own = std::env::current_exe().unwrap();
        self.ground
            .command(
                &own,
                &["burst::the_program", "--exact", "--ignored", "--nocapture"],
            )
            .start()
    }

    fn telegram(&self) -> &PretendTelegram {
        &self.ground.telegram
    }

    /// While the crowd waits, somebody else gets an answer and news.
    async fn others_do_not_wait(&self) {
        let everybody = usize::try_from(OWNERS.end - OWNERS.start).unwrap();
        self.telegram()
            .break_next("sendMessage", everybody, Fault::Slow(SLOW));
        self.settled(
            "the crowd",
            "SELECT count(*) >= 100 FROM outbox WHERE state = 'pending'",
        )
        .await;
        let asked = self.telegram().sent_count();
        self.outsider.writes("/status");
        let answer = self.outsider.next_reply(LIMIT).await.unwrap();
        let passed = answer.order - asked;
        assert!(passed < 100, "{passed} messages went before the answer");
        self.ground.site.set("vk", "other", Behaviour::Exists);
        self.outsider.writes("/check");
        self.ground
            .heard(OUTSIDER, "👤 Имя пользователя: other")
            .await;
        let waiting = self
            .ground
            .number("SELECT count(*) FROM outbox WHERE state = 'pending'");
        assert!(waiting > 100, "only {waiting} of the crowd still waited");
    }

    /// `kill -9` once this many messages have arrived, with some in flight.
    async fn kill(&self, process: Process, sent: usize) {
        let arrived = |n: usize| move |telegram: &PretendTelegram| telegram.sent_count() >= n;
        let telegram = self.telegram();
        telegram.clear_faults();
        telegram
            .wait_until("messages", DELIVERY, arrived(sent))
            .await
            .unwrap();
        telegram.break_next("sendMessage", CUT, Fault::Hang.after_delivery());
        telegram.break_next("sendMessage", CUT, Fault::Hang);
        let now = telegram.sent_count();
        telegram
            .wait_until("some more", DELIVERY, arrived(now + 20))
            .await
            .unwrap();
        let end = process.kill();
        assert_eq!(end.code, None, "it ended by itself:\n{}", end.stderr);
        assert!(!end.stderr.contains(" ERROR "), "{}", end.stderr);
        telegram.clear_faults();
    }

    /// Everything is delivered. People who may have missed something write, which brings the note
    /// about it.
    async fn finish(&self, process: Process) {
        let seconds = "SELECT count(*) = 0 FROM look JOIN account ON account.id = account_id
             WHERE site = 'github' AND run_id < (SELECT max(id) FROM run WHERE state = 'done')
               AND account.state = 'pending'";
        self.settled("the last run", seconds).await;
        self.settled(
            "the delivery",
            &none("'held', 'pending', 'making', 'sending'"),
        )
        .await;
        let chats = self
            .ground
            .column("SELECT CAST(chat_id AS TEXT) FROM outbox WHERE state = 'unconfirmed'");
        for chat in chats {
            let owner: i64 = chat.parse().unwrap();
            self.telegram().person(owner, "", "ru").writes("/status");
        }
        self.settled("the notes", &none("'pending', 'sending', 'unconfirmed'"))
            .await;
        process.stop().await;
    }

    async fn settled(&self, what: &str, sql: &str) {
        wait_for(what, DELIVERY, || self.ground.number(sql) != 0).await;
    }

    fn compare(&self) {
        let states = self.states();
        let mut folded = 0;
        for owner in OWNERS {
            let heard: Vec<Arc<ChatMessage>> = self.telegram().messages(owner);
            let mut names = vec![first(owner)];
            if owner % SECOND_APPEARS == 0 {
                names.push(second(owner));
            }
            let mut last = 0;
            for name in &names {
                let told: Vec<&Arc<ChatMessage>> = heard
                    .iter()
                    .filter(|message| tells_of(message, name))
                    .collect();
                assert!(told.len() <= 1, "{name} was told twice: {told:#?}");
                let state = states.get(name).expect("a notice of it");
                if state == "folded" {
                    folded += 1;
                    let named = heard.iter().any(|message| names_as_unsure(message, name));
                    assert!(named, "{name} is not named in {heard:#?}");
                } else {
                    assert_eq!((told.len(), state.as_str()), (1, "sent"), "{name}");
                }
                let order = told.first().map_or(last, |message| message.order);
                assert!(order >= last, "{name} was told too early: {heard:#?}");
                last = order;
            }
            assert!(
                heard
                    .iter()
                    .all(|m| owner % SECOND_APPEARS == 0 || !m.text.contains(&second(owner))),
                "{heard:#?}"
            );
        }
        assert!((2..=40).contains(&folded), "{folded} were unconfirmed");
        let refused = self.telegram().refused_calls();
        let refused: Vec<_> = refused
            .iter()
            .filter(|call| call.method != "getUpdates")
            .collect();
        assert!(refused.is_empty(), "Telegram refused: {refused:#?}");
    }

    /// The final state of the notice of every found account.
    fn states(&self) -> BTreeMap<String, String> {
        let db = self.ground.db();
        let mut statement = db
            .prepare(
                "SELECT a.username, o.state FROM account a
                 JOIN transition t ON t.account_id = a.id AND t.to_state = 'done'
                 JOIN outbox o ON o.dedupe = 'found:' || t.run_id || ':' || a.owner_id",
            )
            .unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }
}

fn none(states: &str) -> String {
    format!("SELECT count(*) = 0 FROM outbox WHERE state IN ({states})")
}

/// The start of the note about messages that may not have arrived.
const NOTE: &str = "⚠️ Возможно";

fn tells_of(message: &ChatMessage, name: &str) -> bool {
    let own = message.text.split(NOTE).next().unwrap();
    message.from_bot && own.starts_with("✅ Аккаунт найден") && own.contains(name)
}

fn names_as_unsure(message: &ChatMessage, name: &str) -> bool {
    let note = message.text.split_once(NOTE);
    message.from_bot && note.is_some_and(|(_, note)| note.contains(name))
}
