//! People who have not been let in yet.
//!
//! # Invariants
//!
//! - Strangers learn nothing of what the bot watches.
//! - They are answered at most once a day, then there is silence.
//! - Everybody may see what is stored about them and delete it, strangers too.

use super::claim::claim;
use super::home;
use super::{Bot, answer_once, is_for_anyone};
use crate::html::Html;
use crate::i18n::{self, Args};
use crate::people::{self, Access, Actor, CLAIM_PREFIX, PersonAct, PersonCallback, Role};
use crate::slice::{Context, Input};
use crate::telegram::{Answer, Button, Keyboard};
use crate::telegram::{Outgoing, outbox};

impl Bot {
    /// An event of somebody without access.
    pub(super) fn serve_stranger(
        &self,
        cx: &Context<'_>,
        input: Input<'_>,
    ) -> anyhow::Result<Answer> {
        if is_for_anyone(cx.slices, input) {
            let owner = match input {
                Input::Command { name, .. } => cx.slices.command(name).map(|(slice, _)| slice),
                Input::Callback(data) => cx.slices.callbacks(data).map(|(slice, _)| slice),
                Input::Step(_) | Input::Text(_) | Input::File(..) => None,
            };
            if let Some(answer) = owner.map(|slice| slice.handle(cx, input)).transpose()? {
                return Ok(answer.unwrap_or_default());
            }
        }
        let start = match input {
            Input::Command {
                name: "start",
                args,
            } => Some(args),
            _ => None,
        };
        self.meet_stranger(cx, start)
    }

    /// Tells a stranger about their access; `start` is the parameter of `/start`.
    pub(super) fn meet_stranger(
        &self,
        cx: &Context<'_>,
        start: Option<&str>,
    ) -> anyhow::Result<Answer> {
        if let Some(code) = start.and_then(|args| args.strip_prefix(CLAIM_PREFIX)) {
            return claim(cx, code, &self.menus);
        }
        match (self.people.access, cx.actor.role) {
            (_, Role::Refused) => answer_once(cx, "access-refused"),
            (Access::Open, _) => let_in_at_once(cx),
            (Access::Closed, _) => answer_once(cx, "access-closed"),
            (Access::Request, Role::Asked) => answer_once(cx, "access-waiting"),
            (Access::Request, _) if start.is_some() => self.ask_admins(cx),
            (Access::Request, _) => answer_once(cx, "access-closed"),
        }
    }

    fn ask_admins(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        people::set_role(tx, actor.id, Role::Asked)?;
        people::may_answer_stranger(tx, actor.now, actor.id)?;
        let who = people::get(tx, actor.id)?
            .map_or_else(|| Html::name(&actor.name), |person| person.spoken());
        for chat in people::admin_chats(tx)? {
            let lang = people::language_of(tx, chat, self.people.language)?;
            let args = Args::new()
                .html("who", &who)
                .text("id", &actor.id.to_string());
            let button = |key: &str, act| {
                let (seen, id) = (Some(Role::Asked), actor.id);
                Button::labelled(lang, key, PersonCallback::Person { act, seen, id })
            };
            let keyboard = Keyboard::new().row([
                button("button-let-in", PersonAct::LetIn)?,
                button("button-refuse", PersonAct::Refuse)?,
            ]);
            let question =
                Outgoing::notice(chat, i18n::html(lang, "person-asks", &args)).keyboard(keyboard);
            outbox::insert(tx, actor.now, &question)?;
        }
        Ok(Answer::text(i18n::text(actor.lang, "access-asked")))
    }
}

fn let_in_at_once(cx: &Context<'_>) -> anyhow::Result<Answer> {
    people::set_role(cx.tx, cx.actor.id, Role::User)?;
    let actor = Actor {
        role: Role::User,
        ..cx.actor.clone()
    };
    home::home(&Context {
        actor: &actor,
        ..*cx
    })
}
