//! Runs the schedule: a cron job marks a tick as due and rings the bell.
//!
//! The job does no work of its own, so runs cannot overlap.
//!
//! # Invariants
//! - A tick during a run is due after that run. Further ones are only counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::Context as _;
use chrono::FixedOffset;
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::activation::Activator;
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
    job: uuid::Uuid,
    /// The UTC offset that the job was created with, in seconds.
    pub(super) offset: i32,
}

impl Scheduler {
    pub(super) async fn new(
        schedule: &Schedule,
        offset: i32,
        ticks: &Arc<Ticks>,
        bell: &Activator,
    ) -> anyhow::Result<Self> {
        let scheduler = JobScheduler::new_with_channel_size(SCHEDULER_QUEUE)
            .await
            .context("make the scheduler")?;
        let job = scheduler
            .add(tick_job(schedule, offset, ticks, bell)?)
            .await
            .context("add the schedule")?;
        scheduler.start().await.context("start the scheduler")?;
        Ok(Self {
            scheduler,
            job,
            offset,
        })
    }

    pub(super) async fn remake(
        &mut self,
        schedule: &Schedule,
        offset: i32,
        ticks: &Arc<Ticks>,
        bell: &Activator,
    ) -> anyhow::Result<()> {
        self.scheduler
            .remove(&self.job)
            .await
            .context("remove the schedule")?;
        self.job = self
            .scheduler
            .add(tick_job(schedule, offset, ticks, bell)?)
            .await
            .context("add the schedule")?;
        self.offset = offset;
        Ok(())
    }

    pub(super) async fn stop(&mut self) {
        if let Err(err) = self.scheduler.shutdown().await {
            tracing::warn!("the scheduler did not stop: {err}");
        }
    }
}

fn tick_job(
    schedule: &Schedule,
    offset: i32,
    ticks: &Arc<Ticks>,
    bell: &Activator,
) -> anyhow::Result<Job> {
    let (ticks, bell) = (Arc::clone(ticks), bell.clone());
    let offset = FixedOffset::east_opt(offset).context("a zone is within a day of UTC")?;
    let job = Job::new_async_tz(schedule.as_str(), offset, move |_, _| {
        ticks.fire(&bell);
        Box::pin(async {})
    });
    job.with_context(|| format!("read the schedule {}", schedule.as_str()))
}
