//! The watch thread: when runs happen.
//!
//! One named OS thread with its own current-thread runtime, HTTP client, scheduler and database handle. The scheduler's
//! job only marks that a tick is due and rings; this loop awaits a ring or the stop and makes the run itself, so runs
//! never overlap. What wakes it carries no data: requests are read from the database, and the path after a crash is the
//! ordinary one. A panic within a run is caught, told to the admins, and the next tick goes on.
//!
//! tokio-cron-scheduler's repeated jobs die after a stall, so only cron jobs are used; a clock set back silences those,
//! so a monotonic watchdog makes a run when none came for two intervals.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::FutureExt as _;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::account::{Run, Scope, Trigger};
use super::gate::{GateDefaults, Gates};
use super::notices::Speaker;
use super::store;
use super::sweep::{End, Sweep};
use super::texts::{RunEnd, SHOWN_ERRORS};
use super::ticks::{Scheduler, Ticks};
use super::{WatchConfig, progress};
use crate::activation::Activator;
use crate::clock::{Clock, UnixMs};
use crate::counters;
use crate::db::{Db, WriteTx};
use crate::http::{self, SiteClientConfig};
use crate::i18n;
use crate::tasks::{Tasks, ThreadEnd, give_way};
use crate::telegram::BotProxy;

/// How long the thread may take to say that it is ready.
const START_LIMIT: Duration = Duration::from_secs(5);

/// A run made by the schedule ends when the next tick is due, but never before this: very short schedules would cut
/// every run.
const SHORTEST_RUN: Duration = Duration::from_secs(60);

/// What the watch thread works with.
#[derive(Debug)]
pub struct WatchParts {
    /// Its settings.
    pub config: WatchConfig,
    /// The database.
    pub db: Db,
    /// The time of day.
    pub clock: Clock,
    /// The way to the main runtime.
    pub proxy: BotProxy,
    /// What it says, and to whom.
    pub speaker: Speaker,
    /// Rung when a check is asked for.
    pub bell: Activator,
    /// Follows the schedule and runs at the start; without it only requests are served.
    pub scheduled: bool,
    /// Makes a run at the start even where the settings say no.
    pub run_now: bool,
}

/// Starts the watch thread and waits until it is ready.
///
/// # Errors
/// When the thread, its runtime, its HTTP client or its scheduler cannot be started within five seconds.
pub async fn start(parts: WatchParts, tasks: &Tasks) -> anyhow::Result<ThreadEnd> {
    let (ready, is_ready) = oneshot::channel();
    let stop = tasks.stop_token();
    let end = tasks
        .thread_critical("watch", move || run_thread(parts, &stop, ready))
        .context("start the watch thread")?;
    match tokio::time::timeout(START_LIMIT, is_ready).await {
        Ok(Ok(Ok(()))) => Ok(end),
        Ok(Ok(Err(err))) => Err(err).context("start the watch thread"),
        Ok(Err(_)) => bail!("the watch thread ended while it started"),
        Err(_) => bail!(
            "the watch thread was not ready within {} s",
            START_LIMIT.as_secs()
        ),
    }
}

fn run_thread(
    parts: WatchParts,
    stop: &CancellationToken,
    ready: oneshot::Sender<anyhow::Result<()>>,
) {
    give_way();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Reads of the database only; more would be threads without work.
        .max_blocking_threads(2)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(err) => {
            ready.send(Err(err.into())).ok();
            return;
        }
    };
    runtime.block_on(async {
        match Driver::new(parts, stop.clone()).await {
            Ok(mut driver) => {
                ready.send(Ok(())).ok();
                driver.run().await;
            }
            Err(err) => {
                ready.send(Err(err)).ok();
            }
        }
    });
    // A name that is being resolved cannot be cut short and must not hold the stop.
    runtime.shutdown_background();
}

struct Driver {
    parts: WatchParts,
    stop: CancellationToken,
    client: reqwest::Client,
    gates: Gates,
    ticks: Arc<Ticks>,
    scheduler: Option<Scheduler>,
    last_run: Instant,
}

