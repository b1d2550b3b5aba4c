//! All lanes of a pass, served in turn: which probe comes next, and which page is read next.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::summary::Memory;
use crate::clock::UnixMs;
use crate::slices::watch::model::account::{RunScope, SiteTally};
use crate::slices::watch::run::lane::{Lane, LanePage, LaneStep, PageReading, PlannedProbe};
use crate::slices::watch::store::ProbeResult;

/// The lanes, and whose turn it is.
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    turn: usize,
}

pub(super) enum Pick {
    /// A probe for the lane with this number.
    Probe(usize, PlannedProbe),
    /// An account got its result without a probe.
    Settled(ProbeResult),
    /// Nothing can start before this moment.
    At(Instant),
    /// No lane has an account that can start.
    Nothing,
}

impl Lanes {
    pub(super) fn new(lanes: Vec<Lane>) -> Self {
        Self { lanes, turn: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.lanes.len()
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut Lane> {
        self.lanes.get_mut(number)
    }

    /// The next step, from the next lane in turn that can take one.
    pub(super) fn pick(&mut self, now: Instant, today: UnixMs, memory: &Memory) -> Pick {
        let mut earliest: Option<Instant> = None;
        for number in self.in_turn() {
            let Some(lane) = self.lanes.get_mut(number) else {
                continue;
            };
            let Some(at) = lane.next_step_at(&memory.gates, now) else {
                continue;
            };
            if at > now {
                earliest = Some(earliest.map_or(at, |other| other.min(at)));
                continue;
            }
            if let Some(step) = lane.next(now, today, &memory.controls) {
                self.turn = number + 1;
                return match step {
                    LaneStep::Probe(probe) => Pick::Probe(number, probe),
                    LaneStep::Settle(result) => Pick::Settled(result),
                };
            }
        }
        earliest.map_or(Pick::Nothing, Pick::At)
    }

    /// The next page to read. Lanes that have run dry come first.
    pub(super) fn next_reading(
        &self,
        scope: RunScope,
        run_id: i64,
    ) -> Option<(usize, PageReading)> {
        let mut ahead = None;
        for number in self.in_turn() {
            let Some(lane) = self.lanes.get(number) else {
                continue;
            };
            if let Some(reading) = lane.next_reading(scope, run_id) {
                if lane.is_at_its_end() {
                    return Some((number, reading));
                }
                ahead.get_or_insert((number, reading));
            }
        }
        ahead
    }

    pub(super) fn take_page(&mut self, number: usize, page: LanePage) {
        if let Some(lane) = self.lanes.get_mut(number) {
            lane.take_page(page);
        }
    }

    /// Ends the silence of all silent sites; false if there are none.
    pub(super) fn wake_silent(&mut self) -> bool {
        // Every lane must be woken, so `any` would not do: it stops at the first.
        let woken = self.lanes.iter_mut().map(Lane::wake);
        woken.filter(|is_woken| *is_woken).count() > 0
    }

    /// Takes the requests by site that are not yet in the database.
    pub(super) fn take_unwritten(&mut self) -> Vec<(Arc<str>, SiteTally)> {
        let lanes = self.lanes.iter_mut();
        lanes.filter_map(Lane::take_unwritten).collect()
    }

    /// Accounts with a verdict, by site.
    pub(super) fn answered(&self) -> HashMap<Arc<str>, u64> {
        self.lanes.iter().map(Lane::answered).collect()
    }

    fn in_turn(&self) -> impl Iterator<Item = usize> + use<> {
        let (turn, lanes) = (self.turn, self.lanes.len());
        (0..lanes).map(move |step| (turn + step) % lanes)
    }
}
