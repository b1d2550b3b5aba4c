//! One pass over pending accounts.
//!
//! A pass keeps at most `workers` probes in flight and takes accounts from all sites in turn
//! ([`super::lane`]), as the sites' gates allow ([`super::gate`]). Meanwhile it reads pages and
//! writes results in groups ([`results`]). Its state is in [`state`].
//!
//! # Invariants
//! - A pass holds a few pages of accounts, never all.
//! - A sighting that ends a wait counts only after the configured number of probes that agree.
//! - An account that could not be probed is an error with a reason.
//! - A database error ends the pass and is never a verdict.

mod job;
mod lanes;
mod results;
mod state;
mod summary;
mod timer;

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use self::job::SideJob;
use self::state::{Flight, Pass};
pub(super) use self::summary::{End, Memory, PassSummary};
use self::timer::PassTimer;
use super::eye::{EyeLook, Eyes};
use super::lane::{Lane, LanePage, page_size};
use crate::clock::Clock;
use crate::db::Db;
use crate::slices::watch::model::account::Run;
use crate::slices::watch::model::config::WatchConfig;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::probe;
use crate::slices::watch::probe::ProbeLimits;
use crate::slices::watch::store;
use crate::slices::watch::store::ProbeResult;
use crate::telegram::PriorityGate;

#[derive(Debug, Clone, Copy)]
pub(super) struct PassContext<'a> {
    pub(super) db: &'a Db,
    pub(super) clock: &'a Clock,
    pub(super) client: &'a reqwest::Client,
    pub(super) config: &'a WatchConfig,
    pub(super) notifier: &'a Notifier,
    pub(super) eyes: &'a Eyes,
    pub(super) priority_gate: &'a PriorityGate,
    pub(super) stop: &'a CancellationToken,
}

impl PassContext<'_> {
    /// Probes the accounts in the run's scope. `sites` has the number of accounts per site. No
    /// probe begins after `until`, but running ones are finished.
    ///
    /// # Errors
    /// If the database fails. The next run probes the accounts whose results were not written.
    pub(super) async fn run(
        self,
        memory: &mut Memory,
        run: &Run,
        sites: Vec<(String, u64)>,
        until: Option<Instant>,
    ) -> anyhow::Result<PassSummary> {
        // An aborted pass left requests that never ended.
        memory.gates.forget_in_flight(Instant::now());
        let marks = self.db.read(store::marks).await?;
        let (page, gap) = (page_size(sites.len()), self.config.min_gap);
        let lane = |(key, accounts): (String, u64)| {
            let site = self.notifier.catalogue.find(&key).cloned();
            Lane::new(key.into(), accounts, site, &marks, page, gap)
        };
        let lanes = sites.into_iter().map(lane).collect();
        let pass = RefCell::new(Pass::new(self, memory, run, lanes, until));
        let course = Course {
            pass: &pass,
            context: self,
            run_id: run.id,
            stopping: pin!(self.stop.cancelled()),
            timer: PassTimer::default(),
            reading: SideJob::default(),
            writing: SideJob::default(),
        };
        let end = course.run(|flight| work(&pass, self, flight)).await?;
        Ok(pass.into_inner().summary(end))
    }
}

/// A worker: probes, hands in the result, and begins the next probe as long as one can begin.
async fn work(pass: &RefCell<Pass<'_, '_>>, context: PassContext<'_>, mut flight: Flight) {
    let (timeout, private) = (context.config.timeout, context.config.allow_private_targets);
    let mut timer = pin!(sleep(timeout));
    loop {
        match flight {
            Flight::Probe(probing) => {
                let limits = ProbeLimits::new(timeout, private, context.clock.now());
                let (client, timer) = (context.client, timer.as_mut());
                let (site, name) = (probing.site(), probing.name());
                let (probe, page) = probe::probe_by(client, site, name, &limits, timer).await;
                pass.borrow_mut().land(probing, &probe, page);
            }
            Flight::Eye(look) => {
                let result = see(context.db, look).await;
                pass.borrow_mut().land_result(result);
            }
        }
        match pass.borrow_mut().next_flight() {
            Some(next) => flight = next,
            None => return,
        }
    }
}

