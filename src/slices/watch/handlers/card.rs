//! The card of one account, and its buttons.

use super::WatchHandlers;
use super::deeds::note_deed;
use super::list::spoken_owner;
use super::questions::ListQuestion;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::people::Actor;
use crate::people::audit::Deed;
use crate::slice::Context;
use crate::slices::watch::callback::{
    AccountAct, EXTENSIONS, UntilChoice, View, WatchCallback, note_mark,
};
use crate::slices::watch::model::account::{Account, AccountState, RunScope, Until};
use crate::slices::watch::model::past::By;
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::store::Allowance;
use crate::telegram::{Answer, Button, Keyboard};
use crate::words::Part as _;

/// Changes shown on a card.
const SHOWN_PAST: usize = 10;

impl WatchHandlers {
    /// A button about one account. One that is out of date shows how things are.
    pub(super) fn account_callback(
        &self,
        cx: &Context<'_>,
        id: i64,
        act: AccountAct,
        view: View,
    ) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let viewer = (!actor.role.is_admin()).then_some(actor.id);
        match store::get_any(cx.tx, viewer, id)? {
            Some(account)
                if account.state == AccountState::Removed && act != AccountAct::Restore =>
            {
                let gone = label(actor.lang, "account-gone");
                Ok(self.removed_screen(actor, &account, view)?.toast(gone))
            }
            Some(account) => self.act(cx, act, &account, view),
            None => {
                let gone = label(actor.lang, "account-gone");
                Ok(self.list_screen(cx, view)?.toast(gone))
            }
        }
    }

    /// Something done to one account that the actor may see.
    fn act(
        &self,
        cx: &Context<'_>,
        act: AccountAct,
        account: &Account,
        view: View,
    ) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let (now, by, id) = (actor.now, actor.id, account.id);
        let changed = match act {
            AccountAct::Show => return self.card(cx, id, view),
            AccountAct::Check => return self.check_one(cx, account, view),
            AccountAct::AskDays if account.state != AccountState::Done => {
                let view = view.data();
                return self.ask(cx, &ListQuestion::Days { id, view }, None);
            }
            AccountAct::AskNote => {
                let before = account.note.clone();
                let view = view.data();
                return self.ask(cx, &ListQuestion::Note { id, view, before }, None);
            }
            AccountAct::AskUntil if awaits(account) => {
                return self.until_screen(actor, account, view);
            }
            AccountAct::Pause => store::set_paused(tx, now, by, id, true)?,
            AccountAct::Resume => store::set_paused(tx, now, by, id, false)?,
            AccountAct::Again => store::again(tx, now, by, id)?,
            AccountAct::Extend(days) => store::extend(tx, now, by, id, days)?,
            AccountAct::ClearNote(mark) => {
                mark == note_mark(&account.note)
                    && store::set_note(tx, now, by, id, &account.note, "")?
            }
            AccountAct::Until(UntilChoice(before, until)) => {
                store::set_until(tx, now, by, id, before, until)?
            }
            AccountAct::Remove => {
                store::remove(tx, now, by, id)?;
                note_deed(cx, Deed::Delete, account)?;
                return self.removed_screen(actor, account, view);
            }
            AccountAct::Restore => {
                let allowance = Allowance::of(tx, account.owner_id, self.per_owner)?;
                let is_over = usize::from(allowance.is_used_up() && !actor.role.is_admin());
                if let Some(over) = self.over_limit(actor.lang, is_over, allowance) {
                    let removed = self.removed_screen(actor, account, view)?;
                    return Ok(removed.toast(over.to_plain()));
                }
                store::restore(tx, now, by, id)?
            }
            // A button of an account that has changed meanwhile.
            AccountAct::AskDays | AccountAct::AskUntil => false,
        };
        if let Some(deed) = act.deed().filter(|_| changed) {
            note_deed(cx, deed, account)?;
        }
        let answer = self.card(cx, id, view)?;
        Ok(if changed {
            answer
        } else {
            answer.toast(label(actor.lang, "done-already"))
        })
    }

    fn check_one(&self, cx: &Context<'_>, account: &Account, view: View) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let card = self.card(cx, account.id, view)?;
        if account.state != AccountState::Pending {
            return Ok(card.toast(label(actor.lang, "done-already")));
        }
        if let Some(muted) = self.mute_line(cx, &account.site)? {
            return Ok(card.toast(muted.to_plain()));
        }
        let scope = RunScope::Account(account.id);
        store::ask(cx.tx, actor.now, scope, Some(actor.chat_id))?;
        let args = Args::new().text("accounts", &texts::n_accounts(actor.lang, 1));
        let toast = i18n::plain(actor.lang, "check-accepted", &args);
        Ok(card.toast(toast).ring(&self.bell))
    }

    /// One account with what can be done with it.
    pub(super) fn card(&self, cx: &Context<'_>, id: i64, view: View) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let viewer = (!actor.role.is_admin()).then_some(actor.id);
        let Some(account) = store::get(tx, viewer, id)? else {
            let gone = label(actor.lang, "account-gone");
            return Ok(self.list_screen(cx, view)?.toast(gone));
        };
        let formatter = self.notifier.voice_to(actor);
        let owner = if account.owner_id == actor.id {
            None
        } else {
            Some(spoken_owner(tx, account.owner_id)?)
        };
        let mut history = Vec::new();
        for past in store::history(tx, id, SHOWN_PAST)? {
            let name = match past.by {
                By::Person(person) if person != actor.id => Some(spoken_owner(tx, person)?),
                _ => None,
            };
            let who = texts::who(actor.lang, &past.by, actor.id, name.as_ref());
            history.push((past, who));
        }
        let card = texts::account_card(formatter, &account, owner.as_ref());
        let mut text = vec![card, texts::account_details(formatter, &account, &history)];
        text.extend(self.mute_line(cx, &account.site)?);
        Ok(Answer::screen(
            Html::join(&text, "\n"),
            card_buttons(actor, &account, view)?,
        ))
    }

    fn until_screen(&self, actor: &Actor, account: &Account, view: View) -> anyhow::Result<Answer> {
        let mut keyboard = Keyboard::new();
        for (word, until) in Until::WORDS {
            let spoken = label(actor.lang, &format!("until-{word}"));
            let chosen = *until == account.until;
            let text = if chosen {
                format!("✓ {spoken}")
            } else {
                spoken
            };
            let act = if chosen {
                AccountAct::Show
            } else {
                AccountAct::Until(UntilChoice(account.until, *until))
            };
            keyboard = keyboard.row([Button::callback(
                &text,
                WatchCallback::Account(account.id, act, view),
            )?]);
        }
        let back = WatchCallback::Account(account.id, AccountAct::Show, view);
        let keyboard = keyboard.row([Button::labelled(actor.lang, "button-back", back)?]);
        let question = self.named(actor, account, "until-ask");
        Ok(Answer::screen(question, keyboard))
    }

    /// What was removed, and the way back.
    fn removed_screen(
        &self,
        actor: &Actor,
        account: &Account,
        view: View,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let restore = WatchCallback::Account(account.id, AccountAct::Restore, view);
        let keyboard = Keyboard::new()
            .row([Button::labelled(lang, "button-restore", restore)?])
            .row([Button::labelled(
                lang,
                "button-to-list",
                WatchCallback::List(view),
            )?]);
        let text = self.named(actor, account, "account-removed");
        Ok(Answer::screen(text, keyboard))
    }

    /// A text with an account's name and site.
    pub(super) fn named(&self, actor: &Actor, account: &Account, key: &str) -> Html {
        let formatter = self.notifier.voice_to(actor);
        let args = Args::new()
            .text("name", &account.username)
            .text("site", &formatter.site_name(&account.site));
        i18n::html(actor.lang, key, &args)
    }
}

