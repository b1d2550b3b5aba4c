//! The live bar in the start messages of a run.
//!
//! Edits are made directly through the bot proxy, at most every three seconds and only when something changed; they are
//! a courtesy, so a failed one is forgotten and the sweep never waits for them.

use std::time::Duration;

use super::account::Run;
use super::notices::Speaker;
use super::{store, texts};
use crate::db::Db;
use crate::telegram::{BotProxy, outbox};

/// Telegram counts edits as messages; this keeps well within one a second.
pub(super) const PERIOD: Duration = Duration::from_secs(3);

/// Edits the start messages of a run until it is dropped.
pub(super) async fn follow(db: &Db, proxy: &BotProxy, speaker: &Speaker, run: &Run) {
    let mut shown = 0;
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    period.tick().await;
    loop {
        period.tick().await;
        match edit_all(db, proxy, speaker, run, shown).await {
            Ok(checked) => shown = checked,
            Err(err) => tracing::debug!(
                run.id,
                "the progress of the run could not be shown: {err:#}"
            ),
        }
    }
}

/// Shows the whole bar in messages that showed a part of it.
pub(super) async fn finish(db: &Db, proxy: &BotProxy, speaker: &Speaker, run: &Run) {
    if let Err(err) = edit_all(db, proxy, speaker, run, 0).await {
        tracing::debug!(run.id, "the end of the bar could not be shown: {err:#}");
    }
}

/// Edits every start message when more was checked than is shown; returns what is shown now.
async fn edit_all(
    db: &Db,
    proxy: &BotProxy,
    speaker: &Speaker,
    run: &Run,
    shown: u64,
) -> anyhow::Result<u64> {
    let (id, speaker) = (run.id, speaker.clone());
    let (total, started_at) = (run.total, run.started_at);
    let (checked, messages) = db
        .read(move |c| {
            let checked = store::counts(c, id)?.checked();
            let mut messages = Vec::new();
            for (chat, message_id) in outbox::messages_of_run(c, id, "start")? {
                let text = texts::run_progress(speaker.voice(c, chat)?, total, started_at, checked);
                messages.push((chat, message_id, text));
            }
            Ok((checked, messages))
        })
        .await?;
    if checked == shown {
        return Ok(shown);
    }
    for (chat, message_id, text) in messages {
        if let Err(err) = proxy.edit_message(chat, message_id, text, None).await {
            tracing::debug!(chat, "a progress edit failed: {err}");
        }
    }
    Ok(checked)
}
