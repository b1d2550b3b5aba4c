//! The watch thread: when runs happen.
//!
//! One named OS thread has its own current-thread runtime, HTTP client, scheduler and database
//! handle. The scheduler's job only marks a tick as due and rings the bell. This loop awaits the
//! bell or the stop, and makes the run itself (`run`). The bell carries no data: requests are read
//! from the database, so a start after a crash takes the ordinary path.
//!
//! Repeated jobs of tokio-cron-scheduler die after a stall, so only cron jobs are used. Setting the
//! clock back silences cron jobs, so a monotonic watchdog starts a run if none came for two
//! intervals.
//!
//! # Invariants
//! - Runs never overlap.
//! - A panic within a run is caught and reported to the admins. The next tick starts a new run.

mod run;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::brake::Brake;
use super::controls::Controls;
use super::eye::Eyes;
use super::gate::{GateDefaults, Gates};
use super::pass::Memory;
use super::progress::LiveProgress;
use super::proofs::Proofs;
use super::ticks::{Scheduler, Ticks};
use crate::activation::Activator;
use crate::backoff::Backoff;
use crate::clock::{Clock, DAY};
use crate::db::Db;
use crate::http_client;
use crate::http_client::SiteClientConfig;
use crate::i18n;
use crate::slices::watch::model::account::{RunScope, Trigger};
use crate::slices::watch::model::config::WatchConfig;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::site::SiteKey;
use crate::slices::watch::store;
use crate::tasks::{Tasks, ThreadEnd};
use crate::telegram::BotProxy;

/// A run over everything may last at least this long. Otherwise very short schedules would cut off
/// every run. A run that begins late, because the one before ended late, must still end by the next
/// tick of a schedule of minutes.
const SHORTEST_RUN: Duration = Duration::from_secs(30);

/// The pause after a run that failed before its end; longer each time, up to [`ASIDE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// How long a tick waits for runs over some of the accounts.
const ASIDE: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(crate) struct WatchParts {
    pub(crate) config: WatchConfig,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) proxy: BotProxy,
    pub(crate) notifier: Notifier,
    /// See news before it is told.
    pub(crate) eyes: Eyes,
    /// Rung when a check is requested.
    pub(crate) bell: Activator,
    /// If true, follows the schedule and runs at the start. If false, only serves requests.
    pub(crate) scheduled: bool,
    /// The process ends when its run has ended and the messages have left.
    pub(crate) is_brief: bool,
    /// Makes a run at the start even if the settings say no.
    pub(crate) run_now: bool,
}

impl WatchParts {
    fn progress(&self) -> LiveProgress<'_> {
        LiveProgress {
            db: &self.db,
            clock: &self.clock,
            proxy: &self.proxy,
            notifier: &self.notifier,
            schedule: &self.config.schedule,
        }
    }
}

/// Starts the watch thread and waits until it is ready.
///
/// # Errors
/// If the thread, its runtime, its HTTP client or its scheduler does not start within five seconds.
pub(crate) async fn start(parts: WatchParts, tasks: &Tasks) -> anyhow::Result<ThreadEnd> {
    let stop = tasks.stop_token();
    tasks
        .thread_with_runtime("watch", async move || {
            let mut driver = Driver::new(parts, stop).await?;
            Ok(async move { driver.run().await })
        })
        .await
}

struct Driver {
    parts: WatchParts,
    stop: CancellationToken,
    client: reqwest::Client,
    memory: Memory,
    ticks: Arc<Ticks>,
    scheduler: Option<Scheduler>,
    last_run: Instant,
}

impl Driver {
    async fn new(parts: WatchParts, stop: CancellationToken) -> anyhow::Result<Self> {
        let config = &parts.config;
        let client = http_client::site_client(&SiteClientConfig {
            timeout: config.timeout,
            allow_private_targets: config.allow_private_targets,
            user_agent: http_client::DEFAULT_USER_AGENT.to_owned(),
        })?;
        let ticks = Arc::new(Ticks::default());
        let scheduler = if parts.scheduled {
            // The scheduler goes by the machine's clock, too.
            let clock = Clock::system();
            Some(Scheduler::new(&config.schedule, &clock, &ticks, &parts.bell).await?)
        } else {
            None
        };
        let memory = new_memory(config);
        let mut driver = Self {
            parts,
            stop,
            client,
            memory,
            ticks,
            scheduler,
            last_run: Instant::now(),
        };
        driver.remember_silences().await?;
        Ok(driver)
    }

    /// Tells the new gates which sites asked us to wait earlier.
    async fn remember_silences(&mut self) -> anyhow::Result<()> {
        let now = self.parts.clock.now();
        let silences = self.parts.db.read(move |c| store::silences(c, now));
        for (site, rest) in silences.await? {
            if let Ok(key) = SiteKey::parse(&site) {
                self.memory.gates.silence(key, Instant::now() + rest);
            }
        }
        Ok(())
    }

