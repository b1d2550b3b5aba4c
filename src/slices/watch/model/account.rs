//! Plain types: accounts, runs, and decisions about them.

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
        /// Probed in every run.
        Pending = "pending",
        /// Found: no longer probed.
        Done = "done",
        /// A person stopped it for a while.
        Paused = "paused",
        /// Found together with suspiciously many others: an admin must confirm.
        Held = "held",
        /// Removed by a person: hidden everywhere, restorable for a while, then deleted.
        Removed = "removed",
    }
}

words! {
    /// The event that a person waits for.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Until {
        #[default]
        Found = "found",
        /// The account is not there.
        Gone = "gone",
        /// The account appears or disappears. This wait never ends by itself.
        Change = "change",
    }
}

impl Until {
    /// True if a sighting ends the wait. `known` is what earlier runs saw; without it nothing
    /// counts as a change.
    #[must_use]
    pub fn is_met(self, known: Option<Sighting>, seen: Sighting) -> bool {
        match self {
            Self::Found => seen == Sighting::Exists,
            Self::Gone => seen == Sighting::Missing,
            Self::Change => known.is_some_and(|known| known != seen),
        }
    }

    /// True if a sighting must be confirmed by further probes, because it ends the wait or becomes
    /// the baseline for later changes.
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
        /// The schedule was silent for two intervals, for example after the clock was set back.
        Watchdog = "watchdog",
    }
}

words! {
    /// How far a run is, or how it ended.
    pub enum RunState {
        Running = "running",
        /// Complete, or out of time.
        Done = "done",
        /// Cut short by a stop, a crash or a database error.
        Interrupted = "interrupted",
        /// Our own network was down.
        Offline = "offline",
    }
}

words! {
    /// How the check of a site's control names failed.
    pub(crate) enum ControlFault {
        /// The known name seems to be missing.
        KnownMissing = "known-missing",
        /// The answer for the known name fits no rule.
        KnownUnclear = "known-unclear",
        /// A random name seems to exist, so the site probably says so for every name.
        RandomFound = "random-found",
        /// The answer for a random name fits no rule.
        RandomUnclear = "random-unclear",
    }
}

words! {
    /// An admin's decision about a mass change.
    pub enum MassDecision {
        /// The change is real: the accounts count as found.
        Apply = "apply",
        /// The change is not real: the accounts are probed again.
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
    /// All accounts of one owner.
    Owner(i64),
    Account(i64),
}

impl RunScope {
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
    pub id: i64,
    pub owner_id: i64,
    /// Key of its site.
    pub site: String,
    /// The name, exactly as given.
    pub username: String,
    pub state: AccountState,
    pub period_days: u32,
    /// When the wait began.
    pub started_at: UnixMs,
    /// When the agreed time ends.
    pub ends_at: UnixMs,
    /// When what was waited for happened.
    pub done_at: Option<UnixMs>,
    /// From the last run.
    pub verdict: Option<Verdict>,
    /// Why the last run could not look: a machine key.
    pub reason: String,
    /// When it was last probed.
    pub checked_at: Option<UnixMs>,
    pub until: Until,
    /// May be empty.
    pub note: String,
    /// When it was last found.
    pub seen_at: Option<UnixMs>,
    pub probes: ProbeHistory,
}

/// A run's news about an account: it is there, or it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct News {
    pub account: Account,
    pub seen: Sighting,
    /// The name belongs to somebody else than before.
    pub is_other_owner: bool,
}

/// How many accounts there are for each wait and sighting.
pub(crate) type NewsTotals = BTreeMap<(Until, Sighting), usize>;

/// A question to the admins: should we believe that so many accounts of one site changed at once?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassChange {
    pub id: i64,
    /// Key of the site.
    pub site: String,
    /// The run that saw it first.
    pub run_id: i64,
    /// Accounts that are held.
    pub changed: u64,
    /// The number of held accounts that disappeared.
    pub gone: u64,
    /// Accounts of the site that the run got a verdict for.
    pub answered: u64,
    /// None until an admin decides.
    pub decision: Option<MassDecision>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunCounts {
    pub found: u64,
    pub not_found: u64,
    /// Accounts we could not look at.
    pub errors: u64,
}

impl RunCounts {
    /// The number of accounts that the run has a result for.
    #[must_use]
    pub fn checked(self) -> u64 {
        self.found + self.not_found + self.errors
    }

    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Found => self.found += 1,
            Verdict::NotFound => self.not_found += 1,
            Verdict::Error => self.errors += 1,
        }
    }
}

/// Results and requests of a run at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiteTally {
    pub counts: RunCounts,
    /// Requests, confirmations and controls among them.
    pub probes: u64,
    /// The total duration of the requests.
    pub probing: Duration,
}

impl SiteTally {
    /// The average duration of a probe; none without probes.
    #[must_use]
    pub(crate) fn usual_probe(self) -> Option<Duration> {
        let probes = u32::try_from(self.probes).unwrap_or(u32::MAX);
        self.probing.checked_div(probes)
    }

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
    pub scope: RunScope,
    pub started_at: UnixMs,
    /// Pending accounts when the run began.
    pub total: u64,
    /// Chats of the people who asked for the run. They are told of its start and end regardless of
    /// their preferences.
    pub actors: Vec<i64>,
}
