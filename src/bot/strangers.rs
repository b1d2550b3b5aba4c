//! People whom nobody has let in yet.
//!
//! They learn nothing of what the bot watches, and are answered once a day at most; then silence.

use super::privacy::DELETE_ME;
use super::{Bot, home};
use crate::db::WriteTx;
use crate::html::Html;
use crate::i18n::{self, Args, label};
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
        // A second tap on the last question of somebody who is forgotten already.
        if let EventKind::Tap { data, .. } = kind
            && data.starts_with(DELETE_ME)
            && asker.role == Role::Stranger
        {
            return self.forget(tx, asker);
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

    /// The first who opens a fresh claim link becomes the owner.
    pub(super) fn claim(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        code: &str,
    ) -> anyhow::Result<Answer> {
        if people::redeem_claim(tx, asker.now, code, asker.id)? {
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
                    format!("people:let-in:{}", asker.id),
                )?,
                Button::callback(
                    &label(lang, "button-refuse"),
                    format!("people:refuse:{}", asker.id),
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
