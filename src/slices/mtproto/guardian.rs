//! The guardian: looks at every linked account and tells its owner what happened to it.
//!
//! # Invariants
//! - What was told is stored in the transaction that inserts the notice; nobody hears twice.
//! - An account that cannot be looked at is no event; an hour of it is one.
//! - The first look at an account only learns its devices.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio_util::sync::CancellationToken;

use super::AccountsProxy;
use super::model::{AccountState, Caller, Device, LinkedAccount, Refusal};
use super::notices::{self, AccountEvent};
use super::proxy::Request;
use super::store::{self, Care};
use crate::activation::Activator;
use crate::clock::{Clock, UnixMs};
use crate::db::{Db, WriteTx};
use crate::i18n::Lang;
use crate::random;
use crate::telegram::{BotProxy, outbox};
use crate::zone::Zone;

/// The longest time between two looks at an account.
const PERIOD: Duration = Duration::from_mins(10);

/// Looks begin up to this much earlier, so that they do not come like clockwork.
const JITTER: Duration = Duration::from_mins(1);

/// When accounts are looked at again if something of one could not be seen.
const RETRY: Duration = Duration::from_secs(30);

/// So long an account may be out of reach before its owner hears of it.
const SILENCE: Duration = Duration::from_hours(1);

/// Accounts that are looked at together: one that hangs does not hold up the others.
const AT_ONCE: usize = 4;

/// What a look at an account found.
#[derive(Debug, Clone, PartialEq, Eq)]
enum AccountFound {
    /// Telegram answered: the state with its reason, and the devices if they could be listed.
    Standing(AccountState, String, Option<Vec<Device>>),
    /// Telegram did not answer.
    Silent,
    /// It may not be asked now.
    Nothing,
}

#[derive(Debug, Clone)]
pub(crate) struct Guardian {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) accounts: AccountsProxy,
    pub(crate) bot: BotProxy,
    /// Rung when an account was linked.
    pub(crate) bell: Activator,
    /// For owners who have not chosen.
    pub(crate) language: Lang,
    pub(crate) zone: Zone,
}

impl Guardian {
    pub(crate) async fn run(self, stop: CancellationToken) {
        loop {
            let is_whole = tokio::select! {
                () = stop.cancelled() => return,
                is_whole = self.look() => is_whole,
            };
            let pause = match is_whole {
                true => pause(),
                false => RETRY,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.bell.rung() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Looks at every account once; false if something of one could not be seen.
    pub(super) async fn look(&self) -> bool {
        let accounts = match self.db.read(store::all_accounts).await {
            Ok(accounts) => accounts,
            Err(err) => {
                tracing::error!("the guardian could not read the accounts: {err:#}");
                return false;
            }
        };
        let looks = stream::iter(accounts).map(|account| self.look_at(account));
        let whole: Vec<bool> = looks.buffer_unordered(AT_ONCE).collect().await;
        self.bot.ring();
        whole.into_iter().all(|is_whole| is_whole)
    }

    async fn look_at(&self, account: LinkedAccount) -> bool {
        let caller = Caller {
            person_id: account.person_id,
            account: Some(account.id),
        };
        let found = self.find(caller).await;
        let is_whole = found.is_whole();
        let (now, language, zone) = (self.clock.now(), self.language, self.zone.clone());
        let settle = move |tx: &WriteTx<'_>| {
            // The account may have been logged out during the look.
            let Some(account) = store::account(tx, account.person_id, account.id)? else {
                return Ok(());
            };
            settle(tx, now, &account, found, language, &zone)
        };
        if let Err(err) = self.db.write(settle).await {
            tracing::error!(
                account = account.id.0,
                "a look at an account was lost: {err:#}"
            );
        }
        is_whole
    }

    async fn find(&self, caller: Caller) -> AccountFound {
        let checked = self.accounts.ask(|reply| Request::Check(caller, reply));
        let account = match checked.await {
            Ok(account) => account,
            Err(refusal) => return AccountFound::of(refusal),
        };
        if account.state == AccountState::LoggedOut {
            return AccountFound::Standing(account.state, account.reason, None);
        }
        let listed = self.accounts.ask(|reply| Request::Devices(caller, reply));
        match listed.await {
            Ok(devices) => AccountFound::Standing(account.state, account.reason, Some(devices)),
            Err(refusal @ Refusal::NotLinked(_)) => AccountFound::of(refusal),
            Err(_) => AccountFound::Standing(account.state, account.reason, None),
        }
    }
}

impl AccountFound {
    /// Nothing is left to be seen, or it may not be looked at now.
    fn is_whole(&self) -> bool {
        match self {
            Self::Standing(state, _, devices) => {
                devices.is_some() || *state == AccountState::LoggedOut
            }
            Self::Silent => false,
            Self::Nothing => true,
        }
    }

    fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotLinked(why) => Self::Standing(AccountState::LoggedOut, why.0, None),
            Refusal::Unreachable | Refusal::Timeout => Self::Silent,
            _ => Self::Nothing,
        }
    }
}

/// Stores what a look found, with the notices about what is new.
fn settle(
    tx: &WriteTx<'_>,
    now: UnixMs,
    account: &LinkedAccount,
    found: AccountFound,
    language: Lang,
    zone: &Zone,
) -> anyhow::Result<()> {
    let told = store::care(tx, account.id)?;
    let (care, events) = match found {
        AccountFound::Nothing => return Ok(()),
        AccountFound::Silent => silent(&told, now),
        AccountFound::Standing(state, reason, devices) => {
            let (mut care, mut events) = standing(&told, state, reason);
            if let Some(devices) = devices {
                let hashes: Vec<i64> = devices.iter().map(|device| device.hash).collect();
                let fresh = store::remember_devices(tx, now, account.id, &hashes)?;
                if told.knows_devices {
                    let new = devices
                        .into_iter()
                        .filter(|device| fresh.contains(&device.hash));
                    events.extend(
                        new.filter(|device| !device.is_this)
                            .map(AccountEvent::NewDevice),
                    );
                }
                care.knows_devices = true;
            }
            (care, events)
        }
    };
    for event in &events {
        let notice = notices::of(tx, now, account, event, language, zone)?;
        outbox::insert(tx, now, &notice)?;
    }
    if care != told {
        store::set_care(tx, account.id, &care)?;
    }
    Ok(())
}

/// Telegram did not answer.
fn silent(told: &Care, now: UnixMs) -> (Care, Vec<AccountEvent>) {
    let since = told.silent_since.unwrap_or(now);
    let is_long = now.since(since) >= SILENCE;
    let event = (is_long && !told.is_silence_told).then_some(AccountEvent::Silent(since));
    let care = Care {
        silent_since: Some(since),
        is_silence_told: told.is_silence_told || is_long,
        ..told.clone()
    };
    (care, event.into_iter().collect())
}

/// Telegram answered.
fn standing(told: &Care, state: AccountState, reason: String) -> (Care, Vec<AccountEvent>) {
    let changed = (told.state, &told.reason) != (state, &reason);
    let heard_again = told.is_silence_told && !changed && state == AccountState::Linked;
    let event = (changed || heard_again).then(|| AccountEvent::State(state, reason.clone()));
    let care = Care {
        state,
        reason,
        silent_since: None,
        is_silence_told: false,
        knows_devices: told.knows_devices,
    };
    (care, event.into_iter().collect())
}

/// The time until the next round.
fn pause() -> Duration {
    let [chance] = random::bytes::<1>().unwrap_or_default();
    PERIOD - JITTER * u32::from(chance) / u32::from(u8::MAX)
}

#[cfg(test)]
#[path = "tests/guardian.rs"]
mod tests;
