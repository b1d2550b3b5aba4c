//! Answers that Telegram forgets soon: to a callback, and to whoever names us in another chat. They leave at once, beside the workers;
//! nothing depends on their arrival.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::dispatch::{Dispatcher, Reaction};
use super::event::EventKind;
use crate::backoff::Backoff;
use crate::telegram::api::client::Api;
use crate::telegram::api::error::ApiError;

/// Answers on their way at once; beyond, chats wait for a place.
const PLACES: usize = 16;

/// Tries to answer; Telegram forgets a callback after 150 s and an inline query after 30 s, and replies go through the outbox.
const TRIES: u32 = 3;

/// The longest pause between those tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// What answers on their way may still take after the stop.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// How many answers may be on their way.
pub(crate) fn places() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(PLACES))
}

impl Dispatcher {
    /// Answers an event that wants to be, beside the worker, as soon as there is a place.
    pub(crate) async fn answer(&self, kind: &EventKind, reaction: Reaction) {
        let query_id = match kind {
            EventKind::Callback { query_id, .. } => query_id.clone(),
            EventKind::Inline { query_id, .. } if reaction.offers.is_some() => query_id.clone(),
            _ => return,
        };
        let Ok(place) = Arc::clone(&self.answer_places).acquire_owned().await else {
            return;
        };
        let api = self.api.clone();
        let stop = self.stop.clone();
        self.tasks.spawn("answer", async move {
            let too_late = async {
                stop.cancelled().await;
                tokio::time::sleep(STOP_LIMIT).await;
            };
            tokio::select! {
                () = keep_answering(&api, &query_id, &reaction) => {}
                () = too_late => {}
            }
            drop(place);
        });
    }
}

async fn once(api: &Api, query_id: &str, reaction: &Reaction) -> Result<(), ApiError> {
    match &reaction.offers {
        Some(offers) => api.answer_inline(query_id, offers).await,
        None => {
            let text = reaction.callback_answer.as_deref();
            api.answer_callback(query_id, text, reaction.callback_alert)
                .await
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
