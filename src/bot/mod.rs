//! From an event to its answer.
//!
//! One event is handled inside one write transaction: who asks, what they may do, what is changed, what is said, and the
//! mark that it is done commit together. Rights are read from the database for every event, also for buttons, by the
//! numeric id of the person who pressed. Words of others (forwards, channels, anonymous admins) come without a person
//! and are never commands.

pub mod broadcast;
mod cards;
pub mod export;
mod files;
mod groups;
mod home;
mod log;
pub mod menus;
mod panel;
mod people_screens;
mod privacy;
mod settings;
mod stats;
mod strangers;
#[cfg(test)]
mod tests;
mod zones;

use std::sync::Arc;

use self::broadcast::BroadcastStep;
use self::zones::SettingsStep;
use bytes::Bytes;

use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, Lang, label};
use crate::people::{self, Actor, PeopleConfig};
use crate::retention::Rule;
use crate::slices::assistant::AssistantHandlers;
use crate::slices::cards::CardHandlers;
use crate::slices::watch::{WatchHandlers, store as watch_store};
use crate::telegram::{
    Answer, Button, ChatKind, Event, EventKind, Fetched, Handler, Keyboard, Reaction, Remark,
    RemarkText, Screen, Wanted,
};

pub use files::Files;

/// The longest note Telegram shows on a callback, in UTF-16 units.
const TOAST_LIMIT: usize = 200;

/// Knows every slice's handlers and who may use them.
#[derive(Debug)]
pub struct Bot {
    people: PeopleConfig,
    watch: WatchHandlers,
    cards: Option<CardHandlers>,
    assistant: Option<AssistantHandlers>,
    kept: Vec<Rule>,
    clock: Clock,
    menus: Activator,
    broadcasts: Activator,
}

impl Handler for Bot {
    fn wants(&self, connection: &Connection, event: &Event) -> anyhow::Result<Option<Wanted>> {
        let (EventKind::Document(file) | EventKind::Photo(file)) = &event.kind else {
            return Ok(None);
        };
        let Some(actor) = self.member(connection, event)? else {
            return Ok(None);
        };
        if matches!(event.kind, EventKind::Document(_))
            && let Some(table) = WatchHandlers::wants(file)
        {
            return Ok(Some(table));
        }
        self.wants_picture(connection, &actor, event)
    }

    fn refine(&self, event: &Event, file: Bytes) -> Fetched {
        self.refine_picture(event, file)
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
        let Some(chat) = event.chat else {
            return Ok(Reaction::default());
        };
        let Some(person) = &event.from else {
            return Ok(Reaction::default());
        };
        // What became of a chat itself is noted where events are dispatched; nobody has spoken.
        if matches!(
            event.kind,
            EventKind::Membership { .. } | EventKind::Migrated { .. }
        ) {
            return Ok(Reaction::default());
        }
        match chat.kind {
            ChatKind::Private => {}
            ChatKind::Group => return self.serve_group(tx, event, chat, person),
            ChatKind::Other => return Ok(Reaction::default()),
        }
        let now = self.clock.now();
        let lang = people::meet_chat(tx, chat.id, &person.language_code, self.people.language)?;
        let met = people::meet(tx, now, person.id, &person.name, &person.username)?;
        let actor = Actor {
            id: met.id,
            role: met.role,
            name: met.name,
            chat_id: chat.id,
            lang,
            zone: people::preferences(tx, chat.id)?.zone,
            now,
            pressed: pressed(&event.kind),
        };
        let answer = if let Some(answer) = self.public_card(tx, &actor, &event.kind)? {
            answer
        } else if actor.role.is_member() {
            self.serve(tx, &actor, &event.kind, file)?
        } else {
            self.meet_stranger(tx, &actor, &event.kind)?
        };
        answer.write(tx, now, actor.chat_id, actor.pressed)?;
        Ok(reaction(answer))
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
}

impl Bot {
    /// A bot with its slices; `kept` is what `/privacy` tells of, `menus` is rung when somebody's commands
    /// change, `broadcasts` when there is something to say to everybody.
    #[must_use]
    pub fn new(
        people: PeopleConfig,
        watch: WatchHandlers,
        cards: Option<CardHandlers>,
        kept: Vec<Rule>,
        clock: Clock,
        menus: Activator,
        broadcasts: Activator,
    ) -> Self {
        Self {
            people,
            watch,
            cards,
            assistant: None,
            kept,
            clock,
            menus,
            broadcasts,
        }
    }

