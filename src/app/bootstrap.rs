//! What the parts of the program stand on, made ready before they start: our name at Telegram, the address we listen on,
//! the roles that the configuration gives, the rules of what is kept, and who makes which files.

use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch::Receiver;

use super::{Options, StartError};
use crate::activation::Activator;
use crate::bot::{Files, export};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::dialogue;
use crate::http_client;
use crate::http_server;
use crate::i18n::Lang;
use crate::people;
use crate::retention::Rule;
use crate::slices::assistant;
use crate::slices::assistant::live::Live;
use crate::slices::assistant::store as assistant_store;
use crate::slices::assistant::worker;
use crate::slices::assistant::worker::WorkerParts;
use crate::slices::assistant::{AssistantHandlers, notices};
use crate::slices::cards;
use crate::slices::cards::files::CardFiles;
use crate::slices::cards::photo::Photos;
use crate::slices::cards::{CardHandlers, leftovers};
use crate::slices::watch;
use crate::slices::watch::Besides;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::store as watch_store;
use crate::slices::watch::views::files;
use crate::tasks::{Tasks, ThreadEnd};
use crate::telegram::{self, Api, BotProxy, Me};
use crate::tool::Toolbox;

/// How long the bot's name is waited for before the start goes on without it.
const INTRODUCTION_LIMIT: Duration = Duration::from_secs(5);

/// Asks Telegram who we are. A wrong token ends the start; silence does not, because Telegram may come back.
pub(super) async fn introduce(config: &Config) -> Result<(Option<Api>, Option<Me>), StartError> {
    let Some(token) = config.telegram.token.clone() else {
        return Ok((None, None));
    };
    let client = http_client::telegram_client().context("make the HTTP client for Telegram")?;
    let api = Api::new(client, &config.telegram.api_url, token);
    match tokio::time::timeout(INTRODUCTION_LIMIT, api.introduce()).await {
        Ok(Ok(me)) => {
            tracing::info!(bot = me.username, id = me.id, "Telegram knows us");
            Ok((Some(api), Some(me)))
        }
        Ok(Err(err)) if err.is_unauthorized() => Err(StartError::Setting(
            "Telegram does not know this bot token; copy it again from @BotFather".to_owned(),
        )),
        Ok(Err(err)) => {
            tracing::warn!("Telegram does not answer yet: {err}");
            Ok((Some(api), None))
        }
        Err(_) => {
            tracing::warn!(
                "Telegram did not answer within {} s",
                INTRODUCTION_LIMIT.as_secs()
            );
            Ok((Some(api), None))
        }
    }
}

/// What is kept for how long, in the order in which `/privacy` tells it.
pub(super) fn kept() -> Vec<Rule> {
    let rooms: [&[Rule]; 6] = [
        &telegram::KEPT,
        &dialogue::KEPT,
        &watch_store::KEPT,
        &cards::store::KEPT,
        &assistant_store::KEPT,
        &people::KEPT,
    ];
    rooms.concat()
}

/// Makes the files of every slice.
pub(super) fn workshop(language: Lang, notifier: Notifier, cards: Option<CardFiles>) -> Files {
    let files = Files::new(language)
        .with(export::MAKER, export::make)
        .with(files::MAKER, move |connection, recipe| {
            files::make(&notifier, connection, recipe)
        });
    match cards {
        Some(cards) => files.with(cards::files::MAKER, move |connection, recipe| {
            cards.make(connection, recipe)
        }),
        None => files,
    }
}

/// The parts of the slice of cards; none while it is off.
#[derive(Default)]
pub(super) struct Cards {
    pub(super) handlers: Option<CardHandlers>,
    pub(super) files: Option<CardFiles>,
    pub(super) photos: Option<Photos>,
}

pub(super) fn cards(config: &Config) -> Cards {
    if !config.cards.enabled {
        return Cards::default();
    }
    let photos = Photos::of(&config.database);
    let zone = config.watch.zone.clone();
    Cards {
        handlers: Some(CardHandlers::new(
            &config.cards,
            photos.clone(),
            zone.clone(),
            config.people.language,
        )),
        files: Some(CardFiles::new(&config.cards, photos.clone(), zone)),
        photos: Some(photos),
    }
}