    async fn run(&mut self) {
        let schedule = self.parts.config.schedule.clone();
        if self.scheduler.is_some() {
            tracing::info!(
                schedule = schedule.as_str(),
                zone = schedule.zone().name(),
                workers = self.parts.config.workers,
                "Threaded auto-checker started ({})",
                self.spoken_period()
            );
        }
        self.recover().await;
        if self.parts.run_now || (self.scheduler.is_some() && self.parts.config.run_at_start) {
            self.make_run(Trigger::Start, RunScope::All).await;
        }
        while !self.stop.is_cancelled() {
            self.serve().await;
            let watchdog = self.last_run + self.period() * 2;
            let watched = self.scheduler.is_some();
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.parts.bell.rung() => {}
                () = self.parts.db.foreign_write().rung() => {}
                () = tokio::time::sleep_until(watchdog), if watched => {
                    tracing::warn!("the schedule was silent for two intervals; was the clock set back?");
                    self.make_run(Trigger::Watchdog, RunScope::All).await;
                }
            }
        }
        if let Some(mut scheduler) = self.scheduler.take() {
            scheduler.stop().await;
        }
    }

    /// Carries out the admins' decisions, then makes every run that is due. Where runs fill their
    /// intervals, a tick is always due, so requests come first for a while after a run.
    async fn serve(&mut self) {
        let mut pauses = Backoff::new(FIRST_PAUSE, ASIDE);
        loop {
            let open = self.parts.db.read(store::open_requests).await;
            let open = open.unwrap_or_else(|err| {
                tracing::error!("the requests could not be read: {err:#}");
                Vec::new()
            });
            let asked = open.first().copied();
            match self.brake().carry_out().await {
                Ok(true) => self.parts.proxy.ring(),
                Ok(false) => {}
                Err(err) => {
                    tracing::error!("what admins decided could not be carried out: {err:#}");
                }
            }
            let tick = self.ticks.is_due();
            let made = match asked {
                // One run over everything answers both.
                Some(RunScope::All) => self.make_run(Trigger::Request, RunScope::All).await,
                Some(scope) if !tick || self.last_run.elapsed() < ASIDE => {
                    self.make_run(Trigger::Request, scope).await
                }
                _ if tick => self.make_run(Trigger::Schedule, RunScope::All).await,
                _ => return,
            };
            if made {
                pauses.reset();
            } else {
                // What was asked for may still be asked for.
                let pause = tokio::time::sleep(pauses.next());
                self.stop.run_until_cancelled(pause).await;
            }
            if self.stop.is_cancelled() {
                return;
            }
        }
    }

    /// Every run ends when the next tick is due, because everybody waits for the tick.
    /// Accounts that it did not reach come first in the next run. Without a schedule, nobody waits.
    fn time_limit(&self, scope: RunScope) -> Option<Instant> {
        if !self.parts.scheduled {
            return None;
        }
        let began = Instant::now();
        let next_tick = |earliest: Duration| {
            let now = self.parts.clock.now();
            let next = self.parts.config.schedule.next_after(now.plus(earliest));
            began + next.map_or(DAY, |next| next.since(now))
        };
        Some(match scope {
            RunScope::All => next_tick(SHORTEST_RUN),
            // The tick waits, or has come just now.
            _ if self.ticks.is_due() => {
                let aside = self.last_run + ASIDE;
                if aside > began { aside } else { began + ASIDE }
            }
            _ => next_tick(Duration::ZERO).max(began + ASIDE),
        })
    }

    fn brake(&self) -> Brake<'_> {
        Brake {
            db: &self.parts.db,
            clock: &self.parts.clock,
            notifier: &self.parts.notifier,
            stop: &self.stop,
        }
    }

    fn period(&self) -> Duration {
        let config = &self.parts.config;
        config.schedule.period_after(self.parts.clock.now())
    }

    fn spoken_now(&self) -> String {
        i18n::stamp(self.parts.clock.now(), &self.parts.config.zone)
    }

    /// The period in words, for the log.
    fn spoken_period(&self) -> String {
        let schedule = &self.parts.config.schedule;
        let seconds = self.period().as_secs();
        match (seconds / 60, seconds % 60) {
            (1, 0) => "every minute".to_owned(),
            (minutes, 0) if minutes < 60 => format!("every {minutes} minutes"),
            _ => format!("schedule {}", schedule.as_str()),
        }
    }
}

fn new_memory(config: &WatchConfig) -> Memory {
    Memory {
        gates: Gates::new(GateDefaults {
            per_site: config.per_site,
            min_gap: config.min_gap,
        }),
        controls: Controls::default(),
        proofs: Proofs::default(),
    }
}
