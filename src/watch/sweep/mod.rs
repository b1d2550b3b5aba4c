//! One pass over pending accounts.
//!
//! What becomes of a look that came back is in [`land`], how it is stored in [`results`].
//!
//! A sweep keeps at most `workers` looks in flight, takes accounts from all sites in turn ([`super::lane`]) as their
//! gates allow ([`super::gate`]), and writes results in groups while further looks go on. It holds a page per site, never
//! all accounts. What must stay true: what is waited for counts as seen only after the configured number of looks that agree;
//! what could not be looked at is an error with a reason; a storage fault ends the sweep and is never a verdict.

mod alarm;
mod land;
mod outcome;
mod results;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use self::alarm::Alarm;
pub(super) use self::outcome::{End, Memory, Swept};
use self::results::Results;
use super::WatchConfig;
use super::account::Run;
use super::gate::Start;
use super::lane::{Candidate, Lane, Subject, page_size};
use super::network::Network;
use super::notices::Speaker;
use super::probe::{self, ProbeLimits};
use super::site::{Site, Username};
use super::store;
use super::verdict::Inconclusive;
use crate::clock::Clock;
use crate::db::Db;
use crate::telegram::RightOfWay;

/// What a sweep works with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sweep<'a> {
    pub(super) db: &'a Db,
    pub(super) clock: &'a Clock,
    pub(super) client: &'a reqwest::Client,
    pub(super) config: &'a WatchConfig,
    pub(super) speaker: &'a Speaker,
    pub(super) right_of_way: &'a RightOfWay,
    pub(super) stop: &'a CancellationToken,
}

type InFlight<'a> = FuturesUnordered<Pin<Box<dyn Future<Output = Landed> + Send + 'a>>>;

/// A look that has come back.
struct Landed {
    lane: usize,
    began: Instant,
    subject: Subject,
    look: probe::Look,
}

/// What the next step of the loop is.
enum Pick {
    /// A look is started.
    Started,
    /// An account got its result without a look.
    Settled,
    /// Nothing can start before this moment.
    At(Instant),
    /// No lane has an account left to start.
    Nothing,
}

impl<'a> Sweep<'a> {
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
            let site = self.speaker.catalogue.find(&key).cloned();
            Lane::new(key.into(), accounts, site, &marks, page)
        };
        let lanes: Vec<Lane> = sites.into_iter().map(lane).collect();
        Pass {
            sweep: self,
            memory,
            run,
            until,
            network: Network::new(lanes.len()),
            lanes,
            turn: 0,
            in_flight: FuturesUnordered::new(),
            results: Results::default(),
            stopping: Box::pin(self.stop.cancelled()),
            is_stopped: self.stop.is_cancelled(),
            alarm: Alarm::default(),
        }
        .run()
        .await
    }
}

/// The state of one pass.
struct Pass<'a, 'g> {
    sweep: Sweep<'a>,
    memory: &'g mut Memory,
    run: &'a Run,
    until: Option<Instant>,
    lanes: Vec<Lane>,
    network: Network,
    turn: usize,
    in_flight: InFlight<'a>,
    results: Results<'a>,
    /// Becomes ready with the stop: waited for throughout, not anew by each step.
    stopping: Pin<Box<WaitForCancellationFuture<'a>>>,
    is_stopped: bool,
    alarm: Alarm,
}