/// Starts what cards do beside the events: photos that no card has are removed, and who we are is noted as soon as Telegram
/// says so, where it did not at the start.
pub(super) fn start_cards(
    photos: Photos,
    db: &Db,
    clock: &Clock,
    mut me: Receiver<Option<Me>>,
    tasks: &Tasks,
) {
    let stop = tasks.stop_token();
    tasks.spawn(
        "photos",
        leftovers::remove(photos, db.clone(), clock.clone(), stop.clone()),
    );
    if me.borrow().is_some() {
        return;
    }
    let db = db.clone();
    tasks.spawn("bot-name", async move {
        let said = tokio::select! {
            () = stop.cancelled() => return,
            said = me.wait_for(Option::is_some) => said.ok().and_then(|me| me.clone()),
        };
        let Some(me) = said else {
            return;
        };
        let noted = db.write(move |tx| cards::store::note_bot(tx, &me)).await;
        if let Err(err) = noted {
            tracing::warn!("what the bot is called was not noted: {err:#}");
        }
    });
}

/// What language models may read of the slices; nothing where the operator does not want it.
pub(super) fn toolbox(config: &Config, notifier: &Notifier) -> Toolbox {
    let mut tools = Vec::new();
    if config.assistant.enabled && config.assistant.tools {
        tools.extend(watch::tools(notifier, &config.watch.schedule));
        if config.cards.enabled {
            tools.extend(cards::tools(&config.watch.zone));
        }
    }
    tools.into()
}

/// What the parts of the assistant share: where answers are shown while they are made, and the bell for new questions.
#[derive(Default)]
pub(super) struct Questions {
    live: Live,
    bell: Activator,
}

impl Questions {
    /// Those who take questions in the bot; none while the assistant is off.
    pub(super) fn handlers(&self, config: &Config) -> Option<AssistantHandlers> {
        config.assistant.enabled.then(|| {
            let zone = config.watch.zone.clone();
            let (live, bell) = (self.live.clone(), self.bell.clone());
            AssistantHandlers::new(&config.assistant, zone, live, bell)
        })
    }

    /// What `/status` says of them to admins; nothing while the assistant is off.
    pub(super) fn state(config: &Config) -> Option<Besides> {
        config
            .assistant
            .enabled
            .then_some(notices::state as Besides)
    }

    /// What the worker and the HTTP API work with.
    pub(super) fn parts(
        self,
        config: &Config,
        db: &Db,
        clock: &Clock,
        proxy: BotProxy,
        tools: Toolbox,
    ) -> WorkerParts {
        WorkerParts {
            config: config.assistant.clone(),
            db: db.clone(),
            clock: clock.clone(),
            tools,
            proxy,
            live: self.live,
            bell: self.bell,
            zone: config.watch.zone.clone(),
            language: config.people.language,
        }
    }
}

/// Starts the worker of the assistant, where it is on; its thread, where it has one of its own. Where it is off, what was
/// asked before is ended.
pub(super) async fn start_assistant(
    parts: WorkerParts,
    options: &Options,
    tasks: &Tasks,
) -> anyhow::Result<Option<ThreadEnd>> {
    if !options.bot {
        return Ok(None);
    }
    if !parts.config.enabled {
        assistant::end_what_is_open(&parts.db, &parts.clock, parts.language).await?;
        return Ok(None);
    }
    worker::start(parts, tasks).await
}

/// Takes the address of the HTTP server, if the bot is to have one.
pub(super) async fn bind_http(
    config: &Config,
    options: &Options,
) -> Result<Option<http_server::Server>, StartError> {
    let Some(address) = config.http.listen.filter(|_| options.bot) else {
        return Ok(None);
    };
    let server = http_server::Server::bind(address).await;
    server.map(Some).map_err(StartError::Setting)
}

/// Writes what the configuration and Telegram say at the start.
pub(super) async fn prepare(
    db: &Db,
    clock: &Clock,
    config: &Config,
    me: Option<&Me>,
) -> anyhow::Result<()> {
    let (now, people) = (clock.now(), config.people.clone());
    let me = me.filter(|_| config.cards.enabled).cloned();
    db.write(move |tx| {
        if let Some(me) = me {
            cards::store::note_bot(tx, &me)?;
        }
        people::apply_config(tx, now, &people)
    })
    .await
}

/// A link for the first owner, when nobody can manage the bot.
pub(super) async fn claim_link(
    db: &Db,
    clock: &Clock,
    bot: bool,
    me: Option<&Me>,
) -> anyhow::Result<Option<String>> {
    if !bot || db.read(people::has_admin).await? {
        return Ok(None);
    }
    let now = clock.now();
    let code = db.write(move |tx| people::make_claim(tx, now)).await?;
    let start = format!("{}{code}", people::CLAIM_PREFIX);
    Ok(Some(match me {
        Some(me) => format!("https://t.me/{}?start={start}", me.username),
        None => format!("send this to the bot: /start {start}"),
    }))
}