/// Looks with another eye. Whom it cannot read in the database, it does not see.
async fn see(db: &Db, look: EyeLook) -> ProbeResult {
    let id = look.account();
    match db.read(move |c| store::subject(c, id)).await {
        Ok(Some(subject)) => look.look(subject).await,
        Ok(None) => look.unseen(),
        Err(err) => {
            tracing::error!(account = id, "another eye got no name to look at: {err:#}");
            look.unseen()
        }
    }
}

/// The main loop of a pass: its workers, and the reading and writing beside them.
struct Course<'p, 'a, 'g> {
    pass: &'p RefCell<Pass<'a, 'g>>,
    context: PassContext<'a>,
    run_id: i64,
    /// Ready at the stop. Kept for the whole pass, because each new wait costs.
    stopping: Pin<&'p mut WaitForCancellationFuture<'a>>,
    timer: PassTimer,
    reading: SideJob<'p, (usize, LanePage)>,
    writing: SideJob<'p, ()>,
}

impl<'p, 'a: 'p> Course<'p, 'a, '_> {
    async fn run<W: Future<Output = ()>>(
        mut self,
        work: impl Fn(Flight) -> W,
    ) -> anyhow::Result<End> {
        let mut workers = FuturesUnordered::new();
        loop {
            self.pass.borrow_mut().forget_landed();
            if self.pass.borrow().is_stopped() {
                // Drops the probes at their current await. Their accounts are probed again after
                // the restart.
                workers.clear();
                self.reading.drop_it();
            }
            let held = self.held_until();
            // Results may wait while the gate is held, so the pass must not end then, although no
            // probe may begin.
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

    /// Until when the priority gate is held; none if nobody waits for an answer, or if the program
    /// stops.
    fn held_until(&self) -> Option<Instant> {
        let until = self.context.priority_gate.held_until(Instant::now());
        until.filter(|_| !self.pass.borrow().is_stopped())
    }

    /// Begins every probe that can begin. Returns when the next one can, if later.
    fn start<W: Future<Output = ()>>(
        &self,
        workers: &mut FuturesUnordered<W>,
        work: &impl Fn(Flight) -> W,
    ) -> Option<Instant> {
        let mut pass = self.pass.borrow_mut();
        while workers.len() < self.context.config.workers {
            match pass.next_flight() {
                Some(flight) => workers.push(work(flight)),
                None => return pass.wake(),
            }
        }
        None
    }

    /// Starts reading the next page and writing the next group. With `rest`, the group takes all
    /// results.
    fn read_and_write(&mut self, rest: bool) {
        let mut pass = self.pass.borrow_mut();
        let (context, run_id) = (self.context, self.run_id);
        if !self.reading.is_under_way()
            && let Some((lane, reading)) = pass.next_reading()
        {
            self.reading
                .begin(async move { Ok((lane, reading.read(context.db).await?)) });
        }
        if !self.writing.is_under_way()
            && let Some(group) = pass.next_group(rest)
        {
            self.writing.begin(group.write(context, run_id));
        }
    }

    /// Waits for the end of a probe, a page or a group, for a moment, or for the stop.
    async fn wait<W: Future<Output = ()>>(
        &mut self,
        workers: &mut FuturesUnordered<W>,
        wake: Option<Instant>,
        is_held: bool,
    ) -> anyhow::Result<()> {
        let (pass, is_writing) = (self.pass, self.writing.is_under_way());
        let is_stopped = pass.borrow().is_stopped();
        let due = pass.borrow().results_due_at();
        let due = due.filter(|_| !is_held && !is_writing);
        if let Some(moment) = wake.into_iter().chain(due).min() {
            self.timer.set(moment);
        }
        // The workers are polled right before this, so the check comes after them.
        let landed = poll_fn(|_| match pass.borrow().has_landed() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        });
        tokio::select! {
            biased;
            () = self.stopping.as_mut(), if !is_stopped => pass.borrow_mut().stop(),
            written = self.writing.done() => written?,
            read = self.reading.done() => pass.borrow_mut().take_page(read?),
            Some(()) = workers.next() => {}
            () = landed => {}
            () = self.context.priority_gate.closed(), if is_held => {}
            () = self.timer.rings() => {}
        }
        Ok(())
    }
}
