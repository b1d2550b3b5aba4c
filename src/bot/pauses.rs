//! What admins hear of a chat that refuses messages for now, and their button *try now*.
//!
//! # Invariants
//!
//! - Admins hear once of a pause, and at most once a day of an incident at Telegram.
//! - When a pause is over, its notice says so in place, without a sound.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, Lang, label};
use crate::people;
use crate::slice::Context;
use crate::telegram::{Answer, Button, Keyboard, Outgoing, PauseNews, TellPause, outbox};

/// Begins the data of the button; the id of the chat follows.
pub(super) const TRY_NOW: &str = "bot:try-now";

/// Marks all chats to which Telegram itself cannot deliver.
const INCIDENT: i64 = 0;

/// An incident that is over sooner is not worth a message.
const INCIDENT_TOLD: Duration = Duration::from_secs(30);

/// Characters shown of Telegram's words.
const SHOWN_WORDS: usize = 200;

/// Tells the admins, in their languages; `default` is for chats with an unknown one.
pub(crate) fn tell_pauses(default: Lang) -> TellPause {
    Arc::new(move |tx, now, news| tell(tx, now, news, default))
}

fn tell(tx: &WriteTx<'_>, now: UnixMs, news: &PauseNews, default: Lang) -> anyhow::Result<()> {
    let (PauseNews::Refused(pause, _) | PauseNews::Ended(pause)) = news;
    let day = now.0 / i64::try_from(DAY.as_millis())?;
    let (key, chat) = match pause.incident {
        true => (format!("incident:{day}"), INCIDENT),
        false => (
            format!("pause:{}:{}:{}", pause.chat_id, pause.topic, pause.since.0),
            pause.chat_id,
        ),
    };
    let name = people::spoken_chat(tx, pause.chat_id)?;
    match news {
        PauseNews::Refused(_, why) => {
            if pause.incident && now.since(pause.since) < INCIDENT_TOLD {
                return Ok(());
            }
            let text = match pause.incident {
                true => "telegram-incident",
                false => "chat-paused",
            };
            let args = Args::new()
                .html("name", &name)
                .html("problem", &Html::code(&cut(why, SHOWN_WORDS)));
            for (admin, lang) in people::admin_languages(tx, default)? {
                if admin == pause.chat_id {
                    continue;
                }
                let button = Button::labelled(lang, "button-try-now", format!("{TRY_NOW}:{chat}"))?;
                let notice = Outgoing::notice(admin, i18n::html(lang, text, &args))
                    .keyboard(Keyboard::new().row([button]))
                    .dedupe(format!("{key}:{admin}"));
                outbox::insert(tx, now, &notice)?;
            }
        }
        PauseNews::Ended(_) if pause.incident => {}
        PauseNews::Ended(_) => {
            outbox::replace_told(tx, now, &key, |admin| {
                let lang = people::language_of(tx, admin, default)?;
                let text = i18n::html(lang, "chat-resumed", &Args::new().html("name", &name));
                let over = Outgoing::notice(admin, text).silent();
                Ok(over.keyboard(Keyboard::new()))
            })?;
        }
    }
    Ok(())
}

/// The button: what waits for the chat is tried at once.
pub(super) fn try_now(cx: &Context<'_>, chat: &str) -> anyhow::Result<Answer> {
    let (tx, now) = (cx.tx, cx.actor.now);
    let chat = chat.parse().unwrap_or(INCIDENT);
    let is_paused = match chat {
        INCIDENT => outbox::retry_now(tx, now)? > 0,
        chat => outbox::try_now(tx, now, chat)?,
    };
    let note = match is_paused {
        true => "trying-now",
        false => "done-already",
    };
    Ok(Answer::default().toast(label(cx.actor.lang, note)))
}
