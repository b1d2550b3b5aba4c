//! The builders: one per part of the program.

use std::sync::Arc;

use super::Options;
use super::database_file;
use super::files::Files;
use super::health::ProcessHealth;
use super::slices::Built;
use crate::bot::{self, Bot};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::http_server::{Server, health_routes};
use crate::retention;
use crate::slice::{Parts, Slices};
use crate::tasks::{Tasks, ThreadEnd};
use crate::telegram::{Api, BotProxy, ChatMoved, Me, Setup, Telegram};

/// The inputs of every builder.
pub(super) struct Base<'a> {
    pub(super) config: &'a Config,
    pub(super) options: &'a Options,
    pub(super) db: &'a Db,
    pub(super) clock: &'a Clock,
    pub(super) tasks: &'a Tasks,
    pub(super) built: &'a Built,
}

impl<'a> Base<'a> {
    /// The parts that slices run with.
    pub(super) fn parts(&self, proxy: &'a BotProxy, telegram: Option<&'a Telegram>) -> Parts<'a> {
        Parts {
            db: self.db,
            clock: self.clock,
            tasks: self.tasks,
            proxy,
            telegram,
            slices: &self.built.slices,
            is_bot: self.options.bot,
        }
    }
}

/// Starts receiving and sending; a process that serves one request only sends.
pub(super) fn start_telegram(base: &Base<'_>, api: Api, me: Option<Me>) -> Telegram {
    let language = base.config.people.language;
    let setup = Setup {
        api,
        db: base.db.clone(),
        clock: base.clock.clone(),
        tasks: base.tasks.clone(),
        remark: bot::remarks(language),
        file_makers: Arc::new(Files::new(&base.built.slices, language)),
        chat_moved: chat_moved(&base.built.slices),
        tell_pause: bot::tell_pauses(language),
        me,
        pace: base.options.pace,
    };
    if !base.options.bot {
        return Telegram::start_without_poller(setup);
    }
    let bot = Bot::new(
        base.config.people.clone(),
        base.built.slices.clone(),
        base.config.watch.zone.clone(),
        base.clock.clone(),
        base.built.menus.clone(),
    );
    Telegram::start(setup, Arc::new(bot))
}

fn chat_moved(slices: &Slices) -> ChatMoved {
    let slices = slices.clone();
    Arc::new(move |tx, from, to| slices.chat_moved(tx, from, to))
}

/// Starts every slice; returns the ends of their threads, by name.
pub(super) async fn start_slices(
    parts: Parts<'_>,
) -> anyhow::Result<Vec<(&'static str, ThreadEnd)>> {
    let mut threads = Vec::new();
    for slice in parts.slices.iter() {
        let end = slice.start(parts).await?;
        threads.extend(end.map(|end| (slice.about().name, end)));
    }
    Ok(threads)
}

/// Starts the watch over the database's file, the pruning of old rows and, if there is a connection
/// to Telegram, the command menus.
pub(super) fn start_upkeep(base: &Base<'_>, api: Option<Api>, telegram: Option<&Telegram>) {
    let (db, clock, tasks) = (base.db, base.clock, base.tasks);
    let stop = tasks.stop_token();
    let language = base.config.people.language;
    let bell = telegram.map(Telegram::bell);
    let gone = database_file::gone(db.clone(), clock.clone(), language, bell);
    tasks.spawn_critical(database_file::NAME, async move {
        stop.run_until_cancelled(gone).await;
    });
    let kept = base.built.slices.kept();
    tasks.spawn(
        "retention",
        retention::run(kept, db.clone(), clock.clone(), tasks.stop_token()),
    );
    if let Some(api) = api {
        let menus = bot::keep_menus(
            api,
            db.clone(),
            base.config.people.language,
            base.built.slices.clone(),
            base.built.menus.clone(),
            tasks.stop_token(),
        );
        tasks.spawn("menus", menus);
    }
}

/// Starts the HTTP server with the routes of health, metrics and every slice.
pub(super) fn start_http(base: &Base<'_>, parts: Parts<'_>, server: Server, telegram: &Telegram) {
    let health = ProcessHealth::new(
        base.db.clone(),
        base.clock.clone(),
        telegram.status(),
        base.built.slices.clone(),
    );
    let server = server.mount(health_routes(health.into_check()));
    let routes = parts.slices.iter().filter_map(|slice| slice.routes(parts));
    let language = base.config.people.language;
    server
        .mount_slices(base.db, base.clock, language, routes.collect())
        .start(base.tasks);
}
