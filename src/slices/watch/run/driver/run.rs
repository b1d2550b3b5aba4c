//! One run, from its row to its summary.
//!
//! # Invariants
//! - Whatever goes wrong in a run, this run or the next one closes its row.
//! - Whatever goes wrong in a run, the watch goes on.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::FutureExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Driver, new_memory};
use crate::activation::Activator;
use crate::clock::UnixMs;
use crate::counters;
use crate::db::{Db, WriteTx};
use crate::slices::watch::model::account::{Run, RunScope, RunState, SiteTally, Trigger};
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::notices::texts::{RunEnd, SHOWN_ERRORS};
use crate::slices::watch::run::pass::{End, PassContext, PassSummary};
use crate::slices::watch::run::progress;
use crate::slices::watch::store;

/// A process that makes one run and ends announces the start only of a run that lasts longer. The
/// result would have to wait a second behind the start, and the process with it.
const START_HELD: Duration = Duration::from_secs(3);

/// Requests by site that were not written together with a result.
type Requests = Vec<(Arc<str>, SiteTally)>;

impl Driver {
    /// One run, from its row to its summary. Errors are logged here, and the watch goes on; false
    /// after one.
    pub(super) async fn make_run(&mut self, trigger: Trigger, scope: RunScope) -> bool {
        let everything = scope == RunScope::All;
        if everything {
            self.last_run = Instant::now();
            self.ticks.answer();
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
        let made = self.try_run(trigger, scope, kind).await;
        if let Err(err) = &made {
            tracing::error!(
                trigger = trigger.word(),
                "[AUTO-CHECK/T] {kind} failed: {err:#}"
            );
        }
        if everything {
            self.last_run = Instant::now();
            self.parts.progress().close().await;
        }
        made.is_ok()
    }

    async fn try_run(
        &mut self,
        trigger: Trigger,
        scope: RunScope,
        kind: &str,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        let db = self.parts.db.clone();
        self.brake().recover().await?;
        let now = self.parts.clock.now();
        let read = db.read(move |c| {
            Ok((
                store::count_pending_by_site(c, scope)?,
                store::muted(c, now)?,
            ))
        });
        let (pending, muted) = read.await?;
        let (muted, pending): (Vec<_>, Vec<_>) = pending
            .into_iter()
            .partition(|(site, _)| muted.contains_key(site));
        let total = pending.iter().map(|(_, n)| n).sum();
        let run = self.begin(trigger, scope, total).await?;
        self.parts.proxy.ring();

        let until = self.time_limit(scope);
        let passed = AssertUnwindSafe(self.pass(&run, pending, until))
            .catch_unwind()
            .await;
        let took = began.elapsed();
        match passed {
            Ok(Ok(summary)) => match summary.end {
                End::Done => self.end(&run, took, summary, muted).await?,
                End::Stopped => self.interrupt(&run, summary.unwritten, false).await?,
                End::Offline => self.end_offline(&run, summary.unwritten).await?,
            },
            Ok(Err(err)) => {
                // If the database fails here too, the next run closes this one.
                self.interrupt(&run, Requests::new(), false)
                    .await
                    .with_context(|| format!("after: {err:#}"))?;
                return Err(err);
            }
            Err(_) => {
                // The panic may have left the gates' memory inconsistent.
                self.memory = new_memory(&self.parts.config);
                self.interrupt(&run, Requests::new(), true).await?;
                self.remember_silences().await?;
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

    async fn begin(&self, trigger: Trigger, scope: RunScope, total: u64) -> anyhow::Result<Run> {
        self.fill_places().await?;
        let now = self.parts.clock.now();
        let notifier = self.parts.notifier.clone();
        let breakers = self.memory.breakers(now);
        let hold = if self.parts.is_brief {
            START_HELD
        } else {
            Duration::ZERO
        };
        let write = self.parts.db.write(move |tx| {
            close_left_behind(tx, now, &notifier, &breakers)?;
            let run = store::begin(tx, now, trigger, scope, total)?;
            // While our own network is down, a further attempt is no news.
            if scope != RunScope::All || store::offline_since(tx)?.is_none() {
                notifier.run_started(tx, now, &run, hold)?;
            }
            Ok(run)
        });
        write.await
    }

    /// Closes a run that a crash interrupted, and releases its notices, without waiting for the
    /// next run.
    pub(super) async fn recover(&self) {
        let now = self.parts.clock.now();
        let notifier = self.parts.notifier.clone();
        let breakers = self.memory.breakers(now);
        let closed = self
            .parts
            .db
            .write(move |tx| close_left_behind(tx, now, &notifier, &breakers))
            .await;
        let filled = self.fill_places().await;
        if let Err(err) = closed.and(filled) {
            tracing::error!("what a crash left behind could not be closed: {err:#}");
        }
        self.parts.proxy.ring();
    }

    /// Makes the pass, keeps the live progress bar up to date, and settles held accounts.
    async fn pass(
        &mut self,
        run: &Run,
        sites: Vec<(String, u64)>,
        until: Option<Instant>,
    ) -> anyhow::Result<PassSummary> {
        let parts = &self.parts;
        // Ends with the program, or when an admin wants this run to end.
        let stop = self.stop.child_token();
        let pass = PassContext {
            db: &parts.db,
            clock: &parts.clock,
            client: &self.client,
            config: &parts.config,
            notifier: &parts.notifier,
            eyes: &parts.eyes,
            priority_gate: parts.proxy.priority_gate(),
            stop: &stop,
        };
        let shown = parts.progress();
        let bar = shown.follow(run);
        let began = Instant::now();
        let summary = tokio::select! {
            summary = pass.run(&mut self.memory, run, sites, until) => summary?,
            () = bar => bail!("the progress bar ended before the run"),
            () = stop_when_asked(&parts.db, &parts.bell, run.id, &stop) => {
                bail!("who waits for the stop of the run ended before it")
            }
        };
        if summary.end == End::Done {
            self.brake().settle(run.id, &summary.answered).await?;
            if began.elapsed() >= progress::PERIOD {
                shown.finish(run).await;
            }
        }
        Ok(summary)
    }

    /// Fills in the reserved messages about what runs saw.
    async fn fill_places(&self) -> anyhow::Result<()> {
        loop {
            let now = self.parts.clock.now();
            let notifier = self.parts.notifier.clone();
            let messages = self.parts.db.read(move |c| notifier.kept_messages(c));
            let messages = messages.await?;
            if messages.is_empty() {
                return Ok(());
            }
            let write = self.parts.db.write(move |tx| {
                for (place, message) in messages {
                    match message {
                        Some(message) => place.fill(tx, now, &message)?,
                        None => place.give_up(tx)?,
                    }
                }
                Ok(())
            });
            write.await?;
            self.parts.proxy.ring();
        }
    }

    /// Ends a run that probed all it could. `muted` lists muted sites with their numbers of
    /// accounts.
    async fn end(
        &self,
        run: &Run,
        took: Duration,
        summary: PassSummary,
        muted: Vec<(String, u64)>,
    ) -> anyhow::Result<()> {
        self.fill_places().await?;
        let parts = &self.parts;
        let now = parts.clock.now();
        let next = self
            .scheduler
            .as_ref()
            .and_then(|_| parts.config.schedule.next_after(now));
        let missed_ticks = match run.scope {
            RunScope::All => self.ticks.take_missed(),
            RunScope::Owner(_) | RunScope::Account(_) => 0,
        };
        let took = shown_time(run.started_at, now, took);
        let (run, notifier) = (run.clone(), parts.notifier.clone());
        let (id, scope, total) = (run.id, run.scope, run.total);
        let was_held = parts.is_brief;
        // Outside the transaction: this reads every account, and would keep the writer busy.
        let left = parts.db.read(move |c| {
            let all = store::counts(c, id)?.checked() >= total;
            if all {
                return Ok(Vec::new());
            }
            store::unreached(c, scope, id)
        });
        let mut left: Vec<(String, u64)> = left.await?;
        left.retain(|(site, _)| !muted.iter().any(|(other, _)| other == site));
        let skipped = left.iter().map(|(_, n)| n).sum();
        let write = parts.db.write(move |tx| {
            let counts = store::counts(tx, run.id)?;
            store::end(tx, now, run.id, RunState::Done, skipped, missed_ticks)?;
            count_requests(tx, &notifier, now, &summary.unwritten)?;
            let end = RunEnd {
                counts,
                took,
                errors: store::errors_of_run(tx, run.id, SHOWN_ERRORS * 4)?,
                skipped,
                muted,
                missed_ticks,
                next,
            };
            if was_held {
                Notifier::withdraw_start(tx, run.id)?;
            }
            notifier.run_ended(tx, now, &run, &end)?;
            if summary.is_heard
                && let Some(since) = store::note_online(tx)?
            {
                notifier.online(tx, now, &run, since)?;
            }
            if run.scope == RunScope::All {
                store::settle_rounds(tx, run.id, &left)?;
                notifier.reminders(tx, now)?;
                notifier.digests(tx, now)?;
            }
            Ok(())
        });
        write.await?;
        counters::run_ended(true);
        parts.proxy.ring();
        Ok(())
    }

    /// Ends a run that could not look because our own network is down.
    async fn end_offline(&self, run: &Run, unwritten: Requests) -> anyhow::Result<()> {
        self.fill_places().await?;
        tracing::warn!(
            run = run.id,
            "no site could be reached: our own network is down"
        );
        let now = self.parts.clock.now();
        let (run, notifier) = (run.clone(), self.parts.notifier.clone());
        let write = self.parts.db.write(move |tx| {
            store::end(tx, now, run.id, RunState::Offline, 0, 0)?;
            count_requests(tx, &notifier, now, &unwritten)?;
            // A run over few accounts may have hit just the few sites that are down.
            let is_news = run.scope == RunScope::All && store::note_offline(tx, now)?;
            notifier.run_offline(tx, now, &run, is_news)
        });
        write.await?;
        counters::run_ended(false);
        self.parts.proxy.ring();
        Ok(())
    }

    /// Ends an interrupted run. Its results so far count.
    async fn interrupt(&self, run: &Run, unwritten: Requests, crashed: bool) -> anyhow::Result<()> {
        self.fill_places().await?;
        let now = self.parts.clock.now();
        let (id, notifier) = (run.id, self.parts.notifier.clone());
        let write = self.parts.db.write(move |tx| {
            store::end(tx, now, id, RunState::Interrupted, 0, 0)?;
            count_requests(tx, &notifier, now, &unwritten)?;
            notifier.run_unfinished(tx, now, id)?;
            if crashed {
                notifier.run_crashed(tx, now, id)?;
            }
            Ok(())
        });
        write.await?;
        counters::run_ended(false);
        self.parts.proxy.ring();
        Ok(())
    }
}

/// Ends a run if an admin asks for it. Other reasons for the bell are read from the database after
/// the run.
async fn stop_when_asked(db: &Db, bell: &Activator, run_id: i64, stop: &CancellationToken) {
    loop {
        bell.rung().await;
        match db.read(move |c| store::is_stopped(c, run_id)).await {
            Ok(true) => stop.cancel(),
            Ok(false) => {}
            Err(err) => tracing::warn!(run_id, "whether to stop could not be read: {err:#}"),
        }
    }
}

fn count_requests(
    tx: &WriteTx<'_>,
    notifier: &Notifier,
    now: UnixMs,
    requests: &Requests,
) -> anyhow::Result<()> {
    let requests = requests.iter().map(|(site, tally)| (&**site, *tally));
    store::count_day(tx, &notifier.zone.day(now), requests)
}

/// Between runs, makes the rows match the facts: no run is going on, and these breakers are open.
fn close_left_behind(
    tx: &WriteTx<'_>,
    now: UnixMs,
    notifier: &Notifier,
    breakers: &store::Breakers,
) -> anyhow::Result<()> {
    store::set_breakers(tx, breakers)?;
    for id in store::close_crashed(tx, now)? {
        tracing::warn!(
            run = id,
            "a run was cut short; its accounts are checked again"
        );
        notifier.run_unfinished(tx, now, id)?;
    }
    notifier.close_starts(tx, now)
}

/// The duration to show: by the wall clock, like the times beside it, unless the clock was set
/// during the run.
fn shown_time(started_at: UnixMs, now: UnixMs, measured: Duration) -> Duration {
    let by_clock = now.since(started_at);
    let apart = by_clock.abs_diff(measured);
    if apart > Duration::from_secs(3600) {
        measured
    } else {
        by_clock
    }
}
