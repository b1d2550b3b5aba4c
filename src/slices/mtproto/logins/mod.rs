//! Logins: by phone or by QR code, with the password of two-step verification where there is one.
//!
//! A login is a row with a step ([`super::store`]). So a restart in the middle goes on: the key and
//! the hash of the code are stored, and a QR code is asked for anew.
//!
//! # Invariants
//! - A person has at most one open login, and one step of it is made at a time.
//! - Codes and passwords are stored nowhere.
//! - An account is linked only after Telegram said who it is.

mod finish;
mod password;
mod phone;
mod qr;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::{AbortHandle, JoinSet};

use super::context::{MtprotoContext, internal};
use super::line::Line;
use super::lines::Lines;
use super::model::{AccountState, Login, LoginId, Proof, Refusal, Step, Unlinked};
use super::seals;
use super::store::{self, LoginRow, NewLogin, Progress, Way};
use crate::clock::UnixMs;
use crate::random;

const HOUR: Duration = Duration::from_secs(3600);
/// Telegram itself allows about five codes a day and number.
const CODES_AN_HOUR: u32 = 5;
/// Each one makes a key at Telegram.
const QR_AN_HOUR: u32 = 30;

/// Wrong codes or passwords that end a login: Telegram takes no more, either.
const TRIES: u32 = 5;

/// After that an open login is over: Telegram has forgotten its code.
const LONGEST_LOGIN: Duration = Duration::from_secs(15 * 60);

type Turn = Arc<tokio::sync::Mutex<()>>;

#[derive(Debug)]
pub(crate) struct Logins {
    lines: Arc<Lines>,
    /// Whose step is made now.
    turns: Mutex<HashMap<i64, Turn>>,
    shown: Mutex<Shown>,
}

/// The tasks that show QR codes, by the numbers of their logins.
#[derive(Debug, Default)]
struct Shown {
    tasks: JoinSet<()>,
    of_login: HashMap<i64, AbortHandle>,
}

impl Logins {
    pub(crate) fn new(lines: Arc<Lines>) -> Self {
        Self {
            lines,
            turns: Mutex::new(HashMap::new()),
            shown: Mutex::new(Shown::default()),
        }
    }

    fn context(&self) -> &MtprotoContext {
        &self.lines.context
    }

    fn now(&self) -> UnixMs {
        self.context().clock.now()
    }

