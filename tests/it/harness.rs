//! Runs the real bot in this process: real threads and files, pretend Telegram and site.
//!
//! A test is an async closure that gets a running [`Stage`]. Afterwards the stage stops the program
//! and demands that nothing is left: no unanswered callback, no update, no waiting message, no
//! refused call, no ERROR in the log, no thread.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;
use vakhta::testing::app::{App, Options, Outcome};
use vakhta::testing::clock::{Clock, UnixMs};
use vakhta::testing::config::{Config, Source};
use vakhta::testing::db::Connection;
use vakhta::testing::demo::{ChatMessage, Person, PretendSite, PretendTelegram, world};
use vakhta::testing::slices::watch::store;
use vakhta::testing::telegram::outbox;

use crate::log::Log;
use crate::tier;

/// The longest wait for anything. Far more than a loaded machine needs, so a time-out is a real
/// failure.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// The admin of every stage.
pub(crate) const ADMIN: i64 = 100;

/// 21 November 2026, 18:35:00 in Moscow.
pub(crate) const START: UnixMs = UnixMs(1_795_275_300_000);

/// The size of a slow test: the biggest if everything is to be tested, otherwise the usual one.
pub(crate) fn size([biggest, usual]: [usize; 2]) -> usize {
    if tier::all_is_demanded() {
        biggest
    } else {
        usual
    }
}

/// A running bot and its world.
pub(crate) struct Stage {
    pub(crate) telegram: PretendTelegram,
    pub(crate) site: PretendSite,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    pub(crate) admin: Person,
    pub(crate) folder: tempfile::TempDir,
    /// The environment of the next start, without prefixes.
    pub(crate) environment: BTreeMap<String, String>,
    /// Threads that the system will refuse at the next start.
    pub(crate) refused_threads: Vec<&'static str>,
    app: Option<App>,
    config: String,
    expects_refusals: bool,
    expects_errors: bool,
}

/// Runs a test on a fresh stage.
pub(crate) fn run<F>(test: impl FnOnce(Stage) -> F)
where
    F: Future<Output = Stage>,
{
    run_with("", test);
}

/// Runs a test on a stage with these further lines in `[watch]`.
pub(crate) fn run_with<F>(watch: &str, test: impl FnOnce(Stage) -> F)
where
    F: Future<Output = Stage>,
{
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(Registry::default().with(log.clone()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stage = Stage::build(log, watch).await;
        let stage = test(stage).await;
        stage.finish().await;
    });
}

