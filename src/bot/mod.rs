//! The router: from an event to the slice that answers it.
//!
//! One event is handled inside one write transaction: the actor's rights, every change, the answer
//! and the done mark commit together. Other people's words (forwards, channels, anonymous admins)
//! come without a person and are never commands.
//!
//! # Invariants
//!
//! - Rights are read from the database for every event, by the numeric id of the person.
//! - The router names no slice: it knows their tables and asks them in order.
//! - A handler's fault costs its event only; an apology takes its place.

mod claim;
mod groups;
mod home;
mod menus;
mod pauses;
pub(crate) mod put_aside;
mod strangers;

use std::sync::Arc;

use bytes::Bytes;

use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, Lang, label};
use crate::navigation::cancel_button;
use crate::people::{self, Actor, PeopleConfig, Role};
use crate::slice::{Attachment, Context, Inline, Input, Slice, Slices, Who};
use crate::suggest;
use crate::telegram::{
    Answer, Chat, ChatKind, Event, EventKind, Fetched, Handler, Keyboard, Reaction, Remark,
    RemarkText, User, Wanted,
};
use crate::zone::Zone;

pub(crate) use home::Home;
pub(crate) use menus::keep as keep_menus;
pub(crate) use pauses::tell_pauses;

/// The longest note Telegram shows on a callback, in UTF-16 units.
pub(crate) const TOAST_LIMIT: usize = 200;

/// Brings every event to its slice.
#[derive(Debug)]
pub(crate) struct Bot {
    people: PeopleConfig,
    slices: Slices,
    zone: Zone,
    clock: Clock,
    menus: Activator,
}

impl Bot {
    /// `zone` is for chats that have not chosen; `menus` is rung when somebody's commands change.
    pub(crate) fn new(
        people: PeopleConfig,
        slices: Slices,
        zone: Zone,
        clock: Clock,
        menus: Activator,
    ) -> Self {
        Self {
            people,
            slices,
            zone,
            clock,
            menus,
        }
    }
}

impl Handler for Bot {
    fn wants(&self, connection: &Connection, event: &Event) -> anyhow::Result<Option<Wanted>> {
        let Some(file) = attachment(&event.kind) else {
            return Ok(None);
        };
        let Some(actor) = self.member(connection, event)? else {
            return Ok(None);
        };
        let wants = |slice: &dyn Slice| slice.wants(connection, &actor, file);
        self.slices.first(wants)
    }

    fn refine(&self, event: &Event, file: Bytes) -> Fetched {
        match attachment(&event.kind) {
            Some(attachment) => self.slices.refine(attachment, file),
            None => Ok(file),
        }
    }

