//! What the assistant says in Telegram: that it thinks, its answers, and to admins what only they can mend.
//!
//! The rows are written by the transaction that writes the fact. An answer takes the place of *I am thinking*: that message
//! is changed, or its row if it has not left yet. One on its way can be neither, so the worker waits for it; where nobody
//! knows whether it arrived, the answer is a message of its own. Admins hear of a reason at most once a day.

use super::markdown;
use super::question::{Reason, State};
use super::store;
use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::i18n::{self, Lang, label};
use crate::people::{self, Asker};
use crate::telegram::outbox::{self, Place};
use crate::telegram::{Button, Keyboard, Outgoing};

/// Tells the admins why questions come to nothing; true when there was somebody to tell anew.
///
/// # Errors
/// When the database fails.
pub(super) fn trouble(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    reason: Reason,
    language: Lang,
) -> anyhow::Result<bool> {
    let mut told = false;
    for (chat, lang) in people::admin_languages(tx, language)? {
        let text = i18n::text(lang, &format!("assistant-trouble-{}", reason.word()));
        let message = Outgoing::notice(chat, text)
            .dedupe(format!("assistant-{}:{day}:{chat}", reason.word()));
        told |= outbox::insert(tx, now, &message)?.is_some();
    }
    Ok(told)
}

fn key(public_id: &str) -> String {
    format!("answer:{public_id}")
}

/// Says in the asker's chat that their question is being answered.
///
/// # Errors
/// When the database fails.
pub(super) fn thinking(tx: &WriteTx<'_>, asker: &Asker, public_id: &str) -> anyhow::Result<()> {
    let stop = label(asker.lang, "button-ask-stop");
    let keyboard = Keyboard::new().row([Button::callback(&stop, format!("ask:stop:{public_id}"))?]);
    let message = Outgoing::reply(asker.chat_id, i18n::text(asker.lang, "assistant-thinking"))
        .keyboard(keyboard)
        .dedupe(key(public_id));
    outbox::insert(tx, asker.now, &message)?;
    Ok(())
}

/// True while the message that an answer is to replace is on its way, so that nobody can change it yet.
///
/// # Errors
/// When the database fails.
pub(super) fn is_on_its_way(connection: &Connection, question: i64) -> anyhow::Result<bool> {
    let Some(asked) = store::in_chat(connection, question)? else {
        return Ok(false);
    };
    Ok(outbox::place(connection, &key(&asked.public_id))? == Place::OnItsWay)
}

/// Says in the chat where a closed question was asked what became of it; true when it was asked in one.
///
/// # Errors
/// When the database fails.
pub(super) fn answer(
    tx: &WriteTx<'_>,
    now: UnixMs,
    language: Lang,
    question: i64,
) -> anyhow::Result<bool> {
    let Some(asked) = store::in_chat(tx, question)? else {
        return Ok(false);
    };
    let lang = people::language_of(tx, asked.chat_id, language)?;
    let mut pages = match asked.state {
        State::Completed => markdown::messages(&asked.answer),
        _ => failure(lang, &asked),
    }
    .into_iter();
    let mut keyboard = Keyboard::new();
    if asked.reason.is_some_and(Reason::helps_to_ask_again) {
        let data = format!("ask:again:{}", asked.public_id);
        keyboard = keyboard.row([Button::callback(&label(lang, "button-ask-again"), data)?]);
    }
    let Some(first) = pages.next() else {
        return Ok(false);
    };
    match outbox::place(tx, &key(&asked.public_id))? {
        Place::Waits(row) => outbox::rewrite(tx, row, &first, &keyboard)?,
        Place::At(message_id) => {
            let edit = Outgoing::edit(asked.chat_id, message_id, first).keyboard(keyboard);
            outbox::insert(tx, now, &edit)?;
        }
        Place::OnItsWay | Place::Nowhere => {
            let message = Outgoing::reply(asked.chat_id, first).keyboard(keyboard);
            outbox::insert(tx, now, &message)?;
        }
    }
    for page in pages {
        outbox::insert(tx, now, &Outgoing::reply(asked.chat_id, page))?;
    }
    Ok(true)
}

/// Why there is no answer, and the part that was there.
fn failure(lang: Lang, asked: &store::InChat) -> Vec<Html> {
    let word = asked.reason.unwrap_or(Reason::Interrupted).word();
    let why = i18n::text(lang, &format!("assistant-failed-{word}"));
    if asked.answer.trim().is_empty() {
        return vec![why];
    }
    let mut pages = vec![why];
    pages.extend(markdown::messages(&asked.answer));
    pages
}
