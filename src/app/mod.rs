//! The composition root: build, wire, run, stop in order. Nothing else knows everyone.
//!
//! The order of the stop, 10 seconds in all:
//!
//! 1. The poller confirms its offset and the handlers in hand finish. The HTTP server takes no more
//!    connections.
//! 2. The slices' threads finish their current work and are joined.
//! 3. The sender delivers for up to 3 seconds; the rest stays as rows.
//! 4. The writer drains and checkpoints. A database that was deleted meanwhile is saved.
//!
//! Interrupted work is stored as rows, so the next start goes on from there.

mod bootstrap;
mod database_file;
mod eyes;
mod files;
mod health;
mod parts;
mod slices;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use self::parts::Base;
use crate::activation::Activator;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, InstanceLock};
use crate::http_server::Server;
use crate::slice::Slices;
use crate::slices::watch::catalogue::CatalogueProblems;
use crate::slices::watch::{Catalogue, load_catalogue};
use crate::tasks::{Tasks, ThreadEnd};
use crate::telegram::{BotProxy, Fatal, Pace, Telegram};

/// The parts of the stop, each with its share of the 10 seconds.
const HANDLERS_LIMIT: Duration = Duration::from_secs(2);
const THREADS_LIMIT: Duration = Duration::from_secs(3);
const TASKS_LIMIT: Duration = Duration::from_secs(1);
const WRITER_LIMIT: Duration = Duration::from_secs(1);

/// How the program is started.
#[derive(Debug)]
pub struct Options {
    pub clock: Clock,
    /// Polls Telegram and follows the schedule. If false, the process only serves requests and
    /// delivers messages.
    pub bot: bool,
    /// Makes a run at once, whatever the configuration says.
    pub run_now: bool,
    /// The instance lock, if the caller already has it.
    pub lock: Option<InstanceLock>,
    /// The limit of calls to Telegram.
    pub pace: Pace,
    /// For tests: threads that cannot be started, as if the system had none left.
    pub refused_threads: Vec<&'static str>,
    /// For tests: names of slices to leave out.
    pub without: Vec<&'static str>,
}

/// The slices of a configuration, for a process that starts none of them.
pub(crate) fn slices(config: &Config, catalogue: Catalogue) -> Slices {
    slices::build(config, Arc::new(catalogue), &Options::bot(false)).slices
}

impl Options {
    #[must_use]
    pub fn bot(run_now: bool) -> Self {
        Self {
            clock: Clock::system(),
            bot: true,
            run_now,
            lock: None,
            pace: Pace::default(),
            refused_threads: Vec::new(),
            without: Vec::new(),
        }
    }

    /// A process that serves one request of its own and ends.
    #[must_use]
    pub fn one_run(lock: InstanceLock) -> Self {
        Self {
            clock: Clock::system(),
            bot: false,
            run_now: false,
            lock: Some(lock),
            pace: Pace::default(),
            refused_threads: Vec::new(),
            without: Vec::new(),
        }
    }
}

/// Why the program did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A problem with the operator's settings (the token, the address to listen on), as a sentence
    /// for them.
    #[error("{0}")]
    Setting(String),
    #[error(transparent)]
    Catalogue(#[from] CatalogueProblems),
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Stopped,
    /// Telegram no longer accepts the token.
    Unauthorized,
    /// Somebody deleted, renamed or replaced the database.
    DatabaseGone,
    /// A critical part ended by itself.
    Died(&'static str),
}

#[derive(Debug)]
pub struct App {
    tasks: Tasks,
    db: Db,
    writer: ThreadEnd,
    /// The slices' threads by their names.
    threads: Vec<(&'static str, ThreadEnd)>,
    watch_bell: Activator,
    telegram: Option<Telegram>,
    claim_link: Option<String>,
    http: Option<SocketAddr>,
    clock: Clock,
    // Dropped last: see its invariants.
    lock: InstanceLock,
}

impl App {
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
        // A failed or abandoned start leaves nothing running.
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
        let mut lock = bootstrap::lock(&config, &mut options)?;
        let server = bootstrap::bind_http(&config, &options).await?;
        let (db, writer) = Db::open(&config.database, tasks)?;
        lock.cover()?;
        let (api, me) = bootstrap::introduce(&config).await?;
        let clock = options.clock.clone();
        bootstrap::apply_config(&db, &clock, &config).await?;

        let built = slices::build(&config, catalogue, &options);
        let base = Base {
            config: &config,
            options: &options,
            db: &db,
            clock: &clock,
            tasks,
            built: &built,
        };
        let telegram = api
            .clone()
            .map(|api| parts::start_telegram(&base, api, me.clone()));
        let proxy = telegram
            .as_ref()
            .map_or_else(BotProxy::gone, Telegram::proxy);
        let parts = base.parts(&proxy, telegram.as_ref());
        let threads = parts::start_slices(parts).await?;
        let is_bot = options.bot;
        let claim_link = bootstrap::claim_link(&db, &clock, is_bot, me.as_ref()).await?;
        if is_bot {
            parts::start_upkeep(&base, api, telegram.as_ref());
        }
        let http = server.as_ref().map(Server::address);
        if let (Some(server), Some(telegram)) = (server, &telegram) {
            parts::start_http(&base, parts, server, telegram);
        }
        Ok(Self {
            tasks: tasks.clone(),
            db,
            writer,
            threads,
            watch_bell: built.watch,
            telegram,
            claim_link,
            http,
            clock,
            lock,
        })
    }

    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// `None` without a token.
    #[must_use]
    pub fn telegram(&self) -> Option<&Telegram> {
        self.telegram.as_ref()
    }

    /// The address of the HTTP server; `None` if it is off.
    #[must_use]
    pub fn http(&self) -> Option<SocketAddr> {
        self.http
    }

    /// Tells the watch thread that a request is waiting.
    pub fn ring_watch(&self) {
        self.watch_bell.ring();
    }

    /// The link that makes its first opener the owner; `None` once somebody manages the bot.
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
            (false, Some(database_file::NAME)) => Outcome::DatabaseGone,
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
        let ends = self.threads.into_iter().map(|(name, end)| async move {
            if !end.wait(THREADS_LIMIT).await {
                tracing::warn!(
                    thread = name,
                    "a thread did not end in time; the next start takes up what it left"
                );
            }
        });
        join_all(ends).await;
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
        let database = self.db.path().to_owned();
        drop(self.db);
        if !self.writer.wait(WRITER_LIMIT).await {
            tracing::warn!("the database was not closed in time; what was acknowledged is stored");
        }
        database_file::rescue(&self.lock, &database, self.clock.now());
        tracing::info!("stopped");
    }
}
