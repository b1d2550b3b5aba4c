//! The password of two-step verification (SRP).
//!
//! # Invariants
//! - The password leaves the process in no form; what is sent is a proof of it.
//! - The proof is reckoned on a blocking thread: it takes a tenth of a second and more.

use std::time::Duration;

use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};
use grammers_tl_types::{enums, functions, types};
use secrecy::{ExposeSecret as _, SecretString};

use super::Logins;
use crate::random;
use crate::slices::mtproto::context::internal;
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::model::{Refusal, Step};
use crate::slices::mtproto::refusals::CallError;
use crate::slices::mtproto::seals;
use crate::slices::mtproto::store::{LoginRow, Progress};

/// Right after a change Telegram refuses the new password for a moment.
const AFTER_A_CHANGE: Duration = Duration::from_secs(1);

async fn asked(line: &Line) -> Result<types::account::Password, CallError> {
    let answer = line.invoke(&functions::account::GetPassword {}).await?;
    let enums::account::Password::Password(password) = answer;
    Ok(password)
}

/// The proof of a password; `None` if Telegram asks for it in a way that we do not know.
fn proof(
    asked: &types::account::Password,
    password: &SecretString,
    own: &[u8; 256],
) -> Option<enums::InputCheckPasswordSrp> {
    use enums::PasswordKdfAlgo as Algorithm;
    let Some(Algorithm::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algorithm)) =
        &asked.current_algo
    else {
        return None;
    };
    let (srp_b, srp_id) = asked.srp_b.clone().zip(asked.srp_id)?;
    let (p, g) = (&algorithm.p, &algorithm.g);
    // Longer numbers and other generators make grammers panic.
    let is_known = (2..=7).contains(g) && srp_b.len() <= 256 && check_p_and_g(p, g);
    if !is_known {
        return None;
    }
    let (m1, g_a) = calculate_2fa(
        &algorithm.salt1,
        &algorithm.salt2,
        p,
        g,
        srp_b,
        own.to_vec(),
        password.expose_secret(),
    );
    let proof = types::InputCheckPasswordSrp {
        srp_id,
        a: g_a.to_vec(),
        m1: m1.to_vec(),
    };
    Some(proof.into())
}

impl Logins {
    /// The account has a password: that is the next step.
    pub(super) async fn ask_password(&self, row: LoginRow, line: &Line) -> Result<Step, Refusal> {
        let hint = match asked(line).await {
            Ok(asked) => asked.hint.unwrap_or_default(),
            Err(error) => return self.refuse(&row, error.into()).await,
        };
        let sealed = self
            .context()
            .seal(seals::HINT, &row.public_id.0, hint.as_bytes());
        let hint = Some(sealed.await?);
        self.advance(LoginRow {
            step: Progress::Password,
            hint,
            url: None,
            wrong: 0,
            ..row
        })
        .await
    }

    /// Takes a password.
    pub(super) async fn password(
        &self,
        row: LoginRow,
        line: &Line,
        password: &SecretString,
    ) -> Result<Step, Refusal> {
        let mut answer = self.check(line, password).await;
        let is_fresh = |error: &CallError| error.is("SRP_*");
        if answer.as_ref().is_err_and(is_fresh) {
            tokio::time::sleep(AFTER_A_CHANGE).await;
            answer = self.check(line, password).await;
        }
        let refusal = match answer {
            Ok(done) => return self.authorized(&row, line, done).await,
            Err(error) => Refusal::from(error),
        };
        let may_be_lost = matches!(
            refusal,
            Refusal::NotLinked(_) | Refusal::Unreachable | Refusal::Timeout
        );
        if may_be_lost && let Some(user) = self.already(line).await {
            return self.complete(&row, line, &user).await;
        }
        match refusal {
            Refusal::PasswordInvalid => self.wrong(&row, refusal).await,
            refusal => self.refuse(&row, refusal).await,
        }
    }

    async fn check(
        &self,
        line: &Line,
        password: &SecretString,
    ) -> Result<enums::auth::Authorization, CallError> {
        // A proof is good for one try, so Telegram is asked anew each time.
        let asked = asked(line).await?;
        let own = random::bytes::<256>().map_err(|err| internal("no proof was made", &err))?;
        let password = password.clone();
        let reckoned = tokio::task::spawn_blocking(move || proof(&asked, &password, &own));
        let proof = reckoned.await.map_err(|_| Refusal::Internal)?;
        let password = proof.ok_or(Refusal::OfficialAppNeeded)?;
        line.invoke(&functions::auth::CheckPassword { password })
            .await
    }
}