impl<'a> Pass<'a, '_> {
    async fn run(mut self) -> anyhow::Result<Swept> {
        loop {
            let stopped = self.is_stopped;
            if stopped {
                // A look is cut at its next await; its account is looked at again after the start.
                self.in_flight.clear();
            }
            let held = if stopped {
                None
            } else {
                self.sweep.right_of_way.held_until()
            };
            let wake = match held {
                // Somebody waits for an answer: nothing new until it has left.
                Some(until) => Some(until),
                None if stopped => None,
                None => self.start_looks().await?,
            };
            if held.is_none() {
                let rest = stopped || self.in_flight.is_empty();
                self.results.write(self.sweep, self.run.id, rest);
            }
            if self.in_flight.is_empty() && !self.results.is_writing() && wake.is_none() {
                if stopped {
                    return Ok(self.swept(End::Stopped));
                }
                if self.network.is_down() {
                    return Ok(self.swept(End::Offline));
                }
                if !self.wake_silent() {
                    return Ok(self.swept(End::Done));
                }
                continue;
            }
            self.wait(wake, held.is_some()).await?;
        }
    }

    fn swept(self, end: End) -> Swept {
        let tallies = self
            .lanes
            .into_iter()
            .map(|lane| (lane.key.to_string(), lane.tally));
        Swept {
            end,
            tallies: tallies.collect(),
            is_heard: self.network.is_heard(),
        }
    }

    /// Starts what can start; when the next look can start, if that is later.
    async fn start_looks(&mut self) -> anyhow::Result<Option<Instant>> {
        loop {
            let now = Instant::now();
            let over = self.until.is_some_and(|until| now >= until);
            if over
                || self.network.seems_down()
                || self.in_flight.len() >= self.sweep.config.workers
                || self.results.are_full()
            {
                return Ok(None);
            }
            match self.pick(now).await? {
                Pick::Started | Pick::Settled => {}
                // The end of the time is a moment to wake up at, too.
                Pick::At(at) => return Ok(Some(self.until.map_or(at, |until| at.min(until)))),
                Pick::Nothing => return Ok(None),
            }
        }
    }

    /// Takes the next account of the next lane that may start one.
    async fn pick(&mut self, now: Instant) -> anyhow::Result<Pick> {
        let mut earliest: Option<Instant> = None;
        for step in 0..self.lanes.len() {
            let index = (self.turn + step) % self.lanes.len();
            let Some(ready_at) = self.lane_ready(index, now) else {
                continue;
            };
            if ready_at > now {
                earliest = Some(earliest.map_or(ready_at, |other| other.min(ready_at)));
                continue;
            }
            let (db, run) = (self.sweep.db, self.run);
            let Some(lane) = self.lanes.get_mut(index) else {
                continue;
            };
            if lane.needs_page() {
                lane.read_page(db, run.scope, run.id).await?;
            }
            let today = self.sweep.clock.now();
            match lane.next(now, today, &self.memory.controls) {
                Some(Subject::Account(candidate)) => {
                    self.turn = index + 1;
                    return Ok(self.launch(index, candidate, now));
                }
                Some(Subject::Control(name)) => {
                    if let Some(site) = lane.site.clone() {
                        self.turn = index + 1;
                        let subject = Subject::Control(name.clone());
                        self.start(index, subject, site, name, now);
                        return Ok(Pick::Started);
                    }
                }
                None => {}
            }
        }
        Ok(earliest.map_or(Pick::Nothing, Pick::At))
    }

    /// When a lane can start its next look; none when it has no account left.
    fn lane_ready(&mut self, index: usize, now: Instant) -> Option<Instant> {
        let lane = self.lanes.get_mut(index)?;
        let has_account = lane.ready_at(now)?;
        let Some(site) = lane.site.as_ref().filter(|_| lane.given_up.is_none()) else {
            return Some(now);
        };
        if has_account > now {
            return Some(has_account);
        }
        if let Some(at) = lane.not_before.filter(|at| *at > now) {
            return Some(at);
        }
        match self.memory.gates.next_start(site, now) {
            Start::Now => {
                lane.not_before = None;
                Some(now)
            }
            Start::At(at) => Some(lane.wait_or_give_up(at, now, Inconclusive::RateLimited)),
            // All places at the site are taken: one of the looks in flight will change that.
            Start::Busy => None,
            Start::Closed { until } => {
                Some(lane.wait_or_give_up(until, now, Inconclusive::BreakerOpen))
            }
        }
    }

    /// Starts the look, or settles the account where no look can tell anything.
    fn launch(&mut self, index: usize, candidate: Candidate, now: Instant) -> Pick {
        let Some(lane) = self.lanes.get(index) else {
            return Pick::Nothing;
        };
        let Some(site) = lane.site.clone() else {
            self.settle(index, &candidate, Err(Inconclusive::UnknownSite), now);
            return Pick::Settled;
        };
        if let Some(why) = lane.given_up {
            self.settle(index, &candidate, Err(why), now);
            return Pick::Settled;
        }
        let Ok(name) = site.stored_username(&candidate.username) else {
            self.settle(index, &candidate, Err(Inconclusive::BadName), now);
            return Pick::Settled;
        };
        self.start(index, Subject::Account(candidate), site, name, now);
        Pick::Started
    }

    /// Starts a look.
    fn start(
        &mut self,
        lane: usize,
        subject: Subject,
        site: Arc<Site>,
        name: Username,
        now: Instant,
    ) {
        self.memory.gates.begin(&site, now);
        let (client, config) = (self.sweep.client, self.sweep.config);
        let now_utc = self.sweep.clock.now();
        self.in_flight.push(Box::pin(async move {
            let limits = ProbeLimits::new(config.timeout, config.allow_private_targets, now_utc);
            let look = probe::look(client, &site, &name, &limits).await;
            Landed {
                lane,
                began: now,
                subject,
                look,
            }
        }));
    }

    /// Waits until something has happened: a look came back, a group was written, a time has come, or the stop.
    async fn wait(&mut self, wake: Option<Instant>, held: bool) -> anyhow::Result<()> {
        let due = self.results.due_at().filter(|_| !held);
        if let Some(moment) = wake.into_iter().chain(due).min() {
            self.alarm.set(moment);
        }
        tokio::select! {
            biased;
            () = &mut self.stopping, if !self.is_stopped => self.is_stopped = true,
            written = self.results.written() => written?,
            Some(landed) = self.in_flight.next() => self.land_all(landed),
            () = self.sweep.right_of_way.closed(), if held => {}
            () = self.alarm.rings() => {}
        }
        Ok(())
    }

    /// Takes a look that came back, and all that came back with it: the next step of the loop serves them together.
    fn land_all(&mut self, first: Landed) {
        let mut next = Some(first);
        while let Some(landed) = next {
            self.land(landed);
            // Who is not ready wakes this task all the same, since the loop waits for the same looks next.
            next = self.in_flight.next().now_or_never().flatten();
        }
    }
}