impl Driver {
    async fn new(parts: WatchParts, stop: CancellationToken) -> anyhow::Result<Self> {
        let config = &parts.config;
        let client = http::site_client(&SiteClientConfig {
            timeout: config.timeout,
            allow_private_targets: config.allow_private_targets,
            user_agent: http::DEFAULT_USER_AGENT.to_owned(),
        })?;
        let ticks = Arc::new(Ticks::default());
        let scheduler = if parts.scheduled {
            let offset = config.schedule.utc_offset_seconds(parts.clock.now());
            Some(Scheduler::new(&config.schedule, offset, &ticks, &parts.bell).await?)
        } else {
            None
        };
        let gates = new_gates(config);
        Ok(Self {
            parts,
            stop,
            client,
            gates,
            ticks,
            scheduler,
            last_run: Instant::now(),
        })
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
            self.make_run(Trigger::Start, Scope::All).await;
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
                    self.make_run(Trigger::Watchdog, Scope::All).await;
                }
            }
            self.follow_time_zone().await;
        }
        if let Some(mut scheduler) = self.scheduler.take() {
            scheduler.stop().await;
        }
    }

    /// Makes every run that is due: those asked for, then the tick.
    async fn serve(&mut self) {
        loop {
            let open = self.parts.db.read(store::open_requests).await;
            let open = open.unwrap_or_else(|err| {
                tracing::error!("the requests could not be read: {err:#}");
                Vec::new()
            });
            let asked = open.first().copied();
            let tick = self.ticks.due.swap(false, Ordering::SeqCst);
            match (asked, tick) {
                // One run over everything answers both.
                (Some(Scope::All), _) => self.make_run(Trigger::Request, Scope::All).await,
                (_, true) => self.make_run(Trigger::Schedule, Scope::All).await,
                (Some(scope), false) => self.make_run(Trigger::Request, scope).await,
                (None, false) => return,
            }
            if self.stop.is_cancelled() {
                return;
            }
        }
    }

    /// One run, from its row to its summary. Whatever goes wrong is logged here, and the watch goes on.
    async fn make_run(&mut self, trigger: Trigger, scope: Scope) {
        let everything = scope == Scope::All;
        if everything {
            self.last_run = Instant::now();
            self.ticks.running.store(true, Ordering::SeqCst);
        }
        let kind = match trigger {
            Trigger::Start => "Initial run",
            Trigger::Schedule | Trigger::Request | Trigger::Watchdog => "Tick",
        };
        tracing::info!(
            trigger = trigger.word(),
            "[AUTO-CHECK/T] {kind} at {}",
            self.spoken_now()
        );
        if let Err(err) = self.try_run(trigger, scope, kind).await {
            tracing::error!(
                trigger = trigger.word(),
                "[AUTO-CHECK/T] {kind} failed: {err:#}"
            );
        }
        if everything {
            self.ticks.running.store(false, Ordering::SeqCst);
            self.last_run = Instant::now();
        }
    }

    async fn try_run(&mut self, trigger: Trigger, scope: Scope, kind: &str) -> anyhow::Result<()> {
        let began = Instant::now();
        let db = self.parts.db.clone();
        let pending = db
            .read(move |c| store::count_pending_by_site(c, scope))
            .await?;
        let total = pending.iter().map(|(_, n)| n).sum();
        let run = self.begin(trigger, scope, total).await?;
        self.parts.proxy.ring();

        let sites = pending.into_iter().map(|(site, _)| site).collect();
        let until = self.time_limit(trigger, began);
        let swept = AssertUnwindSafe(self.sweep(&run, sites, until))
            .catch_unwind()
            .await;
        let took = began.elapsed();
        match swept {
            Ok(Ok(End::Done)) => self.end(&run, took).await?,
            Ok(Ok(End::Stopped)) => self.interrupt(&run, false).await?,
            Ok(Err(err)) => {
                // If the database fails here too, the next run closes this one.
                self.interrupt(&run, false)
                    .await
                    .with_context(|| format!("after: {err:#}"))?;
                return Err(err);
            }
            Err(_) => {
                // What the gates remember may be half changed.
                self.gates = new_gates(&self.parts.config);
                self.interrupt(&run, true).await?;
                bail!("run {} panicked", run.id);
            }
        }
        let id = run.id;
        let counts = db.read(move |c| store::counts(c, id)).await?;
        counters::checks([counts.found, counts.not_found, counts.errors]);
        tracing::info!(
            run = id,
            trigger = trigger.word(),
            checked = counts.checked(),
            found = counts.found,
            not_found = counts.not_found,
            errors = counts.errors,
            elapsed_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            interrupted = self.stop.is_cancelled(),
            "[AUTO-CHECK/T] {kind} completed at {}",
            self.spoken_now()
        );
        Ok(())
    }

    async fn begin(&self, trigger: Trigger, scope: Scope, total: u64) -> anyhow::Result<Run> {
        let now = self.parts.clock.now();
        let speaker = self.parts.speaker.clone();
        let write = self.parts.db.write(move |tx| {
            close_left_behind(tx, now, &speaker)?;
            let run = store::begin(tx, now, trigger, scope, total)?;
            speaker.run_started(tx, now, &run)?;
            Ok(run)
        });
        write.await
    }

    /// Closes the run that a crash cut and lets go of its notices, without waiting for the next run.
    async fn recover(&self) {
        let now = self.parts.clock.now();
        let speaker = self.parts.speaker.clone();
        let closed = self
            .parts
            .db
            .write(move |tx| close_left_behind(tx, now, &speaker))
            .await;
        if let Err(err) = closed {
            tracing::error!("what a crash left behind could not be closed: {err:#}");
        }
        self.parts.proxy.ring();
    }

    /// The sweep with the live bar beside it.
    async fn sweep(
        &mut self,
        run: &Run,
        sites: Vec<String>,
        until: Option<Instant>,
    ) -> anyhow::Result<End> {
        let parts = &self.parts;
        let sweep = Sweep {
            db: &parts.db,
            clock: &parts.clock,
            client: &self.client,
            config: &parts.config,
            speaker: &parts.speaker,
            right_of_way: parts.proxy.right_of_way(),
            stop: &self.stop,
        };
        let bar = progress::follow(&parts.db, &parts.proxy, &parts.speaker, run);
        let began = Instant::now();
        let end = tokio::select! {
            end = sweep.run(&mut self.gates, run, sites, until) => end?,
            () = bar => bail!("the progress bar ended before the run"),
        };
        if end == End::Done && began.elapsed() >= progress::PERIOD {
            progress::finish(&parts.db, &parts.proxy, &parts.speaker, run).await;
        }
        Ok(end)
    }

    async fn end(&self, run: &Run, took: Duration) -> anyhow::Result<()> {
        let parts = &self.parts;
        let now = parts.clock.now();
        let next = self
            .scheduler
            .as_ref()
            .and_then(|_| parts.config.schedule.next_after(now));
        let missed_ticks = self.ticks.missed.swap(0, Ordering::SeqCst);
        let took = shown_time(run.started_at, now, took);
        let (run, speaker) = (run.clone(), parts.speaker.clone());
        let write = parts.db.write(move |tx| {
            let counts = store::counts(tx, run.id)?;
            let all = counts.checked() >= run.total;
            let left = if all {
                0
            } else {
                store::count_unreached(tx, run.scope, run.id)?
            };
            store::end(tx, now, run.id, false, left, missed_ticks)?;
            let end = RunEnd {
                counts,
                took,
                errors: store::errors_of_run(tx, run.id, SHOWN_ERRORS * 4)?,
                skipped: left,
                missed_ticks,
                next,
            };
            speaker.run_ended(tx, now, &run, &end)?;
            if run.scope == Scope::All {
                speaker.reminders(tx, now)?;
                speaker.digests(tx, now)?;
            }
            Ok(())
        });
        write.await?;
        counters::run_ended(true);
        parts.proxy.ring();
        Ok(())
    }

    async fn interrupt(&self, run: &Run, crashed: bool) -> anyhow::Result<()> {
        let now = self.parts.clock.now();
        let (id, speaker) = (run.id, self.parts.speaker.clone());
        let write = self.parts.db.write(move |tx| {
            store::end(tx, now, id, true, 0, 0)?;
            speaker.run_interrupted(tx, now, id)?;
            if crashed {
                speaker.run_crashed(tx, now, id)?;
            }
            Ok(())
        });
        write.await?;
        counters::run_ended(false);
        self.parts.proxy.ring();
        Ok(())
    }

    /// A run of the schedule ends when the next tick is due, so that its summary comes in time and what was not reached
    /// comes first in the next one. A run somebody asked for looks at everything.
    fn time_limit(&self, trigger: Trigger, began: Instant) -> Option<Instant> {
        match trigger {
            Trigger::Schedule | Trigger::Watchdog => Some(began + self.period().max(SHORTEST_RUN)),
            Trigger::Start | Trigger::Request => None,
        }
    }

    fn period(&self) -> Duration {
        let config = &self.parts.config;
        config.schedule.period_after(self.parts.clock.now())
    }

    /// The scheduler freezes a zone's distance from UTC when a job is made; after a change to or from summer time the
    /// job is made anew.
    async fn follow_time_zone(&mut self) {
        let offset = self
            .parts
            .config
            .schedule
            .utc_offset_seconds(self.parts.clock.now());
        let Some(scheduler) = self.scheduler.as_mut().filter(|s| s.offset != offset) else {
            return;
        };
        let remade = scheduler
            .remake(
                &self.parts.config.schedule,
                offset,
                &self.ticks,
                &self.parts.bell,
            )
            .await;
        if let Err(err) = remade {
            tracing::error!("the schedule could not follow the time zone: {err:#}");
        }
    }

    fn spoken_now(&self) -> String {
        i18n::stamp(self.parts.clock.now(), self.parts.config.zone)
    }

    /// The period as operators read it in the log.
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

fn close_left_behind(tx: &WriteTx<'_>, now: UnixMs, speaker: &Speaker) -> anyhow::Result<()> {
    for id in store::close_crashed(tx, now)? {
        tracing::warn!(
            run = id,
            "a run was cut short; its accounts are checked again"
        );
        speaker.run_interrupted(tx, now, id)?;
    }
    speaker.close_starts(tx, now)
}

fn new_gates(config: &WatchConfig) -> Gates {
    Gates::new(GateDefaults {
        per_site: config.per_site,
        min_gap: config.min_gap,
    })
}

/// The duration as people see it: by the clock that their times come from, unless it was set meanwhile.
fn shown_time(started_at: UnixMs, now: UnixMs, measured: Duration) -> Duration {
    let by_clock = now.since(started_at);
    let apart = by_clock.abs_diff(measured);
    if apart > Duration::from_secs(3600) {
        measured
    } else {
        by_clock
    }
}
