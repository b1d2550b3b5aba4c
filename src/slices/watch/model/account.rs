//! Accounts and runs as plain types, and what people decide about them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::past::ProbeHistory;
use super::verdict::{Sighting, Verdict};
use crate::clock::UnixMs;
use crate::words::words;

words! {
    /// Whether an account is probed.
    pub enum AccountState {
        /// Looked at in every run.
        Pending = "pending",
        /// Found: no longer probed.
        Done = "done",
        /// A person stopped it for a while.
        Paused = "paused",
        /// Found together with suspiciously many others: an admin decides whether that is true.
        Held = "held",
        /// Removed by a person, who may want it back: hidden everywhere, deleted after a while.
        Removed = "removed",
    }
}

words! {
    /// What an account is waited for.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Until {
        #[default]
        Found = "found",
        /// It is not there.
        Gone = "gone",
        /// It is different from before. This wait never ends by itself.
        Change = "change",
    }
}

impl Until {
    /// True when a sighting ends the wait. `known` is what earlier runs saw: without it there is no
    /// change.
    #[must_use]
    pub fn is_met(self, known: Option<Sighting>, seen: Sighting) -> bool {
        match self {
            Self::Found => seen == Sighting::Exists,
            Self::Gone => seen == Sighting::Missing,
            Self::Change => known.is_some_and(|known| known != seen),
        }
    }

    /// True when a sighting needs further probes that agree: it ends the wait, or later changes are
    /// compared with it.
    #[must_use]
    pub fn is_decisive(self, known: Option<Sighting>, seen: Sighting) -> bool {
        match self {
            Self::Found | Self::Gone => self.is_met(known, seen),
            Self::Change => known != Some(seen),
        }
    }
}

words! {
    /// Why a run began.
    pub enum Trigger {
        Start = "start",
        /// The schedule fired.
        Schedule = "schedule",
        /// A person or the command line asked.
        Request = "request",
        /// The schedule was silent for two intervals, as after a clock set back.
        Watchdog = "watchdog",
    }
}

words! {
    /// How far a run is, or how it ended.
    pub enum RunState {
        Running = "running",
        /// It probed everything it had the time for.
        Done = "done",
        /// It was cut short by a stop, a crash or a fault of the database.
        Interrupted = "interrupted",
        /// Our own network was down, so it could not look.
        Offline = "offline",
    }
}

words! {
    /// How a site's control names were judged wrongly.
    pub(crate) enum ControlFault {
        /// The name that is surely there is not.
        KnownMissing = "known-missing",
        /// The answer for the name that is surely there fits no rule.
        KnownUnclear = "known-unclear",
        /// A random name is there: the site says so of everybody.
        RandomFound = "random-found",
        /// The answer for a random name fits no rule.
        RandomUnclear = "random-unclear",
    }
}

words! {
    /// What an admin says of a mass change.
    pub enum MassDecision {
        /// It is true: the accounts are found.
        Apply = "apply",
        /// It is not: the accounts are probed again.
        Discard = "discard",
    }
}

words! {
    /// What a chart shows.
    pub(crate) enum ChartSubject {
        /// The actor's own accounts: found by day, and not found yet.
        Mine = "mine",
        /// Found by day and site.
        Found = "found",
        /// Checks and errors by day and site.
        Sites = "sites",
        /// How long runs took.
        Duration = "duration",
    }
}

/// Which accounts a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunScope {
    All,
    /// Those of one owner.
    Owner(i64),
    Account(i64),
}

impl RunScope {
    /// The scope of two nullable columns.
    #[must_use]
    pub fn from_columns(owner_id: Option<i64>, account_id: Option<i64>) -> Self {
        match (owner_id, account_id) {
            (_, Some(account)) => Self::Account(account),
            (Some(owner), None) => Self::Owner(owner),
            (None, None) => Self::All,
        }
    }

    #[must_use]
    pub fn owner_column(self) -> Option<i64> {
        match self {
            Self::Owner(id) => Some(id),
            Self::All | Self::Account(_) => None,
        }
    }

    #[must_use]
    pub fn account_column(self) -> Option<i64> {
        match self {
            Self::Account(id) => Some(id),
            Self::All | Self::Owner(_) => None,
        }
    }
}

/// An account as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Our number for it.
    pub id: i64,
    /// Who waits for it.
    pub owner_id: i64,
    /// Key of its site.
    pub site: String,
    /// The name, exactly as given.
    pub username: String,
    /// Whether it is probed.
    pub state: AccountState,
    pub period_days: u32,
    /// When the wait began.
    pub started_at: UnixMs,
    /// When the agreed time ends.
    pub ends_at: UnixMs,
    /// When what was waited for happened.
    pub done_at: Option<UnixMs>,
    /// What the last run said.
    pub verdict: Option<Verdict>,
    /// Why the last run could not look: a machine key.
    pub reason: String,
    /// When it was last probed.
    pub checked_at: Option<UnixMs>,
    /// What is waited for.
    pub until: Until,
    /// What people noted beside it; may be empty.
    pub note: String,
    /// When it was last found.
    pub seen_at: Option<UnixMs>,
    /// What the last probes gave.
    pub probes: ProbeHistory,
}

/// What a run has to tell of an account: it is there, or it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct News {
    /// The account, as it is now.
    pub account: Account,
    pub seen: Sighting,
}

/// How many accounts there are for each wait and sighting.
pub(crate) type NewsTotals = BTreeMap<(Until, Sighting), usize>;

/// So many accounts of one site changed at once that the admins are asked whether to believe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassChange {
    pub id: i64,
    /// Key of the site.
    pub site: String,
    /// The run that saw it first.
    pub run_id: i64,
    /// Accounts that are held.
    pub changed: u64,
    /// How many of them were there and are not found now.
    pub gone: u64,
    /// Accounts of the site that the run got a verdict for.
    pub answered: u64,
    /// What was decided; none while nobody has.
    pub decision: Option<MassDecision>,
}

/// What a run counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunCounts {
    pub found: u64,
    pub not_found: u64,
    /// Accounts we could not look at.
    pub errors: u64,
}

impl RunCounts {
    /// All three together: the number of accounts the run has an answer for.
    #[must_use]
    pub fn checked(self) -> u64 {
        self.found + self.not_found + self.errors
    }

    /// Counts one more verdict.
    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Found => self.found += 1,
            Verdict::NotFound => self.not_found += 1,
            Verdict::Error => self.errors += 1,
        }
    }
}

/// What a run did at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiteTally {
    /// What it counted of the site's accounts.
    pub counts: RunCounts,
    /// Requests, confirmations and controls among them.
    pub probes: u64,
    /// How long those took together.
    pub probing: Duration,
}

impl SiteTally {
    /// How long a probe takes on average; none without one.
    #[must_use]
    pub(crate) fn usual_probe(self) -> Option<Duration> {
        let probes = u32::try_from(self.probes).unwrap_or(u32::MAX);
        self.probing.checked_div(probes)
    }

    /// Adds what was done at another time.
    pub(crate) fn add(&mut self, other: Self) {
        self.counts.found += other.counts.found;
        self.counts.not_found += other.counts.not_found;
        self.counts.errors += other.counts.errors;
        self.probes += other.probes;
        self.probing += other.probing;
    }
}

/// A run that is going on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub id: i64,
    pub trigger: Trigger,
    /// What it is about.
    pub scope: RunScope,
    pub started_at: UnixMs,
    /// Pending accounts at its beginning.
    pub total: u64,
    /// Chats of the people who asked for it. They hear of its start and end, whatever they chose.
    pub actors: Vec<i64>,
}
