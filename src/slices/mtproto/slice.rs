//! Linked accounts as a slice: their thread, their HTTP API, and what is kept of them.

use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use super::context::MtprotoContext;
use super::proxy::{AccountsProxy, Request};
use super::{MtprotoConfig, routes, store, worker};
use crate::activation::Activator;
use crate::db::WriteTx;
use crate::http_server::Routes;
use crate::people::Actor;
use crate::secrets::SecretsConfig;
use crate::slice::{About, Dormant, Parts, Slice};
use crate::tasks::ThreadEnd;
use crate::telegram::Outgoing;

/// Also what remains while the slice is switched off.
const ABOUT: About = About {
    retention: &store::KEPT,
    ..About::named("mtproto")
};

#[derive(Debug)]
pub(crate) struct Mtproto {
    config: MtprotoConfig,
    secrets: SecretsConfig,
    /// How handlers and routes ask the thread.
    pub(super) proxy: AccountsProxy,
    /// The end of the queue, until the thread takes it.
    queue: Mutex<Option<mpsc::Receiver<Request>>>,
    bell: Activator,
}

impl Mtproto {
    pub(crate) fn new(config: MtprotoConfig, secrets: SecretsConfig) -> Self {
        let (proxy, queue) = AccountsProxy::new();
        Self {
            config,
            secrets,
            proxy,
            queue: Mutex::new(Some(queue)),
            bell: Activator::new(),
        }
    }

    /// The slice while it is off.
    pub(crate) fn dormant() -> Dormant {
        Dormant {
            about: ABOUT,
            forget: store::forget,
        }
    }
}

impl Slice for Mtproto {
    fn about(&self) -> About {
        ABOUT
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
            match worker::start(context, queue, parts.tasks).await {
                Ok(end) => Ok(Some(end)),
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
