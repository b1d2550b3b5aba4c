//! Looks up who has a name on Telegram, with an account that its owner chose for the watch.
//!
//! # Invariants
//! - Whatever goes wrong is no sighting: [`NameSeen::Blind`].
//! - A look ends within [`LOOK_LIMIT`].
//! - Every request to Telegram is counted before it is made.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::AccountsProxy;
use super::model::{AccountId, Caller, Person, PersonAsked, Refusal};
use super::store;
use crate::clock::Clock;
use crate::db::Db;

/// How long a look may take in all.
const LOOK_LIMIT: Duration = Duration::from_secs(20);

/// Who has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameSeen {
    /// Somebody, by their id as the Bot API has it.
    Exists(i64),
    Missing,
    /// Somebody whom Telegram restricts.
    Restricted,
    /// Nobody could look.
    Blind,
}

#[derive(Debug)]
struct EyeParts {
    db: Db,
    clock: Clock,
    proxy: AccountsProxy,
}

/// Looks up names. Clones share it. Before [`Self::open`] it is blind.
#[derive(Debug, Clone, Default)]
pub(crate) struct AccountsEye(Arc<OnceLock<EyeParts>>);

impl AccountsEye {
    /// Opens the eye once the thread can be asked.
    pub(crate) fn open(&self, db: Db, clock: Clock, proxy: AccountsProxy) {
        // The second start of a slice finds it open.
        self.0.set(EyeParts { db, clock, proxy }).ok();
    }

    /// Who has the name now. `known` is the id of whom an earlier look saw.
    pub(crate) async fn look(&self, username: &str, known: Option<i64>) -> NameSeen {
        let Some(parts) = self.0.get() else {
            return NameSeen::Blind;
        };
        let look = parts.look(username, known);
        match tokio::time::timeout(LOOK_LIMIT, look).await {
            Ok(Ok(seen)) => seen,
            Ok(Err(err)) => {
                tracing::error!("look-ups could not be counted: {err:#}");
                NameSeen::Blind
            }
            Err(_) => NameSeen::Blind,
        }
    }
}

impl EyeParts {
    async fn look(&self, username: &str, known: Option<i64>) -> anyhow::Result<NameSeen> {
        let mut account = None;
        if let Some(id) = known {
            let Some(caller) = self.take(None).await? else {
                return Ok(NameSeen::Blind);
            };
            match self.ask(caller, PersonAsked::Id(id)).await {
                Ok(person) if !person.is_deleted && person.has(username) => {
                    return Ok(person.seen());
                }
                // The name is free or somebody else's; or this account cannot ask by id.
                Ok(_)
                | Err(Refusal::NobodyThere | Refusal::ListChatsFirst | Refusal::Unknown(_)) => {}
                Err(_) => return Ok(NameSeen::Blind),
            }
            account = caller.account;
        }
        let Some(caller) = self.take(account).await? else {
            return Ok(NameSeen::Blind);
        };
        let asked = PersonAsked::Username(username.to_owned());
        Ok(match self.ask(caller, asked).await {
            Ok(person) if person.is_deleted => NameSeen::Missing,
            Ok(person) => person.seen(),
            Err(Refusal::NobodyThere) => NameSeen::Missing,
            Err(_) => NameSeen::Blind,
        })
    }

    async fn take(&self, account: Option<AccountId>) -> anyhow::Result<Option<Caller>> {
        let now = self.clock.now();
        let take = self.db.write(move |tx| store::take_look(tx, now, account));
        take.await
    }

    async fn ask(&self, caller: Caller, asked: PersonAsked) -> Result<Person, Refusal> {
        let request = |reply| super::proxy::Request::Person(caller, asked, reply);
        self.proxy.ask(request).await
    }
}

impl Person {
    fn has(&self, username: &str) -> bool {
        let mut names = self.usernames.iter();
        names.any(|name| name.eq_ignore_ascii_case(username))
    }

    fn seen(&self) -> NameSeen {
        match self.restricted {
            Some(_) => NameSeen::Restricted,
            None => NameSeen::Exists(self.id),
        }
    }
}

#[cfg(test)]
#[path = "tests/eye.rs"]
mod tests;
