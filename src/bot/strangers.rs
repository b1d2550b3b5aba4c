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
use crate::people::{self, Access, Asker, CLAIM_PREFIX, Role};
use crate::telegram::{Answer, Button, EventKind, Keyboard};
use crate::telegram::{Outgoing, outbox};

impl Bot {
    /// An event of somebody without access.
    pub(super) fn meet_stranger(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        kind: &EventKind,
    ) -> anyhow::Result<Answer> {
        if let Some(answer) = self.own_data(tx, asker, kind)? {
            return Ok(answer);
        }
        let start = match kind {
            EventKind::Command { name, args } if name == "start" => Some(args.as_str()),
            _ => None,
        };
        if let Some(code) = start.and_then(|args| args.strip_prefix(CLAIM_PREFIX)) {
            return self.claim(tx, asker, code);
        }
        match (self.people.access, asker.role) {
            (_, Role::Refused) => answer_once(tx, asker, "access-refused"),
            (Access::Open, _) => self.let_in_at_once(tx, asker),
            (Access::Closed, _) => answer_once(tx, asker, "access-closed"),
            (Access::Request, Role::Asked) => answer_once(tx, asker, "access-waiting"),
            (Access::Request, _) if start.is_some() => self.ask_admins(tx, asker),
            (Access::Request, _) => answer_once(tx, asker, "access-closed"),
        }
    }

    /// What everybody may ask of whom the bot knows anything: what that is, and to forget it.
    fn own_data(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        kind: &EventKind,
    ) -> anyhow::Result<Option<Answer>> {
        let answer = match kind {
            EventKind::Command { name, .. } if name == "privacy" => self.privacy(asker)?,
            EventKind::Command { name, .. } if name == "delete_me" => {
                self.ask_delete_me(tx, asker)?
            }
            EventKind::Tap { data, .. } => match data.strip_prefix("bot:").unwrap_or_default() {
                "privacy" => self.privacy(asker)?,
                "ask-delete-me" => self.ask_delete_me(tx, asker)?,
                "keep-me" => privacy::keep_me(asker)?,
                // A second tap on the last question of somebody who is forgotten already.
                _ if data.starts_with(DELETE_ME) && asker.role == Role::Stranger => {
                    self.forget(tx, asker)?
                }
                _ => match data.strip_prefix(DELETE_ME) {
                    Some(asked) => self.delete_me(tx, asker, asked)?,
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
        asker: &Asker,
        code: &str,
    ) -> anyhow::Result<Answer> {
        if people::redeem_claim(tx, asker.now, code, asker.id)? {
            audit::note(tx, asker.now, asker.id, Deed::Claim, None, "")?;
            tracing::info!(
                person = asker.id,
                "a claim link was used: this person is the owner now"
            );
            return Ok(Answer::text(i18n::text(asker.lang, "claim-done")).ring(&self.menus));
        }
        tracing::warn!(
            person = asker.id,
            "a claim link that does not work was opened"
        );
        if asker.role.is_member() {
            return Ok(Answer::text(i18n::text(asker.lang, "claim-void")));
        }
        answer_once(tx, asker, "claim-void")
    }

    fn let_in_at_once(&self, tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<Answer> {
        people::set_role(tx, asker.id, Role::User)?;
        let asker = Asker {
            role: Role::User,
            ..asker.clone()
        };
        home::home(&asker)
    }

    fn ask_admins(&self, tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<Answer> {
        people::set_role(tx, asker.id, Role::Asked)?;
        people::may_answer_stranger(tx, asker.now, asker.id)?;
        let who = people::get(tx, asker.id)?
            .map_or_else(|| Html::name(&asker.name), |person| person.spoken());
        for chat in people::admin_chats(tx)? {
            let lang = people::language_of(tx, chat, self.people.language)?;
            let args = Args::new()
                .html("who", &who)
                .text("id", &asker.id.to_string());
            let keyboard = Keyboard::new().row([
                Button::callback(
                    &label(lang, "button-let-in"),
                    format!("people:let-in:asked:{}", asker.id),
                )?,
                Button::callback(
                    &label(lang, "button-refuse"),
                    format!("people:refuse:asked:{}", asker.id),
                )?,
            ]);
            let question =
                Outgoing::notice(chat, i18n::html(lang, "person-asks", &args)).keyboard(keyboard);
            outbox::insert(tx, asker.now, &question)?;
        }
        Ok(Answer::text(i18n::text(asker.lang, "access-asked")))
    }
}

/// Says a line if the person was not answered today already.
fn answer_once(tx: &WriteTx<'_>, asker: &Asker, key: &str) -> anyhow::Result<Answer> {
    if people::may_answer_stranger(tx, asker.now, asker.id)? {
        Ok(Answer::text(i18n::text(asker.lang, key)))
    } else {
        Ok(Answer::default())
    }
}
