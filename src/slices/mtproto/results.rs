//! Results of errands: written in the place of the message that said *asking*.
//!
//! # Invariants
//! - An errand's row goes in the transaction that inserts its result, so a crash loses none.
//! - The result of an errand whose person was forgotten is dropped.

use super::AccountsProxy;
use super::handlers::screens;
use super::model::{AccountId, Device, LinkedAccount, Refusal};
use super::notices;
use super::pictures::LoginPictures;
use super::store::{self, Errand};
use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::{Connection, Db};
use crate::i18n::{self, Args, Lang};
use crate::people;
use crate::telegram::{BotProxy, Keyboard, Outgoing, Screen, outbox};
use crate::zone::Zone;

/// What carrying out errands needs.
#[derive(Debug, Clone)]
pub(crate) struct ErrandParts {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) accounts: AccountsProxy,
    pub(crate) bot: BotProxy,
    pub(crate) pictures: LoginPictures,
    /// Rung when there is an errand.
    pub(crate) bell: Activator,
    /// The guardian's.
    pub(crate) linked: Activator,
    /// For people who have not chosen.
    pub(crate) language: Lang,
    pub(crate) zone: Zone,
}

/// What came of an errand.
#[derive(Debug)]
pub(super) enum ErrandResult {
    Card(AccountId),
    Devices(AccountId, Vec<Device>),
    /// Logged out; true if Telegram was told.
    LoggedOut(bool),
    Cancelled,
    Refused(Refusal),
}

impl ErrandParts {
    /// Writes the result of an errand and removes its row.
    pub(super) async fn finish(
        &self,
        errand: Errand,
        show: impl FnOnce(&Scene<'_>) -> anyhow::Result<Screen> + Send + 'static,
    ) -> anyhow::Result<()> {
        self.write(errand, true, |scene| {
            let screen = show(scene)?;
            let message = Outgoing::reply(scene.chat, screen.html);
            Ok(message.keyboard(screen.keyboard))
        })
        .await
    }

    /// Puts a message in the place of the errand's, if the errand is still wanted.
    pub(super) async fn write(
        &self,
        errand: Errand,
        is_last: bool,
        make: impl FnOnce(&Scene<'_>) -> anyhow::Result<Outgoing> + Send + 'static,
    ) -> anyhow::Result<()> {
        let (now, language, zone) = (self.clock.now(), self.language, self.zone.clone());
        let write = self.db.write(move |tx| {
            let is_wanted = match is_last {
                true => store::done(tx, errand.id)?,
                false => store::is_wanted(tx, errand.id)?,
            };
            if !is_wanted {
                return Ok(());
            }
            let preferences = people::preferences(tx, errand.chat_id)?;
            let scene = Scene {
                connection: tx,
                lang: people::language_of(tx, errand.chat_id, language)?,
                zone: preferences.zone.unwrap_or(&zone),
                person: errand.person_id,
                chat: errand.chat_id,
            };
            // An errand without a chat is done in silence.
            if errand.chat_id == 0 {
                return Ok(());
            }
            let message = make(&scene)?;
            outbox::insert_in_place(tx, now, &errand.key(), message)
        });
        write.await?;
        self.bot.ring();
        Ok(())
    }
}

/// What the result of an errand is made of.
pub(super) struct Scene<'a> {
    pub(super) connection: &'a Connection,
    pub(super) lang: Lang,
    pub(super) zone: &'a Zone,
    pub(super) person: i64,
    pub(super) chat: i64,
}

impl Scene<'_> {
    pub(super) fn show(&self, result: ErrandResult) -> anyhow::Result<Screen> {
        match result {
            ErrandResult::Card(id) => match self.account(id)? {
                Some(account) => screens::card(self.lang, self.zone, &account),
                None => self.list(),
            },
            ErrandResult::Devices(id, devices) => match self.account(id)? {
                Some(account) => screens::devices(self.lang, self.zone, &account, devices),
                None => self.list(),
            },
            ErrandResult::LoggedOut(is_told) => self.say(match is_told {
                true => "telegram-out",
                false => "telegram-out-untold",
            }),
            ErrandResult::Cancelled => self.list(),
            ErrandResult::Refused(refusal) => self.refused(&refusal),
        }
    }

    fn account(&self, id: AccountId) -> anyhow::Result<Option<LinkedAccount>> {
        store::account(self.connection, self.person, id)
    }

    fn list(&self) -> anyhow::Result<Screen> {
        let accounts = store::accounts_of(self.connection, self.person)?;
        screens::list(self.lang, &accounts)
    }

    pub(super) fn say(&self, key: &str) -> anyhow::Result<Screen> {
        let keyboard = Keyboard::new().row([screens::list_button(self.lang)?]);
        Ok(Screen::new(i18n::text(self.lang, key), keyboard))
    }

    pub(super) fn refused(&self, refusal: &Refusal) -> anyhow::Result<Screen> {
        let keyboard = Keyboard::new().row([screens::list_button(self.lang)?]);
        Ok(Screen::new(notices::sentence(self.lang, refusal), keyboard))
    }

    pub(super) fn linked(&self, id: AccountId) -> anyhow::Result<Screen> {
        let Some(account) = self.account(id)? else {
            return self.list();
        };
        let args = Args::new().html("name", &notices::name(&account));
        let keyboard = Keyboard::new().row([screens::list_button(self.lang)?]);
        let html = i18n::html(self.lang, "telegram-linked", &args);
        Ok(Screen::new(html, keyboard))
    }
}
