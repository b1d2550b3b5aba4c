//! One pass over pending accounts.
//!
//! What becomes of a look that came back is in [`land`].
//!
//! A sweep keeps at most `workers` looks in flight, takes accounts from all sites in turn ([`super::lane`]) as their
//! gates allow ([`super::gate`]), and writes results in groups while further looks go on. It holds a page per site, never
//! all accounts. What must stay true: what is waited for counts as seen only after the configured number of looks that agree;
//! what could not be looked at is an error with a reason; a storage fault ends the sweep and is never a verdict.

mod land;
mod outcome;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(super) use self::outcome::{End, Memory, Swept};
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

/// Results written in one request at most: more would save next to nothing.
const GROUP: usize = 128;

/// As many while people talk with the bot: their requests pass between, and wait for one of these groups at most.
const SMALL_GROUP: usize = 24;

/// The longest a result waits for others to be written with.
const GROUP_AGE: Duration = Duration::from_millis(200);

/// Results in memory at most; looking stops until the database has caught up.
const UNWRITTEN: usize = GROUP * 4;

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
type Writing<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send + 'a>>;

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
            results: Vec::new(),
            news: Vec::new(),
            oldest: None,
            writing: None,
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
    results: Vec<store::Look>,
    /// Changes of what is known about sites' controls, at most one a site and quarter of an hour.
    news: Vec<store::ControlNews>,
    oldest: Option<Instant>,
    writing: Option<Writing<'a>>,
}

impl<'a> Pass<'a, '_> {
    async fn run(mut self) -> anyhow::Result<Swept> {
        loop {
            let stopped = self.sweep.stop.is_cancelled();
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
                self.write_results(stopped || self.in_flight.is_empty());
            }
            if self.in_flight.is_empty() && self.writing.is_none() && wake.is_none() {
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
                || self.results.len() >= UNWRITTEN
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
            self.settle(index, &candidate, Err(Inconclusive::UnknownSite));
            return Pick::Settled;
        };
        if let Some(why) = lane.given_up {
            self.settle(index, &candidate, Err(why));
            return Pick::Settled;
        }
        let Ok(name) = site.stored_username(&candidate.username) else {
            self.settle(index, &candidate, Err(Inconclusive::BadName));
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
        let stopped = self.sweep.stop.is_cancelled();
        let full = self.oldest.map(|oldest| oldest + GROUP_AGE);
        let timer = [wake, full.filter(|_| self.writing.is_none() && !held)]
            .into_iter()
            .flatten()
            .min();
        tokio::select! {
            biased;
            () = self.sweep.stop.cancelled(), if !stopped => {}
            written = finished(&mut self.writing) => {
                self.writing = None;
                written.context("write the results of the sweep")?;
            }
            Some(landed) = self.in_flight.next() => self.land_all(landed),
            () = self.sweep.right_of_way.closed(), if held => {}
            () = at(timer) => {}
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

    /// Sends a group of results to the writer, when there is one and none is on its way.
    fn write_results(&mut self, now_or_never: bool) {
        let old = self
            .oldest
            .is_some_and(|oldest| oldest.elapsed() >= GROUP_AGE);
        let size = if self.sweep.right_of_way.in_conversation() {
            SMALL_GROUP
        } else {
            GROUP
        };
        let is_due = now_or_never || old || self.results.len() >= size;
        if self.writing.is_some() || !is_due || self.results.is_empty() && self.news.is_empty() {
            return;
        }
        let rest = self.results.split_off(self.results.len().min(size));
        let mut group = std::mem::replace(&mut self.results, rest);
        // In the order of the rows.
        group.sort_unstable_by_key(|look| look.account_id);
        self.oldest = (!self.results.is_empty()).then(Instant::now);
        let news = std::mem::take(&mut self.news);
        let written = write_group(self.sweep, self.run.id, group, news);
        self.writing = Some(Box::pin(written));
    }
}

/// The end of the writing on its way; never, when there is none.
async fn finished(writing: &mut Option<Writing<'_>>) -> anyhow::Result<()> {
    match writing {
        Some(writing) => writing.await,
        None => std::future::pending().await,
    }
}

/// A moment; never, when there is none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Fact and notice commit together. When a power cut takes both, the account is looked at again; a notice that was sent
/// was claimed by a synced commit after this one.
async fn write_group(
    sweep: Sweep<'_>,
    run_id: i64,
    looks: Vec<store::Look>,
    news: Vec<store::ControlNews>,
) -> anyhow::Result<()> {
    let now = sweep.clock.now();
    sweep
        .db
        .write_replayable(move |tx| {
            for owner in store::apply(tx, now, run_id, &looks)? {
                Speaker::news(tx, now, run_id, owner)?;
            }
            if store::note_controls(tx, now, run_id, &news)? {
                Speaker::controls(tx, now, run_id)?;
            }
            Ok(())
        })
        .await
}
