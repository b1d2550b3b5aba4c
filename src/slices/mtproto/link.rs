//! A login by QR code in a chat: the picture is edited when the code renews, and its caption says
//! what comes next.
//!
//! # Invariants
//! - A password is never asked in a chat.
//! - A picture whose code is over shows no code.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::callback::AccountsCallback;
use super::model::{Login, LoginId, Refusal, Step};
use super::pictures::LoginPictures;
use super::proxy::Request;
use super::results::{ErrandParts, Scene};
use super::store::Errand;
use crate::i18n;
use crate::telegram::{Button, Keyboard, Outgoing, Screen};

/// How long a login is followed.
const FOLLOW_LIMIT: Duration = Duration::from_mins(15);

/// How often its step is read from the database.
const STEP_PERIOD: Duration = Duration::from_secs(1);

/// What the message shows.
#[derive(Debug)]
enum Display {
    Waiting,
    Code(SecretString),
    Password,
}

/// Begins a login, or goes on with the person's open one, until it is over.
pub(super) async fn follow(
    errands: &ErrandParts,
    errand: &Errand,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let login = match begin(errands, errand.person_id).await {
        Ok(login) => login,
        Err(refusal) => {
            let refused = move |scene: &Scene<'_>| scene.refused(&refusal);
            return errands.finish(errand.clone(), refused).await;
        }
    };
    let until = Instant::now() + FOLLOW_LIMIT;
    let mut shown = ShownLogin {
        errands,
        errand,
        login: login.id,
        display: Display::Waiting,
    };
    let mut next = Some(login.step);
    loop {
        if let Some(step) = next
            && shown.show(step).await?
        {
            return Ok(());
        }
        if Instant::now() > until {
            return shown.end(|scene| scene.say("telegram-link-over")).await;
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(STEP_PERIOD) => {}
        }
        let (person, login) = (errand.person_id, shown.login.clone());
        let asked = errands
            .accounts
            .ask(|reply| Request::Step(person, login, reply));
        next = match asked.await {
            Ok(step) => Some(step),
            Err(Refusal::Busy | Refusal::Timeout) => None,
            Err(refusal) => Some(Step::Failed { refusal }),
        };
    }
}

/// A restart in the middle of a login finds it open.
async fn begin(errands: &ErrandParts, person: i64) -> Result<Login, Refusal> {
    let pending = errands
        .accounts
        .ask(|reply| Request::Pending(person, reply));
    match pending.await? {
        Some(login) if !matches!(login.step, Step::Code { .. }) => Ok(login),
        _ => {
            let start = errands
                .accounts
                .ask(|reply| Request::StartQr(person, reply));
            start.await
        }
    }
}

/// A login and the message that shows it.
struct ShownLogin<'a> {
    errands: &'a ErrandParts,
    errand: &'a Errand,
    login: LoginId,
    display: Display,
}

impl ShownLogin<'_> {
    /// Shows a step; true if the login is over.
    async fn show(&mut self, step: Step) -> anyhow::Result<bool> {
        match step {
            Step::Qr { url, .. } => {
                let is_shown = matches!(&self.display, Display::Code(shown)
                    if shown.expose_secret() == url.expose_secret());
                if !is_shown {
                    self.errands.pictures.show(&self.login.0, url.clone());
                    self.display = Display::Code(url);
                    self.caption("telegram-qr").await?;
                }
                return Ok(false);
            }
            Step::Password { .. } => {
                if !matches!(self.display, Display::Password) {
                    self.errands.pictures.end(&self.login.0);
                    self.display = Display::Password;
                    self.caption("telegram-password").await?;
                }
                return Ok(false);
            }
            // The person went on with a login by phone elsewhere.
            Step::Code { .. } => self.end(|scene| scene.say("telegram-link-over")).await?,
            Step::Complete { account } => {
                self.errands.linked.ring();
                self.end(move |scene| scene.linked(account)).await?;
            }
            Step::Failed { refusal } => self.end(move |scene| scene.refused(&refusal)).await?,
        }
        Ok(true)
    }

    /// Shows the picture as it is now, with a caption.
    async fn caption(&self, key: &'static str) -> anyhow::Result<()> {
        let login = self.login.0.clone();
        let make = move |scene: &Scene<'_>| {
            let cancel = AccountsCallback::Cancel(&login);
            let cancel = Button::labelled(scene.lang, "button-cancel", cancel)?;
            let html = i18n::text(scene.lang, key);
            let message = Outgoing::file(scene.chat, LoginPictures::recipe(&login)?, html);
            Ok(message.keyboard(Keyboard::new().row([cancel])))
        };
        self.errands.write(self.errand.clone(), false, make).await
    }

    /// Ends the message with a screen; a picture stays one, without its code.
    async fn end(
        &self,
        show: impl FnOnce(&Scene<'_>) -> anyhow::Result<Screen> + Send + 'static,
    ) -> anyhow::Result<()> {
        self.errands.pictures.end(&self.login.0);
        if matches!(self.display, Display::Waiting) {
            return self.errands.finish(self.errand.clone(), show).await;
        }
        let login = self.login.0.clone();
        let make = move |scene: &Scene<'_>| {
            let screen = show(scene)?;
            let recipe = LoginPictures::recipe(&login)?;
            let message = Outgoing::file(scene.chat, recipe, screen.html);
            Ok(message.keyboard(screen.keyboard))
        };
        self.errands.write(self.errand.clone(), true, make).await
    }
}
