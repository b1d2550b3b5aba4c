//! Streaming edits: *I am thinking* grows into the answer while the model writes it.
//!
//! An edit is sent at once or dropped; only the newest text matters.
//!
//! # Invariants
//!
//! - The answer is the last edit: the outbox's edit waits for one that is on its way.
//! - Just before an edit leaves, the attempt must still own the question.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::AssistantContext;
use super::notices;
use super::question::{Claim, Venue};
use super::store;
use crate::html::Html;
use crate::telegram::{MessageEdit, ProxyError};

/// The shortest time between two edits of a message.
const PERIOD: Duration = Duration::from_millis(1_500);

enum EditResult {
    Yes,
    /// The rate limit has no room now; the next edit will show more.
    NotNow,
    /// The message cannot or must no longer be edited.
    Never,
}

/// Shows an attempt's text as it grows, until `done`.
pub(super) async fn follow(context: &AssistantContext, claim: &Claim, done: &CancellationToken) {
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
        let Some(text) = super::markdown::so_far(&context.progress.text(claim.id)) else {
            continue;
        };
        if text == shown {
            continue;
        }
        match show(context, claim, text.clone()).await {
            EditResult::Yes => shown = text,
            EditResult::NotNow => {}
            EditResult::Never => return,
        }
    }
}

async fn show(context: &AssistantContext, claim: &Claim, text: Html) -> EditResult {
    let (id, attempt, language) = (claim.id, claim.attempt, context.language);
    let place = context
        .db
        .read(move |c| notices::progress_message(c, id, language));
    let (chat_id, message_id, keyboard) = match place.await {
        Ok(Some(place)) => place,
        Ok(None) => return EditResult::NotNow,
        Err(err) => {
            tracing::warn!(
                question = id,
                "where an answer grows could not be read: {err:#}"
            );
            return EditResult::NotNow;
        }
    };
    let db = context.db.clone();
    let is_wanted = async move {
        let in_hand = db.read(move |c| store::is_in_hand(c, id, attempt));
        in_hand.await.unwrap_or(false)
    };
    let edit = MessageEdit::new(chat_id, message_id, text, Some(keyboard));
    match context.proxy.edit(edit.only_if(is_wanted).courtesy()).await {
        Ok(()) => EditResult::Yes,
        Err(ProxyError::Late) => EditResult::NotNow,
        Err(ProxyError::Api(err)) if err.is_passing() => EditResult::NotNow,
        Err(ProxyError::Unwanted | ProxyError::Gone) => EditResult::Never,
        Err(ProxyError::Api(err)) => {
            tracing::debug!(question = id, "an answer cannot grow in its chat: {err}");
            EditResult::Never
        }
    }
}
