//! Groups: commands and buttons that work there, for people with the right.
//!
//! # Invariants
//!
//! - Rights are those of the numeric id that writes or presses.
//! - Somebody without the right leaves no trace, except for commands for members: they get one
//!   answer a day.
//! - There are no dialogues in groups, because everybody could answer them.
//! - Plain words in a group are never for the bot.

use super::{Bot, reaction};
use crate::db::WriteTx;
use crate::i18n::{self, label};
use crate::people::{self, Role};
use crate::slice::{Command, Input, Slice, Who};
use crate::telegram::{Answer, Chat, Event, EventKind, Reaction, User, outbox};

/// How to treat an event in a group.
enum Admission<'a> {
    To(&'a dyn Slice, Input<'a>),
    /// Answer with the command's refusal.
    Refused(&'static Command),
    /// A note on the button.
    Toast(&'static str),
    Silence,
}

impl Bot {
    /// An event in a group.
    pub(super) fn serve_group(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        chat: Chat,
        person: &User,
    ) -> anyhow::Result<Reaction> {
        let known = people::get(tx, person.id)?;
        let role = known.as_ref().map_or(Role::Stranger, |known| known.role);
        let admission = self.admit(&event.kind, role);
        match admission {
            Admission::Silence => return Ok(Reaction::default()),
            Admission::Toast(key) => {
                let lang = people::language_of(tx, chat.id, self.people.language)?;
                return Ok(reaction(Answer::default().toast(label(lang, key))));
            }
            Admission::Refused(_) if !self.may_be_refused(tx, person)? => {
                return Ok(Reaction::default());
            }
            Admission::Refused(_) | Admission::To(..) => {}
        }
        // Who asks here waits for the answer, and may have given back the right to write.
        outbox::try_now(tx, self.clock.now(), chat.id)?;
        let name = known.map(|known| known.name).unwrap_or_default();
        // A group's language is set there; the language of a speaker says nothing about it.
        self.serve(tx, event, chat, "", (person.id, role, name), |cx| {
            let mut answer = match admission {
                Admission::To(slice, input) => slice.handle(cx, input)?.unwrap_or_default(),
                Admission::Refused(command) => {
                    Answer::text(i18n::text(cx.actor.lang, command.refusal))
                }
                Admission::Toast(_) | Admission::Silence => Answer::default(),
            };
            answer.topic = event.topic;
            Ok(answer)
        })
    }

    /// The one place where rights are checked in groups.
    fn admit<'a>(&'a self, kind: &'a EventKind, role: Role) -> Admission<'a> {
        match kind {
            EventKind::Command { name, args } => {
                let found = self.slices.command(name);
                match found.and_then(|(slice, rule)| Some((slice, rule, rule.group?))) {
                    Some((slice, _, who)) if who.allows(role) => {
                        Admission::To(slice, Input::Command { name, args })
                    }
                    Some((_, rule, Who::Member)) => Admission::Refused(rule),
                    Some(_) | None => Admission::Silence,
                }
            }
            EventKind::Callback { data, .. } => {
                let found = self.slices.callbacks(data);
                match found.and_then(|(slice, rule)| Some((slice, rule.who(rule.group?, data)))) {
                    Some((slice, who)) if who.allows(role) => {
                        Admission::To(slice, Input::Callback(data))
                    }
                    None if role.is_admin() => Admission::Toast("only-in-private"),
                    Some(_) | None => Admission::Toast("no-right"),
                }
            }
            _ => Admission::Silence,
        }
    }

    /// True if a non-member may be told so now: once a day.
    fn may_be_refused(&self, tx: &WriteTx<'_>, person: &User) -> anyhow::Result<bool> {
        let now = self.clock.now();
        people::meet(tx, now, person.id, &person.name, &person.username)?;
        people::may_answer_stranger(tx, now, person.id)
    }
}
