//! Groups: which of them hear of runs, and what may be pressed there.
//!
//! Must stay true: in a group the bot obeys admins only, by the numeric id of who writes or presses; whoever else speaks there
//! leaves no trace, but for `/ask`: whoever was let in may ask the assistant there, and others are told once a day that they may
//! not. There are no dialogues, because everybody could answer them, and plain words are never for the bot.

use super::settings::groups_screen;
use super::{Bot, pressed, reaction};
use crate::db::WriteTx;
use crate::i18n::{self, label};
use crate::people::audit::{self, Deed};
use crate::people::{self, Actor, Bound, Role};
use crate::telegram::{Answer, Chat, Event, EventKind, Person, Reaction};

impl Bot {
    /// An event in a group.
    pub(super) fn serve_group(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        chat: Chat,
        person: &Person,
    ) -> anyhow::Result<Reaction> {
        if !matches!(
            event.kind,
            EventKind::Command { .. } | EventKind::Callback { .. }
        ) {
            return Ok(Reaction::default());
        }
        let known = people::get(tx, person.id)?;
        let role = known.as_ref().map_or(Role::Stranger, |known| known.role);
        let is_question = self.is_question(&event.kind);
        if is_question && !role.is_member() && !self.may_be_refused(tx, event, person)? {
            return Ok(Reaction::default());
        }
        if !role.is_admin() && !is_question {
            let lang = people::language_of(tx, chat.id, self.people.language)?;
            let is_callback = matches!(event.kind, EventKind::Callback { .. });
            let note = is_callback.then(|| label(lang, "no-right"));
            return Ok(Reaction {
                callback_answer: note,
                ..Reaction::default()
            });
        }
        // The group's language is chosen there; the one of whoever speaks first says nothing about it.
        let lang = people::meet_chat(tx, chat.id, "", self.people.language)?;
        let actor = Actor {
            id: person.id,
            role,
            name: known.map(|known| known.name).unwrap_or_default(),
            chat_id: chat.id,
            lang,
            zone: people::preferences(tx, chat.id)?.zone,
            now: self.clock.now(),
            pressed: pressed(&event.kind),
        };
        let mut answer = match &event.kind {
            EventKind::Command { name, args } => match name.as_str() {
                "here" => self.here(tx, &actor, event, args)?,
                "settings" => self.settings(tx, &actor)?,
                "ask" => self.group_question(tx, &actor, event, args)?,
                _ => Answer::default(),
            },
            EventKind::Callback { data, .. } => self.group_callback(tx, &actor, data)?,
            _ => Answer::default(),
        };
        answer.topic = event.topic;
        answer.write(tx, actor.now, actor.chat_id, actor.pressed)?;
        Ok(reaction(answer))
    }

    /// What is for the assistant, while it is on.
    fn is_question(&self, kind: &EventKind) -> bool {
        self.assistant.is_some()
            && match kind {
                EventKind::Command { name, .. } => name == "ask",
                EventKind::Callback { data, .. } => data.starts_with("ask:"),
                _ => false,
            }
    }

    /// True when somebody who was not let in may be told so now: a callback always is, words once a day.
    fn may_be_refused(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        person: &Person,
    ) -> anyhow::Result<bool> {
        if matches!(event.kind, EventKind::Callback { .. }) {
            return Ok(true);
        }
        let now = self.clock.now();
        people::meet(tx, now, person.id, &person.name, &person.username)?;
        people::may_answer_stranger(tx, now, person.id)
    }

    fn group_question(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        event: &Event,
        text: &str,
    ) -> anyhow::Result<Answer> {
        match &self.assistant {
            Some(assistant) => assistant.ask_in_group(tx, actor, event, text),
            None => Ok(Answer::default()),
        }
    }

    /// `/here`, `/here off`: the group hears of runs in this place, or no more.
    fn here(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        event: &Event,
        args: &str,
    ) -> anyhow::Result<Answer> {
        if args.eq_ignore_ascii_case("off") {
            let key = if self.unbind(tx, actor, actor.chat_id)? {
                "here-off"
            } else {
                "here-not"
            };
            return Ok(Answer::text(i18n::text(actor.lang, key)));
        }
        let group = Bound {
            chat_id: actor.chat_id,
            title: event.title.clone(),
        };
        people::bind(tx, actor.id, &group, event.topic)?;
        audit::note(tx, actor.now, actor.id, Deed::Bind, None, &group.title)?;
        Ok(Answer::text(i18n::text(actor.lang, "here-on")))
    }

    fn unbind(&self, tx: &WriteTx<'_>, actor: &Actor, group: i64) -> anyhow::Result<bool> {
        let bound = people::bound(tx)?
            .into_iter()
            .find(|one| one.chat_id == group);
        let Some(bound) = bound else {
            return Ok(false);
        };
        audit::note(tx, actor.now, actor.id, Deed::Unbind, None, &bound.title)?;
        people::unbind(tx, group)
    }

    /// A button of the settings that lets a group hear nothing any more.
    pub(super) fn unbind_callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        group: &str,
    ) -> anyhow::Result<Answer> {
        let unbound = match group.parse() {
            Ok(group) => self.unbind(tx, actor, group)?,
            Err(_) => false,
        };
        let note = if unbound { "here-off" } else { "done-already" };
        Ok(groups_screen(tx, actor)?.toast(label(actor.lang, note)))
    }

    fn group_callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        data: &str,
    ) -> anyhow::Result<Answer> {
        if let (Some(assistant), Some(rest)) = (&self.assistant, data.strip_prefix("ask:")) {
            return assistant.callback(tx, actor, rest);
        }
        match data.split_once(':') {
            Some(("set", rest)) => self.settings_callback(tx, actor, rest),
            // Questions and runs are told of in groups, so they are answered there as well.
            Some(("watch", rest)) if rest.starts_with("mass:") => {
                self.watch.callback(tx, actor, rest)
            }
            Some(("run", rest)) if rest.starts_with("stop:") => {
                self.watch.run_callback(tx, actor, rest)
            }
            _ => Ok(Answer::default().toast(label(actor.lang, "only-in-private"))),
        }
    }
}
