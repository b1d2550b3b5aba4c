//! Tasks and threads with a name and an end.
//!
//! Everything that runs beside the main line is started here: it is named in the log and awaited at
//! the stop.
//!
//! # Invariants
//! - A *critical* task that returns or panics before a stop ends the whole program in order.
//! - The exit code reports that.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::FutureExt as _;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a thread with its own runtime may take to become ready.
const START_LIMIT: Duration = Duration::from_secs(5);

/// Blocking threads of that runtime. They only read the database; more would sit idle.
const BLOCKING_THREADS: usize = 2;

/// The niceness of threads that call [`give_way`]; 19 is the maximum.
const NICENESS: i32 = 10;

/// Starts tasks and threads and waits for their end. Clones share everything.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    stop: CancellationToken,
    tracker: TaskTracker,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    running: Vec<&'static str>,
    died: Option<&'static str>,
    refused: Vec<&'static str>,
}

impl Tasks {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The token that tells everything to stop.
    #[must_use]
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Tells everything to stop; returns at once.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Starts a task that may end at any time. A panic is logged.
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let guard = self.enter(name);
        self.tracker.spawn(async move {
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                tracing::error!(task = name, "a task panicked");
            }
            drop(guard);
        });
    }

    /// Starts a task that the program cannot do without: if the task ends before the stop, the
    /// program stops.
    pub fn spawn_critical(
        &self,
        name: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let guard = self.enter(name);
        let tasks = self.clone();
        self.tracker.spawn(async move {
            let panicked = AssertUnwindSafe(work).catch_unwind().await.is_err();
            tasks.critical_end(name, panicked);
            drop(guard);
        });
    }

    /// Starts a thread; the returned value tells when it has ended.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub fn thread(
        &self,
        name: &'static str,
        work: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<ThreadEnd> {
        if self.is_refused(name) {
            return Err(std::io::ErrorKind::WouldBlock.into());
        }
        let guard = self.enter(name);
        let (ended, end) = oneshot::channel();
        // The thread logs where its starter logs.
        let log = tracing::dispatcher::get_default(Clone::clone);
        let handle = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let _logging = tracing::dispatcher::set_default(&log);
                if std::panic::catch_unwind(AssertUnwindSafe(work)).is_err() {
                    tracing::error!(thread = name, "a thread panicked");
                }
                drop(guard);
                // The thread's last act; it does not matter if nobody listens.
                ended.send(()).ok();
            })?;
        Ok(ThreadEnd { end, handle })
    }

    /// Starts a low-priority thread with its own current-thread runtime and waits until it is
    /// ready. On that thread, `prepare` builds what belongs to the runtime and returns the work.
    /// Once the thread is ready, the program cannot do without it. Before that, its end is only an
    /// error of this call.
    ///
    /// # Errors
    /// When the system gives no thread or runtime, when `prepare` fails, or when the thread is not
    /// ready within five seconds.
    pub async fn thread_with_runtime<P, W>(
        &self,
        name: &'static str,
        prepare: impl FnOnce() -> P + Send + 'static,
    ) -> anyhow::Result<ThreadEnd>
    where
        P: Future<Output = anyhow::Result<W>>,
        W: Future<Output = ()>,
    {
        let (ready, is_ready) = oneshot::channel();
        let tasks = self.clone();
        let context = || format!("start the thread {name}");
        let end = self
            .thread(name, move || tasks.live_on_runtime(name, prepare, ready))
            .with_context(context)?;
        match tokio::time::timeout(START_LIMIT, is_ready).await {
            Ok(Ok(Ok(()))) => Ok(end),
            Ok(Ok(Err(err))) => Err(err).with_context(context),
            Ok(Err(_)) => bail!("the thread {name} ended while it started"),
            Err(_) => bail!(
                "the thread {name} was not ready within {} s",
                START_LIMIT.as_secs()
            ),
        }
    }

    /// The body of that thread. If the starter no longer waits, it ends before it begins to work.
    fn live_on_runtime<P, W>(
        &self,
        name: &'static str,
        prepare: impl FnOnce() -> P,
        ready: oneshot::Sender<anyhow::Result<()>>,
    ) where
        P: Future<Output = anyhow::Result<W>>,
        W: Future<Output = ()>,
    {
        give_way();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS)
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(err) => {
                ready.send(Err(err.into())).ok();
                return;
            }
        };
        runtime.block_on(async {
            match prepare().await {
                Ok(work) => {
                    if ready.send(Ok(())).is_ok() {
                        let panicked = AssertUnwindSafe(work).catch_unwind().await.is_err();
                        self.critical_end(name, panicked);
                    }
                }
                Err(err) => {
                    ready.send(Err(err)).ok();
                }
            }
        });
        // A running name lookup cannot be interrupted and must not delay the stop.
        runtime.shutdown_background();
    }

    /// For tests: from now on, starting a thread of this name fails, as if the system had none
    /// left.
    pub fn refuse_thread(&self, name: &'static str) {
        if let Ok(mut state) = self.state.lock() {
            state.refused.push(name);
        }
    }

    fn is_refused(&self, name: &str) -> bool {
        let state = self.state.lock();
        state.is_ok_and(|state| state.refused.contains(&name))
    }
    /// The critical task or thread that ended too early, if any.
    #[must_use]
    pub fn died(&self) -> Option<&'static str> {
        self.state.lock().ok().and_then(|state| state.died)
    }

    /// The names of what is still running, for the log of a slow stop.
    #[must_use]
    pub fn running(&self) -> Vec<&'static str> {
        self.state
            .lock()
            .map(|state| state.running.clone())
            .unwrap_or_default()
    }

    /// Waits up to `limit` until every task has ended; false if some are still running.
    pub async fn ended(&self, limit: Duration) -> bool {
        self.tracker.close();
        let ended = tokio::time::timeout(limit, self.tracker.wait())
            .await
            .is_ok();
        self.tracker.reopen();
        ended
    }

    fn critical_end(&self, name: &'static str, panicked: bool) {
        if self.stop.is_cancelled() && !panicked {
            return;
        }
        tracing::error!(task = name, panicked, "a critical part ended; stopping");
        if let Ok(mut state) = self.state.lock() {
            state.died.get_or_insert(name);
        }
        self.stop.cancel();
    }

    fn enter(&self, name: &'static str) -> Running {
        if let Ok(mut state) = self.state.lock() {
            state.running.push(name);
        }
        Running {
            name,
            state: Arc::clone(&self.state),
        }
    }
}

/// Tells when a thread has ended.
#[derive(Debug)]
pub struct ThreadEnd {
    end: oneshot::Receiver<()>,
    handle: std::thread::JoinHandle<()>,
}

impl ThreadEnd {
    /// Waits up to `limit` for the thread's end; false if it is still running.
    pub async fn wait(self, limit: Duration) -> bool {
        match tokio::time::timeout(limit, self.end).await {
            // The thread has done its last act, so joining takes no time.
            Ok(_) => self.handle.join().is_ok(),
            Err(_) => false,
        }
    }
}

/// Takes a name off the list when its work is over, however it ended.
struct Running {
    name: &'static str,
    state: Arc<Mutex<State>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state.lock()
            && let Some(at) = state.running.iter().position(|name| *name == self.name)
        {
            state.running.swap_remove(at);
        }
    }
}

/// Lowers the calling thread's priority, so that threads that answer people go first.
pub(crate) fn give_way() {
    // Niceness is per thread on Linux; on other systems little is lost.
    if let Err(err) = rustix::process::nice(NICENESS) {
        tracing::debug!("a thread keeps the usual priority: {err}");
    }
}

#[cfg(test)]
#[path = "tests/tasks.rs"]
mod tests;
