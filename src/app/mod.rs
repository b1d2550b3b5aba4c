//! The only place that knows everyone: build, wire, run, stop in order.
//!
//! The order of the stop, 10 seconds in all: the poller confirms its offset and handlers in hand finish → the watch
//! thread ends its run and the assistant gives back what it has in hand, both are joined → the sender delivers for up to 3 seconds, the rest stays as rows → the writer
//! drains and checkpoints. What a stop cuts short is a row, so the next start goes on from there. The HTTP server closes
//! its door at the beginning of the stop and ends beside these. What the parts stand on is made ready in `ground`.

mod bootstrap;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use futures_util::future::OptionFuture;

use self::bootstrap::{
    Questions, bind_http, cards, claim_link, introduce, kept, prepare, start_assistant,
    start_cards, toolbox, workshop,
};
use crate::activation::Activator;
use crate::bot::{self, Bot, broadcast, menus};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, InstanceLock};
use crate::http_server;
use crate::retention;
use crate::slices::assistant;
use crate::slices::watch::catalogue::CatalogueProblems;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::run::driver;
use crate::slices::watch::run::driver::WatchParts;
use crate::slices::watch::{Catalogue, WatchHandlers, load_catalogue};
use crate::tasks::{Tasks, ThreadEnd};
use crate::telegram::{BotProxy, Fatal, Pace, Setup, Telegram};
use crate::vitals::Vitals;

/// The stop's parts, each with its share of the 10 seconds.
const HANDLERS_LIMIT: Duration = Duration::from_secs(2);
const WATCH_LIMIT: Duration = Duration::from_secs(3);
const TASKS_LIMIT: Duration = Duration::from_secs(1);
const WRITER_LIMIT: Duration = Duration::from_secs(1);

/// What is started.
#[derive(Debug)]
pub struct Options {
    /// The time of day.
    pub clock: Clock,
    /// Polls Telegram and follows the schedule; without it only requests are served and messages delivered.
    pub bot: bool,
    /// Makes a run at once, whatever the configuration says.
    pub run_now: bool,
    /// The instance lock, where the caller has it already.
    pub lock: Option<InstanceLock>,
    /// How fast it may speak to Telegram.
    pub pace: Pace,
    /// Threads that the system is to refuse, as when it has none left: for tests.
    pub refused_threads: Vec<&'static str>,
}

impl Options {
    /// The bot.
    #[must_use]
    pub fn bot(run_now: bool) -> Self {
        Self {
            clock: Clock::system(),
            bot: true,
            run_now,
            lock: None,
            pace: Pace::default(),
            refused_threads: Vec::new(),
        }
    }

    /// A process that serves a request of its own and ends.
    #[must_use]
    pub fn one_run(lock: InstanceLock) -> Self {
        Self {
            clock: Clock::system(),
            bot: false,
            run_now: false,
            lock: Some(lock),
            pace: Pace::default(),
            refused_threads: Vec::new(),
        }
    }
}

