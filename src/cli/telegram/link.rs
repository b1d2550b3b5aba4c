//! `vakhta telegram link`: a login step by step in the terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::anyhow;
use secrecy::{ExposeSecret as _, SecretString};

use super::entry::hidden;
use super::{Alone, refused, say_linked};
use crate::cli::run::stop_signal;
use crate::cli::{Failure, output};
use crate::i18n::Lang;
use crate::qr::{ErrorCorrection, Qr};
use crate::slices::mtproto::model::{Login, Proof, Refusal, Step};
use crate::slices::mtproto::proxy::Request;
use crate::slices::mtproto::sentence;

/// How often the step of a login is read from the database.
const STEP_PERIOD: Duration = Duration::from_secs(1);

/// Links an account for a person, by phone or by QR code.
pub(super) async fn run(alone: &Alone, person: i64, by_phone: bool) -> Result<(), Failure> {
    let mut open = None;
    let linked = tokio::select! {
        linked = link(alone, person, by_phone, &mut open) => linked,
        () = stop_signal() => Err(Failure::Work(anyhow!("stopped; no account is linked"))),
    };
    if linked.is_err()
        && let Some(login) = open
    {
        let cancelled = alone
            .thread
            .proxy
            .ask(|reply| Request::Cancel(person, login, reply));
        // A login that is over already needs no end.
        cancelled.await.ok();
    }
    linked
}

async fn link(
    alone: &Alone,
    person: i64,
    by_phone: bool,
    open: &mut Option<crate::slices::mtproto::model::LoginId>,
) -> Result<(), Failure> {
    let begun = begin(alone, person, by_phone).await?;
    let login = open.insert(begun.id).clone();
    let proxy = &alone.thread.proxy;
    let mut step = begun.step;
    let mut screen = TerminalCode::default();
    loop {
        let proof = match step {
            Step::Complete { account } => return say_linked(alone, person, account).await,
            Step::Failed { refusal } => return Err(refused(&refusal)),
            Step::Qr { url, .. } => {
                screen.show(&url)?;
                tokio::time::sleep(STEP_PERIOD).await;
                let id = login.clone();
                let now = proxy.ask(|reply| Request::Step(person, id, reply)).await;
                step = now.map_err(|refusal| refused(&refusal))?;
                continue;
            }
            Step::Code { way, .. } => {
                let question = format!("Code (sent by: {})", way.word());
                Proof::Code(hidden(&question).await?)
            }
            Step::Password { hint } => {
                let question = match hint.as_str() {
                    "" => "Password of two-step verification".to_owned(),
                    hint => format!("Password of two-step verification (hint: {hint})"),
                };
                Proof::Password(hidden(&question).await?)
            }
        };
        let id = login.clone();
        let verified = proxy.ask(|reply| Request::Verify(person, id, proof, reply));
        step = match verified.await {
            Ok(step) => step,
            Err(
                refusal @ (Refusal::CodeInvalid
                | Refusal::PasswordInvalid
                | Refusal::PasswordTooFresh),
            ) => {
                output::complain(&sentence(Lang::En, &refusal).to_plain());
                let id = login.clone();
                let now = proxy.ask(|reply| Request::Step(person, id, reply)).await;
                now.map_err(|refusal| refused(&refusal))?
            }
            Err(refusal) => return Err(refused(&refusal)),
        };
    }
}

/// A login that waits for its password goes on; any other one is replaced.
async fn begin(alone: &Alone, person: i64, by_phone: bool) -> Result<Login, Failure> {
    let proxy = &alone.thread.proxy;
    let pending = proxy.ask(|reply| Request::Pending(person, reply)).await;
    if let Some(login) = pending.map_err(|refusal| refused(&refusal))?
        && matches!(login.step, Step::Password { .. })
    {
        return Ok(login);
    }
    let begun = if by_phone {
        let phone = hidden("Phone number, with the country's code (it is not shown)").await?;
        proxy
            .ask(|reply| Request::StartPhone(person, phone, reply))
            .await
    } else {
        proxy.ask(|reply| Request::StartQr(person, reply)).await
    };
    begun.map_err(|refusal| refused(&refusal))
}

/// The QR code in the terminal, renewed in place.
#[derive(Default)]
struct TerminalCode {
    shown: Option<SecretString>,
    lines: usize,
}

impl TerminalCode {
    fn show(&mut self, url: &SecretString) -> anyhow::Result<()> {
        let is_shown = |shown: &SecretString| shown.expose_secret() == url.expose_secret();
        if self.shown.as_ref().is_some_and(is_shown) {
            return Ok(());
        }
        let qr = Qr::new(url.expose_secret(), "", ErrorCorrection::Medium)?;
        let mut out = io::stderr().lock();
        let is_terminal = out.is_terminal();
        if self.shown.is_none() {
            writeln!(
                out,
                "On the phone: Telegram, Settings, Devices, Link Desktop Device. Scan this; it renews itself:"
            )
            .ok();
        } else if is_terminal {
            write!(out, "\x1b[{}A", self.lines).ok();
        }
        // Dark on light, whatever the colours of the terminal are.
        let (colours, usual) = match is_terminal {
            true => ("\x1b[97;40m", "\x1b[0m"),
            false => ("", ""),
        };
        let lines = qr.half_blocks();
        for line in &lines {
            writeln!(out, "{colours}{line}{usual}").ok();
        }
        self.lines = lines.len();
        self.shown = Some(url.clone());
        Ok(())
    }
}
