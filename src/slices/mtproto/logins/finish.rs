//! How a login ends: linked, or not.

use grammers_tl_types::{enums, functions};
use tracing::info;

use super::{Logins, TRIES};
use crate::slices::mtproto::calls::profile;
use crate::slices::mtproto::context::internal;
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::model::{AccountState, Refusal, Step};
use crate::slices::mtproto::store::{self, LoginRow, Progress};

impl Logins {
    /// The account is linked. One that is the same Telegram account is replaced: its session is
    /// logged out.
    pub(super) async fn complete(
        &self,
        row: &LoginRow,
        line: &Line,
        user: &enums::User,
    ) -> Result<Step, Refusal> {
        let account = line.id;
        let profile = profile(user).ok_or(Refusal::Unreachable)?;
        let (now, login) = (self.now(), row.id);
        let state = match profile.restricted {
            Some(_) => AccountState::Restricted,
            None => AccountState::Linked,
        };
        let write = self.context().db.write(move |tx| {
            // Cancelled at the last moment: the account is logged out again.
            if !store::end(tx, now, login, Progress::Complete, "")? {
                return Ok(None);
            }
            let replaced = store::replaced(tx, account, profile.telegram_id)?;
            for old in &replaced {
                store::abandon(tx, *old)?;
            }
            store::complete(tx, now, account, &profile)?;
            Ok(Some(replaced))
        });
        let written = write
            .await
            .map_err(|err| internal("an account was not linked", &err))?;
        self.context().bell.ring();
        let replaced = written.ok_or(Refusal::WrongStep)?;
        line.set_state(state);
        line.answered();
        self.forget_task(row.id);
        info!(
            account = account.0,
            replaced = replaced.len(),
            "an account is linked"
        );
        Ok(Step::Complete { account })
    }

    /// The login is over, and its account gone.
    pub(super) async fn fail(&self, row: &LoginRow, refusal: &Refusal) -> Result<(), Refusal> {
        let (now, login, account) = (self.now(), row.id, row.account);
        let code = refusal.code();
        let write = self.context().db.write(move |tx| {
            let is_open = store::end(tx, now, login, Progress::Failed, code)?;
            if let Some(account) = account.filter(|_| is_open) {
                store::remove(tx, account)?;
            }
            Ok(())
        });
        write
            .await
            .map_err(|err| internal("a login was not ended", &err))?;
        self.forget_task(row.id);
        if let Some(account) = account {
            self.lines.forget(account).await;
        }
        Ok(())
    }

    /// Ends the login if this refusal is final; gives the refusal back.
    pub(super) async fn refuse<T>(&self, row: &LoginRow, refusal: Refusal) -> Result<T, Refusal> {
        let goes_on = matches!(
            refusal,
            Refusal::Flood(_)
                | Refusal::Unreachable
                | Refusal::Timeout
                | Refusal::PasswordTooFresh
                | Refusal::Sealed
                | Refusal::Busy
                | Refusal::Internal
                | Refusal::WrongStep
        );
        if !goes_on {
            self.fail(row, &refusal).await?;
        }
        Err(refusal)
    }

    /// Counts a wrong code or password; the fifth ends the login.
    pub(super) async fn wrong<T>(&self, row: &LoginRow, refusal: Refusal) -> Result<T, Refusal> {
        let login = row.id;
        let write = self.context().db.write(move |tx| store::wrong(tx, login));
        let tries = write
            .await
            .map_err(|err| internal("a try was not counted", &err))?;
        if tries < TRIES {
            return Err(refusal);
        }
        self.fail(row, &Refusal::TooManyTries).await?;
        Err(Refusal::TooManyTries)
    }

    /// Stores the step; an error if the login is over meanwhile.
    pub(super) async fn advance(&self, row: LoginRow) -> Result<Step, Refusal> {
        let stored = row.clone();
        let write = self
            .context()
            .db
            .write(move |tx| store::advance(tx, &stored));
        let is_open = write
            .await
            .map_err(|err| internal("a step was not stored", &err))?;
        if !is_open {
            return Err(Refusal::WrongStep);
        }
        self.step_of(&row).await
    }

    /// Who is logged in with this key, if anybody: an answer may have been lost on its way.
    pub(super) async fn already(&self, line: &Line) -> Option<enums::User> {
        let request = functions::users::GetUsers {
            id: vec![enums::InputUser::UserSelf],
        };
        line.invoke(&request).await.ok()?.into_iter().next()
    }
}
