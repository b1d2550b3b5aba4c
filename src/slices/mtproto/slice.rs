//! Linked accounts as a slice: their thread, screens and HTTP API, and what is kept of them.

use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use super::context::MtprotoContext;
use super::errands::Errands;
use super::eye::AccountsEye;
use super::guardian::Guardian;
use super::handlers::AccountsHandlers;
use super::pictures::{LoginPictures, MAKER};
use super::proxy::{AccountsProxy, Request};
use super::results::ErrandParts;
use super::{MtprotoConfig, routes, store, worker};
use crate::activation::Activator;
use crate::db::WriteTx;
use crate::http_server::Routes;
use crate::i18n::Lang;
use crate::people::Actor;
use crate::secrets::SecretsConfig;
use crate::slice::{
    About, Board, Callbacks, Context, Dormant, FileMaker, Finding, Input, Parts, Shown, Slice,
    Slices, Who,
};
use crate::tasks::ThreadEnd;
use crate::telegram::{Answer, Outgoing};
use crate::zone::Zone;

/// Also what remains while the slice is switched off.
const ABOUT: About = About {
    retention: &store::KEPT,
    ..About::named(MAKER)
};

const CALLBACKS: &[Callbacks] = &[Callbacks::private("telegram", Who::Admin)];

#[derive(Debug)]
pub(crate) struct Mtproto {
    config: MtprotoConfig,
    secrets: SecretsConfig,
    /// How handlers and routes ask the thread.
    pub(super) proxy: AccountsProxy,
    /// The end of the queue, until the thread takes it.
    queue: Mutex<Option<mpsc::Receiver<Request>>>,
    bell: Activator,
    handlers: AccountsHandlers,
    /// Rung when somebody asked for something by a button.
    errands: Activator,
    pictures: LoginPictures,
    eye: AccountsEye,
    language: Lang,
    zone: Zone,
}

impl Mtproto {
    /// `zone` and `language` are for people who have not chosen.
    pub(crate) fn new(
        config: MtprotoConfig,
        secrets: SecretsConfig,
        zone: Zone,
        language: Lang,
    ) -> Self {
        let (proxy, queue) = AccountsProxy::new();
        let errands = Activator::new();
        Self {
            handlers: AccountsHandlers::new(errands.clone()),
            errands,
            pictures: LoginPictures::default(),
            eye: AccountsEye::default(),
            language,
            zone,
            config,
            secrets,
            proxy,
            queue: Mutex::new(Some(queue)),
            bell: Activator::new(),
        }
    }

    /// Looks up names for the watch, once the slice has started.
    pub(crate) fn eye(&self) -> AccountsEye {
        self.eye.clone()
    }

    /// What runs on the thread beside the worker.
    fn beside(&self, parts: Parts<'_>) -> Vec<BoxFuture<'static, ()>> {
        let (stop, linked) = (parts.tasks.stop_token(), Activator::new());
        let guardian = Guardian {
            db: parts.db.clone(),
            clock: parts.clock.clone(),
            accounts: self.proxy.clone(),
            bot: parts.proxy.clone(),
            bell: linked.clone(),
            language: self.language,
            zone: self.zone.clone(),
        };
        let errands = Errands(ErrandParts {
            db: parts.db.clone(),
            clock: parts.clock.clone(),
            accounts: self.proxy.clone(),
            bot: parts.proxy.clone(),
            pictures: self.pictures.clone(),
            bell: self.errands.clone(),
            linked,
            language: self.language,
            zone: self.zone.clone(),
        });
        vec![
            guardian.run(stop.clone()).boxed(),
            errands.run(stop).boxed(),
        ]
    }

    /// The slice while it is off, or while something is missing.
    pub(crate) fn dormant(missing: Option<&str>) -> Dormant {
        let wrong = missing.map(|missing| Finding::Wrong(missing.to_owned()));
        Dormant {
            finding: wrong.unwrap_or_else(Finding::off),
            about: ABOUT,
            forget: store::forget,
        }
    }
}

impl Slice for Mtproto {
    fn about(&self) -> About {
        About {
            callbacks: CALLBACKS,
            ..ABOUT
        }
    }

    fn handle(&self, cx: &Context<'_>, input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        match input {
            Input::Callback(data) => self.handlers.callback(cx, data).map(Some),
            Input::Step(text) if cx.actor.role.is_admin() => self.handlers.typed(cx, text),
            _ => Ok(None),
        }
    }

    fn show(&self, cx: &Context<'_>, board: Board, shown: &mut Shown) -> anyhow::Result<()> {
        self.handlers.show(cx, board, shown)
    }

    fn doctor(&self) -> BoxFuture<'_, Option<Finding>> {
        let finding = match self.secrets.examine() {
            Ok(key) => Finding::Well(format!("on; {key}")),
            Err(err) => Finding::Wrong(format!("{err:#}")),
        };
        Box::pin(async { Some(finding) })
    }

    fn file_maker(&self, _slices: &Slices) -> Option<FileMaker> {
        let pictures = self.pictures.clone();
        Some(Box::new(move |_, recipe| pictures.make(recipe)))
    }

    fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        store::release(tx, actor.id)?;
        // The thread looks again by itself if this rings before the commit.
        self.bell.ring();
        Ok(Vec::new())
    }

    fn start<'a>(&'a self, parts: Parts<'a>) -> BoxFuture<'a, anyhow::Result<Option<ThreadEnd>>> {
        Box::pin(async move {
            let queue = self
                .queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            let Some(queue) = queue.filter(|_| parts.is_bot) else {
                return Ok(None);
            };
            let context = MtprotoContext::new(
                self.config.clone(),
                self.secrets.clone(),
                parts.db.clone(),
                parts.clock.clone(),
                self.bell.clone(),
            );
            let beside = self.beside(parts);
            match worker::start(context, queue, beside, parts.tasks).await {
                Ok(end) => {
                    let (db, clock) = (parts.db.clone(), parts.clock.clone());
                    self.eye.open(db, clock, self.proxy.clone());
                    Ok(Some(end))
                }
                // Asking is then refused; everything else goes on.
                Err(err) => {
                    tracing::error!("linked Telegram accounts are out of reach: {err:#}");
                    Ok(None)
                }
            }
        })
    }

    fn routes(&self, parts: Parts<'_>) -> Option<Routes> {
        let (db, clock) = (parts.db.clone(), parts.clock.clone());
        Some(routes::routes(db, clock, self.proxy.clone()))
    }
}
