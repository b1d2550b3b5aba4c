//! Accounts that are nobody's any longer: logged out at Telegram, then removed.
//!
//! # Invariants
//! - An account is removed after one try, also if Telegram cannot be reached.

use super::serving::Desk;
use crate::slices::mtproto::calls;
use crate::slices::mtproto::context::internal;
use crate::slices::mtproto::model::{AccountId, AccountState};
use crate::slices::mtproto::store;

impl Desk {
    /// Ends logins that nobody went on with, and sees off accounts that are nobody's.
    pub(super) async fn tidy_up(&self) {
        self.logins.expire().await;
        match self.context().db.read(store::abandoned).await {
            Ok(accounts) => {
                for account in accounts {
                    self.see_off(account).await;
                }
            }
            Err(err) => {
                internal("abandoned accounts were not read", &err);
            }
        }
    }

    async fn see_off(&self, account: AccountId) {
        let told = match self.lines.of(account).await {
            Ok(line) if line.state() != AccountState::LoggedOut => {
                calls::log_out(&line).await.is_ok_and(|told| told)
            }
            _ => false,
        };
        // The account is removed already, unless there was no line to it.
        let write = self
            .context()
            .db
            .write(move |tx| store::remove(tx, account));
        if let Err(err) = write.await {
            internal("an account was not removed", &err);
        }
        self.lines.forget(account).await;
        tracing::info!(account = account.0, told, "an account is removed");
    }
}
