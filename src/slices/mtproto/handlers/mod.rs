//! The Telegram accounts in the bot: screens that the database can answer, and errands that wait
//! for Telegram.
//!
//! # Invariants
//! - A handler never waits for Telegram: it stores an errand and shows that it is in hand.
//! - Everybody sees and changes only accounts that they linked.

pub(super) mod screens;

use super::callback::AccountsCallback;
use super::model::{AccountId, LinkedAccount};
use super::store::{self, Way};
use crate::activation::Activator;
use crate::i18n::{self, Args, label};
use crate::slice::{Board, Context, Shown};
use crate::telegram::{Answer, Keyboard, Outgoing, outbox};
use crate::words::Part as _;

/// Digits of a login code.
const CODE_LENGTHS: [usize; 2] = [5, 6];

#[derive(Debug, Clone)]
pub(crate) struct AccountsHandlers {
    /// Wakes the task that carries out errands.
    bell: Activator,
}

impl AccountsHandlers {
    pub(crate) fn new(bell: Activator) -> Self {
        Self { bell }
    }

    pub(crate) fn callback(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<Answer> {
        let Some(callback) = AccountsCallback::parse(data) else {
            return stale(cx);
        };
        let id = match callback {
            AccountsCallback::List => return list(cx),
            AccountsCallback::Link => return self.errand(cx, data, "telegram-link-waits"),
            AccountsCallback::Cancel(_) => return self.cancel(cx, data),
            AccountsCallback::Account(id)
            | AccountsCallback::Check(id)
            | AccountsCallback::Devices(id)
            | AccountsCallback::AskEnd(id, _)
            | AccountsCallback::End(id, _)
            | AccountsCallback::AskLogOut(id)
            | AccountsCallback::LogOut(id)
            | AccountsCallback::WatchWith(id, _) => id,
        };
        let Some(account) = store::account(cx.tx, cx.actor.id, AccountId(id))? else {
            return stale(cx);
        };
        let lang = cx.actor.lang;
        match callback {
            AccountsCallback::Account(_) => {
                Ok(screens::card(lang, &cx.actor.zone, &account)?.into())
            }
            AccountsCallback::AskEnd(_, hash) => Ok(screens::ask_end(lang, &account, hash)?.into()),
            AccountsCallback::AskLogOut(_) => Ok(screens::ask_log_out(lang, &account)?.into()),
            _ => self.errand(cx, data, "telegram-asking"),
        }
    }

    /// Ends a login. Whoever follows it shows its end.
    fn cancel(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<Answer> {
        self.silent_errand(cx, data)?;
        let note = label(cx.actor.lang, "telegram-cancelling");
        Ok(Answer::default().toast(note).ring(&self.bell))
    }

    /// A text that may be a login code. A code that was sent through a chat is void, so the login
    /// it belongs to ends.
    pub(crate) fn typed(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Option<Answer>> {
        if !is_code(text) {
            return Ok(None);
        }
        let open = store::open_login(cx.tx, cx.actor.id)?;
        let Some(login) = open.filter(|login| login.way == Way::Phone) else {
            return Ok(None);
        };
        let cancel = AccountsCallback::Cancel(&login.public_id.0).data();
        self.silent_errand(cx, &cancel)?;
        let keyboard = Keyboard::new().row([screens::list_button(cx.actor.lang)?]);
        let text = i18n::text(cx.actor.lang, "telegram-code-void");
        Ok(Some(Answer::screen(text, keyboard).ring(&self.bell)))
    }

    /// Stores an errand whose result nobody waits for.
    fn silent_errand(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<()> {
        store::add_errand(cx.tx, cx.actor.now, cx.actor.id, 0, data)?;
        Ok(())
    }

    /// Stores an errand, and shows a text until its result is there.
    fn errand(&self, cx: &Context<'_>, data: &str, key: &str) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        let id = store::add_errand(tx, actor.now, actor.id, actor.chat_id, data)?;
        let text = i18n::text(actor.lang, key);
        let message = match actor.pressed {
            Some(pressed) => Outgoing::edit(actor.chat_id, pressed, text),
            None => Outgoing::reply(actor.chat_id, text),
        };
        let keyboard = Keyboard::new().row([screens::list_button(actor.lang)?]);
        let message = message.keyboard(keyboard).dedupe(store::errand_key(id));
        outbox::insert(tx, actor.now, &message)?;
        Ok(Answer::default().ring(&self.bell))
    }

    pub(crate) fn show(
        &self,
        cx: &Context<'_>,
        board: Board,
        shown: &mut Shown,
    ) -> anyhow::Result<()> {
        match board {
            Board::Panel => shown.button(6, "button-telegram", AccountsCallback::List)?,
            Board::DeleteMe => {
                let accounts = store::accounts_of(cx.tx, cx.actor.id)?;
                if !accounts.is_empty() {
                    shown.text("delete-me-telegram");
                }
            }
            Board::Privacy => shown.text("privacy-telegram"),
            Board::Status => {
                let accounts = store::all_accounts(cx.tx)?;
                let bad = accounts.iter().filter(|account| !is_well(account)).count();
                let args = Args::new().number("n", accounts.len()).number("bad", bad);
                shown
                    .lines
                    .push(i18n::html(shown.lang, "telegram-status", &args));
            }
            _ => {}
        }
        Ok(())
    }
}

fn is_well(account: &LinkedAccount) -> bool {
    account.state == super::model::AccountState::Linked
}

fn list(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let accounts = store::accounts_of(cx.tx, cx.actor.id)?;
    Ok(screens::list(cx.actor.lang, &accounts)?.into())
}

fn stale(cx: &Context<'_>) -> anyhow::Result<Answer> {
    Ok(list(cx)?.toast(label(cx.actor.lang, "stale-button")))
}

/// People write codes with spaces and hyphens.
fn is_code(text: &str) -> bool {
    let is_between = |c: char| c.is_whitespace() || c == '-';
    let digits: Vec<char> = text.chars().filter(|c| !is_between(*c)).collect();
    CODE_LENGTHS.contains(&digits.len()) && digits.iter().all(char::is_ascii_digit)
}

#[cfg(test)]
#[path = "../tests/handlers.rs"]
mod tests;
