//! The open lines, one per account.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::context::{MtprotoContext, internal};
use super::line::Line;
use super::model::{AccountId, AccountState, Caller, LinkedAccount, Refusal, Unlinked};
use super::store;

#[derive(Debug)]
pub(crate) struct Lines {
    pub(crate) context: Arc<MtprotoContext>,
    open: Mutex<HashMap<AccountId, Arc<Line>>>,
}

impl Lines {
    pub(crate) fn new(context: Arc<MtprotoContext>) -> Self {
        Self {
            context,
            open: Mutex::new(HashMap::new()),
        }
    }

    /// The line of an account.
    ///
    /// # Errors
    /// When the account is gone, or its keys do not open.
    pub(crate) async fn of(&self, id: AccountId) -> Result<Arc<Line>, Refusal> {
        let mut open = self.open.lock().await;
        if let Some(line) = open.get(&id) {
            return Ok(Arc::clone(line));
        }
        let line = Arc::new(Line::open(Arc::clone(&self.context), id).await?);
        open.insert(id, Arc::clone(&line));
        Ok(line)
    }

    /// Ends the line of an account that is no more.
    pub(crate) async fn forget(&self, id: AccountId) {
        if let Some(line) = self.open.lock().await.remove(&id) {
            line.hang_up();
        }
    }

    /// The account that a caller means, whatever its state.
    ///
    /// # Errors
    /// When there is none, or there are several.
    pub(crate) async fn account(&self, caller: Caller) -> Result<LinkedAccount, Refusal> {
        let read = self.context.db.read(move |c| match caller.account {
            Some(id) => Ok(store::account(c, caller.person_id, id)?
                .into_iter()
                .collect()),
            None => store::accounts_of(c, caller.person_id),
        });
        let mut found: Vec<LinkedAccount> = read
            .await
            .map_err(|err| internal("accounts were not read", &err))?;
        // One that is of no use any longer does not make the others ambiguous.
        if found.len() > 1 {
            found.retain(|account| account.state != AccountState::LoggedOut);
        }
        match (found.pop(), found.is_empty(), caller.account) {
            (Some(account), true, _) => Ok(account),
            (Some(_), false, _) => Err(Refusal::WhichAccount),
            (None, _, Some(_)) => Err(Refusal::Unknown("account")),
            (None, _, None) => Err(Refusal::NotLinked(Unlinked(String::new()))),
        }
    }

    /// The line of the account that a caller means.
    ///
    /// # Errors
    /// As [`Self::account`]; and when Telegram has logged the account out.
    pub(crate) async fn line(&self, caller: Caller) -> Result<Arc<Line>, Refusal> {
        let account = self.account(caller).await?;
        if account.state == AccountState::LoggedOut {
            return Err(Refusal::NotLinked(Unlinked(account.reason)));
        }
        self.of(account.id).await
    }
}
