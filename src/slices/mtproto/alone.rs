//! The thread for a process that serves one command of the terminal and ends.

use std::time::Duration;

use super::context::MtprotoContext;
use super::{AccountsProxy, MtprotoConfig, worker};
use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::Db;
use crate::secrets::SecretsConfig;
use crate::tasks::{Tasks, ThreadEnd};

/// How long the thread may take to end.
const END_LIMIT: Duration = Duration::from_secs(3);

/// The running thread. The caller holds the lock of the database: two connections with one key
/// would end the account's session.
#[derive(Debug)]
pub(crate) struct AccountsAlone {
    pub(crate) proxy: AccountsProxy,
    tasks: Tasks,
    end: ThreadEnd,
}

impl AccountsAlone {
    /// # Errors
    /// When the system gives no thread.
    pub(crate) async fn start(
        config: MtprotoConfig,
        secrets: SecretsConfig,
        db: Db,
    ) -> anyhow::Result<Self> {
        let (proxy, queue) = AccountsProxy::new();
        let (clock, tasks) = (Clock::system(), Tasks::new());
        let context = MtprotoContext::new(config, secrets, db, clock, Activator::new());
        let end = worker::start(context, queue, Vec::new(), &tasks).await?;
        Ok(Self { proxy, tasks, end })
    }

    pub(crate) async fn stop(self) {
        self.tasks.stop();
        self.end.wait(END_LIMIT).await;
    }
}
