//! Live updates during a run: the progress bar in its start messages, and the screens of runs that
//! admins have open.
//!
//! Edits go directly through the bot proxy, at most every three seconds and only if something
//! changed. They are a courtesy: a failed edit is forgotten, and the pass never waits for one. A
//! screen is updated for a limited time, or until its reader presses a button on it. Just before an
//! edit is sent, it checks again that the screen is open, so it never overwrites the reader's next
//! screen.

use std::time::Duration;

use crate::clock::{Clock, UnixMs};
use crate::db::{Connection, Db};
use crate::people;
use crate::slices::watch::model::account::{Run, RunScope};
use crate::slices::watch::model::schedule::Schedule;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::views::runs;
use crate::telegram::{BotProxy, MessageEdit, ProxyError, Screen, outbox};

/// Telegram counts edits as messages. This stays well below one per second.
pub(super) const PERIOD: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Copy)]
pub(super) struct LiveProgress<'a> {
    pub(super) db: &'a Db,
    pub(super) clock: &'a Clock,
    pub(super) proxy: &'a BotProxy,
    pub(super) notifier: &'a Notifier,
    pub(super) schedule: &'a Schedule,
}

struct LiveMessage {
    chat_id: i64,
    message_id: i64,
    screen: Screen,
    /// The reader may go to another screen in this message.
    is_left_by_a_press: bool,
}

impl LiveProgress<'_> {
    /// Keeps the messages up to date until dropped.
    pub(super) async fn follow(self, run: &Run) {
        let mut shown = 0;
        let mut period = tokio::time::interval(PERIOD);
        period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        period.tick().await;
        loop {
            period.tick().await;
            match self.show(run, shown, true).await {
                Ok(checked) => shown = checked,
                Err(err) => tracing::debug!(
                    run.id,
                    "the progress of the run could not be shown: {err:#}"
                ),
            }
        }
    }

    /// Completes the bar in messages that showed a part of it.
    pub(super) async fn finish(self, run: &Run) {
        if let Err(err) = self.show(run, 0, false).await {
            tracing::debug!(run.id, "the end of the bar could not be shown: {err:#}");
        }
    }

    /// Shows on the open screens that the run is over. Takes no longer than [`PERIOD`].
    pub(super) async fn close(self) {
        let now = self.clock.now();
        let (notifier, schedule) = (self.notifier.clone(), self.schedule.clone());
        let screens = self
            .db
            .read(move |c| open_screens(c, &notifier, &schedule, now));
        let whole = async {
            match screens.await {
                Ok(screens) => self.edit(screens).await,
                Err(err) => tracing::debug!("the open screens could not be read: {err:#}"),
            }
        };
        tokio::time::timeout(PERIOD, whole).await.ok();
    }

    /// Edits the messages if the count has grown; returns the count shown now. With `with_stop`,
    /// admins get a button to stop the run.
    async fn show(self, run: &Run, shown: u64, with_stop: bool) -> anyhow::Result<u64> {
        let (run, now) = (run.clone(), self.clock.now());
        let (notifier, schedule) = (self.notifier.clone(), self.schedule.clone());
        let (checked, messages) = self
            .db
            .read(move |c| {
                let checked = store::counts(c, run.id)?.checked();
                if checked == shown {
                    return Ok((checked, Vec::new()));
                }
                let mut messages = start_messages(c, &notifier, &run, checked, with_stop)?;
                if with_stop && run.scope == RunScope::All {
                    messages.extend(open_screens(c, &notifier, &schedule, now)?);
                }
                Ok((checked, messages))
            })
            .await?;
        self.edit(messages).await;
        Ok(checked)
    }

    async fn edit(self, messages: Vec<LiveMessage>) {
        for message in messages {
            let LiveMessage {
                chat_id,
                message_id,
                screen,
                is_left_by_a_press,
            } = message;
            let (text, keyboard) = (screen.html, Some(screen.keyboard));
            let keyboard = keyboard.filter(|keyboard| !keyboard.is_empty());
            let mut edit = MessageEdit::new(chat_id, message_id, text, keyboard);
            if is_left_by_a_press {
                let (db, now) = (self.db.clone(), self.clock.now());
                edit = edit.only_if(async move {
                    let open = db.read(move |c| store::is_open(c, now, chat_id, message_id));
                    open.await.unwrap_or(false)
                });
            }
            let Err(err) = self.proxy.edit(edit).await else {
                continue;
            };
            tracing::debug!(chat_id, "a progress edit failed: {err}");
            if is_left_by_a_press && matches!(err, ProxyError::Api(_)) {
                // Errors do not matter: the message may be gone, and the edit is a courtesy.
                let left = self
                    .db
                    .write(move |tx| store::leave_screen(tx, chat_id, message_id));
                left.await.ok();
            }
        }
    }
}

fn start_messages(
    connection: &Connection,
    notifier: &Notifier,
    run: &Run,
    checked: u64,
    with_stop: bool,
) -> anyhow::Result<Vec<LiveMessage>> {
    let may_stop = people::report_chats(connection)?;
    let messages = outbox::messages_with_key(connection, &format!("start:{}", run.id))?;
    let shown = messages.into_iter().map(|(chat_id, message_id)| {
        let formatter = notifier.formatter(connection, chat_id)?;
        let text = texts::run_progress(formatter, run.total, run.started_at, checked);
        let mut screen = Screen::text(text);
        if with_stop && may_stop.contains(&chat_id) {
            screen.keyboard = screen
                .keyboard
                .row([runs::stop_button(formatter.lang, run.id)?]);
        }
        Ok(LiveMessage {
            chat_id,
            message_id,
            screen,
            is_left_by_a_press: false,
        })
    });
    shown.collect()
}

fn open_screens(
    connection: &Connection,
    notifier: &Notifier,
    schedule: &Schedule,
    now: UnixMs,
) -> anyhow::Result<Vec<LiveMessage>> {
    let mut shown = Vec::new();
    for (chat_id, message_id) in store::open_screens(connection, now)? {
        // A former admin gets no more updates.
        if let Some(screen) = runs::screen_for(connection, notifier, schedule, now, chat_id)? {
            shown.push(LiveMessage {
                chat_id,
                message_id,
                screen,
                is_left_by_a_press: true,
            });
        }
    }
    Ok(shown)
}
