//! One request: who asks about what, and the answer.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::REQUEST_LIMIT;
use crate::slices::mtproto::calls;
use crate::slices::mtproto::context::{MtprotoContext, internal};
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::lines::Lines;
use crate::slices::mtproto::logins::Logins;
use crate::slices::mtproto::model::{AccountId, AccountState, Caller, LinkedAccount, Refusal};
use crate::slices::mtproto::proxy::Request;
use crate::slices::mtproto::store;

/// Everything that requests work with.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) lines: Arc<Lines>,
    pub(super) logins: Arc<Logins>,
}

/// Answers, whatever happens to the work.
pub(super) async fn answer<T>(
    reply: oneshot::Sender<Result<T, Refusal>>,
    work: impl Future<Output = Result<T, Refusal>>,
) {
    let work = AssertUnwindSafe(timeout(REQUEST_LIMIT, work)).catch_unwind();
    let answer = match work.await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(Refusal::Timeout),
        Err(_) => {
            tracing::error!("a request about a Telegram account panicked");
            Err(Refusal::Internal)
        }
    };
    // Who asked may have gone.
    reply.send(answer).ok();
}

impl Desk {
    pub(super) fn new(context: Arc<MtprotoContext>) -> Self {
        let lines = Arc::new(Lines::new(context));
        let logins = Arc::new(Logins::new(Arc::clone(&lines)));
        Self { lines, logins }
    }

    pub(super) fn context(&self) -> &MtprotoContext {
        &self.lines.context
    }

    pub(super) async fn serve(&self, request: Request) {
        let logins = &self.logins;
        match request {
            Request::Check(caller, reply) => answer(reply, self.check(caller)).await,
            Request::StartPhone(person, phone, reply) => {
                answer(reply, logins.start_phone(person, &phone)).await;
            }
            Request::StartQr(person, reply) => answer(reply, logins.start_qr(person)).await,
            Request::Verify(person, login, proof, reply) => {
                answer(reply, logins.verify(person, &login, proof)).await;
            }
            Request::Step(person, login, reply) => answer(reply, logins.step(person, &login)).await,
            Request::Pending(person, reply) => answer(reply, logins.pending(person)).await,
            Request::Cancel(person, login, reply) => {
                answer(reply, logins.cancel(person, &login)).await;
            }
            Request::LogOut(caller, reply) => answer(reply, self.log_out(caller)).await,
            Request::WatchWith(caller, is_used, reply) => {
                answer(reply, self.watch_with(caller, is_used)).await;
            }
            Request::Chats(caller, paging, reply) => {
                let work = async |line: Arc<Line>| calls::chats(&line, paging).await;
                answer(reply, self.with_line(caller, work)).await;
            }
            Request::Messages(caller, chat, paging, reply) => {
                let work = async |line: Arc<Line>| calls::messages(&line, chat, paging).await;
                answer(reply, self.with_line(caller, work)).await;
            }
            Request::Person(caller, asked, reply) => {
                let work = async |line: Arc<Line>| calls::person(&line, asked).await;
                answer(reply, self.with_line(caller, work)).await;
            }
            Request::Devices(caller, reply) => {
                let work = async |line: Arc<Line>| calls::devices(&line).await;
                answer(reply, self.with_line(caller, work)).await;
            }
            Request::EndDevice(caller, hash, reply) => {
                let work = async |line: Arc<Line>| calls::end_device(&line, hash).await;
                answer(reply, self.with_line(caller, work)).await;
            }
        }
    }

    async fn with_line<T>(
        &self,
        caller: Caller,
        work: impl AsyncFnOnce(Arc<Line>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        work(self.lines.line(caller).await?).await
    }

    /// An account that Telegram has logged out is an answer, too: its state says so.
    async fn check(&self, caller: Caller) -> Result<LinkedAccount, Refusal> {
        let account = self.lines.account(caller).await?;
        if account.state == AccountState::LoggedOut {
            return Ok(account);
        }
        let line = self.lines.of(account.id).await?;
        match calls::check(&line).await {
            Ok(()) | Err(Refusal::NotLinked(_)) => {}
            Err(refusal) => return Err(refusal),
        }
        let exact = Caller {
            account: Some(account.id),
            ..caller
        };
        self.lines.account(exact).await
    }

    async fn log_out(&self, caller: Caller) -> Result<bool, Refusal> {
        let account = self.lines.account(caller).await?;
        let told = match self.lines.of(account.id).await {
            Ok(line) if account.state != AccountState::LoggedOut => calls::log_out(&line).await?,
            // Telegram does not know it, or its keys open no more: there is nobody to tell.
            opened => {
                let id = account.id;
                let write = self.context().db.write(move |tx| store::remove(tx, id));
                let removed = write.await;
                removed.map_err(|err| internal("an account was not removed", &err))?;
                opened.is_ok()
            }
        };
        self.lines.forget(account.id).await;
        Ok(told)
    }

    async fn watch_with(&self, caller: Caller, is_used: bool) -> Result<AccountId, Refusal> {
        let id = self.lines.account(caller).await?.id;
        let write = self
            .context()
            .db
            .write(move |tx| store::watch_with(tx, id, is_used));
        write
            .await
            .map_err(|err| internal("a choice was not stored", &err))?;
        Ok(id)
    }
}
