//! The connections of one account: grammers' pool, its tasks, and the pauses after its failures.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use grammers_client::SenderPool;
use grammers_client::sender::{AutoSleep, ConnectionParams, SenderPoolHandle, SenderPoolRunner};
use grammers_session::updates::UpdatesLike;
use grammers_tl_types::enums;
use tokio::sync::{Notify, mpsc};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use super::session::AccountSession;
use crate::backoff::Backoff;

/// Pauses after the failures of a pool.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A flood wait that a call sits out.
const SHORT_FLOOD: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Running {
    pub(super) handle: SenderPoolHandleBox,
    pub(super) runner: AbortHandle,
    /// The runner, and who listens to its updates; they end with this.
    _tasks: JoinSet<()>,
}

/// A handle that can be shown.
#[derive(Clone)]
pub(super) struct SenderPoolHandleBox(pub(super) SenderPoolHandle);

impl std::fmt::Debug for SenderPoolHandleBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SenderPoolHandle")
    }
}

#[derive(Debug)]
pub(super) struct Pool {
    pub(super) running: Option<Running>,
    /// Grows with every pool, so that a failure is counted once.
    pub(super) generation: u64,
    pub(super) backoff: Backoff,
    pub(super) not_before: Option<Instant>,
}

impl Pool {
    pub(super) fn new() -> Self {
        Self {
            running: None,
            generation: 0,
            backoff: Backoff::new(FIRST_PAUSE, LONGEST_PAUSE),
            not_before: None,
        }
    }

    /// Starts the connections; `scanned` is told of scanned QR codes, if somebody wants to know.
    pub(super) fn start(
        &mut self,
        session: &Arc<AccountSession>,
        api_id: i32,
        scanned: Option<Arc<Notify>>,
    ) -> SenderPoolHandleBox {
        let (runner, handle, updates) = new_pool(session, api_id);
        let handle = SenderPoolHandleBox(handle);
        let mut tasks = JoinSet::new();
        let runner = tasks.spawn(runner.run());
        // Otherwise nobody reads the updates, and nobody keeps them.
        if let Some(scanned) = scanned {
            tasks.spawn(listen(updates, scanned));
        }
        self.generation += 1;
        self.running = Some(Running {
            handle: handle.clone(),
            runner,
            _tasks: tasks,
        });
        handle
    }

    pub(super) fn fail(&mut self) {
        self.running = None;
        self.not_before = Some(Instant::now() + self.backoff.next());
    }
}

fn new_pool(
    session: &Arc<AccountSession>,
    api_id: i32,
) -> (
    SenderPoolRunner,
    SenderPoolHandle,
    mpsc::Receiver<UpdatesLike>,
) {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let params = ConnectionParams {
        device_model: "Vakhta".to_owned(),
        system_version: version.clone(),
        app_version: version,
        system_lang_code: "en".to_owned(),
        lang_code: "en".to_owned(),
        retry_policy: Box::new(AutoSleep {
            tries: NonZeroU32::MIN,
            threshold: SHORT_FLOOD,
            io_errors_as_flood_of: Some(Duration::from_secs(1)),
        }),
        ..ConnectionParams::default()
    };
    let pool = SenderPool::with_configuration(Arc::clone(session), api_id, params);
    (pool.runner, pool.handle.thin, pool.updates)
}

/// Tells the login when a phone has scanned its code. Ends with the pool.
async fn listen(mut updates: mpsc::Receiver<UpdatesLike>, scanned: Arc<Notify>) {
    while let Some(update) = updates.recv().await {
        let is_scan = match &update {
            UpdatesLike::Updates(updates) => match updates {
                enums::Updates::UpdateShort(short) => is_login_token(&short.update),
                enums::Updates::Updates(many) => many.updates.iter().any(is_login_token),
                enums::Updates::Combined(many) => many.updates.iter().any(is_login_token),
                _ => false,
            },
            _ => false,
        };
        if is_scan {
            scanned.notify_one();
        }
    }
}

fn is_login_token(update: &enums::Update) -> bool {
    matches!(update, enums::Update::LoginToken)
}