    fn handle(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Reaction> {
        if let EventKind::Inline { words, .. } = &event.kind {
            return self.offer(tx, event, words);
        }
        let (Some(chat), Some(person)) = (event.chat, &event.from) else {
            return Ok(Reaction::default());
        };
        // The dispatcher has already recorded changes of the chat itself; nobody has spoken.
        if matches!(
            event.kind,
            EventKind::Membership { .. } | EventKind::Migrated { .. }
        ) {
            return Ok(Reaction::default());
        }
        match chat.kind {
            ChatKind::Private => self.serve_private(tx, event, chat, person, file),
            ChatKind::Group => self.serve_group(tx, event, chat, person),
            ChatKind::Other => Ok(Reaction::default()),
        }
    }

    fn apologise(&self, tx: &WriteTx<'_>, event: &Event) -> anyhow::Result<Reaction> {
        let (Some(chat), Some(_)) = (event.chat, &event.from) else {
            return Ok(Reaction::default());
        };
        let lang = people::language_of(tx, chat.id, self.people.language)?;
        if matches!(event.kind, EventKind::Callback { .. }) {
            let answer = Answer::default().toast(label(lang, "general-error-tap"));
            return Ok(reaction(answer));
        }
        let answer = Answer::text(i18n::text(lang, "general-error"));
        answer.write(tx, self.clock.now(), chat.id, None)?;
        Ok(reaction(answer))
    }

    fn put_aside(&self, tx: &WriteTx<'_>, update_id: i64, chat_id: i64) -> anyhow::Result<()> {
        let (now, language) = (self.clock.now(), self.people.language);
        put_aside::update(tx, now, language, update_id, chat_id)
    }
}

impl Bot {
    /// An event in a private chat.
    fn serve_private(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        chat: Chat,
        person: &User,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Reaction> {
        let now = self.clock.now();
        let met = people::meet(tx, now, person.id, &person.name, &person.username)?;
        let (code, who) = (&person.language_code, (met.id, met.role, met.name));
        self.serve(tx, event, chat, code, who, |cx| self.answer(cx, file))
    }

    /// Answers an event of a person with this id, role and name. `language_code` is Telegram's, for
    /// a chat that has not chosen.
    fn serve(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        chat: Chat,
        language_code: &str,
        (id, role, name): (i64, Role, String),
        answer: impl FnOnce(&Context<'_>) -> anyhow::Result<Answer>,
    ) -> anyhow::Result<Reaction> {
        let lang = people::meet_chat(tx, chat.id, language_code, self.people.language)?;
        let chosen = people::preferences(tx, chat.id)?.zone;
        let actor = &Actor {
            id,
            role,
            name,
            chat_id: chat.id,
            lang,
            zone: chosen.unwrap_or(&self.zone).clone(),
            now: self.clock.now(),
            pressed: pressed(&event.kind),
        };
        let answer = answer(&Context {
            tx,
            actor,
            event,
            slices: &self.slices,
        })?;
        answer.write(tx, actor.now, actor.chat_id, actor.pressed)?;
        Ok(reaction(answer))
    }

    fn answer(&self, cx: &Context<'_>, file: Option<&Fetched>) -> anyhow::Result<Answer> {
        let input = match &cx.event.kind {
            EventKind::Command { name, args } => Input::Command { name, args },
            EventKind::Callback { data, .. } => Input::Callback(data),
            EventKind::Text(text) => Input::Text(text),
            kind => match attachment(kind) {
                Some(attachment) => Input::File(attachment, file),
                None => return self.wordless(cx),
            },
        };
        if let Some(answer) = self.slices.first(|slice| slice.handle_public(cx, input))? {
            return Ok(answer);
        }
        if !cx.actor.role.is_member() {
            return self.serve_stranger(cx, input);
        }
        match input {
            Input::Command { name, .. } => command(cx, name, input),
            Input::Callback(data) => callback(cx, data, input),
            Input::Step(text) | Input::Text(text) => self.text(cx, text),
            Input::File(attachment, _) => self.file(cx, attachment, input),
        }
    }

    /// Anything that is neither words nor a file, for example a sticker.
    fn wordless(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        if !cx.actor.role.is_member() {
            return self.meet_stranger(cx, None);
        }
        if cx.event.kind == EventKind::Other && dialogue::is_open(cx.tx, cx.actor)? {
            return expected_text(cx.actor);
        }
        Ok(Answer::default())
    }

    /// A text is the next step of the open dialogue, or a slice handles it as free text.
    fn text(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Answer> {
        if let Some(answer) = self
            .slices
            .first(|slice| slice.handle(cx, Input::Step(text)))?
        {
            return Ok(answer);
        }
        let answer = self
            .slices
            .first(|slice| slice.handle(cx, Input::Text(text)))?;
        Ok(answer.unwrap_or_else(|| Answer::text(i18n::text(cx.actor.lang, "unexpected-text"))))
    }

    fn file(
        &self,
        cx: &Context<'_>,
        file: Attachment<'_>,
        input: Input<'_>,
    ) -> anyhow::Result<Answer> {
        if let Some(answer) = self.slices.first(|slice| slice.handle(cx, input))? {
            return Ok(answer);
        }
        if !file.is_photo {
            return Ok(Answer::text(i18n::text(cx.actor.lang, "expected-table")));
        }
        if dialogue::is_open(cx.tx, cx.actor)? {
            return expected_text(cx.actor);
        }
        Ok(Answer::default())
    }

    /// The person of an event in a private chat, if they are a member.
    fn member(&self, connection: &Connection, event: &Event) -> anyhow::Result<Option<Actor>> {
        let (Some(person), Some(chat)) = (&event.from, event.chat) else {
            return Ok(None);
        };
        if chat.kind != ChatKind::Private {
            return Ok(None);
        }
        let (language, zone) = (self.people.language, &self.zone);
        people::actor(connection, self.clock.now(), person.id, language, zone)
    }

    /// The slices' offers to somebody who names the bot in another chat.
    fn offer(
        &self,
        connection: &Connection,
        event: &Event,
        words: &str,
    ) -> anyhow::Result<Reaction> {
        let Some(person) = &event.from else {
            return Ok(Reaction::default());
        };
        let known = people::get(connection, person.id)?;
        let inline = Inline {
            lang: people::language_of(connection, person.id, self.people.language)?,
            is_admin: known.is_some_and(|known| known.role.is_admin()),
            words,
        };
        Ok(Reaction {
            offers: self
                .slices
                .first(|slice| slice.offers(connection, inline))?,
            ..Reaction::default()
        })
    }
}

/// A member's command: the one place where its right is checked in private chats.
fn command(cx: &Context<'_>, name: &str, input: Input<'_>) -> anyhow::Result<Answer> {
    let lang = cx.actor.lang;
    let found = cx.slices.command(name);
    let Some((slice, rule, who)) =
        found.and_then(|(slice, rule)| Some((slice, rule, rule.private?)))
    else {
        return Ok(Answer::text(unknown_command(cx, name)));
    };
    if !who.allows(cx.actor.role) {
        return Ok(Answer::text(i18n::text(lang, rule.refusal)));
    }
    let answer = slice.handle(cx, input)?;
    Ok(answer.unwrap_or_else(|| Answer::text(i18n::text(lang, "unknown-command"))))
}

/// Suggests only commands that the actor may use.
fn unknown_command(cx: &Context<'_>, typed: &str) -> Html {
    let lang = cx.actor.lang;
    let commands = cx.slices.commands().into_iter();
    let is_allowed = |who: Who| who.allows(cx.actor.role);
    let allowed = commands.filter(|rule| rule.private.is_some_and(is_allowed));
    match suggest::meant(typed, allowed.map(|rule| rule.name)) {
        Some(name) => i18n::html(
            lang,
            "unknown-command-near",
            &Args::new().text("command", name),
        ),
        None => i18n::text(lang, "unknown-command"),
    }
}

/// A member's callback: the one place where its right is checked in private chats.
fn callback(cx: &Context<'_>, data: &str, input: Input<'_>) -> anyhow::Result<Answer> {
    let actor = cx.actor;
    if let Some(message) = actor.pressed {
        cx.slices.pressed(cx.tx, actor.chat_id, message)?;
    }
    let found = cx.slices.callbacks(data);
    let admitted = found.and_then(|(slice, rule)| Some((slice, rule, rule.private?)));
    let answer = match admitted {
        Some((_, rule, base)) if !rule.who(base, data).allows(actor.role) => {
            return Ok(Answer::default().toast(label(actor.lang, rule.refusal)));
        }
        Some((slice, ..)) => slice.handle(cx, input)?,
        None => None,
    };
    match answer {
        Some(answer) => Ok(answer),
        None => Ok(home::home(cx)?.toast(label(actor.lang, "stale-button"))),
    }
}

/// Says a line, unless the person was already answered today.
fn answer_once(cx: &Context<'_>, key: &str) -> anyhow::Result<Answer> {
    if people::may_answer_stranger(cx.tx, cx.actor.now, cx.actor.id)? {
        Ok(Answer::text(i18n::text(cx.actor.lang, key)))
    } else {
        Ok(Answer::default())
    }
}

/// True for input that is open to everybody, member or not.
fn is_for_anyone(slices: &Slices, input: Input<'_>) -> bool {
    let who = match input {
        Input::Command { name, .. } => slices.command(name).and_then(|(_, rule)| rule.private),
        Input::Callback(data) => slices.callbacks(data).and_then(|(_, rule)| rule.private),
        Input::Step(_) | Input::Text(_) | Input::File(..) => None,
    };
    who == Some(Who::Anyone)
}

/// A photo or a file.
fn attachment(kind: &EventKind) -> Option<Attachment<'_>> {
    let (document, is_photo) = match kind {
        EventKind::Photo(document) => (document, true),
        EventKind::Document(document) => (document, false),
        _ => return None,
    };
    Some(Attachment { document, is_photo })
}

/// Asks for a text, after something else was sent while a dialogue is open.
fn expected_text(actor: &Actor) -> anyhow::Result<Answer> {
    let text = i18n::text(actor.lang, "expected-text");
    Ok(Answer::screen(
        text,
        Keyboard::new().row([cancel_button(actor.lang)?]),
    ))
}

/// The message whose button was pressed, if Telegram names it.
fn pressed(kind: &EventKind) -> Option<i64> {
    match kind {
        EventKind::Callback { message_id, .. } => Some(*message_id).filter(|id| *id != 0),
        _ => None,
    }
}

/// The notes added to messages on their way; `default` is for chats with an unknown language.
pub(crate) fn remarks(default: Lang) -> RemarkText {
    Arc::new(move |language, remark| {
        let lang = Lang::from_word(language).unwrap_or(default);
        let Remark::Unconfirmed(summaries) = remark else {
            return i18n::text(lang, "topic-gone");
        };
        let lines: Vec<Html> = summaries
            .iter()
            .map(|summary| Html::text(&format!("• {summary}")))
            .collect();
        i18n::html(
            lang,
            "unconfirmed",
            &Args::new().html("lines", &Html::join(&lines, "\n")),
        )
    })
}

fn reaction(answer: Answer) -> Reaction {
    Reaction {
        callback_answer: answer.toast.map(|note| cut(&note, TOAST_LIMIT)),
        offers: None,
        ring: answer.ring,
    }
}
