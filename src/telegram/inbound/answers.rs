//! Answers that Telegram stops accepting soon: to a callback and to an inline query. They leave at
//! once, beside the chat's worker, and nothing depends on their arrival.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::event::EventKind;
use super::handler::Reaction;
use crate::backoff::Backoff;
use crate::tasks::Tasks;
use crate::telegram::api::client::Api;
use crate::telegram::api::error::ApiError;

/// Maximum number of answers on their way; beyond that, chats wait.
const AT_ONCE: usize = 16;

/// Tries per answer. Telegram forgets a callback after 150 s and an inline query after 30 s.
const TRIES: u32 = 3;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// How long answers on their way may still take after the stop.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// Sends answers. Clones share the limit of [`AT_ONCE`].
#[derive(Clone)]
pub(crate) struct Answers {
    api: Api,
    tasks: Tasks,
    stop: CancellationToken,
    permits: Arc<Semaphore>,
}

impl Answers {
    pub(crate) fn new(api: Api, tasks: Tasks) -> Self {
        Self {
            api,
            stop: tasks.stop_token(),
            tasks,
            permits: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Answers an event of a kind that takes an answer; waits only for a permit.
    pub(crate) async fn answer(&self, kind: &EventKind, reaction: Reaction) {
        let query_id = match kind {
            EventKind::Callback { query_id, .. } => query_id.clone(),
            EventKind::Inline { query_id, .. } if reaction.offers.is_some() => query_id.clone(),
            _ => return,
        };
        let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await else {
            return;
        };
        let (api, stop) = (self.api.clone(), self.stop.clone());
        self.tasks.spawn("answer", async move {
            let too_late = async {
                stop.cancelled().await;
                tokio::time::sleep(STOP_LIMIT).await;
            };
            tokio::select! {
                () = keep_answering(&api, &query_id, &reaction) => {}
                () = too_late => {}
            }
            drop(permit);
        });
    }
}

async fn once(api: &Api, query_id: &str, reaction: &Reaction) -> Result<(), ApiError> {
    match &reaction.offers {
        Some(offers) => api.answer_inline(query_id, offers).await,
        None => {
            let text = reaction.callback_answer.as_deref();
            api.answer_callback(query_id, text).await
        }
    }
}

async fn keep_answering(api: &Api, query_id: &str, reaction: &Reaction) {
    let mut backoff = Backoff::new(Duration::from_millis(500), LONGEST_PAUSE);
    for _ in 0..TRIES {
        let err = match once(api, query_id, reaction).await {
            Ok(()) => return,
            Err(err) if err.query_too_old() => return,
            Err(err) => err,
        };
        let pause = err.retry_after().unwrap_or_else(|| backoff.next());
        if !err.is_passing() || pause > LONGEST_PAUSE {
            tracing::warn!("a question was not answered: {err}");
            return;
        }
        tokio::time::sleep(pause).await;
    }
    tracing::warn!("a question was not answered: Telegram stayed out of reach");
}
