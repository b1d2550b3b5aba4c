//! An admin's message to everybody: typed, previewed, sent, followed, and stopped if necessary.
//!
//! The text waits in the dialogue until it is sent. A preview's button carries the preview's
//! number, so an old button cannot send a newer text. A task makes the rows and reports the result
//! to the author; after a restart it continues where it was.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::Admin;
use super::callback::AdminCallback;
use super::panel::panel;
use super::store::{self, Broadcast};
use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::{Connection, Db};
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::navigation::panel_button;
use crate::people::audit::{self, Deed};
use crate::people::{self, Actor};
use crate::slice::Context;
use crate::telegram::outbox::{self, Delivered};
use crate::telegram::{Answer, Button, Keyboard, Outgoing};

/// The longest text, in UTF-16 units: the preview with its surrounding text is one message.
const TEXT_LIMIT: usize = 3500;

/// Rows made in one transaction.
const PAGE: usize = 200;

/// How often to check whether all rows are delivered.
const LOOK: Duration = Duration::from_secs(2);

/// How often to look for broadcasts without a ring: each broadcast rings.
const REST: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "broadcast", rename_all = "kebab-case")]
pub(super) enum BroadcastStep {
    /// The text is expected.
    Text,
    /// The text was previewed and may be sent.
    Ready {
        text: String,
        /// The preview's number, which rises.
        shown: i64,
    },
}

/// The first screen: asks for the text, or shows the broadcast in progress.
pub(super) fn begin(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let (tx, actor) = (cx.tx, cx.actor);
    if let Some(open) = store::open(tx)? {
        return going_on(tx, actor, &open);
    }
    dialogue::set(tx, actor, &BroadcastStep::Text)?;
    let n = store::audience(tx, actor.id)?;
    let text = i18n::html(actor.lang, "broadcast-ask", &Args::new().number("n", n));
    let cancel = cancel_button(actor)?;
    Ok(Answer::screen(text, Keyboard::new().row([cancel])))
}

/// Shows the preview, with the buttons to send it or not.
pub(super) fn typed(cx: &Context<'_>, step: &BroadcastStep, text: &str) -> anyhow::Result<Answer> {
    let (tx, actor) = (cx.tx, cx.actor);
    let lang = actor.lang;
    let text = text.trim();
    let words = spoken(text);
    if words.telegram_len() > TEXT_LIMIT {
        let args = Args::new().number("limit", TEXT_LIMIT);
        let long = i18n::html(lang, "broadcast-long", &args);
        let keyboard = Keyboard::new().row([cancel_button(actor)?]);
        return Ok(Answer::screen(long, keyboard));
    }
    let shown = match step {
        BroadcastStep::Text => actor.now.0,
        BroadcastStep::Ready { shown, .. } => shown + 1,
    };
    let step = BroadcastStep::Ready {
        text: text.to_owned(),
        shown,
    };
    dialogue::set(tx, actor, &step)?;
    preview(tx, actor, text, shown)
}

impl Admin {
    /// The preview is to be sent; `seen` is which one was shown.
    pub(super) fn broadcast_send(&self, cx: &Context<'_>, seen: i64) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        let lang = actor.lang;
        let step = dialogue::step::<BroadcastStep>(tx, actor)?;
        let text = match step {
            Some(BroadcastStep::Ready { text, shown }) if seen == shown => text,
            // An older preview shows what would be sent now.
            Some(BroadcastStep::Ready { text, shown }) => {
                let stale = label(lang, "stale-button");
                return Ok(preview(tx, actor, &text, shown)?.toast(stale));
            }
            _ => {
                let stale = label(lang, "stale-button");
                return Ok(begin(cx)?.toast(stale));
            }
        };
        if let Some(open) = store::open(tx)? {
            return Ok(going_on(tx, actor, &open)?.toast(label(lang, "broadcast-busy")));
        }
        dialogue::end(tx, actor)?;
        let id = store::begin(tx, actor.now, actor.id, &text)?;
        audit::note(tx, actor, Deed::Broadcast, None, &id.to_string())?;
        tracing::info!(by = actor.id, id, "a broadcast begins");
        let answer = match store::open(tx)? {
            Some(open) => going_on(tx, actor, &open)?,
            None => panel(cx)?,
        };
        Ok(answer.ring(&self.broadcasts))
    }

