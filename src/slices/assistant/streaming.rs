//! An answer in the chat while it is made: the message that says *I am thinking* grows.
//!
//! What is shown is in memory only and goes out at once or not at all; the newest text counts. Must stay true: the answer
//! itself is the last word. Whether the attempt still has the question in hand is asked when an edit leaves, and the
//! outbox's edit waits for the one on its way (`telegram::delivery::edit_order`).

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::notices;
use super::question::{Claim, Venue};
use super::store;
use super::worker::WorkerParts;
use crate::html::Html;
use crate::telegram::{MessageEdit, ProxyError};

/// How often a message grows at most.
const PERIOD: Duration = Duration::from_millis(1_500);

/// What became of showing something.
enum Shown {
    Yes,
    /// There was no room for it; the next time there is more to show.
    NotNow,
    /// The message cannot be changed, or is not to grow any more.
    Never,
}

/// Shows an attempt's text as it grows, until `done`.
pub(super) async fn follow(parts: &WorkerParts, claim: &Claim, done: &CancellationToken) {
    if claim.venue == Venue::Http {
        return;
    }
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    period.tick().await;
    let mut shown = Html::default();
    loop {
        tokio::select! {
            biased;
            () = done.cancelled() => return,
            _ = period.tick() => {}
        }
        let Some(text) = super::markdown::so_far(&parts.live.text(claim.id)) else {
            continue;
        };
        if text == shown {
            continue;
        }
        match show(parts, claim, text.clone()).await {
            Shown::Yes => shown = text,
            Shown::NotNow => {}
            Shown::Never => return,
        }
    }
}

async fn show(parts: &WorkerParts, claim: &Claim, text: Html) -> Shown {
    let (id, attempt, language) = (claim.id, claim.attempt, parts.language);
    let place = parts.db.read(move |c| notices::growing(c, id, language));
    let (chat_id, message_id, keyboard) = match place.await {
        Ok(Some(place)) => place,
        Ok(None) => return Shown::NotNow,
        Err(err) => {
            tracing::warn!(
                question = id,
                "where an answer grows could not be read: {err:#}"
            );
            return Shown::NotNow;
        }
    };
    let db = parts.db.clone();
    let is_wanted = async move {
        let in_hand = db.read(move |c| store::is_in_hand(c, id, attempt));
        in_hand.await.unwrap_or(false)
    };
    let edit = MessageEdit::new(chat_id, message_id, text, Some(keyboard));
    match parts.proxy.edit(edit.only_if(is_wanted).courtesy()).await {
        Ok(()) => Shown::Yes,
        Err(ProxyError::Late) => Shown::NotNow,
        Err(ProxyError::Api(err)) if err.is_passing() => Shown::NotNow,
        Err(ProxyError::Unwanted | ProxyError::Gone) => Shown::Never,
        Err(ProxyError::Api(err)) => {
            tracing::debug!(question = id, "an answer cannot grow in its chat: {err}");
            Shown::Never
        }
    }
}
