//! Carries out what people asked for by a button: asks the thread, and writes the result in the
//! place of the message that said *asking*.
//!
//! # Invariants
//! - An errand without a stored result is carried out again, after a crash or a storage error.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::callback::AccountsCallback;
use super::link;
use super::model::{AccountId, Caller, LoginId, Refusal};
use super::proxy::Request;
use super::results::{ErrandParts, ErrandResult};
use super::store::{self, Errand};
use crate::words::Part as _;

/// Errands in hand at once. A QR login is in hand for minutes.
const AT_ONCE: usize = 64;

/// How often errands are looked for that were not written down at first.
const CHECK_PERIOD: Duration = Duration::from_secs(30);

/// Carries errands out.
#[derive(Debug, Clone)]
pub(crate) struct Errands(pub(crate) ErrandParts);

impl Errands {
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut in_hand: HashSet<i64> = HashSet::new();
        let mut work = JoinSet::new();
        while !stop.is_cancelled() {
            match self.0.db.read(|c| store::errands(c, AT_ONCE)).await {
                Ok(errands) => {
                    for errand in errands {
                        if in_hand.insert(errand.id) {
                            work.spawn(self.clone().in_hand(errand, stop.clone()));
                        }
                    }
                }
                Err(err) => tracing::error!("errands could not be read: {err:#}"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.0.bell.rung() => {}
                Some(ended) = work.join_next() => {
                    if let Ok(id) = ended {
                        in_hand.remove(&id);
                    }
                }
                () = tokio::time::sleep(CHECK_PERIOD) => {}
            }
        }
        // An errand cut short begins anew at the next start.
        work.shutdown().await;
    }

    /// Carries out an errand; returns its id.
    async fn in_hand(self, errand: Errand, stop: CancellationToken) -> i64 {
        let id = errand.id;
        let work = AssertUnwindSafe(self.carry_out(errand, &stop));
        match work.catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(err)) => {
                tracing::error!(errand = id, "an errand has no result: {err:#}");
                // The next look finds the row again.
                tokio::time::sleep(CHECK_PERIOD).await;
            }
            Err(_) => tracing::error!(errand = id, "an errand panicked"),
        }
        id
    }

    async fn carry_out(&self, errand: Errand, stop: &CancellationToken) -> anyhow::Result<()> {
        let button = errand.button.clone();
        let result = match AccountsCallback::parse(&button) {
            Some(AccountsCallback::Link) => return link::follow(&self.0, &errand, stop).await,
            Some(callback) => self.result(errand.person_id, callback).await,
            None => ErrandResult::Refused(Refusal::Internal),
        };
        self.0.finish(errand, move |scene| scene.show(result)).await
    }

    async fn result(&self, person: i64, callback: AccountsCallback<'_>) -> ErrandResult {
        let of = |id| Caller {
            person_id: person,
            account: Some(AccountId(id)),
        };
        let asked = match callback {
            AccountsCallback::Check(id) => {
                let checked = self.0.accounts.ask(|reply| Request::Check(of(id), reply));
                checked.await.map(|account| ErrandResult::Card(account.id))
            }
            AccountsCallback::Devices(id) => self.devices(of(id), AccountId(id)).await,
            AccountsCallback::End(id, hash) => {
                let ended = self
                    .0
                    .accounts
                    .ask(|reply| Request::EndDevice(of(id), hash, reply));
                match ended.await {
                    // A device that is gone already is what was asked for.
                    Ok(()) | Err(Refusal::Unknown(_)) => self.devices(of(id), AccountId(id)).await,
                    Err(refusal) => Err(refusal),
                }
            }
            AccountsCallback::LogOut(id) => {
                let out = self.0.accounts.ask(|reply| Request::LogOut(of(id), reply));
                out.await.map(ErrandResult::LoggedOut)
            }
            AccountsCallback::WatchWith(id, is_used) => {
                let set = self
                    .0
                    .accounts
                    .ask(|reply| Request::WatchWith(of(id), is_used, reply));
                set.await.map(ErrandResult::Card)
            }
            AccountsCallback::Cancel(login) => {
                let login = LoginId(login.to_owned());
                let ended = self
                    .0
                    .accounts
                    .ask(|reply| Request::Cancel(person, login, reply));
                match ended.await {
                    Ok(()) | Err(Refusal::Unknown(_) | Refusal::WrongStep) => {
                        Ok(ErrandResult::Cancelled)
                    }
                    Err(refusal) => Err(refusal),
                }
            }
            // Their screens are made at once.
            AccountsCallback::List
            | AccountsCallback::Link
            | AccountsCallback::Account(_)
            | AccountsCallback::AskEnd(..)
            | AccountsCallback::AskLogOut(_) => Err(Refusal::Internal),
        };
        asked.unwrap_or_else(ErrandResult::Refused)
    }

    async fn devices(&self, caller: Caller, id: AccountId) -> Result<ErrandResult, Refusal> {
        let listed = self.0.accounts.ask(|reply| Request::Devices(caller, reply));
        Ok(ErrandResult::Devices(id, listed.await?))
    }
}

#[cfg(test)]
#[path = "tests/errands.rs"]
mod tests;
