//! The assistant's messages in Telegram: *I am thinking*, answers, and warnings for admins.
//!
//! The transaction that writes a fact also writes its message. An answer replaces *I am thinking*.
//! If that message never arrived, or nobody knows, the answer is a message of its own. Admins hear
//! of each reason at most once a day.

use super::callback::QuestionCallback;
use super::markdown;
use super::question::{ChatOrigin, QuestionState, Reason};
use super::store;
use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::i18n::{self, Args, Lang};
use crate::people::{self, Actor};
use crate::telegram::outbox;
use crate::telegram::{Button, Keyboard, Outgoing};

/// Tells the admins why questions fail; true if anybody had not been told today.
pub(super) fn warn_admins(
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

/// The state of the queue, for an admin.
pub(crate) fn state(connection: &Connection, actor: &Actor) -> anyhow::Result<Html> {
    let counts = store::counts(connection, actor.now)?;
    let args = Args::new()
        .number("open", counts.open)
        .text("oldest", &i18n::span(actor.lang, counts.oldest))
        .number("failed", counts.failed);
    let key = match counts.open {
        0 => "assistant-state-idle",
        _ => "assistant-state",
    };
    Ok(i18n::html(actor.lang, key, &args))
}

fn key(public_id: &str) -> String {
    format!("answer:{public_id}")
}

pub(super) fn thinking(
    tx: &WriteTx<'_>,
    actor: &Actor,
    origin: ChatOrigin,
    public_id: &str,
) -> anyhow::Result<()> {
    let message = reply_at(origin, i18n::text(actor.lang, "assistant-thinking"))
        .keyboard(stop_button(actor.lang, public_id)?)
        .dedupe(key(public_id));
    outbox::insert(tx, actor.now, &message)?;
    Ok(())
}

fn reply_at(origin: ChatOrigin, html: Html) -> Outgoing {
    Outgoing::reply(origin.chat_id, html)
        .in_topic(origin.topic)
        .under(origin.message_id)
}

fn stop_button(lang: Lang, public_id: &str) -> anyhow::Result<Keyboard> {
    let stop = Button::labelled(lang, "button-ask-stop", QuestionCallback::Stop(public_id))?;
    Ok(Keyboard::new().row([stop]))
}

/// The chat, message and button of *I am thinking*; none while the message has not arrived.
pub(super) fn progress_message(
    connection: &Connection,
    question: i64,
    language: Lang,
) -> anyhow::Result<Option<(i64, i64, Keyboard)>> {
    let Some(asked) = store::in_chat(connection, question)? else {
        return Ok(None);
    };
    let Some(message_id) = outbox::message_with_key(connection, &key(&asked.public_id))? else {
        return Ok(None);
    };
    let chat_id = asked.origin.chat_id;
    let lang = people::language_of(connection, chat_id, language)?;
    let keyboard = stop_button(lang, &asked.public_id)?;
    Ok(Some((chat_id, message_id, keyboard)))
}

/// Sends the answer or the failure of a closed question; false when it was not asked in a chat.
pub(super) fn answer(
    tx: &WriteTx<'_>,
    now: UnixMs,
    language: Lang,
    question: i64,
) -> anyhow::Result<bool> {
    let Some(asked) = store::in_chat(tx, question)? else {
        return Ok(false);
    };
    let lang = people::language_of(tx, asked.origin.chat_id, language)?;
    let pages = pages(lang, &asked);
    let (id, last) = (asked.public_id.as_str(), pages.len().saturating_sub(1));
    let (place, button) = match asked.reason {
        Some(reason) if reason.helps_to_ask_again() => {
            (0, Some(("button-ask-again", QuestionCallback::Again(id))))
        }
        None if asked.is_truncated => (last, Some(("button-ask-more", QuestionCallback::More(id)))),
        _ => (0, None),
    };
    for (n, page) in pages.into_iter().enumerate() {
        let mut keyboard = Keyboard::new();
        if let Some((label, data)) = button.filter(|_| n == place) {
            keyboard = keyboard.row([Button::labelled(lang, label, data)?]);
        }
        let message = reply_at(asked.origin, page).keyboard(keyboard);
        match n {
            0 => outbox::insert_in_place(tx, now, &key(id), message)?,
            _ => outbox::insert(tx, now, &message).map(drop)?,
        }
    }
    Ok(true)
}

pub(super) fn is_answer_at(
    connection: &Connection,
    public_id: &str,
    message_id: i64,
) -> anyhow::Result<bool> {
    Ok(outbox::message_with_key(connection, &key(public_id))? == Some(message_id))
}

/// Chats and messages that say *I am thinking* to a person. They must change when the questions are
/// removed.
fn thinking_for(connection: &Connection, person: i64) -> anyhow::Result<Vec<(i64, i64)>> {
    let mut messages = Vec::new();
    for question in store::open_of(connection, person)? {
        let Some(asked) = store::in_chat(connection, question)? else {
            continue;
        };
        let message = outbox::message_with_key(connection, &key(&asked.public_id))?;
        messages.extend(message.map(|message| (asked.origin.chat_id, message)));
    }
    Ok(messages)
}

/// Edits the messages for a person's open questions to say that there will be no answer.
pub(super) fn end_thinking(
    connection: &Connection,
    actor: &Actor,
) -> anyhow::Result<Vec<Outgoing>> {
    let messages = thinking_for(connection, actor.id)?.into_iter();
    let edits = messages.map(|(chat_id, message_id)| {
        let text = i18n::text(actor.lang, "assistant-failed-stopped");
        Outgoing::edit(chat_id, message_id, text)
    });
    Ok(edits.collect())
}

fn pages(lang: Lang, asked: &store::InChat) -> Vec<Html> {
    match asked.state {
        QuestionState::Completed if asked.is_truncated => {
            let note = i18n::text(lang, "assistant-truncated");
            markdown::messages_with_end(&asked.answer, &note)
        }
        QuestionState::Completed => markdown::messages(&asked.answer),
        _ => failure(lang, asked),
    }
}

/// Why there is no answer, with the part that exists.
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