/// True while what an account is waited for can be chosen.
fn awaits(account: &Account) -> bool {
    matches!(account.state, AccountState::Pending | AccountState::Paused)
}

fn card_buttons(actor: &Actor, account: &Account, view: View) -> anyhow::Result<Keyboard> {
    let lang = actor.lang;
    let button = |key: &str, act: AccountAct| {
        Button::labelled(lang, key, WatchCallback::Account(account.id, act, view))
    };
    let mut keyboard = match account.state {
        AccountState::Pending => Keyboard::new().row([
            button("button-account-check", AccountAct::Check)?,
            button("button-pause", AccountAct::Pause)?,
        ]),
        AccountState::Paused => Keyboard::new().row([button("button-resume", AccountAct::Resume)?]),
        AccountState::Done => Keyboard::new().row([button("button-again", AccountAct::Again)?]),
        AccountState::Held | AccountState::Removed => Keyboard::new(),
    };
    if account.state != AccountState::Done {
        let mut longer = Vec::new();
        for days in EXTENSIONS {
            let text = i18n::plain(lang, "button-extend", &Args::new().number("n", days));
            let data = WatchCallback::Account(account.id, AccountAct::Extend(days), view);
            longer.push(Button::callback(&text, data)?);
        }
        longer.push(button("button-extend-other", AccountAct::AskDays)?);
        keyboard = keyboard.row(longer);
    }
    if awaits(account) {
        keyboard = keyboard.row([button("button-until", AccountAct::AskUntil)?]);
    }
    let mut note = vec![button("button-note", AccountAct::AskNote)?];
    if !account.note.is_empty() {
        note.push(button(
            "button-clear-note",
            AccountAct::ClearNote(note_mark(&account.note)),
        )?);
    }
    let name = Args::new().text("name", &cut(&account.username, 40));
    let remove = i18n::plain(lang, "button-delete", &name);
    let remove = Button::callback(
        &remove,
        WatchCallback::Account(account.id, AccountAct::Remove, view),
    )?;
    let back = WatchCallback::List(view);
    Ok(keyboard
        .row(note)
        .row([remove])
        .row([Button::labelled(lang, "button-back", back)?]))
}
