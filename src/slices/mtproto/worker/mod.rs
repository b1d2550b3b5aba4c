//! The thread `mtproto`: takes requests from the queue, and serves each in a task of its own.
//!
//! # Invariants
//! - Every request is answered within [`REQUEST_LIMIT`], also after a panic.
//! - What one account does reaches no other one.
//! - The queue waits while [`MOST_TASKS`] requests are served; a full queue refuses.

mod leaving;
mod serving;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use self::serving::Desk;
use super::context::MtprotoContext;
use super::proxy::Request;
use crate::tasks::{Tasks, ThreadEnd};

pub(crate) const THREAD: &str = "mtproto";

/// The longest work on one request; the proxy gives up a little later.
const REQUEST_LIMIT: Duration = Duration::from_secs(28);

/// Requests served at the same time: a few accounts that hang do not use them up.
const MOST_TASKS: usize = 1024;

/// How often old logins are ended and accounts are looked for that are nobody's.
const CHECK_PERIOD: Duration = Duration::from_secs(30);

/// Starts the thread, and what runs on it beside the worker until the stop.
///
/// # Errors
/// When the system gives no thread.
pub(crate) async fn start(
    context: MtprotoContext,
    queue: mpsc::Receiver<Request>,
    beside: Vec<BoxFuture<'static, ()>>,
    tasks: &Tasks,
) -> anyhow::Result<ThreadEnd> {
    let stop = tasks.stop_token();
    let context = Arc::new(context);
    let started = tasks.thread_with_runtime(THREAD, async move || {
        let worker = Worker::new(context, queue, stop);
        Ok(async move {
            let mut tasks: JoinSet<()> = beside.into_iter().collect();
            worker.run().await;
            while let Some(ended) = tasks.join_next().await {
                if ended.is_err() {
                    tracing::error!("a task beside linked Telegram accounts panicked");
                }
            }
        })
    });
    started.await
}

pub(crate) struct Worker {
    desk: Arc<Desk>,
    queue: mpsc::Receiver<Request>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Worker {
    pub(crate) fn new(
        context: Arc<MtprotoContext>,
        queue: mpsc::Receiver<Request>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            desk: Arc::new(Desk::new(context)),
            queue,
            stop,
            tasks: JoinSet::new(),
        }
    }

    pub(crate) async fn run(mut self) {
        tracing::info!("linked Telegram accounts are ready");
        self.desk.logins.resume().await;
        let bell = self.desk.context().bell.clone();
        let mut check_at = Instant::now();
        // One farewell at a time: one that hangs is waited for.
        let mut leaving = JoinSet::new();
        loop {
            if check_at <= Instant::now() && leaving.is_empty() {
                check_at = Instant::now() + CHECK_PERIOD;
                let desk = Arc::clone(&self.desk);
                leaving.spawn(async move { desk.tidy_up().await });
            }
            tokio::select! {
                () = self.stop.cancelled() => break,
                Some(_) = self.tasks.join_next() => {}
                request = self.queue.recv(), if self.tasks.len() < MOST_TASKS => match request {
                    Some(request) => {
                        let desk = Arc::clone(&self.desk);
                        self.tasks.spawn(async move { desk.serve(request).await });
                    }
                    // Nobody can ask any more.
                    None => self.stop.cancelled().await,
                },
                () = bell.rung() => check_at = Instant::now(),
                Some(_) = leaving.join_next() => {}
                () = sleep_until(check_at), if leaving.is_empty() => {}
            }
        }
        // What is in hand is answered by nobody: its callers are told to ask again. A step of a
        // login that is cut short is taken up at the next start.
        self.tasks.shutdown().await;
    }
}
