//! Runs the schedule: a cron job marks a tick as due and rings the bell.
//!
//! The scheduler knows no time zones whose clocks change. So its job looks every minute, and
//! [`Schedule`] says whether a tick has passed.
//!
//! The job does no work of its own, so runs cannot overlap.
//!
//! # Invariants
//! - A tick during a run is due after that run. Further ones are only counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use anyhow::Context as _;
use chrono::Utc;
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::activation::Activator;
use crate::clock::{Clock, UnixMs};
use crate::slices::watch::model::schedule::Schedule;

/// With one job, the scheduler's queues hold only a few messages. Its default of 200 takes 170 KB
/// at rest.
const SCHEDULER_QUEUE: usize = 16;

/// What the scheduler's job and the driver share.
#[derive(Debug, Default)]
pub(super) struct Ticks {
    is_due: AtomicBool,
    missed: AtomicU64,
}

impl Ticks {
    /// A tick of the schedule.
    pub(super) fn fire(&self, bell: &Activator) {
        if self.is_due.swap(true, Ordering::SeqCst) {
            self.missed.fetch_add(1, Ordering::SeqCst);
        }
        bell.ring();
    }

    /// True if a run is due.
    pub(super) fn is_due(&self) -> bool {
        self.is_due.load(Ordering::SeqCst)
    }

    /// A run that answers the tick begins.
    pub(super) fn answer(&self) {
        self.is_due.store(false, Ordering::SeqCst);
    }

    /// Takes the number of ticks that fired while another one was due.
    pub(super) fn take_missed(&self) -> u64 {
        self.missed.swap(0, Ordering::SeqCst)
    }
}

pub(super) struct Scheduler {
    scheduler: JobScheduler,
}

impl Scheduler {
    pub(super) async fn new(
        schedule: &Schedule,
        clock: &Clock,
        ticks: &Arc<Ticks>,
        bell: &Activator,
    ) -> anyhow::Result<Self> {
        let scheduler = JobScheduler::new_with_channel_size(SCHEDULER_QUEUE)
            .await
            .context("make the scheduler")?;
        scheduler
            .add(tick_job(schedule, clock, ticks, bell)?)
            .await
            .context("add the schedule")?;
        scheduler.start().await.context("start the scheduler")?;
        Ok(Self { scheduler })
    }

    pub(super) async fn stop(&mut self) {
        if let Err(err) = self.scheduler.shutdown().await {
            tracing::warn!("the scheduler did not stop: {err}");
        }
    }
}

fn tick_job(
    schedule: &Schedule,
    clock: &Clock,
    ticks: &Arc<Ticks>,
    bell: &Activator,
) -> anyhow::Result<Job> {
    let (ticks, bell) = (Arc::clone(ticks), bell.clone());
    let (schedule, clock) = (schedule.clone(), clock.clone());
    let looked_at = AtomicI64::new(clock.now().0);
    let pattern = schedule.every_minute();
    let job = Job::new_async_tz(pattern.as_str(), Utc, move |_, _| {
        let now = clock.now();
        let before = UnixMs(looked_at.swap(now.0, Ordering::SeqCst));
        if schedule.has_tick(before, now) {
            ticks.fire(&bell);
        }
        Box::pin(async {})
    });
    job.with_context(|| format!("read the schedule {pattern}"))
}
