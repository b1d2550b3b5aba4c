//! The live bar in the start messages of a run.
//!
//! Edits are made directly through the bot proxy, at most every three seconds and only when something changed; they are
//! a courtesy, so a failed one is forgotten and the sweep never waits for them.

use std::time::Duration;

use super::account::Run;
use super::handlers::stop_button;
use super::notices::Speaker;
use super::{store, texts};
use crate::db::Db;
use crate::people;
use crate::telegram::{BotProxy, Keyboard, outbox};

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
        match edit_all(db, proxy, speaker, run, shown, true).await {
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
    if let Err(err) = edit_all(db, proxy, speaker, run, 0, false).await {
        tracing::debug!(run.id, "the end of the bar could not be shown: {err:#}");
    }
}

/// Edits every start message when more was checked than is shown; returns what is shown now. Admins can stop the run there.
async fn edit_all(
    db: &Db,
    proxy: &BotProxy,
    speaker: &Speaker,
    run: &Run,
    shown: u64,
    with_stop: bool,
) -> anyhow::Result<u64> {
    let (id, speaker) = (run.id, speaker.clone());
    let (total, started_at) = (run.total, run.started_at);
    let (checked, messages) = db
        .read(move |c| {
            let checked = store::counts(c, id)?.checked();
            let mut messages = Vec::new();
            let may_stop = people::report_chats(c)?;
            for (chat, message_id) in outbox::messages_with_key(c, &format!("start:{id}"))? {
                let voice = speaker.voice(c, chat)?;
                let text = texts::run_progress(voice, total, started_at, checked);
                let keyboard = if with_stop && may_stop.contains(&chat) {
                    Some(Keyboard::new().row([stop_button(voice.lang, id)?]))
                } else {
                    None
                };
                messages.push((chat, message_id, text, keyboard));
            }
            Ok((checked, messages))
        })
        .await?;
    if checked == shown {
        return Ok(shown);
    }
    for (chat, message_id, text, keyboard) in messages {
        if let Err(err) = proxy.edit_message(chat, message_id, text, keyboard).await {
            tracing::debug!(chat, "a progress edit failed: {err}");
        }
    }
    Ok(checked)
}
