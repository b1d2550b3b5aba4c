//! One pass over pending accounts.
//!
//! Which look comes next is in [`pick`], what becomes of one that came back in [`land`], how that is stored in [`results`].
//!
//! A sweep keeps at most `workers` looks in flight, takes accounts from all sites in turn ([`super::lane`]) as their
//! gates allow ([`super::gate`]), and reads pages and writes results in groups while the looks go on. It holds some pages,
//! never all accounts. What must stay true: what is waited for counts as seen only after the configured number of looks
//! that agree; what could not be looked at is an error with a reason; a storage fault ends the sweep and is never a verdict.

mod alarm;
mod job;
mod land;
mod outcome;
mod pick;
mod results;

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use self::alarm::Alarm;
use self::job::Errand;
pub(super) use self::outcome::{End, Memory, Swept};
use self::pick::Job;
use self::results::{Results, take_asked};
use super::lane::{Lane, Page, page_size};
use super::network::Network;
use crate::clock::Clock;
use crate::db::Db;
use crate::slices::watch::WatchConfig;
use crate::slices::watch::model::account::Run;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::probe;
use crate::slices::watch::probe::ProbeLimits;
use crate::slices::watch::store;
use crate::telegram::PriorityGate;

/// What a sweep works with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sweep<'a> {
    pub(super) db: &'a Db,
    pub(super) clock: &'a Clock,
    pub(super) client: &'a reqwest::Client,
    pub(super) config: &'a WatchConfig,
    pub(super) notifier: &'a Notifier,
    pub(super) priority_gate: &'a PriorityGate,
    pub(super) stop: &'a CancellationToken,
}

impl Sweep<'_> {
    /// Looks at everything in the run's scope, so many accounts of each site, at most until `until`; what was started by
    /// then is finished.
    ///
    /// # Errors
    /// When the database fails; accounts without a written result are simply looked at again by the next run.
    pub(super) async fn run(
        self,
        memory: &mut Memory,
        run: &Run,
        sites: Vec<(String, u64)>,
        until: Option<Instant>,
    ) -> anyhow::Result<Swept> {
        // A run that was cut short left its looks without an end.
        memory.gates.forget_in_flight(Instant::now());
        let marks = self.db.read(store::marks).await?;
        let page = page_size(sites.len());
        let lane = |(key, accounts): (String, u64)| {
            let site = self.notifier.catalogue.find(&key).cloned();
            Lane::new(key.into(), accounts, site, &marks, page)
        };
        let lanes: Vec<Lane> = sites.into_iter().map(lane).collect();
        let pass = RefCell::new(Pass {
            sweep: self,
            memory,
            run,
            until,
            network: Network::new(lanes.len()),
            lanes,
            turn: 0,
            results: Results::default(),
            wake: None,
            has_landed: false,
            is_stopped: self.stop.is_cancelled(),
        });
        let course = Course {
            pass: &pass,
            sweep: self,
            stopping: pin!(self.stop.cancelled()),
            alarm: Alarm::default(),
            reading: Errand::default(),
            writing: Errand::default(),
        };
        let end = course.run(|job| work(&pass, job)).await?;
        Ok(pass.into_inner().swept(end))
    }
}

/// The state of one pass. Its course and its workers take turns with it on one thread.
struct Pass<'a, 'g> {
    sweep: Sweep<'a>,
    memory: &'g mut Memory,
    run: &'g Run,
    until: Option<Instant>,
    lanes: Vec<Lane>,
    network: Network,
    turn: usize,
    results: Results,
    /// When a look can begin by itself, if none could when one was asked for.
    wake: Option<Instant>,
    /// A look came back after the course had last seen to everything.
    has_landed: bool,
    is_stopped: bool,
}

impl Pass<'_, '_> {
    /// How the pass ends when nothing is under way any more; none when there is something to begin again.
    fn end(&mut self) -> Option<End> {
        if self.is_stopped {
            Some(End::Stopped)
        } else if self.network.is_down() {
            Some(End::Offline)
        } else {
            (!self.wake_silent()).then_some(End::Done)
        }
    }

    fn take_page(&mut self, (lane, page): (usize, Page)) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.take_page(page);
        }
    }

    fn swept(mut self, end: End) -> Swept {
        let asked = take_asked(&mut self.lanes);
        let lanes = self.lanes.into_iter();
        Swept {
            end,
            answered: lanes.map(|lane| (lane.key, lane.answered)).collect(),
            asked,
            is_heard: self.network.is_heard(),
        }
    }
}

/// A worker: a look, what becomes of it, and at once the next one, as long as one can begin.
async fn work(pass: &RefCell<Pass<'_, '_>>, mut job: Job) {
    let sweep = pass.borrow().sweep;
    let (timeout, private) = (sweep.config.timeout, sweep.config.allow_private_targets);
    let mut timer = pin!(sleep(timeout));
    loop {
        let limits = ProbeLimits::new(timeout, private, sweep.clock.now());
        let (client, timer) = (sweep.client, timer.as_mut());
        let look = probe::look_by(client, &job.site, &job.name, &limits, timer).await;
        let mut pass = pass.borrow_mut();
        pass.land(job, &look);
        pass.has_landed = true;
        match pass.next_job() {
            Some(next) => job = next,
            None => return,
        }
    }
}

