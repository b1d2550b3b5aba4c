//! The line of one account to Telegram: one pool of connections, guarded.
//!
//! grammers waits without a limit, and one silent data centre blocks its whole pool. So every call
//! has a limit; after a time-out, or when the pool died, it is aborted and made anew.
//!
//! # Invariants
//! - No call takes longer than the context's limit.
//! - An account whose pool fails again and again is left alone for growing pauses.
//! - A flood wait is remembered with its method, also over a restart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use grammers_client::InvocationError;
use grammers_session::Session as _;
use grammers_tl_types::{Identifiable, RemoteCall, name_for_id};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout};

use super::context::{MtprotoContext, internal};
use super::exchange::{ExchangeError, exchange};
use super::model::{AccountId, AccountState, Refusal, Unlinked};
use super::pool::{Pool, SenderPoolHandleBox};
use super::refusals::{self, CallError};
use super::session::AccountSession;
use super::store;
use crate::clock::UnixMs;

/// A pause that a call sits out; longer ones refuse it.
const SHORT_PAUSE: Duration = Duration::from_secs(2);

/// Calls in hand for one account: more than a burst of a busy page needs.
const IN_HAND: usize = 256;

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) id: AccountId,
    pub(crate) context: Arc<MtprotoContext>,
    session: Arc<AccountSession>,
    state: Mutex<AccountState>,
    floods: Mutex<HashMap<String, UnixMs>>,
    pool: Mutex<Pool>,
    /// One key exchange at a time.
    exchanging: tokio::sync::Mutex<()>,
    in_hand: Semaphore,
    /// Told when a phone has scanned the QR code.
    scanned: Arc<Notify>,
    /// When Telegram last answered what the account is.
    asked: Mutex<Option<Instant>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Line {
    /// # Errors
    /// When the account is gone, or its keys do not open.
    pub(crate) async fn open(context: Arc<MtprotoContext>, id: AccountId) -> Result<Self, Refusal> {
        let session = AccountSession::load(Arc::clone(&context), id).await?;
        let read = context
            .db
            .read(move |c| Ok((store::floods(c, id)?, store::place(c, id)?)));
        let (floods, place) = read
            .await
            .map_err(|err| internal("an account was not read", &err))?;
        let (state, _) = place.ok_or(Refusal::Unknown("account"))?;
        Ok(Self {
            id,
            context,
            session: Arc::new(session),
            state: Mutex::new(state),
            floods: Mutex::new(floods.into_iter().collect()),
            pool: Mutex::new(Pool::new()),
            exchanging: tokio::sync::Mutex::new(()),
            in_hand: Semaphore::new(IN_HAND),
            scanned: Arc::new(Notify::new()),
            asked: Mutex::new(None),
        })
    }

    pub(crate) fn state(&self) -> AccountState {
        *locked(&self.state)
    }

    pub(crate) fn set_state(&self, state: AccountState) {
        *locked(&self.state) = state;
    }

    /// Ready when a phone has scanned the QR code.
    pub(crate) async fn scanned(&self) {
        self.scanned.notified().await;
    }

    /// Whether Telegram answered what the account is within `age`.
    pub(crate) fn is_fresh(&self, age: Duration) -> bool {
        locked(&self.asked).is_some_and(|asked| asked.elapsed() < age)
    }

    pub(crate) fn answered(&self) {
        *locked(&self.asked) = Some(Instant::now());
    }

    /// Ends the connections; the next call makes others.
    pub(crate) fn hang_up(&self) {
        locked(&self.pool).running = None;
    }

    /// The pool dies, as by a panic.
    #[cfg(test)]
    pub(crate) fn kill_pool(&self) {
        if let Some(running) = &locked(&self.pool).running {
            running.runner.abort();
        }
    }

    /// Calls a method at the account's own data centre, and follows the account to another one.
    pub(crate) async fn invoke<R>(&self, request: &R) -> Result<R::Return, CallError>
    where
        R: RemoteCall + Identifiable + Sync,
    {
        let Ok(_place) = self.in_hand.try_acquire() else {
            return Err(Refusal::Busy.into());
        };
        let method = name_for_id(R::CONSTRUCTOR_ID);
        self.refuse_flooded(method)?;
        let began = Instant::now();
        let mut is_moved = false;
        loop {
            let dc = self.session.home();
            match self.once(dc, request).await? {
                Ok(value) => {
                    locked(&self.pool).backoff.reset();
                    return Ok(value);
                }
                Err(InvocationError::Rpc(rpc))
                    if rpc.code == 303 && !is_moved && rpc.value.is_some() =>
                {
                    is_moved = true;
                    self.move_to(rpc.value.unwrap_or_default().cast_signed())
                        .await?;
                }
                Err(error) => {
                    let elapsed = began.elapsed();
                    return Err(self.failed(method, dc, error, elapsed).await);
                }
            }
        }
    }

    /// The account is at home in another data centre.
    pub(crate) async fn move_to(&self, dc: i32) -> Result<(), CallError> {
        let old = self.session.home();
        if let Some(running) = &locked(&self.pool).running {
            running.handle.0.disconnect_from_dc(old);
        }
        let moved = self.session.set_home_dc_id(dc).await;
        moved.map_err(|err| CallError::Call(InvocationError::Session(Box::new(err))))
    }

    /// One try. The outer error is a call that was not made or not answered.
    async fn once<R>(
        &self,
        dc: i32,
        request: &R,
    ) -> Result<Result<R::Return, InvocationError>, CallError>
    where
        R: RemoteCall + Sync,
    {
        let (handle, generation) = self.handle().await?;
        let call = async {
            self.agree_on_key(dc).await?;
            Ok::<_, CallError>(handle.0.invoke_in_dc(dc, request).await)
        };
        match timeout(self.context.call_limit, call).await {
            Ok(Ok(Err(InvocationError::Dropped(_)))) => {
                self.fail(generation);
                Err(Refusal::Unreachable.into())
            }
            Ok(answer) => answer,
            Err(_) => {
                tracing::warn!(account = self.id.0, dc, "Telegram is silent");
                self.fail(generation);
                Err(Refusal::Timeout.into())
            }
        }
    }

    fn fail(&self, generation: u64) {
        let mut pool = locked(&self.pool);
        if pool.generation == generation && pool.running.is_some() {
            pool.fail();
        }
    }

    /// A handle to a pool that runs, with the pool's generation.
    async fn handle(&self) -> Result<(SenderPoolHandleBox, u64), CallError> {
        let pause = {
            let mut pool = locked(&self.pool);
            let is_dead = pool
                .running
                .as_ref()
                .is_some_and(|r| r.runner.is_finished());
            if is_dead {
                tracing::warn!(account = self.id.0, "the connections of an account died");
                pool.fail();
            }
            pool.not_before
                .map(|until| until.saturating_duration_since(Instant::now()))
                .filter(|_| pool.running.is_none())
                .unwrap_or_default()
        };
        if pause > SHORT_PAUSE {
            return Err(Refusal::Unreachable.into());
        }
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let mut pool = locked(&self.pool);
        if let Some(running) = &pool.running {
            return Ok((running.handle.clone(), pool.generation));
        }
        let is_linking = self.state() == AccountState::Linking;
        let scanned = is_linking.then(|| Arc::clone(&self.scanned));
        let handle = pool.start(&self.session, self.context.config.api_id, scanned);
        Ok((handle, pool.generation))
    }

    /// Makes the key for a data centre whose RSA key grammers does not know.
    async fn agree_on_key(&self, dc: i32) -> Result<(), CallError> {
        if self.session.wants_key(dc).is_none() {
            return Ok(());
        }
        let _alone = self.exchanging.lock().await;
        let Some((address, public_key)) = self.session.wants_key(dc) else {
            return Ok(());
        };
        let key = match exchange(address.into(), &public_key).await {
            Ok(key) => key,
            Err(ExchangeError::Call(error)) => return Err(CallError::Call(error)),
            Err(err) => {
                tracing::warn!(account = self.id.0, dc, "no key was agreed on: {err:#}");
                return Err(Refusal::Unreachable.into());
            }
        };
        let stored = self.session.set_key(dc, key).await;
        stored.map_err(|err| CallError::Call(InvocationError::Session(Box::new(err))))
    }

    fn refuse_flooded(&self, method: &str) -> Result<(), Refusal> {
        let now = self.context.clock.now();
        let floods = locked(&self.floods);
        match floods.get(method).filter(|until| **until > now) {
            Some(until) => Err(Refusal::Flood(until.since(now))),
            None => Ok(()),
        }
    }

    /// Logs a failure, and remembers what it says of the account.
    async fn failed(
        &self,
        method: &'static str,
        dc: i32,
        error: InvocationError,
        elapsed: Duration,
    ) -> CallError {
        let id = self.id;
        let name = match &error {
            InvocationError::Rpc(rpc) => rpc.name.clone(),
            other => other.to_string(),
        };
        tracing::debug!(
            account = id.0,
            dc,
            method,
            ?elapsed,
            "a call failed: {name}"
        );
        // A key that the data centre lost: grammers tried to make another one by itself.
        let is_lost =
            matches!(error, InvocationError::Authentication(_)) && self.session.has_key(dc);
        let reason = match refusals::unlinked(&error) {
            None if is_lost => Some("auth_key_not_found".to_owned()),
            reason => reason,
        };
        if let Some(reason) = reason {
            self.log_out(&reason).await;
            return Refusal::NotLinked(Unlinked(reason)).into();
        }
        if let Some(wait) = refusals::flood(&error) {
            let until = self.context.clock.now().plus(wait);
            locked(&self.floods).insert(method.to_owned(), until);
            let write = self
                .context
                .db
                .write(move |tx| store::remember_flood(tx, id, method, until));
            if let Err(err) = write.await {
                internal("a flood wait was not stored", &err);
            }
        }
        if refusals::is_frozen(&error) && self.state() != AccountState::Linking {
            self.set_state(AccountState::Frozen);
            self.write_state(AccountState::Frozen).await;
        }
        CallError::Call(error)
    }

    async fn write_state(&self, state: AccountState) {
        let id = self.id;
        let write = self
            .context
            .db
            .write(move |tx| store::mark(tx, id, state, ""));
        if let Err(err) = write.await {
            internal("the state of an account was not stored", &err);
        }
    }

    /// Telegram knows the key no more. While the account is linked, the login deals with that.
    async fn log_out(&self, reason: &str) {
        if self.state() == AccountState::Linking {
            return;
        }
        self.hang_up();
        tracing::info!(
            account = self.id.0,
            reason,
            "Telegram has logged an account out"
        );
        self.set_state(AccountState::LoggedOut);
        let (id, reason) = (self.id, reason.to_owned());
        let write = self
            .context
            .db
            .write(move |tx| store::mark_logged_out(tx, id, &reason));
        if let Err(err) = write.await {
            internal("a logout was not stored", &err);
        }
    }
}