    /// A broadcast is to be stopped.
    pub(super) fn broadcast_stop(&self, cx: &Context<'_>, id: i64) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        let is_stopped = store::stop(tx, id)?;
        if is_stopped {
            audit::note(tx, actor, Deed::StopBroadcast, None, &id.to_string())?;
        }
        let key = if is_stopped {
            "broadcast-stopping"
        } else {
            "done-already"
        };
        let answer = panel(cx)?.toast(label(actor.lang, key));
        Ok(answer.ring(&self.broadcasts))
    }
}

/// What everybody would read, to be sent or not.
fn preview(
    connection: &Connection,
    actor: &Actor,
    text: &str,
    shown: i64,
) -> anyhow::Result<Answer> {
    let lang = actor.lang;
    let n = store::audience(connection, actor.id)?;
    let args = Args::new().number("n", n).html("text", &spoken(text));
    let send = i18n::plain(lang, "button-broadcast-send", &Args::new().number("n", n));
    let keyboard = Keyboard::new()
        .row([Button::callback(
            &send,
            AdminCallback::SendBroadcast(shown),
        )?])
        .row([cancel_button(actor)?]);
    Ok(Answer::screen(
        i18n::html(lang, "broadcast-preview", &args),
        keyboard,
    ))
}

/// The screen of an unfinished broadcast.
fn going_on(connection: &Connection, actor: &Actor, open: &Broadcast) -> anyhow::Result<Answer> {
    let lang = actor.lang;
    let so_far = store::delivered(connection, open.id)?;
    let n = store::audience(connection, open.by)?;
    let args = sums(so_far).number("id", open.id).number("n", n);
    let button = |key: &str, data| Button::labelled(lang, key, data);
    let mut keyboard = Keyboard::new();
    if !open.is_stopped {
        let stop = AdminCallback::StopBroadcast(open.id);
        keyboard = keyboard.row([button("button-broadcast-stop", stop)?]);
    }
    let keyboard = keyboard
        .row([button("button-refresh", AdminCallback::Broadcast)?])
        .row([panel_button(lang)?]);
    Ok(Answer::screen(
        i18n::html(lang, "broadcast-going-on", &args),
        keyboard,
    ))
}

fn cancel_button(actor: &Actor) -> anyhow::Result<Button> {
    Button::labelled(actor.lang, "button-cancel", AdminCallback::CancelBroadcast)
}

fn sums<'a>(delivered: Delivered) -> Args<'a> {
    Args::new()
        .number("sent", delivered.sent)
        .number("dead", delivered.dead)
        .number("unsure", delivered.unsure)
        .number("waiting", delivered.waiting)
}

/// The text as everybody reads it.
fn spoken(text: &str) -> Html {
    Html::text(&format!("📣 {text}"))
}

/// Carries broadcasts out until the stop. `sender` is rung when rows wait.
pub(crate) async fn carry_out(
    db: Db,
    clock: Clock,
    language: Lang,
    begun: Activator,
    sender_bell: Activator,
    stop: CancellationToken,
) {
    loop {
        let pause = match step(&db, &clock, language, &sender_bell).await {
            Ok(Some(pause)) => pause,
            Ok(None) => REST,
            Err(err) => {
                tracing::error!("a broadcast could not go on, trying again: {err:#}");
                LOOK
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = begun.rung() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Advances the oldest broadcast; returns when to look again, or `None` if there is no broadcast.
async fn step(
    db: &Db,
    clock: &Clock,
    language: Lang,
    sender_bell: &Activator,
) -> anyhow::Result<Option<Duration>> {
    let Some(open) = db.read(store::open).await? else {
        return Ok(None);
    };
    let (id, now) = (open.id, clock.now());
    if !open.is_filled {
        let html = spoken(&open.text);
        db.write(move |tx| store::fill(tx, now, &open, &html, PAGE))
            .await?;
        sender_bell.ring();
        return Ok(Some(Duration::ZERO));
    }
    let delivered = db.read(move |c| store::delivered(c, id)).await?;
    if delivered.waiting > 0 {
        return Ok(Some(LOOK));
    }
    let write = db.write(move |tx| {
        store::close(tx, now, id)?;
        // The author may have left.
        if people::is_member(tx, open.by)? {
            let lang = people::language_of(tx, open.by, language)?;
            let key = if open.is_stopped {
                "broadcast-stopped"
            } else {
                "broadcast-done"
            };
            let text = i18n::html(lang, key, &sums(delivered).number("id", id));
            let message = Outgoing::notice(open.by, text).dedupe(format!("broadcast-end:{id}"));
            outbox::insert(tx, now, &message)?;
        }
        Ok(())
    });
    write.await?;
    sender_bell.ring();
    Ok(Some(Duration::ZERO))
}