/// The course of a pass: its workers, and what goes on beside them.
struct Course<'p, 'a, 'g> {
    pass: &'p RefCell<Pass<'a, 'g>>,
    sweep: Sweep<'a>,
    /// Becomes ready with the stop: waited for throughout, not anew by each step.
    stopping: Pin<&'p mut WaitForCancellationFuture<'a>>,
    alarm: Alarm,
    reading: Errand<'p, (usize, Page)>,
    writing: Errand<'p, ()>,
}

impl<'p, 'a: 'p> Course<'p, 'a, '_> {
    async fn run<W: Future<Output = ()>>(mut self, work: impl Fn(Job) -> W) -> anyhow::Result<End> {
        let mut workers = FuturesUnordered::new();
        loop {
            self.pass.borrow_mut().has_landed = false;
            if self.pass.borrow().is_stopped {
                // A look is cut at its next await; its account is looked at again after the start.
                workers.clear();
                self.reading.drop_it();
            }
            let held = self.held_until();
            // Results wait as long as it is held: then the pass must not end, although no look may begin any more.
            let wake = self.start(&mut workers, &work).or(held);
            if held.is_none() {
                self.read_and_write(workers.is_empty());
            }
            let is_idle = !self.reading.is_under_way() && !self.writing.is_under_way();
            if workers.is_empty() && is_idle && wake.is_none() {
                if let Some(end) = self.pass.borrow_mut().end() {
                    return Ok(end);
                }
                continue;
            }
            self.wait(&mut workers, wake, held.is_some()).await?;
        }
    }

    /// Until when somebody is given the right of way; none while nobody waits for an answer, or when the program stops.
    fn held_until(&self) -> Option<Instant> {
        let until = self.sweep.priority_gate.held_until(Instant::now());
        until.filter(|_| !self.pass.borrow().is_stopped)
    }

    /// Begins the looks that can begin; when the next one can, if that is later.
    fn start<W: Future<Output = ()>>(
        &self,
        workers: &mut FuturesUnordered<W>,
        work: &impl Fn(Job) -> W,
    ) -> Option<Instant> {
        let mut pass = self.pass.borrow_mut();
        while workers.len() < self.sweep.config.workers {
            match pass.next_job() {
                Some(job) => workers.push(work(job)),
                None => return pass.wake,
            }
        }
        None
    }

    /// Begins to read the next page and to write the next group; `rest` writes what there is.
    fn read_and_write(&mut self, rest: bool) {
        let mut pass = self.pass.borrow_mut();
        let (sweep, run_id, rest) = (self.sweep, pass.run.id, rest || pass.is_stopped);
        if !self.reading.is_under_way()
            && let Some((lane, reading)) = pass.next_reading()
        {
            self.reading
                .begin(async move { Ok((lane, reading.read(sweep.db).await?)) });
        }
        if !self.writing.is_under_way()
            && let Some(mut group) = pass.results.next_group(sweep, rest)
        {
            group.asked = take_asked(&mut pass.lanes);
            if pass.memory.gates.breaker_news() {
                group.breakers = Some(pass.memory.breakers(sweep.clock.now()));
            }
            self.writing.begin(group.write(sweep, run_id));
        }
    }

    /// Waits until something has happened: a look came back, a page was read, a group was written, a time has come, or
    /// the stop.
    async fn wait<W: Future<Output = ()>>(
        &mut self,
        workers: &mut FuturesUnordered<W>,
        wake: Option<Instant>,
        is_held: bool,
    ) -> anyhow::Result<()> {
        let (pass, is_writing) = (self.pass, self.writing.is_under_way());
        let is_stopped = pass.borrow().is_stopped;
        let due = pass.borrow().results.due_at();
        let due = due.filter(|_| !is_held && !is_writing);
        if let Some(moment) = wake.into_iter().chain(due).min() {
            self.alarm.set(moment);
        }
        // The workers run where they are waited for, so that this is asked when they have.
        let landed = poll_fn(|_| match pass.borrow().has_landed {
            true => Poll::Ready(()),
            false => Poll::Pending,
        });
        tokio::select! {
            biased;
            () = self.stopping.as_mut(), if !is_stopped => pass.borrow_mut().is_stopped = true,
            written = self.writing.done() => written?,
            read = self.reading.done() => pass.borrow_mut().take_page(read?),
            Some(()) = workers.next() => {}
            () = landed => {}
            () = self.sweep.priority_gate.closed(), if is_held => {}
            () = self.alarm.rings() => {}
        }
        Ok(())
    }
}
