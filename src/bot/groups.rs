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
use crate::people::{self, Asker, Bound, Role};
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
            EventKind::Command { .. } | EventKind::Tap { .. }
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
            let is_tap = matches!(event.kind, EventKind::Tap { .. });
            let note = is_tap.then(|| label(lang, "no-right"));
            return Ok(Reaction {
                tap_answer: note,
                ..Reaction::default()
            });
        }
        // The group's language is chosen there; the one of whoever speaks first says nothing about it.
        let lang = people::meet_chat(tx, chat.id, "", self.people.language)?;
        let asker = Asker {
            id: person.id,
            role,
            name: known.map(|known| known.name).unwrap_or_default(),
            chat_id: chat.id,
            lang,
            zone: people::manners(tx, chat.id)?.zone,
            now: self.clock.now(),
            pressed: pressed(&event.kind),
        };
        let mut answer = match &event.kind {
            EventKind::Command { name, args } => match name.as_str() {
                "here" => self.here(tx, &asker, event, args)?,
                "settings" => self.settings(tx, &asker)?,
                "ask" => self.group_question(tx, &asker, event, args)?,
                _ => Answer::default(),
            },
            EventKind::Tap { data, .. } => self.group_tap(tx, &asker, data)?,
            _ => Answer::default(),
        };
        answer.topic = event.topic;
        answer.write(tx, asker.now, asker.chat_id, asker.pressed)?;
        Ok(reaction(answer))
    }

    /// What is for the assistant, while it is on.
    fn is_question(&self, kind: &EventKind) -> bool {
        self.assistant.is_some()
            && match kind {
                EventKind::Command { name, .. } => name == "ask",
                EventKind::Tap { data, .. } => data.starts_with("ask:"),
                _ => false,
            }
    }

    /// True when somebody who was not let in may be told so now: a tap always is, words once a day.
    fn may_be_refused(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        person: &Person,
    ) -> anyhow::Result<bool> {
        if matches!(event.kind, EventKind::Tap { .. }) {
            return Ok(true);
        }
        let now = self.clock.now();
        people::meet(tx, now, person.id, &person.name, &person.username)?;
        people::may_answer_stranger(tx, now, person.id)
    }

    fn group_question(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        event: &Event,
        text: &str,
    ) -> anyhow::Result<Answer> {
        match &self.assistant {
            Some(assistant) => assistant.ask_in_group(tx, asker, event, text),
            None => Ok(Answer::default()),
        }
    }

    /// `/here`, `/here off`: the group hears of runs in this place, or no more.
    fn here(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        event: &Event,
        args: &str,
    ) -> anyhow::Result<Answer> {
        if args.eq_ignore_ascii_case("off") {
            let key = if self.unbind(tx, asker, asker.chat_id)? {
                "here-off"
            } else {
                "here-not"
            };
            return Ok(Answer::text(i18n::text(asker.lang, key)));
        }
        let group = Bound {
            chat_id: asker.chat_id,
            title: event.title.clone(),
        };
        people::bind(tx, asker.id, &group, event.topic)?;
        audit::note(tx, asker.now, asker.id, Deed::Bind, None, &group.title)?;
        Ok(Answer::text(i18n::text(asker.lang, "here-on")))
    }

    fn unbind(&self, tx: &WriteTx<'_>, asker: &Asker, group: i64) -> anyhow::Result<bool> {
        let bound = people::bound(tx)?
            .into_iter()
            .find(|one| one.chat_id == group);
        let Some(bound) = bound else {
            return Ok(false);
        };
        audit::note(tx, asker.now, asker.id, Deed::Unbind, None, &bound.title)?;
        people::unbind(tx, group)
    }

    /// A button of the settings that lets a group hear nothing any more.
    pub(super) fn unbind_tap(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        group: &str,
    ) -> anyhow::Result<Answer> {
        let unbound = match group.parse() {
            Ok(group) => self.unbind(tx, asker, group)?,
            Err(_) => false,
        };
        let note = if unbound { "here-off" } else { "done-already" };
        Ok(groups_screen(tx, asker)?.toast(label(asker.lang, note)))
    }

    fn group_tap(&self, tx: &WriteTx<'_>, asker: &Asker, data: &str) -> anyhow::Result<Answer> {
        if let (Some(assistant), Some(rest)) = (&self.assistant, data.strip_prefix("ask:")) {
            return assistant.tap(tx, asker, rest);
        }
        match data.split_once(':') {
            Some(("set", rest)) => self.settings_tap(tx, asker, rest),
            // Questions and runs are told of in groups, so they are answered there as well.
            Some(("watch", rest)) if rest.starts_with("mass:") => self.watch.tap(tx, asker, rest),
            Some(("run", rest)) if rest.starts_with("stop:") => self.watch.run_tap(tx, asker, rest),
            _ => Ok(Answer::default().toast(label(asker.lang, "only-in-private"))),
        }
    }
}
