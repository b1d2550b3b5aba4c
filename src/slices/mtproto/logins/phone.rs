//! The way by phone: a code that Telegram sends.

use std::time::Duration;

use grammers_tl_types::{enums, functions, types};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;
use zeroize::Zeroize as _;

use super::Logins;
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::model::{CodeWay, Login, Refusal, Step};
use crate::slices::mtproto::seals;
use crate::slices::mtproto::store::{LoginRow, Progress, Way};

/// How long a code is good, as Telegram does not say.
const CODE_LIFE: Duration = Duration::from_secs(5 * 60);

/// How long a cancelled login waits for Telegram to hear of it.
const CANCEL_LIMIT: Duration = Duration::from_secs(3);

/// How a code was sent, and the number of its characters.
fn way(sent: &enums::auth::SentCodeType) -> (CodeWay, i32) {
    use enums::auth::SentCodeType as Type;
    match sent {
        Type::App(way) => (CodeWay::App, way.length),
        Type::Sms(way) => (CodeWay::Sms, way.length),
        Type::Call(way) => (CodeWay::Call, way.length),
        Type::MissedCall(way) => (CodeWay::MissedCall, way.length),
        Type::EmailCode(way) => (CodeWay::Email, way.length),
        Type::FragmentSms(way) => (CodeWay::Fragment, way.length),
        Type::FirebaseSms(way) => (CodeWay::Sms, way.length),
        Type::SmsWord(_) | Type::SmsPhrase(_) => (CodeWay::Sms, 0),
        _ => (CodeWay::Other, 0),
    }
}

impl Logins {
    /// Begins a login by phone; ends an earlier login of the person.
    ///
    /// # Errors
    /// Why no code was sent.
    pub(crate) async fn start_phone(
        &self,
        person: i64,
        phone: &SecretString,
    ) -> Result<Login, Refusal> {
        let _turn = self.turn(person).await;
        let (row, line) = self.begin(person, Way::Phone, Some(phone)).await?;
        let id = row.public_id.clone();
        let step = match self.send_code(&row, &line, phone).await {
            Ok(step) => step,
            Err(refusal) => {
                // Nobody has seen this login.
                self.fail(&row, &refusal).await?;
                return Err(refusal);
            }
        };
        Ok(Login { id, step })
    }

    async fn send_code(
        &self,
        row: &LoginRow,
        line: &Line,
        phone: &SecretString,
    ) -> Result<Step, Refusal> {
        let config = &self.context().config;
        let hash = config.hash().ok_or(Refusal::Misconfigured)?;
        let mut request = functions::auth::SendCode {
            phone_number: phone.expose_secret().to_owned(),
            api_id: config.api_id,
            api_hash: hash.expose_secret().to_owned(),
            settings: settings(),
        };
        let answer = line.invoke(&request).await;
        request.phone_number.zeroize();
        request.api_hash.zeroize();
        let sent = match answer? {
            enums::auth::SentCode::Code(sent) => sent,
            enums::auth::SentCode::Success(done) => {
                return self.authorized(row, line, done.authorization).await;
            }
            enums::auth::SentCode::PaymentRequired(_) => return Err(Refusal::OfficialAppNeeded),
        };
        let hash = sent.phone_code_hash.as_bytes();
        let code_hash = self
            .context()
            .seal(seals::CODE_HASH, &row.public_id.0, hash)
            .await?;
        let (code_way, length) = way(&sent.r#type);
        self.advance(LoginRow {
            step: Progress::Code,
            code_hash: Some(code_hash),
            code_way,
            code_length: u32::try_from(length).unwrap_or_default(),
            expires_at: self.now().plus(CODE_LIFE),
            ..row.clone()
        })
        .await
    }

    pub(super) async fn authorized(
        &self,
        row: &LoginRow,
        line: &Line,
        authorization: enums::auth::Authorization,
    ) -> Result<Step, Refusal> {
        match authorization {
            enums::auth::Authorization::Authorization(done) => {
                self.complete(row, line, &done.user).await
            }
            enums::auth::Authorization::SignUpRequired(_) => {
                self.refuse(row, Refusal::OfficialAppNeeded).await
            }
        }
    }

    /// The phone and the hash of the code, as Telegram wants to see them.
    async fn asked(&self, row: &LoginRow) -> Result<(SecretString, SecretString), Refusal> {
        let (phone, hash) = (row.phone.as_ref(), row.code_hash.as_ref());
        let (phone, hash) = phone.zip(hash).ok_or(Refusal::WrongStep)?;
        Ok((
            self.text(seals::PHONE, row, phone).await?,
            self.text(seals::CODE_HASH, row, hash).await?,
        ))
    }

    /// Takes a code.
    pub(super) async fn code(
        &self,
        row: LoginRow,
        line: &Line,
        code: &SecretString,
    ) -> Result<Step, Refusal> {
        let (phone, hash) = self.asked(&row).await?;
        let is_sign = |c: &char| !c.is_whitespace() && *c != '-';
        let mut request = functions::auth::SignIn {
            phone_number: phone.expose_secret().to_owned(),
            phone_code_hash: hash.expose_secret().to_owned(),
            phone_code: Some(code.expose_secret().chars().filter(is_sign).collect()),
            email_verification: None,
        };
        let answer = line.invoke(&request).await;
        request.phone_number.zeroize();
        request.phone_code_hash.zeroize();
        request.phone_code.zeroize();
        let refusal = match answer {
            Ok(done) => return self.authorized(&row, line, done).await,
            Err(error) if error.is("SESSION_PASSWORD_NEEDED") => {
                return self.ask_password(row, line).await;
            }
            Err(error) => Refusal::from(error),
        };
        let may_be_lost = matches!(
            refusal,
            Refusal::CodeExpired | Refusal::Unreachable | Refusal::Timeout
        );
        if may_be_lost && let Some(user) = self.already(line).await {
            return self.complete(&row, line, &user).await;
        }
        match refusal {
            Refusal::CodeInvalid => self.wrong(&row, refusal).await,
            refusal => self.refuse(&row, refusal).await,
        }
    }

    /// Tells Telegram that a code will not be entered, if it can be told at once.
    pub(super) async fn cancel_code(&self, row: &LoginRow) {
        if row.step != Progress::Code {
            return;
        }
        let tell = async {
            let (phone, hash) = self.asked(row).await.ok()?;
            let line = self.line(row).await.ok()?;
            let mut request = functions::auth::CancelCode {
                phone_number: phone.expose_secret().to_owned(),
                phone_code_hash: hash.expose_secret().to_owned(),
            };
            let told = line.invoke(&request).await.ok();
            request.phone_number.zeroize();
            request.phone_code_hash.zeroize();
            told
        };
        if timeout(CANCEL_LIMIT, tell).await.ok().flatten().is_none() {
            tracing::debug!("Telegram was not told of a cancelled login");
        }
    }
}

fn settings() -> enums::CodeSettings {
    types::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
        app_sandbox: None,
    }
    .into()
}
