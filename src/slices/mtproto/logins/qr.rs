//! The way by QR code: the phone scans what is shown, and nothing is typed.
//!
//! A task per login keeps the code fresh. Whoever shows the code reads the row.
//!
//! # Invariants
//! - A code that is not scanned ends after [`LONGEST_SHOWN`].
//! - A code outlives no login.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use grammers_tl_types::{enums, functions};
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, sleep_until};
use zeroize::{Zeroize as _, Zeroizing};

use super::Logins;
use crate::backoff::Backoff;
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::model::{Login, Refusal};
use crate::slices::mtproto::refusals::CallError;
use crate::slices::mtproto::seals;
use crate::slices::mtproto::store::{LoginRow, Progress, Way};

const LONGEST_SHOWN: Duration = Duration::from_secs(5 * 60);

/// Telegram's codes are good for half a minute. Its clock need not agree with ours.
const SHORTEST_LIFE: Duration = Duration::from_secs(5);
const LONGEST_LIFE: Duration = Duration::from_secs(30);
/// So long before its end a code is renewed.
const AHEAD: Duration = Duration::from_secs(2);

/// What Telegram says when it is asked for a code.
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once")]
enum Exported {
    Code { token: Vec<u8>, expires: i32 },
    Scanned(enums::auth::Authorization),
    PasswordNeeded,
}

/// Base64 for addresses, without padding.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        let group = group << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            let index = (group >> (18 - 6 * at)) & 63;
            let letter = ALPHABET.get(index as usize).copied().unwrap_or_default();
            text.push(char::from(letter));
        }
    }
    text
}

impl Logins {
    /// Begins a login by QR code; ends an earlier login of the person.
    ///
    /// # Errors
    /// Why there is no code.
    pub(crate) async fn start_qr(self: &Arc<Self>, person: i64) -> Result<Login, Refusal> {
        let _turn = self.turn(person).await;
        let (row, line) = self.begin(person, Way::Qr, None).await?;
        match self.renew(&row, &line).await {
            Ok(Some(_)) => self.show(self.row(person, &row.public_id).await?),
            // The key was logged in already, or a password is all that is missing.
            Ok(None) => {}
            Err(refusal) => {
                self.fail(&row, &refusal).await?;
                return Err(refusal);
            }
        }
        let row = self.row(person, &row.public_id).await?;
        self.login_of(&row).await
    }

    /// Keeps the code of a login fresh, in a task of its own.
    pub(super) fn show(self: &Arc<Self>, row: LoginRow) {
        let (logins, login) = (Arc::clone(self), row.id);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has ended is let go.
        while shown.tasks.try_join_next().is_some() {}
        shown.of_login.retain(|_, task| !task.is_finished());
        let task = shown
            .tasks
            .spawn(async move { logins.keep_fresh(row).await });
        shown.of_login.insert(login, task);
    }

    /// Ends the task of a login. The task itself ends by returning.
    pub(super) fn forget_task(&self, login: i64) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let task = shown.of_login.remove(&login);
        if let Some(task) = task.filter(|task| Some(task.id()) != tokio::task::try_id()) {
            task.abort();
        }
    }

    async fn keep_fresh(self: Arc<Self>, row: LoginRow) {
        let shown_for = self.now().since(row.started_at);
        let ends = Instant::now() + LONGEST_SHOWN.saturating_sub(shown_for);
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(20));
        let left = row.expires_at.since(self.now()).min(LONGEST_LIFE);
        let mut renew_at = Instant::now() + left.saturating_sub(AHEAD);
        let refusal = loop {
            let line = match self.line(&row).await {
                Ok(line) => line,
                Err(refusal) => break refusal,
            };
            tokio::select! {
                () = sleep_until(ends) => break Refusal::LoginExpired,
                () = line.scanned() => {}
                () = sleep_until(renew_at) => {}
            }
            match self.renew(&row, &line).await {
                Ok(Some(life)) => {
                    backoff.reset();
                    renew_at = Instant::now() + life.saturating_sub(AHEAD);
                }
                Ok(None) | Err(Refusal::WrongStep) => return,
                Err(
                    Refusal::Unreachable | Refusal::Timeout | Refusal::Internal | Refusal::Busy,
                ) => {
                    renew_at = Instant::now() + backoff.next();
                }
                Err(refusal) => break refusal,
            }
        };
        if let Err(err) = self.fail(&row, &refusal).await {
            tracing::warn!("a login stays open: {}", err.code());
        }
    }

    /// Asks for a code and stores it; returns how long it is good. `None`: it was scanned, and the
    /// login has gone on.
    async fn renew(&self, row: &LoginRow, line: &Line) -> Result<Option<Duration>, Refusal> {
        let (mut token, expires) = match self.export(line).await? {
            Exported::Code { token, expires } => (token, expires),
            Exported::Scanned(done) => {
                self.authorized(row, line, done).await?;
                return Ok(None);
            }
            Exported::PasswordNeeded => {
                self.ask_password(row.clone(), line).await?;
                return Ok(None);
            }
        };
        let url = Zeroizing::new(format!("tg://login?token={}", base64url(&token)));
        token.zeroize();
        let sealed = self
            .context()
            .seal(seals::URL, &row.public_id.0, url.as_bytes());
        let now = self.now();
        let ends = crate::clock::UnixMs(i64::from(expires) * 1000);
        let life = ends.since(now).clamp(SHORTEST_LIFE, LONGEST_LIFE);
        self.advance(LoginRow {
            step: Progress::Qr,
            url: Some(sealed.await?),
            expires_at: now.plus(life),
            ..row.clone()
        })
        .await?;
        Ok(Some(life))
    }

    async fn export(&self, line: &Line) -> Result<Exported, Refusal> {
        let config = &self.context().config;
        let hash = config.hash().ok_or(Refusal::Misconfigured)?;
        let mut request = functions::auth::ExportLoginToken {
            api_id: config.api_id,
            api_hash: hash.expose_secret().to_owned(),
            except_ids: Vec::new(),
        };
        let mut answer = line.invoke(&request).await;
        request.api_hash.zeroize();
        // The account is at home elsewhere: the token is taken there.
        if let Ok(enums::auth::LoginToken::MigrateTo(there)) = &answer {
            line.move_to(there.dc_id).await?;
            let token = there.token.clone();
            answer = line
                .invoke(&functions::auth::ImportLoginToken { token })
                .await;
        }
        exported(answer)
    }
}

fn exported(answer: Result<enums::auth::LoginToken, CallError>) -> Result<Exported, Refusal> {
    match answer {
        Ok(enums::auth::LoginToken::Token(code)) => Ok(Exported::Code {
            token: code.token,
            expires: code.expires,
        }),
        Ok(enums::auth::LoginToken::Success(done)) => Ok(Exported::Scanned(done.authorization)),
        Ok(enums::auth::LoginToken::MigrateTo(_)) => Err(Refusal::Unreachable),
        Err(error) if error.is("SESSION_PASSWORD_NEEDED") => Ok(Exported::PasswordNeeded),
        Err(error) => Err(error.into()),
    }
}