    async fn turn(&self, person: i64) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(person).or_default())
        };
        turn.lock_owned().await
    }

    async fn row(&self, person: i64, id: &LoginId) -> Result<LoginRow, Refusal> {
        let id = id.clone();
        let read = self
            .context()
            .db
            .read(move |c| store::login(c, person, &id));
        let row = read
            .await
            .map_err(|err| internal("a login was not read", &err))?;
        row.ok_or(Refusal::Unknown("login"))
    }

    async fn open_row(&self, person: i64) -> Result<Option<LoginRow>, Refusal> {
        let read = self
            .context()
            .db
            .read(move |c| store::open_login(c, person));
        read.await
            .map_err(|err| internal("a login was not read", &err))
    }

    async fn line(&self, row: &LoginRow) -> Result<Arc<Line>, Refusal> {
        self.lines.of(row.account.ok_or(Refusal::WrongStep)?).await
    }

    /// Begins a login: its row, and a new account for it. Ends an earlier one.
    async fn begin(
        &self,
        person: i64,
        way: Way,
        phone: Option<&SecretString>,
    ) -> Result<(LoginRow, Arc<Line>), Refusal> {
        if let Some(row) = self.open_row(person).await? {
            self.give_up(&row).await?;
        }
        let public_id = random::hex::<16>().map_err(|err| internal("no login was made", &err))?;
        let public_id = LoginId(public_id);
        let sealed = match phone {
            Some(phone) => {
                let value = phone.expose_secret().as_bytes();
                Some(
                    self.context()
                        .seal(seals::PHONE, &public_id.0, value)
                        .await?,
                )
            }
            // Where nothing can be sealed, nothing is begun.
            None => self.context().keys().await.map(|_| None)?,
        };
        let (now, id) = (self.now(), public_id.clone());
        let (most, limit) = match way {
            Way::Phone => (self.context().config.per_person, CODES_AN_HOUR),
            Way::Qr => (self.context().config.per_person, QR_AN_HOUR),
        };
        let write = self.context().db.write(move |tx| {
            let accounts = store::accounts_of(tx, person)?;
            let is_used = |state| state != AccountState::LoggedOut;
            let used = accounts
                .iter()
                .filter(|account| is_used(account.state))
                .count();
            if used >= most as usize {
                return Ok(Err(Refusal::TooManyAccounts));
            }
            let (begun, first) = store::count_since(tx, person, way, now.minus(HOUR))?;
            if begun >= limit {
                return Ok(Err(Refusal::Flood(first.plus(HOUR).since(now))));
            }
            let account = store::new_account(tx, person)?;
            store::begin(
                tx,
                &NewLogin {
                    public_id: &id,
                    person_id: person,
                    account,
                    way,
                    phone: sealed.as_ref(),
                    now,
                },
            )?;
            Ok(Ok(()))
        });
        write
            .await
            .map_err(|err| internal("a login was not begun", &err))??;
        let row = self.row(person, &public_id).await?;
        let line = self.line(&row).await?;
        Ok((row, line))
    }

    /// Takes a code or a password.
    ///
    /// # Errors
    /// Why the login does not go on.
    pub(crate) async fn verify(
        &self,
        person: i64,
        id: &LoginId,
        proof: Proof,
    ) -> Result<Step, Refusal> {
        let _turn = self.turn(person).await;
        let row = self.row(person, id).await?;
        if row.is_over {
            return match row.step {
                Progress::Complete => self.step_of(&row).await,
                _ => Err(Refusal::WrongStep),
            };
        }
        let line = self.line(&row).await?;
        match (row.step, proof) {
            (Progress::Code, Proof::Code(code)) => self.code(row, &line, &code).await,
            (Progress::Password, Proof::Password(password)) => {
                self.password(row, &line, &password).await
            }
            _ => Err(Refusal::WrongStep),
        }
    }

    /// The present step of a login.
    ///
    /// # Errors
    /// When there is no such login.
    pub(crate) async fn step(&self, person: i64, id: &LoginId) -> Result<Step, Refusal> {
        let row = self.row(person, id).await?;
        self.step_of(&row).await
    }

    /// The person's open login.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) async fn pending(&self, person: i64) -> Result<Option<Login>, Refusal> {
        match self.open_row(person).await? {
            Some(row) if row.step != Progress::Starting => self.login_of(&row).await.map(Some),
            _ => Ok(None),
        }
    }

    async fn login_of(&self, row: &LoginRow) -> Result<Login, Refusal> {
        Ok(Login {
            id: row.public_id.clone(),
            step: self.step_of(row).await?,
        })
    }

    async fn step_of(&self, row: &LoginRow) -> Result<Step, Refusal> {
        let gone = Refusal::NotLinked(Unlinked(String::new()));
        Ok(match row.step {
            Progress::Starting => return Err(Refusal::WrongStep),
            Progress::Code => Step::Code {
                way: row.code_way,
                length: row.code_length,
                expires_at: row.expires_at,
            },
            Progress::Password => Step::Password {
                hint: match &row.hint {
                    Some(hint) => self
                        .text(seals::HINT, row, hint)
                        .await?
                        .expose_secret()
                        .to_owned(),
                    None => String::new(),
                },
            },
            Progress::Qr => {
                let url = row.url.as_ref().ok_or(Refusal::WrongStep)?;
                Step::Qr {
                    url: self.text(seals::URL, row, url).await?,
                    expires_at: row.expires_at,
                }
            }
            Progress::Complete => match row.account {
                Some(account) => Step::Complete { account },
                None => Step::Failed { refusal: gone },
            },
            Progress::Failed => Step::Failed {
                refusal: Refusal::from_code(&row.refusal),
            },
        })
    }

    async fn text(
        &self,
        what: &'static str,
        row: &LoginRow,
        sealed: &crate::secrets::Sealed,
    ) -> Result<SecretString, Refusal> {
        let opened = self.context().open(what, &row.public_id.0, sealed).await?;
        Ok(SecretString::from(
            String::from_utf8_lossy(&opened).into_owned(),
        ))
    }

    /// Ends a login at the person's wish.
    ///
    /// # Errors
    /// When there is no such open login.
    pub(crate) async fn cancel(&self, person: i64, id: &LoginId) -> Result<(), Refusal> {
        // A task that shows a QR code waits for nobody; a step that is made now is waited for.
        let _turn = self.turn(person).await;
        let row = self.row(person, id).await?;
        if row.is_over {
            return Err(Refusal::WrongStep);
        }
        self.give_up(&row).await
    }

    async fn give_up(&self, row: &LoginRow) -> Result<(), Refusal> {
        self.cancel_code(row).await;
        self.fail(row, &Refusal::WrongStep).await
    }

    /// Takes up what an earlier process left: QR codes are shown anew; where it is not known what
    /// Telegram answered, the login is over.
    pub(crate) async fn resume(self: &Arc<Self>) {
        let open = match self.context().db.read(store::open_logins).await {
            Ok(open) => open,
            Err(err) => {
                internal("open logins were not read", &err);
                return;
            }
        };
        for row in open {
            match row.step {
                Progress::Starting if self.fail(&row, &Refusal::LoginExpired).await.is_err() => {
                    tracing::warn!("an interrupted login stays open");
                }
                Progress::Qr => self.show(row),
                _ => {}
            }
        }
    }

    /// Ends logins that nobody went on with.
    pub(crate) async fn expire(&self) {
        let now = self.now();
        let before = now.minus(LONGEST_LOGIN);
        let write = self
            .context()
            .db
            .write(move |tx| store::end_interrupted(tx, now, before, Refusal::LoginExpired.code()));
        if let Err(err) = write.await {
            internal("old logins were not ended", &err);
        }
    }
}
