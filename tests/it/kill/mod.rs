//! `kill -9` at any moment of a run loses no account and no notice, and repeats none.
//!
//! The real process is killed at a hundred random moments (at twenty in plain `cargo test`), and
//! restarted on the same database each time. Meanwhile accounts appear on the site and people
//! write. Finally a process may finish, and everybody writes once more, which brings the notes
//! about messages that may not have arrived. Then the delivered messages are compared with the
//! database.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that breaks off is a failed one, and its seed must be seen"
)]

mod compare;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use vakhta::testing::demo::{Behaviour, Fault, Person};

use crate::harness::{ADMIN, LIMIT, size};
use crate::process::{Ground, Process, run, wait_for};

const OWNERS: std::ops::Range<i64> = 201..209;

const ACCOUNTS_EACH: usize = 20;

const SITES: [&str; 4] = ["telegram", "github", "vk", "instagram"];

/// A process is killed after this time at the latest, in milliseconds, so that moments that never
/// come do not delay the test. A few processes get longer, so that some reach their moments even on
/// a loaded machine.
const LONGEST_LIFE: [usize; 2] = [2_000, 3_000];

/// Delivering the messages left by a hundred processes takes a while: one message per second and
/// chat.
const LAST_DELIVERIES: Duration = Duration::from_secs(90);

#[test]
fn kills_lose_nothing_and_repeat_nothing() {
    let seed = option_env!("VAKHTA_KILL_SEED")
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    println!("the moments come from VAKHTA_KILL_SEED={seed}");
    run(async |ground| {
        let mut world = World::new(ground, seed).await;
        for _ in 0..size([100, 20]) {
            world.life().await;
        }
        world.finish().await;
        world.compare();
    });
}

#[derive(Debug)]
enum Moment {
    /// After this many requests to the site: in the middle of probing.
    Look(usize),
    /// After this many calls to Telegram, which may be early in the start.
    Call(usize),
    /// With this many messages in flight.
    Message(usize),
    /// Once the run has ended and its notices are released.
    RunOver,
}

struct World {
    ground: Ground,
    random: fastrand::Rng,
    owners: Vec<Person>,
    /// Site and name of every account, by name, with its owner.
    accounts: BTreeMap<String, (&'static str, i64)>,
    /// Names that exist.
    there: BTreeSet<String>,
    /// Names without a verdict.
    refused: BTreeSet<String>,
}

impl World {
    async fn new(ground: Ground, seed: u64) -> Self {
        ground.configure("workers = 8\nper_site = 4");
        let mut accounts = BTreeMap::new();
        let mut owners = Vec::new();
        for owner in OWNERS {
            let person = ground.telegram.person(owner, "Владелец", "ru");
            person.knows_bot();
            owners.push(person);
            let mut rows = Vec::new();
            for (number, site) in (0..ACCOUNTS_EACH).zip(SITES.iter().cycle()) {
                let name = format!("o{owner}n{number:02}");
                rows.push((*site, name.clone()));
                accounts.insert(name, (*site, owner));
            }
            let rows: Vec<_> = rows
                .iter()
                .map(|(site, name)| (*site, name.as_str()))
                .collect();
            ground.import(owner, &rows).await;
        }
        let mut world = Self {
            ground,
            random: fastrand::Rng::with_seed(seed),
            owners,
            accounts,
            there: BTreeSet::new(),
            refused: BTreeSet::new(),
        };
        for owner in OWNERS.take(4) {
            // One on each site: too few in a row to open the breaker.
            let number = usize::try_from(owner - OWNERS.start).unwrap();
            let name = format!("o{owner}n{number:02}");
            world
                .ground
                .site
                .set(SITES[number], &name, Behaviour::Forbidden);
            world.refused.insert(name);
        }
        world
    }

