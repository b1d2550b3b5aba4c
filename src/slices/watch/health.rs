//! The state of the watch, for `/healthz` and `/metrics`: the last run, and whether one is late.

use std::time::Duration;

use serde_json::{Value, json};

use super::model::account::RunState;
use super::model::schedule::Schedule;
use super::store::{self, RunProgress};
use crate::clock::UnixMs;
use crate::db::Connection;
use crate::http_server::health::{Gauge, GaugeName, Sign, Unit};

/// Minimum tolerance for a late run, even if the schedule runs every few seconds.
const LATE_LEAST: Duration = Duration::from_secs(60);

const RUNNING: GaugeName = GaugeName {
    name: "vakhta_run_running",
    unit: Unit::Count,
    what: "1 while a run over all accounts goes on.",
};
const LATE: GaugeName = GaugeName {
    name: "vakhta_run_late_seconds",
    unit: Unit::Seconds,
    what: "How long a run has been due without beginning.",
};
const TOOK: GaugeName = GaugeName {
    name: "vakhta_run_took_seconds",
    unit: Unit::Seconds,
    what: "Duration of the last run, or of the one going on.",
};
const ACCOUNTS: GaugeName = GaugeName {
    name: "vakhta_run_accounts",
    unit: Unit::Count,
    what: "Accounts of the last run, by what it said of them.",
};

/// The sign of the last run over all accounts.
pub(super) fn sign(
    schedule: &Schedule,
    connection: &Connection,
    now: UnixMs,
    started_at: UnixMs,
) -> anyhow::Result<Sign> {
    let last = store::last(connection)?.map(|last| last.progress);
    let late = late(schedule, last.as_ref(), now, started_at);
    let mut gauges = vec![LATE.is(late.as_secs_f64())];
    let member = match &last {
        None => json!({ "state": "none", "late_s": late.as_secs() }),
        Some(run) => {
            gauges.extend(numbers(run, now));
            member(run, late, now)
        }
    };
    Ok(Sign {
        part: "run",
        is_failing: late > schedule.period_after(now).max(LATE_LEAST),
        member,
        gauges,
    })
}

/// How long a run has been overdue. While a run goes on nothing is late, because its ticks wait for
/// its end.
fn late(
    schedule: &Schedule,
    last: Option<&RunProgress>,
    now: UnixMs,
    started_at: UnixMs,
) -> Duration {
    let ended_at = match last {
        Some(run) => match run.ended_at {
            None => return Duration::ZERO,
            Some(ended_at) => ended_at,
        },
        None => started_at,
    };
    let due = schedule.next_after(ended_at.max(started_at));
    due.map_or(Duration::ZERO, |due| now.since(due))
}

/// From its beginning to its end, or until now.
fn took(run: &RunProgress, now: UnixMs) -> Duration {
    run.ended_at.unwrap_or(now).since(run.started_at)
}

fn member(run: &RunProgress, late: Duration, now: UnixMs) -> Value {
    json!({
        "state": run.state.word(),
        "late_s": late.as_secs(),
        "age_s": now.since(run.ended_at.unwrap_or(run.started_at)).as_secs(),
        "took_s": took(run, now).as_secs(),
        "total": run.total,
        "found": run.counts.found,
        "not_found": run.counts.not_found,
        "errors": run.counts.errors,
        "skipped": run.skipped,
    })
}

fn numbers(run: &RunProgress, now: UnixMs) -> impl Iterator<Item = Gauge> {
    let is_running = f64::from(run.state == RunState::Running);
    let counts = [
        ("total", run.total),
        ("found", run.counts.found),
        ("not_found", run.counts.not_found),
        ("errors", run.counts.errors),
        ("skipped", run.skipped),
    ];
    let of_counts = counts.into_iter().map(|(what, n)| Gauge {
        label: Some(("what", what)),
        ..ACCOUNTS.is(n as f64)
    });
    [
        RUNNING.is(is_running),
        TOOK.is(took(run, now).as_secs_f64()),
    ]
    .into_iter()
    .chain(of_counts)
}