impl Stage {
    async fn build(log: Log, watch: &str) -> Self {
        let telegram = PretendTelegram::start().await.unwrap();
        let site = PretendSite::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("sites.toml"),
            world::catalogue(&site.url()),
        )
        .unwrap();
        let admin = telegram.person(ADMIN, "Ольга", "ru");
        admin.knows_bot();
        let watch = watch_section(watch);
        let config = format!(
            "[telegram]\napi_url = \"{}\"\nadmins = [{ADMIN}]\n\
             [database]\npath = \"test.db\"\n\
             [watch]\n{watch}\n\
             [sites]\ncatalogues = [\"sites.toml\"]\nallow_private_targets = true\n",
            telegram.api_url()
        );
        let token = telegram.token().to_owned();
        let mut stage = Self {
            telegram,
            site,
            clock: Clock::set_to(START),
            log,
            admin,
            folder,
            environment: [("TELEGRAM_TOKEN".to_owned(), token)].into(),
            refused_threads: Vec::new(),
            app: None,
            config,
            expects_refusals: false,
            expects_errors: false,
        };
        stage.start().await;
        stage
    }

    /// Starts the program on the stage's database.
    pub(crate) async fn start(&mut self) {
        let source = Source {
            path: self.folder.path().join("bot.toml"),
            text: self.config.clone(),
            environment: self.environment.clone(),
        };
        let options = Options {
            clock: self.clock.clone(),
            refused_threads: self.refused_threads.clone(),
            ..Options::bot(false)
        };
        let app = App::start(Config::load(&source).unwrap(), options)
            .await
            .unwrap();
        self.app = Some(app);
    }

    /// Stops the program in order, as SIGTERM does; the database stays.
    pub(crate) async fn stop(&mut self) -> Outcome {
        let began = Instant::now();
        let outcome = self
            .app
            .take()
            .unwrap()
            .run_until(std::future::ready(()))
            .await;
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "the stop took {:?}",
            began.elapsed()
        );
        outcome
    }

    pub(crate) async fn ends(&mut self) -> Outcome {
        let app = self.app.take().unwrap();
        tokio::time::timeout(LIMIT, app.run_until(std::future::pending()))
            .await
            .expect("the program ends by itself")
    }

    pub(crate) fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }

    /// Replaces a line of the configuration for the next start.
    pub(crate) fn reconfigure(&mut self, from: &str, to: &str) {
        assert!(
            self.config.contains(from),
            "{from} is not in the configuration"
        );
        self.config = self.config.replace(from, to);
    }

    /// A person who may use the bot.
    pub(crate) async fn user(&self, id: i64, name: &str, language: &str) -> Person {
        let person = self.telegram.person(id, name, language);
        person.knows_bot();
        let now = self.clock.now();
        self.app()
            .db()
            .write(move |tx| vakhta::testing::people::admit(tx, now, id))
            .await
            .unwrap();
        person
    }

    /// Sends a text and returns the answer.
    pub(crate) async fn ask(&self, person: &Person, text: &str) -> Arc<ChatMessage> {
        person.skips_unread();
        person.writes(text);
        person.next_reply(LIMIT).await.unwrap()
    }

    /// Presses a button and returns the message it changed.
    pub(crate) async fn callback(
        &self,
        person: &Person,
        message: &ChatMessage,
        button: &str,
    ) -> Arc<ChatMessage> {
        let (chat, id) = (message.chat_id, message.message_id);
        // Some screens update by themselves.
        let shown = self.telegram.message(chat, id);
        let edits = shown.map_or(message.edits, |shown| shown.edits);
        person.presses(message, button).unwrap();
        let changed = |telegram: &PretendTelegram| {
            telegram.message(chat, id).is_some_and(|m| m.edits > edits)
        };
        self.telegram
            .wait_until(&format!("the screen after {button}"), LIMIT, changed)
            .await
            .unwrap();
        self.telegram.message(chat, id).unwrap()
    }

    /// Presses a button and returns the note on the callback.
    pub(crate) async fn callback_for_note(
        &self,
        person: &Person,
        message: &ChatMessage,
        button: &str,
    ) -> String {
        let callback = person.presses(message, button).unwrap();
        self.note(person, &callback).await
    }

    /// The note on a callback.
    pub(crate) async fn note(&self, person: &Person, callback: &str) -> String {
        let answered = |_: &PretendTelegram| person.callback_answer(callback).is_some();
        self.telegram
            .wait_until(&format!("the note on {callback}"), LIMIT, answered)
            .await
            .unwrap();
        person.callback_answer(callback).unwrap().text
    }

    /// Waits for a message of the bot that contains a text.
    pub(crate) async fn heard(&self, chat: i64, text: &str) -> Arc<ChatMessage> {
        self.heard_within(chat, text, LIMIT).await
    }

    /// Like [`Self::heard`], with the test's own limit.
    pub(crate) async fn heard_within(
        &self,
        chat: i64,
        text: &str,
        limit: Duration,
    ) -> Arc<ChatMessage> {
        let find = |telegram: &PretendTelegram| {
            let messages = telegram.messages(chat);
            messages
                .into_iter()
                .rev()
                .find(|m| m.from_bot && m.text.contains(text))
        };
        self.telegram
            .wait_until(&format!("a message with {text:?}"), limit, |telegram| {
                find(telegram).is_some()
            })
            .await
            .unwrap();
        find(&self.telegram).unwrap()
    }

    /// Waits until a query returns true.
    pub(crate) async fn once(&self, sql: &'static str) {
        let db = self.app().db().clone();
        let looked = async {
            let mut period = tokio::time::interval(Duration::from_millis(20));
            loop {
                period.tick().await;
                let yes = db.read(move |c| Ok(c.query_row(sql, [], |row| row.get(0))?));
                if yes.await.unwrap() {
                    return;
                }
            }
        };
        let done = tokio::time::timeout(LIMIT, looked).await;
        assert!(done.is_ok(), "never true: {sql}");
    }

    /// The test provokes refusals by Telegram, so they are not the bot's fault.
    pub(crate) fn expect_refusals(&mut self) {
        self.expects_refusals = true;
    }

    /// The test provokes faults that must be logged as errors.
    pub(crate) fn expect_errors(&mut self) {
        self.expects_errors = true;
    }

    async fn finish(mut self) {
        if self.app.is_some() {
            let db = self.app().db().clone();
            let quiet = async {
                let mut period = tokio::time::interval(Duration::from_millis(20));
                loop {
                    period.tick().await;
                    let now = self.clock.now();
                    if db.read(move |c| outbox::is_quiet(c, now)).await.unwrap() {
                        return;
                    }
                }
            };
            tokio::time::timeout(LIMIT, quiet)
                .await
                .expect("messages are left in the outbox");
            db.read(|c| {
                let (days, runs) = counted(c);
                assert_eq!(days, runs, "days and runs count the same");
                Ok(())
            })
            .await
            .unwrap();
            drop(db);
            let taken = |telegram: &PretendTelegram| telegram.undelivered_updates() == 0;
            self.telegram
                .wait_until("every update to be taken", LIMIT, taken)
                .await
                .unwrap();
            assert_eq!(
                self.telegram.unanswered_callbacks(),
                0,
                "taps are left without an answer"
            );
            assert_eq!(self.stop().await, Outcome::Stopped);
        }
        if !self.expects_refusals {
            let mut refused = self.telegram.refused_calls();
            // An edit that changes nothing is a success, and a restart ends the previous program's
            // poll.
            refused.retain(|call| {
                let why = call.refusal.as_deref().unwrap_or_default();
                !why.contains("message is not modified")
                    && !why.contains("terminated by other getUpdates")
            });
            assert!(refused.is_empty(), "Telegram refused: {refused:#?}");
        }
        let errors = self.log.at(tracing::Level::ERROR);
        assert!(
            self.expects_errors || errors.is_empty(),
            "errors in the log: {errors:#?}"
        );
        self.log.assert_clean_of(self.telegram.token());
    }
}

/// The number of checked accounts according to days and according to runs.
fn counted(connection: &Connection) -> (u64, u64) {
    let days = store::days(connection, "").unwrap();
    let mut runs = 0;
    store::export_runs(connection, |_, run| {
        runs += run.counts.checked();
        Ok(())
    })
    .unwrap();
    let in_days = days.iter().map(|day| day.tally.counts.checked());
    (in_days.sum(), runs)
}

/// The lines of `[watch]`: fast defaults, unless the test sets its own.
fn watch_section(own: &str) -> String {
    let schedule = format!("schedule = \"{}\"", *world::QUIET_SCHEDULE);
    let usual = [
        &*schedule,
        "run_at_start = false",
        "min_gap = \"0s\"",
        "confirm_delay = \"0s\"",
        "timeout = \"2s\"",
    ];
    let key = |line: &str| line.split('=').next().unwrap().trim().to_owned();
    let given: Vec<String> = own.lines().map(key).collect();
    let kept = usual.iter().filter(|line| !given.contains(&key(line)));
    kept.copied()
        .chain(own.lines())
        .collect::<Vec<_>>()
        .join("\n")
}
