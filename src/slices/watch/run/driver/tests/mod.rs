//! Whole runs by a clock that only advances when the test says so.
//!
//! The real driver, pass, database and HTTP client, and the pretend site, all run on one thread.
//! Minutes of a run pass in moments, and nothing depends on how busy the machine is. Nothing is
//! delivered; messages stay in the outbox.

mod capacity;
mod eye;
mod fairness;
mod priority_gate;

use std::sync::Arc;
use std::sync::mpsc;

use super::*;
use crate::clock::testing::NOW;
use crate::config::{Config, Source};
use crate::db::Db;
use crate::demo::{PretendSite, site};
use crate::i18n::Lang;
use crate::people::Notify;
use crate::people::{self, Role};
use crate::slices::watch::model::account::Account;
use crate::slices::watch::{load_catalogue, store};

const ADMIN: i64 = 100;
const OWNER: i64 = 7;

/// The step by which time passes: short compared with every pause of a run.
const BEAT: Duration = Duration::from_millis(50);

/// A driver without a schedule of its own, and the world around it.
struct World {
    site: PretendSite,
    db: Db,
    driver: Driver,
    time: Time,
    _folder: tempfile::TempDir,
}

/// A clock that stops until it is told to advance.
#[derive(Clone)]
struct Time {
    db: Db,
    clock: Clock,
    /// Pretends to be busy. Otherwise the paused clock of an idle runtime would advance by itself.
    _work: Arc<mpsc::Sender<()>>,
}

impl Time {
    fn stand_still(db: &Db, clock: &Clock) -> Self {
        let (work, end) = mpsc::channel();
        tokio::task::spawn_blocking(move || end.recv());
        tokio::time::pause();
        Self {
            db: db.clone(),
            clock: clock.clone(),
            _work: Arc::new(work),
        }
    }

    /// Advances the clock and lets everything that is due happen. Waits for pending database work,
    /// so that a slow disk costs no time, and a busy machine little.
    async fn pass(&self, step: Duration) {
        self.clock.advance(step);
        tokio::time::advance(step).await;
        self.db.write(|_| Ok(())).await.unwrap();
        self.db.read(|_| Ok(())).await.unwrap();
    }

    /// Lets time pass endlessly.
    async fn flow(&self) -> ! {
        loop {
            self.pass(BEAT).await;
        }
    }
}

impl World {
    /// A world with these sites and further lines for `[watch]`.
    async fn new(sites: &[String], watch: &str) -> Self {
        let site = PretendSite::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let catalogue: String = sites.iter().map(|key| entry(key, &site.url())).collect();
        std::fs::write(folder.path().join("sites.toml"), catalogue).unwrap();
        let source = Source {
            path: folder.path().join("bot.toml"),
            text: format!(
                "[sites]\ncatalogues = [\"sites.toml\"]\nallow_private_targets = true\n[watch]\n{watch}\n"
            ),
            environment: [].into(),
        };
        let config = Config::load(&source).unwrap();
        let (db, _) = Db::open(&folder.path().join("v.db"), &Tasks::new()).unwrap();
        let write = db.write(|tx| {
            people::admit(tx, NOW, OWNER)?;
            people::admit(tx, NOW, ADMIN)?;
            people::set_role(tx, ADMIN, Role::Admin)
        });
        write.await.unwrap();
        let clock = Clock::set_to(NOW);
        let time = Time::stand_still(&db, &clock);
        let parts = WatchParts {
            eyes: Eyes::default(),
            db: db.clone(),
            clock,
            proxy: BotProxy::gone(),
            notifier: Notifier {
                catalogue: Arc::new(load_catalogue(&config.watch).unwrap()),
                zone: config.watch.zone.clone(),
                language: Lang::Ru,
                notify: Notify::EveryRun,
            },
            bell: Activator::new(),
            scheduled: false,
            is_brief: false,
            run_now: false,
            config: config.watch,
        };
        let mut driver = Driver::new(parts, CancellationToken::new()).await.unwrap();
        // The ticks come from the test.
        driver.parts.scheduled = true;
        Self {
            site,
            db,
            driver,
            time,
            _folder: folder,
        }
    }

    async fn add(&self, site: &str, names: impl Iterator<Item = String>) {
        self.add_for(OWNER, site, names).await;
    }

    async fn add_for(&self, owner: i64, site: &str, names: impl Iterator<Item = String>) {
        let site = site.to_owned();
        let names: Vec<String> = names.collect();
        let write = self.db.write(move |tx| {
            people::admit(tx, NOW, owner)?;
            for username in names {
                let new = store::NewAccount::new(owner, &site, &username, 30);
                store::add(tx, NOW, &new)?;
            }
            Ok(())
        });
        write.await.unwrap();
    }

    /// Makes a scheduled run and returns its duration.
    async fn run(&mut self) -> Duration {
        let began = Instant::now();
        tokio::select! {
            _ = self.driver.make_run(Trigger::Schedule, RunScope::All) => began.elapsed(),
            () = async { self.time.flow().await } => unreachable!("time has no end"),
        }
    }

    async fn accounts(&self) -> Vec<Account> {
        let read = self
            .db
            .read(|c| store::page(c, NOW, &store::AccountQuery::default(), 0, usize::MAX >> 1));
        read.await.unwrap()
    }

    /// The last message to the admins.
    async fn told(&self) -> String {
        let read = self.db.read(|c| {
            let sql = "SELECT html FROM outbox WHERE chat_id = ?1 ORDER BY id DESC LIMIT 1";
            Ok(c.query_row(sql, [ADMIN], |row| row.get(0))?)
        });
        read.await.unwrap()
    }
}

fn entry(key: &str, url: &str) -> String {
    format!(
        "[[site]]\nkey = \"{key}\"\nurl = \"{url}/{key}/{{name}}\"\ncontrol = \"{}\"\n\
         exists = {{ status = [200], text = [\"profile of\"] }}\nmissing = {{ status = [404] }}\n",
        site::CONTROL
    )
}
