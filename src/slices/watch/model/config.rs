//! The sections `[watch]` and `[sites]` of the configuration.

use std::path::PathBuf;
use std::time::Duration;

use super::schedule::Schedule;
use crate::people::Notify;
use crate::settings::Section;
use crate::words::words;
use crate::zone::Zone;

/// The site of a name that is given without one, unless the configuration says otherwise.
pub(crate) const DEFAULT_SITE: &str = "telegram";

const SECOND: Duration = Duration::from_secs(1);

words! {
    /// How to treat a catalogue with mistaken entries.
    pub enum BrokenEntries {
        /// The catalogue is refused as a whole.
        Refuse = "refuse",
        /// The other entries are loaded, and each mistaken one is reported.
        Skip = "skip",
    }
}

/// How and when accounts are probed.
#[derive(Debug, Clone)]
pub struct WatchConfig {
    pub schedule: Schedule,
    /// Run once at the start, too.
    pub run_at_start: bool,
    /// Maximum number of concurrent probes.
    pub workers: usize,
    /// Time limit of one probe.
    pub timeout: Duration,
    /// Probes that must agree before an account counts as found or gone.
    pub confirmations: u32,
    /// Pause between those probes.
    pub confirm_delay: Duration,
    /// Maximum number of concurrent probes per site.
    pub per_site: u32,
    /// Pause between two probes at the same site.
    pub min_gap: Duration,
    /// Agreed days of an account when none are given.
    pub period_days: u32,
    /// Maximum number of accounts of a member; 0: no limit. Admins have none.
    pub per_owner: usize,
    /// The setting for admins who have not chosen one.
    pub notify: Notify,
    /// For dates in messages.
    pub zone: Zone,
    /// Further catalogue files.
    pub catalogues: Vec<PathBuf>,
    /// The site to use when a person names none.
    pub default_site: String,
    /// Catalogue addresses in private networks are allowed.
    pub allow_private_targets: bool,
    /// How to treat a catalogue with mistaken entries.
    pub broken_entries: BrokenEntries,
}

impl WatchConfig {
    /// Reads `[watch]`; [`Self::read_sites`] reads the rest. Returns `None` if the schedule or the
    /// zone is wrong, because neither has a default. The section records the mistake.
    pub fn read(section: &mut Section<'_>) -> Option<Self> {
        let zone = section.parsed("time_zone", "Europe/Moscow", |text| {
            text.parse::<Zone>()
                .map_err(|_| "a name of the time zone database, such as \"Europe/Moscow\"")
        });
        let schedule = section.parsed("schedule", Schedule::EVERY_FIVE_MINUTES, |text| {
            Schedule::parse(text, zone.clone().unwrap_or(Zone::UTC))
        });
        let workers = section.integer("workers", 3, 1..=512);
        let run_at_start = section.boolean("run_at_start", true);
        let timeout = section.duration("timeout", SECOND * 10, SECOND / 10..=SECOND * 120);
        let confirmations = section.integer("confirmations", 2, 1..=5);
        let confirm_delay =
            section.duration("confirm_delay", SECOND * 2, Duration::ZERO..=SECOND * 60);
        let per_site = section.integer("per_site", 1, 1..=512);
        let min_gap = section.duration("min_gap", SECOND, Duration::ZERO..=SECOND * 3600);
        let period_days = section.integer("period_days", 30, 1..=3650);
        let per_owner = section.integer("per_owner", 1000, 0..=1_000_000);
        let notify = section.choice("notify", Notify::EveryRun, Notify::WORDS);
        Some(Self {
            schedule: schedule?,
            run_at_start,
            workers: usize::try_from(workers).ok()?,
            timeout,
            confirmations,
            confirm_delay,
            per_site,
            min_gap,
            period_days,
            per_owner: usize::try_from(per_owner).ok()?,
            notify,
            zone: zone?,
            catalogues: Vec::new(),
            default_site: String::new(),
            allow_private_targets: false,
            broken_entries: BrokenEntries::Refuse,
        })
    }

    /// Reads `[sites]` into the result of [`Self::read`]. If that is `None`, mistakes are still
    /// recorded.
    pub fn read_sites(config: Option<&mut Self>, section: &mut Section<'_>) {
        let catalogues = section.paths("catalogues");
        let default_site = section.string("default", DEFAULT_SITE);
        let allow_private_targets = section.boolean("allow_private_targets", false);
        let broken_entries = section.choice(
            "broken_entries",
            BrokenEntries::Refuse,
            BrokenEntries::WORDS,
        );
        if let Some(config) = config {
            config.catalogues = catalogues;
            config.default_site = default_site;
            config.allow_private_targets = allow_private_targets;
            config.broken_entries = broken_entries;
        }
    }
}
