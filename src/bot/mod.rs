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
use crate::people::{self, Asker, PeopleConfig};
use crate::retention::Rule;
use crate::slices::assistant::AssistantHandlers;
use crate::slices::cards::CardHandlers;
use crate::slices::watch::{WatchHandlers, store as watch_store};
use crate::telegram::{
    Answer, Button, ChatKind, Event, EventKind, Fetched, Handler, Keyboard, Reaction, Remark,
    RemarkText, Screen, Wanted,
};

pub use files::Files;

/// The longest note Telegram shows on a tap, in UTF-16 units.
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
        let Some(asker) = self.member(connection, event)? else {
            return Ok(None);
        };
        if matches!(event.kind, EventKind::Document(_))
            && let Some(table) = WatchHandlers::wants(file)
        {
            return Ok(Some(table));
        }
        self.wants_picture(connection, &asker, event)
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
        let asker = Asker {
            id: met.id,
            role: met.role,
            name: met.name,
            chat_id: chat.id,
            lang,
            zone: people::manners(tx, chat.id)?.zone,
            now,
            pressed: pressed(&event.kind),
        };
        let answer = if let Some(answer) = self.public_card(tx, &asker, &event.kind)? {
            answer
        } else if asker.role.is_member() {
            self.serve(tx, &asker, &event.kind, file)?
        } else {
            self.meet_stranger(tx, &asker, &event.kind)?
        };
        answer.write(tx, now, asker.chat_id, asker.pressed)?;
        Ok(reaction(answer))
    }

    fn apologise(&self, tx: &WriteTx<'_>, event: &Event) -> anyhow::Result<Reaction> {
        let (Some(chat), Some(_)) = (event.chat, &event.from) else {
            return Ok(Reaction::default());
        };
        let lang = people::language_of(tx, chat.id, self.people.language)?;
        if matches!(event.kind, EventKind::Tap { .. }) {
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
        asker: &Asker,
        kind: &EventKind,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Answer> {
        match kind {
            EventKind::Command { name, args } => self.command(tx, asker, name, args),
            EventKind::Text(text) => self.text(tx, asker, text),
            EventKind::Tap { data, .. } => {
                if let Some(message_id) = asker.pressed {
                    watch_store::leave_screen(tx, asker.chat_id, message_id)?;
                }
                self.tap(tx, asker, data)
            }
            EventKind::Photo(photo) => self.photo(tx, asker, photo, file),
            EventKind::Document(document) if self.awaits_picture(tx, asker, kind)? => {
                self.photo(tx, asker, document, file)
            }
            EventKind::Document(document) => {
                match self.watch.document(tx, asker, document, file)? {
                    Some(answer) => Ok(answer),
                    None => Ok(Answer::text(i18n::text(asker.lang, "expected-table"))),
                }
            }
            EventKind::Other if dialogue::is_open(tx, asker)? => expected_text(asker),
            EventKind::Other
            | EventKind::Inline { .. }
            | EventKind::Membership { .. }
            | EventKind::Migrated { .. } => Ok(Answer::default()),
        }
    }

    /// A text without a command: the next step of the dialogue that is open.
    fn text(&self, tx: &WriteTx<'_>, asker: &Asker, text: &str) -> anyhow::Result<Answer> {
        if let Some(answer) = self.watch.text(tx, asker, text)? {
            return Ok(answer);
        }
        if let Some(answer) = self.card_text(tx, asker, text)? {
            return Ok(answer);
        }
        if let Some(step) = dialogue::step::<SettingsStep>(tx, asker)? {
            return self.settings_step(tx, asker, step, text);
        }
        if let Some(step) = dialogue::step::<BroadcastStep>(tx, asker)?
            && asker.role.is_admin()
        {
            return self.broadcast_step(tx, asker, &step, text);
        }
        match &self.assistant {
            Some(assistant) => assistant.ask(tx, asker, text),
            None => Ok(Answer::text(i18n::text(asker.lang, "unexpected-text"))),
        }
    }

    fn command(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        name: &str,
        args: &str,
    ) -> anyhow::Result<Answer> {
        if let (Some(assistant), "ask") = (&self.assistant, name) {
            return assistant.ask(tx, asker, args);
        }
        match name {
            "start" => self.start(tx, asker, args),
            "help" => self.help(asker),
            "add" => self.watch.add(tx, asker, args),
            "list" => self.watch.list(tx, asker, args),
            "check" => self.watch.check_mine(tx, asker),
            "status" => self.watch.status(tx, asker),
            "settings" => self.settings(tx, asker),
            "cancel" => cancel(tx, asker),
            "privacy" => self.privacy(asker),
            "delete_me" => self.ask_delete_me(tx, asker),
            "admin" if asker.role.is_admin() => self.panel(tx, asker),
            "admin" => Ok(Answer::text(i18n::text(asker.lang, "no-right"))),
            _ => Ok(Answer::text(i18n::text(asker.lang, "unknown-command"))),
        }
    }

    fn tap(&self, tx: &WriteTx<'_>, asker: &Asker, data: &str) -> anyhow::Result<Answer> {
        if let (Some(assistant), Some(rest)) = (&self.assistant, data.strip_prefix("ask:")) {
            return assistant.tap(tx, asker, rest);
        }
        match data.split_once(':') {
            Some(("watch", rest)) => self.watch.tap(tx, asker, rest),
            Some(("people", rest)) if asker.role.is_admin() => self.people_tap(tx, asker, rest),
            Some(("people", _)) => Ok(Answer::default().toast(label(asker.lang, "no-right"))),
            Some(("run", rest)) => self.watch.run_tap(tx, asker, rest),
            Some(("site", rest)) => self.watch.site_tap(tx, asker, rest),
            Some(("admin", rest)) if asker.role.is_admin() => self.admin_tap(tx, asker, rest),
            Some(("admin", _)) => Ok(Answer::default().toast(label(asker.lang, "no-right"))),
            Some(("cards", rest)) => self.cards_tap(tx, asker, rest),
            Some(("set", rest)) => self.settings_tap(tx, asker, rest),
            Some(("bot", rest)) => self.own_tap(tx, asker, rest),
            _ => Ok(home::home(asker)?.toast(label(asker.lang, "stale-button"))),
        }
    }

    fn own_tap(&self, tx: &WriteTx<'_>, asker: &Asker, data: &str) -> anyhow::Result<Answer> {
        match data.split_once(':').unwrap_or((data, "")) {
            ("home", _) => home::home(asker),
            ("help", _) => self.help(asker),
            ("settings", _) => self.settings(tx, asker),
            ("cancel", _) => cancel(tx, asker),
            ("privacy", _) => self.privacy(asker),
            ("ask-delete-me", _) => self.ask_delete_me(tx, asker),
            ("delete-me", asked) => self.delete_me(tx, asker, asked),
            ("keep-me", _) => privacy::keep_me(asker),
            ("panel", _) if asker.role.is_admin() => self.panel(tx, asker),
            ("panel", _) => Ok(Answer::default().toast(label(asker.lang, "no-right"))),
            _ => Ok(home::home(asker)?.toast(label(asker.lang, "stale-button"))),
        }
    }

    fn start(&self, tx: &WriteTx<'_>, asker: &Asker, args: &str) -> anyhow::Result<Answer> {
        match args.strip_prefix(people::CLAIM_PREFIX) {
            Some(code) => self.claim(tx, asker, code),
            None => home::home(asker),
        }
    }
}

fn cancel(tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<Answer> {
    let key = if dialogue::end(tx, asker)? {
        "cancel-done"
    } else {
        "cancel-nothing"
    };
    let screen = Screen::new(
        i18n::text(asker.lang, key),
        Keyboard::new().row(home::home_row(asker.lang)?),
    );
    Ok(Answer::screen(screen))
}

/// The answer to what is no text, while a text is expected.
fn expected_text(asker: &Asker) -> anyhow::Result<Answer> {
    let cancel = Button::callback(&label(asker.lang, "button-cancel"), "bot:cancel")?;
    let text = i18n::text(asker.lang, "expected-text");
    Ok(Answer::screen(Screen::new(
        text,
        Keyboard::new().row([cancel]),
    )))
}

/// The message whose button was pressed, if Telegram told.
fn pressed(kind: &EventKind) -> Option<i64> {
    match kind {
        EventKind::Tap { message_id, .. } => Some(*message_id).filter(|id| *id != 0),
        _ => None,
    }
}

/// What is added to messages on their way; `default` is for chats whose language is not known.
#[must_use]
pub fn remarks(default: Lang) -> RemarkText {
    Arc::new(move |language, remark| {
        let lang = Lang::from_code(language).unwrap_or(default);
        let Remark::Unconfirmed(gists) = remark else {
            return i18n::text(lang, "topic-gone");
        };
        let lines: Vec<Html> = gists
            .iter()
            .map(|gist| Html::text(&format!("• {gist}")))
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
        tap_answer: answer.toast.map(|note| cut(&note, TOAST_LIMIT)),
        tap_alert: false,
        offers: None,
        ring: answer.ring,
    }
}