/// Why the program did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something the operator set: the token, the address to listen on; a sentence for them.
    #[error("{0}")]
    Setting(String),
    /// A catalogue cannot be used.
    #[error(transparent)]
    Catalogue(#[from] CatalogueProblems),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was asked to.
    Stopped,
    /// Telegram no longer accepts the token.
    Unauthorized,
    /// A part it cannot do without ended by itself.
    Died(&'static str),
}

/// The running program.
#[derive(Debug)]
pub struct App {
    tasks: Tasks,
    db: Db,
    writer: ThreadEnd,
    watch: ThreadEnd,
    assistant: Option<ThreadEnd>,
    watch_bell: Activator,
    telegram: Option<Telegram>,
    claim_link: Option<String>,
    http: Option<SocketAddr>,
    _lock: InstanceLock,
}

impl App {
    /// Starts everything.
    ///
    /// # Errors
    /// See [`StartError`]. Nothing is left running.
    pub async fn start(config: Config, options: Options) -> Result<Self, StartError> {
        if options.bot && config.telegram.token.is_none() {
            return Err(StartError::Setting(
                "there is no bot token: get one from @BotFather and set VAKHTA_TELEGRAM_TOKEN, \
                 or name a file with telegram.token_file"
                    .to_owned(),
            ));
        }
        let catalogue = Arc::new(load_catalogue(&config.watch)?);
        for warning in catalogue.warnings() {
            tracing::warn!("{warning}");
        }
        for note in catalogue.notes() {
            tracing::info!("{note}");
        }
        let tasks = Tasks::new();
        // A start that fails, or that nobody waits for any longer, leaves nothing running.
        let guard = tasks.stop_token().drop_guard();
        let refused = options.refused_threads.iter();
        refused.for_each(|name| tasks.refuse_thread(name));
        let app = Self::start_parts(config, options, catalogue, &tasks).await?;
        guard.disarm();
        Ok(app)
    }

    async fn start_parts(
        config: Config,
        mut options: Options,
        catalogue: Arc<Catalogue>,
        tasks: &Tasks,
    ) -> Result<Self, StartError> {
        let lock = match options.lock.take() {
            Some(lock) => lock,
            None => InstanceLock::take(&config.database)?.ok_or_else(|| {
                let path = config.database.display();
                anyhow!("another vakhta is running on {path}; stop it first, or ask it with `vakhta --check-now`")
            })?,
        };
        let server = bind_http(&config, &options).await?;
        let (db, writer) = Db::open(&config.database, tasks)?;
        let (api, me) = introduce(&config).await?;
        let clock = options.clock.clone();
        prepare(&db, &clock, &config, me.as_ref()).await?;

        let notifier = Notifier {
            catalogue,
            zone: config.watch.zone.clone(),
            language: config.people.language,
            notify: config.watch.notify,
        };
        let (watch_bell, menus, broadcasts) =
            (Activator::new(), Activator::new(), Activator::new());
        let handlers = WatchHandlers::new(&config.watch, notifier.clone(), watch_bell.clone())
            .besides(Questions::state(&config));
        let cards = cards(&config);
        let questions = Questions::default();
        let tools = toolbox(&config, &notifier);
        let bot = Bot::new(
            config.people.clone(),
            handlers.clone(),
            cards.handlers,
            kept(),
            clock.clone(),
            menus.clone(),
            broadcasts.clone(),
        )
        .with_assistant(questions.handlers(&config));
        let telegram = api.clone().map(|api| {
            let setup = Setup {
                api,
                db: db.clone(),
                clock: clock.clone(),
                tasks: tasks.clone(),
                remark: bot::remarks(config.people.language),
                workshop: Arc::new(workshop(
                    config.people.language,
                    notifier.clone(),
                    cards.files,
                )),
                me: me.clone(),
                pace: options.pace,
            };
            if options.bot {
                Telegram::start(setup, Arc::new(bot))
            } else {
                Telegram::start_without_poller(setup)
            }
        });
        let proxy = telegram
            .as_ref()
            .map_or_else(BotProxy::gone, Telegram::proxy);
        let watch = driver::start(
            WatchParts {
                config: config.watch.clone(),
                db: db.clone(),
                clock: clock.clone(),
                proxy: proxy.clone(),
                notifier,
                bell: watch_bell.clone(),
                scheduled: options.bot,
                run_now: options.run_now,
            },
            tasks,
        )
        .await?;
        let asked = questions.parts(&config, &db, &clock, proxy, tools);
        let assistant_thread = start_assistant(asked.clone(), &options, tasks).await?;
        let claim_link = claim_link(&db, &clock, options.bot, me.as_ref()).await?;
        if options.bot {
            tasks.spawn(
                "retention",
                retention::run(kept(), db.clone(), clock.clone(), tasks.stop_token()),
            );
        }
        if let (Some(telegram), Some(photos), true) = (&telegram, cards.photos, options.bot) {
            start_cards(photos, &db, &clock, telegram.me(), tasks);
        }
        if let (Some(telegram), true) = (&telegram, options.bot) {
            tasks.spawn(
                "broadcasts",
                broadcast::carry_out(
                    db.clone(),
                    clock.clone(),
                    config.people.language,
                    broadcasts,
                    telegram.bell(),
                    tasks.stop_token(),
                ),
            );
            tasks.spawn(
                "tables",
                handlers.carry_out_tables(
                    db.clone(),
                    clock.clone(),
                    telegram.bell(),
                    tasks.stop_token(),
                ),
            );
        }
        if let (Some(api), true) = (api, options.bot) {
            tasks.spawn(
                "menus",
                menus::keep(
                    api,
                    db.clone(),
                    config.people.language,
                    config.assistant.enabled,
                    menus,
                    tasks.stop_token(),
                ),
            );
        }
        let http = server.as_ref().map(http_server::Server::address);
        if let (Some(server), Some(telegram)) = (server, &telegram) {
            let (schedule, asks) = (config.watch.schedule.clone(), asked.config.enabled);
            let vitals = Vitals::new(db.clone(), clock, telegram.status(), schedule, asks);
            let mut server = server.mount(http_server::vital_routes(vitals.into_look()));
            if asks {
                server = server.mount(assistant::api::routes(asked, tasks.stop_token()));
            }
            server.start(tasks);
        }
        Ok(Self {
            tasks: tasks.clone(),
            db,
            writer,
            watch,
            assistant: assistant_thread,
            watch_bell,
            telegram,
            claim_link,
            http,
            _lock: lock,
        })
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The way to Telegram; none without a token.
    #[must_use]
    pub fn telegram(&self) -> Option<&Telegram> {
        self.telegram.as_ref()
    }

    /// Where the HTTP server listens; none when it is off.
    #[must_use]
    pub fn http(&self) -> Option<SocketAddr> {
        self.http
    }

    /// Tells the watch thread that a request is waiting.
    pub fn ring_watch(&self) {
        self.watch_bell.ring();
    }

    /// The link that makes its first opener the owner, while nobody manages the bot.
    #[must_use]
    pub fn claim_link(&self) -> Option<&str> {
        self.claim_link.as_deref()
    }

    /// Runs until `stop` is ready or a critical part ends, then stops in order.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Outcome {
        let token = self.tasks.stop_token();
        tokio::select! {
            () = stop => {}
            () = token.cancelled() => {}
        }
        let unauthorized = self
            .telegram
            .as_ref()
            .is_some_and(|telegram| telegram.fatal() == Some(Fatal::Unauthorized));
        let died = self.tasks.died();
        self.stop().await;
        match (unauthorized, died) {
            (true, _) => Outcome::Unauthorized,
            (false, Some(part)) => Outcome::Died(part),
            (false, None) => Outcome::Stopped,
        }
    }

    async fn stop(self) {
        self.tasks.stop();
        if let Some(telegram) = &self.telegram
            && !telegram.handlers_ended(HANDLERS_LIMIT).await
        {
            tracing::warn!(
                "handlers did not end in time; their updates are handled again at the next start"
            );
        }
        let assistant = OptionFuture::from(self.assistant.map(|end| end.wait(WATCH_LIMIT)));
        let (watch, assistant) = tokio::join!(self.watch.wait(WATCH_LIMIT), assistant);
        if !watch {
            tracing::warn!(
                "the watch thread did not end in time; its run is closed at the next start"
            );
        }
        if assistant == Some(false) {
            tracing::warn!("the assistant did not end in time; what it has in hand is asked anew");
        }
        if let Some(telegram) = &self.telegram
            && !telegram.drain().await
        {
            tracing::warn!(
                "the sender did not end in time; what waits is delivered after the next start"
            );
        }
        if !self.tasks.ended(TASKS_LIMIT).await {
            tracing::warn!(running = ?self.tasks.running(), "parts did not end in time");
        }
        drop(self.telegram);
        drop(self.db);
        if !self.writer.wait(WRITER_LIMIT).await {
            tracing::warn!("the database was not closed in time; what was acknowledged is stored");
        }
        tracing::info!("stopped");
    }
}