    /// Runs a process from start to kill.
    async fn life(&mut self) {
        self.appear();
        if self.random.u8(..4) == 0 {
            self.random.choice(&self.owners).unwrap().writes("/status");
        }
        let telegram = &self.ground.telegram;
        telegram.clear_faults();
        match self.random.u8(..6) {
            // The message arrives, but the answer does not come before the kill.
            0 => telegram.break_next("sendMessage", 2, Fault::Hang.after_delivery()),
            // The message does not arrive, and no answer comes either.
            1 => telegram.break_next("sendMessage", 2, Fault::Hang),
            2 => telegram.break_next("sendMessage", 4, Fault::Slow(Duration::from_millis(30))),
            _ => {}
        }
        // The admin's chat takes one message per second, so not every run is reported there.
        let notify = if self.random.u8(..4) == 0 {
            "every-run"
        } else {
            "digest"
        };
        let moment = self.moment();
        let process = self
            .ground
            .vakhta(&["run"])
            .env("VAKHTA_WATCH_NOTIFY", notify)
            .start();
        // If the moment does not come, the time limit applies.
        let longest = Duration::from_millis(u64::try_from(size(LONGEST_LIFE)).unwrap());
        tokio::time::timeout(longest, self.reached(&moment, &process))
            .await
            .ok();
        let end = process.kill();
        assert_eq!(
            end.code, None,
            "it ended by itself at {moment:?}:\n{}",
            end.stderr
        );
        assert!(!end.stderr.contains("panicked at"), "{}", end.stderr);
    }

    /// One more account appears on its site.
    fn appear(&mut self) {
        let waiting = |name: &&String| !self.there.contains(*name) && !self.refused.contains(*name);
        let names: Vec<&String> = self.accounts.keys().filter(waiting).collect();
        if let Some(name) = self.random.choice(names).cloned() {
            self.ground
                .site
                .set(self.accounts[&name].0, &name, Behaviour::Exists);
            self.there.insert(name);
        }
    }

    fn moment(&mut self) -> Moment {
        let accounts = self.accounts.len();
        match self.random.u8(..10) {
            0..5 => Moment::Look(self.random.usize(1..accounts)),
            5..7 => Moment::Call(self.random.usize(1..12)),
            7..9 => Moment::Message(self.random.usize(1..5)),
            _ => Moment::RunOver,
        }
    }

    async fn reached(&self, moment: &Moment, process: &Process) {
        let (site, telegram) = (&self.ground.site, &self.ground.telegram);
        match moment {
            Moment::Look(n) => {
                let at = site.request_count() + n;
                site.wait_until("looks", LIMIT, |site| site.request_count() >= at)
                    .await
                    .ok();
            }
            Moment::Call(n) => self.calls("*", telegram.calls("*").len() + n).await,
            Moment::Message(n) => {
                self.calls("sendMessage", telegram.calls("sendMessage").len() + n)
                    .await;
            }
            Moment::RunOver => {
                process.logged("Initial run completed").await;
            }
        }
    }

    async fn calls(&self, method: &str, at: usize) {
        let reached =
            |telegram: &vakhta::testing::demo::PretendTelegram| telegram.calls(method).len() >= at;
        self.ground
            .telegram
            .wait_until("calls", LIMIT, reached)
            .await
            .ok();
    }

    /// The last process: a whole run, everything delivered, everybody writes, an orderly end.
    async fn finish(&mut self) {
        self.ground.telegram.clear_faults();
        let process = self
            .ground
            .vakhta(&["run"])
            .env("VAKHTA_WATCH_NOTIFY", "every-run")
            .start();
        process.logged("Initial run completed").await;
        self.confirm_mass_changes().await;
        self.delivered("held', 'pending', 'sending").await;
        // A message mentions at most ten others, so some people may have to write again.
        for _ in 0..3 {
            for person in self.owners.iter().chain([&self.ground.admin]) {
                person.skips_unread();
                person.writes("/status");
                person.next_reply(LIMIT).await.unwrap();
            }
        }
        self.delivered("held', 'pending', 'sending', 'unconfirmed")
            .await;
        process.stop().await;
    }

    /// On a slow machine, most accounts are found in the last run, all at once. That needs an
    /// admin, who confirms it.
    async fn confirm_mass_changes(&self) {
        let db = rusqlite::Connection::open(self.ground.path("v.db")).unwrap();
        let decide = "UPDATE mass_change SET decision = 'apply', decided_by = ?1";
        db.execute(decide, [ADMIN]).unwrap();
        let held = "SELECT count(*) = 0 FROM account WHERE state = 'held'";
        self.ground.wait_db("nothing held", held).await;
    }

    async fn delivered(&self, states: &str) {
        let sql = format!("SELECT count(*) FROM outbox WHERE state IN ('{states}')");
        wait_for(&sql, LAST_DELIVERIES, || self.ground.number(&sql) == 0).await;
    }
}
