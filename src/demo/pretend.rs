//! The base of all pretend servers: a state behind a lock, an HTTP server, and a way to wait for
//! changes.

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::bail;
use tokio::sync::watch;

use super::wire::{Answer, Request, Server};

/// State shared by the handlers of a pretend server and all its handles.
pub(super) struct Shared<S> {
    state: Mutex<S>,
    /// Counts the changes of the state.
    changes: watch::Sender<u64>,
}

impl<S> Shared<S> {
    pub(super) fn new(state: S) -> Self {
        Self {
            state: Mutex::new(state),
            changes: watch::Sender::new(0),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, S> {
        // A test that panics while it holds the lock must not hide its own message behind another
        // panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes everybody who waits for a change.
    pub(super) fn changed(&self) {
        self.changes.send_modify(|version| *version += 1);
    }

    /// Changes the state and wakes everybody who waits for it.
    pub(super) fn change<T>(&self, work: impl FnOnce(&mut S) -> T) -> T {
        let result = work(&mut self.lock());
        self.changed();
        result
    }

    /// Receives every change.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Waits until the condition holds; checks now and after every change. The error names the
    /// awaited condition and includes `report`.
    pub(super) async fn wait_until(
        &self,
        what: &str,
        limit: Duration,
        mut condition: impl FnMut() -> bool,
        report: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        let mut changes = self.changes();
        let waited = tokio::time::timeout(limit, async {
            loop {
                changes.borrow_and_update();
                if condition() {
                    return;
                }
                // The sender lives as long as this handle, so this only reports a change.
                changes.changed().await.ok();
            }
        });
        if waited.await.is_err() {
            bail!("waited {limit:?} in vain for: {what}; {}", report());
        }
        Ok(())
    }
}

/// A running pretend server. Clones are the same server; the last one ends it.
pub(super) struct Pretend<S> {
    shared: Arc<Shared<S>>,
    server: Arc<Server>,
}

impl<S: Send + 'static> Pretend<S> {
    /// Starts a server on a free loopback port. See [`Server::start`] for what the handler returns.
    pub(super) async fn start<F, R, G>(state: S, handler: F) -> anyhow::Result<Self>
    where
        F: Fn(Arc<Shared<S>>, Request) -> R + Send + Sync + 'static,
        R: Future<Output = (Answer, G)> + Send + 'static,
        G: Send + 'static,
    {
        let shared = Arc::new(Shared::new(state));
        let of_server = Arc::clone(&shared);
        let server = Server::start(move |request| handler(Arc::clone(&of_server), request)).await?;
        Ok(Self {
            shared,
            server: Arc::new(server),
        })
    }
}

impl<S> Pretend<S> {
    /// `http://127.0.0.1:PORT`, without a trailing slash.
    pub(super) fn url(&self) -> String {
        self.server.url()
    }
}

impl<S> Clone for Pretend<S> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            server: Arc::clone(&self.server),
        }
    }
}

impl<S> Deref for Pretend<S> {
    type Target = Shared<S>;

    fn deref(&self) -> &Shared<S> {
        &self.shared
    }
}

impl<S> fmt::Debug for Pretend<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pretend({})", self.url())
    }
}
