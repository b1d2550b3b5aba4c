//! People whom nobody has let in yet.
//!
//! They learn nothing of what the bot watches, and are answered once a day at most; then silence. What it knows of
//! themselves they may ask, and have forgotten, at any time.

use super::privacy::{self, DELETE_ME};
use super::{Bot, home};
use crate::db::WriteTx;
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::people::audit::{self, Deed};
use crate::people::{self, Access, Actor, CLAIM_PREFIX, Role};
use crate::telegram::{Answer, Button, EventKind, Keyboard};
use crate::telegram::{Outgoing, outbox};

impl Bot {
    /// An event of somebody without access.
    pub(super) fn meet_stranger(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        kind: &EventKind,
    ) -> anyhow::Result<Answer> {
        if let Some(answer) = self.own_data(tx, actor, kind)? {
            return Ok(answer);
        }
        let start = match kind {
            EventKind::Command { name, args } if name == "start" => Some(args.as_str()),
            _ => None,
        };
        if let Some(code) = start.and_then(|args| args.strip_prefix(CLAIM_PREFIX)) {
            return self.claim(tx, actor, code);
        }
        match (self.people.access, actor.role) {
            (_, Role::Refused) => answer_once(tx, actor, "access-refused"),
            (Access::Open, _) => self.let_in_at_once(tx, actor),
            (Access::Closed, _) => answer_once(tx, actor, "access-closed"),
            (Access::Request, Role::Asked) => answer_once(tx, actor, "access-waiting"),
            (Access::Request, _) if start.is_some() => self.ask_admins(tx, actor),
            (Access::Request, _) => answer_once(tx, actor, "access-closed"),
        }
    }

    /// What everybody may ask of whom the bot knows anything: what that is, and to forget it.
    fn own_data(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        kind: &EventKind,
    ) -> anyhow::Result<Option<Answer>> {
        let answer = match kind {
            EventKind::Command { name, .. } if name == "privacy" => self.privacy(actor)?,
            EventKind::Command { name, .. } if name == "delete_me" => {
                self.ask_delete_me(tx, actor)?
            }
            EventKind::Callback { data, .. } => match data.strip_prefix("bot:").unwrap_or_default()
            {
                "privacy" => self.privacy(actor)?,
                "ask-delete-me" => self.ask_delete_me(tx, actor)?,
                "keep-me" => privacy::keep_me(actor)?,
                // A second callback on the last question of somebody who is forgotten already.
                _ if data.starts_with(DELETE_ME) && actor.role == Role::Stranger => {
                    self.forget(tx, actor)?
                }
                _ => match data.strip_prefix(DELETE_ME) {
                    Some(asked) => self.delete_me(tx, actor, asked)?,
                    None => return Ok(None),
                },
            },
            _ => return Ok(None),
        };
        Ok(Some(answer))
    }

    /// The first who opens a fresh claim link becomes the owner.
    pub(super) fn claim(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        code: &str,
    ) -> anyhow::Result<Answer> {
        if people::redeem_claim(tx, actor.now, code, actor.id)? {
            audit::note(tx, actor.now, actor.id, Deed::Claim, None, "")?;
            tracing::info!(
                person = actor.id,
                "a claim link was used: this person is the owner now"
            );
            return Ok(Answer::text(i18n::text(actor.lang, "claim-done")).ring(&self.menus));
        }
        tracing::warn!(
            person = actor.id,
            "a claim link that does not work was opened"
        );
        if actor.role.is_member() {
            return Ok(Answer::text(i18n::text(actor.lang, "claim-void")));
        }
        answer_once(tx, actor, "claim-void")
    }

    fn let_in_at_once(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Answer> {
        people::set_role(tx, actor.id, Role::User)?;
        let actor = Actor {
            role: Role::User,
            ..actor.clone()
        };
        home::home(&actor)
    }

    fn ask_admins(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Answer> {
        people::set_role(tx, actor.id, Role::Asked)?;
        people::may_answer_stranger(tx, actor.now, actor.id)?;
        let who = people::get(tx, actor.id)?
            .map_or_else(|| Html::name(&actor.name), |person| person.spoken());
        for chat in people::admin_chats(tx)? {
            let lang = people::language_of(tx, chat, self.people.language)?;
            let args = Args::new()
                .html("who", &who)
                .text("id", &actor.id.to_string());
            let keyboard = Keyboard::new().row([
                Button::callback(
                    &label(lang, "button-let-in"),
                    format!("people:let-in:asked:{}", actor.id),
                )?,
                Button::callback(
                    &label(lang, "button-refuse"),
                    format!("people:refuse:asked:{}", actor.id),
                )?,
            ]);
            let question =
                Outgoing::notice(chat, i18n::html(lang, "person-asks", &args)).keyboard(keyboard);
            outbox::insert(tx, actor.now, &question)?;
        }
        Ok(Answer::text(i18n::text(actor.lang, "access-asked")))
    }
}

/// Says a line if the person was not answered today already.
fn answer_once(tx: &WriteTx<'_>, actor: &Actor, key: &str) -> anyhow::Result<Answer> {
    if people::may_answer_stranger(tx, actor.now, actor.id)? {
        Ok(Answer::text(i18n::text(actor.lang, key)))
    } else {
        Ok(Answer::default())
    }
}
