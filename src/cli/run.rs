//! `vakhta run`: the bot.

use std::time::Duration;

use anyhow::anyhow;
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, output};
use crate::app::{App, Options, Outcome, StartError};
use crate::config::Config;
use crate::logging;

/// How long a start may go on after the stop. It takes less, unless it waits for Telegram.
const START_LIMIT: Duration = Duration::from_secs(2);

pub(super) async fn run(config: Config, check_now: bool) -> Result<(), Failure> {
    reopen_log_on_hangup();
    let stop = stop_signal();
    tokio::pin!(stop);
    let start = App::start(config, Options::bot(check_now));
    tokio::pin!(start);
    // The start may wait for Telegram. The first process of a container only gets signals that it
    // listens to.
    let app = tokio::select! {
        biased;
        () = &mut stop => {
            // Parts that run already have work in hand and stop in order.
            if let Ok(Ok(app)) = tokio::time::timeout(START_LIMIT, start).await {
                app.run_until(std::future::ready(())).await;
            }
            return Ok(());
        }
        app = &mut start => app.map_err(failure)?,
    };
    if let Some(link) = app.claim_link() {
        let said = output::say(&format!(
            "Nobody manages this bot yet. The first person to open this link within 15 minutes becomes its owner:\n{link}"
        ));
        if let Err(err) = said {
            app.run_until(std::future::ready(())).await;
            return Err(Failure::Work(err.context("nobody could become the owner")));
        }
    }
    match app.run_until(stop).await {
        Outcome::Stopped => Ok(()),
        Outcome::Unauthorized => Err(Failure::Work(anyhow!(
            "Telegram no longer accepts the bot token (401): it was revoked; get a new one from @BotFather"
        ))),
        Outcome::DatabaseGone => Err(Failure::Work(anyhow!(
            "a file of the database was deleted, renamed or replaced under the running bot; see the log"
        ))),
        Outcome::Died(part) => Err(Failure::Work(anyhow!(
            "{part} ended unexpectedly; see the log"
        ))),
    }
}

/// A problem with the operator's settings or with a catalogue is a configuration failure;
/// everything else is a failure of the work.
pub(super) fn failure(err: StartError) -> Failure {
    match err {
        StartError::Setting(why) => Failure::Usage(anyhow!(why)),
        StartError::Catalogue(problems) => Failure::Usage(problems.into()),
        StartError::Other(err) => Failure::Work(err),
    }
}

/// SIGHUP opens the log file anew, as programs that rotate logs and `systemctl reload` expect.
pub(super) fn reopen_log_on_hangup() {
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) => {
            #[expect(
                clippy::disallowed_methods,
                reason = "as long as the process, whatever is started and stopped in it"
            )]
            tokio::spawn(async move {
                while hangup.recv().await.is_some() {
                    logging::reopen();
                }
            });
        }
        Err(err) => tracing::warn!("the log file is not opened anew on SIGHUP: {err}"),
    }
}

/// The first SIGINT or SIGTERM; a second one ends the process at once.
pub(super) async fn stop_signal() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        tracing::error!("signals cannot be received; stop this process with kill -9");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping; a second signal ends the process at once");
    let second = std::thread::Builder::new().name("second-signal".to_owned());
    let watched = second.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        if let Ok(runtime) = runtime {
            runtime.block_on(async {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            });
            #[expect(
                clippy::exit,
                clippy::disallowed_methods,
                reason = "the operator will not wait any longer"
            )]
            std::process::exit(130);
        }
    });
    if watched.is_err() {
        tracing::warn!("a second signal will not be noticed");
    }
}
