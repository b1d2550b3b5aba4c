//! `vakhta --check-now`: an immediate check.
//!
//! The request goes through the database: the watch thread of the running bot sees the row within a
//! second. If no bot is running, this process takes the instance lock, serves its own request with
//! the same watch thread, and delivers what it can.

use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::time::Instant;

use super::run::{failure, reopen_log_on_hangup, stop_signal};
use super::{Failure, output};
use crate::app::{App, Options};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Holder, InstanceLock};
use crate::slices::watch::model::account::{AccountState, RunScope, RunState};
use crate::slices::watch::model::verdict::Verdict;
use crate::slices::watch::store;
use crate::slices::watch::store::RunProgress;
use crate::slices::watch::verdict::Inconclusive;
use crate::tasks::Tasks;
use crate::telegram::outbox;

/// How often the run's progress is read from the database.
const LOOK_PERIOD: Duration = Duration::from_millis(100);

/// A running bot takes a request within a second; after this time without a run, something is wrong
/// with the bot.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often to look whether the running bot has ended.
const HOLDER_PERIOD: Duration = Duration::from_secs(1);

/// How long the database may take to close.
const CLOSING_LIMIT: Duration = Duration::from_secs(5);

/// How long messages may take to be delivered after a run of our own.
const DELIVERY_LIMIT: Duration = Duration::from_secs(30);

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    run_id: i64,
    trigger: &'static str,
    checked: u64,
    found: u64,
    not_found: u64,
    errors: u64,
    elapsed_ms: u64,
    accounts: Vec<AccountReport>,
}

#[derive(Debug, Serialize)]
struct AccountReport {
    site: String,
    username: String,
    verdict: &'static str,
    reason: String,
}

pub(super) async fn run(config: Config, json: bool) -> Result<(), Failure> {
    loop {
        if let Some(lock) = InstanceLock::take(&config.database)? {
            return make(config, lock, json).await;
        }
        if ask(&config, json).await? == Asked::Answered {
            return Ok(());
        }
    }
}

/// The result of a request to a running process.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Answered,
    /// The bot ended before it took the request, so this process must make the run.
    Alone,
}

/// Asks the running bot and follows its run.
async fn ask(config: &Config, json: bool) -> Result<Asked, Failure> {
    let tasks = Tasks::new();
    let holder = Holder::of(&config.database)?;
    let (db, end) = Db::open(&config.database, &tasks)?;
    let asked = ask_on(db, &holder, json).await;
    // The holder's files are closed after the database.
    end.wait(CLOSING_LIMIT).await;
    asked
}

async fn ask_on(db: Db, holder: &Holder, json: bool) -> Result<Asked, Failure> {
    let request = request(&db).await?;
    let gone = async {
        loop {
            tokio::time::sleep(HOLDER_PERIOD).await;
            if holder.is_gone() {
                return;
            }
        }
    };
    let run = tokio::select! {
        run = follow(&db, request, json) => run?,
        () = gone => {
            if db.write(move |tx| store::withdraw(tx, request)).await? {
                return Ok(Asked::Alone);
            }
            // The bot may have finished the run just before it ended.
            let done = db.read(move |c| {
                let Some(run) = store::request_run(c, request)? else { return Ok(None) };
                let progress = store::progress(c, run)?;
                let is_answered = matches!(progress.state, RunState::Done | RunState::Offline);
                Ok(is_answered.then_some(run))
            });
            done.await?.ok_or_else(|| anyhow!("the running bot has stopped; try again"))?
        }
    };
    report(&db, run, json).await?;
    Ok(Asked::Answered)
}

/// Makes the run in this process.
async fn make(config: Config, lock: InstanceLock, json: bool) -> Result<(), Failure> {
    reopen_log_on_hangup();
    let has_token = config.telegram.token.is_some();
    let stop = stop_signal();
    tokio::pin!(stop);
    let app = tokio::select! {
        biased;
        () = &mut stop => return Err(stopped_early()),
        app = App::start(config, Options::one_run(lock)) => app.map_err(failure)?,
    };
    let db = app.db().clone();
    let work = async {
        let request = request(&db).await?;
        app.ring_watch();
        let run = follow(&db, request, json).await?;
        // Nobody who waits for the result need wait for the messages.
        let reported = report(&db, run, json).await;
        if has_token {
            delivered(&db).await;
        }
        others_answered(&db).await;
        reported
    };
    let worked = tokio::select! {
        worked = work => worked,
        () = &mut stop => Err(stopped_early()),
    };
    say_what_waits(&db, has_token).await?;
    drop(db);
    app.run_until(std::future::ready(())).await;
    worked
}

fn stopped_early() -> Failure {
    Failure::Work(anyhow!("stopped before the run ended"))
}

/// Waits for the requests that others made of this process meanwhile: its end would cut off their
/// run.
async fn others_answered(db: &Db) {
    let mut period = tokio::time::interval(LOOK_PERIOD);
    loop {
        period.tick().await;
        let waits = db.read(|c| Ok(store::is_running(c)? || !store::open_requests(c)?.is_empty()));
        if !waits.await.unwrap_or(false) {
            return;
        }
    }
}

async fn request(db: &Db) -> anyhow::Result<i64> {
    let now = Clock::system().now();
    db.write(move |tx| store::ask(tx, now, RunScope::All, None))
        .await
}