    /// With the assistant, where it is on.
    #[must_use]
    pub fn with_assistant(mut self, assistant: Option<AssistantHandlers>) -> Self {
        self.assistant = assistant;
        self
    }

    /// An event of somebody who was let in.
    fn serve(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        kind: &EventKind,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Answer> {
        match kind {
            EventKind::Command { name, args } => self.command(tx, actor, name, args),
            EventKind::Text(text) => self.text(tx, actor, text),
            EventKind::Callback { data, .. } => {
                if let Some(message_id) = actor.pressed {
                    watch_store::leave_screen(tx, actor.chat_id, message_id)?;
                }
                self.callback(tx, actor, data)
            }
            EventKind::Photo(photo) => self.photo(tx, actor, photo, file),
            EventKind::Document(document) if self.awaits_picture(tx, actor, kind)? => {
                self.photo(tx, actor, document, file)
            }
            EventKind::Document(document) => {
                match self.watch.document(tx, actor, document, file)? {
                    Some(answer) => Ok(answer),
                    None => Ok(Answer::text(i18n::text(actor.lang, "expected-table"))),
                }
            }
            EventKind::Other if dialogue::is_open(tx, actor)? => expected_text(actor),
            EventKind::Other
            | EventKind::Inline { .. }
            | EventKind::Membership { .. }
            | EventKind::Migrated { .. } => Ok(Answer::default()),
        }
    }

    /// A text without a command: the next step of the dialogue that is open.
    fn text(&self, tx: &WriteTx<'_>, actor: &Actor, text: &str) -> anyhow::Result<Answer> {
        if let Some(answer) = self.watch.text(tx, actor, text)? {
            return Ok(answer);
        }
        if let Some(answer) = self.card_text(tx, actor, text)? {
            return Ok(answer);
        }
        if let Some(step) = dialogue::step::<SettingsStep>(tx, actor)? {
            return self.settings_step(tx, actor, step, text);
        }
        if let Some(step) = dialogue::step::<BroadcastStep>(tx, actor)?
            && actor.role.is_admin()
        {
            return self.broadcast_step(tx, actor, &step, text);
        }
        match &self.assistant {
            Some(assistant) => assistant.ask(tx, actor, text),
            None => Ok(Answer::text(i18n::text(actor.lang, "unexpected-text"))),
        }
    }

    fn command(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        name: &str,
        args: &str,
    ) -> anyhow::Result<Answer> {
        if let (Some(assistant), "ask") = (&self.assistant, name) {
            return assistant.ask(tx, actor, args);
        }
        match name {
            "start" => self.start(tx, actor, args),
            "help" => self.help(actor),
            "add" => self.watch.add(tx, actor, args),
            "list" => self.watch.list(tx, actor, args),
            "check" => self.watch.check_mine(tx, actor),
            "status" => self.watch.status(tx, actor),
            "settings" => self.settings(tx, actor),
            "cancel" => cancel(tx, actor),
            "privacy" => self.privacy(actor),
            "delete_me" => self.ask_delete_me(tx, actor),
            "admin" if actor.role.is_admin() => self.panel(tx, actor),
            "admin" => Ok(Answer::text(i18n::text(actor.lang, "no-right"))),
            _ => Ok(Answer::text(i18n::text(actor.lang, "unknown-command"))),
        }
    }

    fn callback(&self, tx: &WriteTx<'_>, actor: &Actor, data: &str) -> anyhow::Result<Answer> {
        if let (Some(assistant), Some(rest)) = (&self.assistant, data.strip_prefix("ask:")) {
            return assistant.callback(tx, actor, rest);
        }
        match data.split_once(':') {
            Some(("watch", rest)) => self.watch.callback(tx, actor, rest),
            Some(("people", rest)) if actor.role.is_admin() => {
                self.people_callback(tx, actor, rest)
            }
            Some(("people", _)) => Ok(Answer::default().toast(label(actor.lang, "no-right"))),
            Some(("run", rest)) => self.watch.run_callback(tx, actor, rest),
            Some(("site", rest)) => self.watch.site_callback(tx, actor, rest),
            Some(("admin", rest)) if actor.role.is_admin() => self.admin_callback(tx, actor, rest),
            Some(("admin", _)) => Ok(Answer::default().toast(label(actor.lang, "no-right"))),
            Some(("cards", rest)) => self.cards_callback(tx, actor, rest),
            Some(("set", rest)) => self.settings_callback(tx, actor, rest),
            Some(("bot", rest)) => self.own_callback(tx, actor, rest),
            _ => Ok(home::home(actor)?.toast(label(actor.lang, "stale-button"))),
        }
    }

    fn own_callback(&self, tx: &WriteTx<'_>, actor: &Actor, data: &str) -> anyhow::Result<Answer> {
        match data.split_once(':').unwrap_or((data, "")) {
            ("home", _) => home::home(actor),
            ("help", _) => self.help(actor),
            ("settings", _) => self.settings(tx, actor),
            ("cancel", _) => cancel(tx, actor),
            ("privacy", _) => self.privacy(actor),
            ("ask-delete-me", _) => self.ask_delete_me(tx, actor),
            ("delete-me", asked) => self.delete_me(tx, actor, asked),
            ("keep-me", _) => privacy::keep_me(actor),
            ("panel", _) if actor.role.is_admin() => self.panel(tx, actor),
            ("panel", _) => Ok(Answer::default().toast(label(actor.lang, "no-right"))),
            _ => Ok(home::home(actor)?.toast(label(actor.lang, "stale-button"))),
        }
    }

    fn start(&self, tx: &WriteTx<'_>, actor: &Actor, args: &str) -> anyhow::Result<Answer> {
        match args.strip_prefix(people::CLAIM_PREFIX) {
            Some(code) => self.claim(tx, actor, code),
            None => home::home(actor),
        }
    }
}

fn cancel(tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Answer> {
    let key = if dialogue::end(tx, actor)? {
        "cancel-done"
    } else {
        "cancel-nothing"
    };
    let screen = Screen::new(
        i18n::text(actor.lang, key),
        Keyboard::new().row(home::home_row(actor.lang)?),
    );
    Ok(Answer::screen(screen))
}

/// The answer to what is no text, while a text is expected.
fn expected_text(actor: &Actor) -> anyhow::Result<Answer> {
    let cancel = Button::callback(&label(actor.lang, "button-cancel"), "bot:cancel")?;
    let text = i18n::text(actor.lang, "expected-text");
    Ok(Answer::screen(Screen::new(
        text,
        Keyboard::new().row([cancel]),
    )))
}

/// The message whose button was pressed, if Telegram told.
fn pressed(kind: &EventKind) -> Option<i64> {
    match kind {
        EventKind::Callback { message_id, .. } => Some(*message_id).filter(|id| *id != 0),
        _ => None,
    }
}

/// What is added to messages on their way; `default` is for chats whose language is not known.
#[must_use]
pub fn remarks(default: Lang) -> RemarkText {
    Arc::new(move |language, remark| {
        let lang = Lang::from_code(language).unwrap_or(default);
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
        callback_alert: false,
        offers: None,
        ring: answer.ring,
    }
}