/// Waits for the run that takes the request, and for its end.
async fn follow(db: &Db, request: i64, json: bool) -> anyhow::Result<i64> {
    let bar = bar(json);
    let asked = Instant::now();
    let mut period = tokio::time::interval(LOOK_PERIOD);
    loop {
        period.tick().await;
        let (run, busy) = db
            .read(move |c| Ok((store::request_run(c, request)?, store::is_running(c)?)))
            .await?;
        let Some(run) = run else {
            if !busy && asked.elapsed() > PATIENCE {
                db.write(move |tx| store::withdraw(tx, request)).await?;
                anyhow::bail!(
                    "the running bot did not start a run within {} s; see its log",
                    PATIENCE.as_secs()
                );
            }
            continue;
        };
        let progress = db.read(move |c| store::progress(c, run)).await?;
        bar.set_length(progress.total);
        bar.set_position(progress.counts.checked());
        if progress.ended_at.is_some() {
            bar.finish_and_clear();
            anyhow::ensure!(
                progress.state != RunState::Interrupted,
                "the run was interrupted; the next run checks its accounts again"
            );
            return Ok(run);
        }
    }
}

fn bar(json: bool) -> ProgressBar {
    if json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len}  {elapsed}, {eta} to go");
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("▓▓░"));
    }
    bar
}

/// Reports the run's results. A run that ended because our own network is down says nothing about
/// any account and counts as failed.
async fn report(db: &Db, run: i64, json: bool) -> Result<(), Failure> {
    let mut progress = db.read(move |c| store::progress(c, run)).await?;
    let is_offline = progress.state == RunState::Offline;
    if json {
        let accounts = if is_offline {
            unseen_accounts(db).await?
        } else {
            accounts_of_run(db, run).await?
        };
        if is_offline {
            progress.counts.errors = accounts.len() as u64;
        }
        say_json(run, &progress, accounts)?;
    } else {
        output::say(&summary(&progress))?;
    }
    if progress.skipped > 0 {
        output::complain(&format!(
            "{} accounts were not reached in time; the next run begins with them",
            progress.skipped
        ));
    }
    if is_offline {
        return Err(Failure::Work(anyhow!(
            "our own network is down: no site could be reached, and no account was changed"
        )));
    }
    Ok(())
}

async fn accounts_of_run(db: &Db, run: i64) -> anyhow::Result<Vec<AccountReport>> {
    db.read(move |c| {
        let mut accounts = Vec::new();
        store::accounts_of_run(c, run, |account| {
            accounts.push(AccountReport {
                site: account.site,
                username: account.username,
                verdict: account.verdict.word(),
                reason: account.reason,
            });
            Ok(())
        })?;
        Ok(accounts)
    })
    .await
}

/// Every waiting account, as an account that could not be checked.
async fn unseen_accounts(db: &Db) -> anyhow::Result<Vec<AccountReport>> {
    db.read(|c| {
        let mut accounts = Vec::new();
        store::export(c, None, |account| {
            if account.state == AccountState::Pending {
                accounts.push(AccountReport {
                    site: account.site.clone(),
                    username: account.username.clone(),
                    verdict: Verdict::Error.word(),
                    reason: Inconclusive::Offline.key().to_owned(),
                });
            }
            Ok(())
        })?;
        Ok(accounts)
    })
    .await
}

fn say_json(run: i64, progress: &RunProgress, accounts: Vec<AccountReport>) -> anyhow::Result<()> {
    let report = Report {
        run_id: run,
        trigger: progress.trigger.word(),
        checked: progress.counts.checked(),
        found: progress.counts.found,
        not_found: progress.counts.not_found,
        errors: progress.counts.errors,
        elapsed_ms: elapsed_ms(progress),
        accounts,
    };
    output::say(&serde_json::to_string(&report).context("make the report")?)
}

fn summary(progress: &RunProgress) -> String {
    let counts = progress.counts;
    format!(
        "checked {}: found {}, not found {}, errors {} in {}",
        counts.checked(),
        counts.found,
        counts.not_found,
        counts.errors,
        humantime::format_duration(Duration::from_millis(elapsed_ms(progress)))
    )
}

fn elapsed_ms(progress: &RunProgress) -> u64 {
    let ended_at = progress.ended_at.unwrap_or(progress.started_at);
    u64::try_from(ended_at.since(progress.started_at).as_millis()).unwrap_or(u64::MAX)
}

/// Waits until nothing more can be delivered now.
async fn delivered(db: &Db) {
    let deadline = Instant::now() + DELIVERY_LIMIT;
    let mut period = tokio::time::interval(LOOK_PERIOD);
    while Instant::now() < deadline {
        period.tick().await;
        let now = Clock::system().now();
        match db.read(move |c| outbox::is_quiet(c, now)).await {
            Ok(true) | Err(_) => return,
            Ok(false) => {}
        }
    }
}

/// Reports the messages that could not be delivered.
async fn say_what_waits(db: &Db, has_token: bool) -> anyhow::Result<()> {
    let now = Clock::system().now();
    let waiting = db.read(move |c| outbox::counts(c, now)).await?.pending;
    if waiting > 0 && !has_token {
        output::complain(&format!(
            "without a bot token nobody could be notified; {waiting} messages are waiting in the outbox"
        ));
    } else if waiting > 0 {
        output::complain(&format!(
            "{waiting} messages could not be delivered yet; they are waiting in the outbox"
        ));
    } else if !has_token {
        output::complain("without a bot token nobody could be notified; no messages are waiting");
    }
    Ok(())
}
