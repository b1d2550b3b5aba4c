//! The tool for the last runs: the latest one in numbers; for admins, several with their errors.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{add, why};
use crate::clock::UnixMs;
use crate::db::Connection;
use crate::people::Actor;
use crate::slices::watch::model::schedule::Schedule;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::notices::texts::Formatter;
use crate::slices::watch::store;
use crate::slices::watch::store::LastRun;
use crate::tool::{self, Number, Tool, ToolError};

const LIMIT: Number = Number {
    name: "limit",
    least: 1,
    most: 20,
    about: "runs told, usually 5",
};
const USUAL_LIMIT: u32 = 5;

/// As many as in a run's summary.
const SHOWN_ERRORS: usize = 5;

/// The same content as `/status`; for admins, as the screen of runs.
#[derive(Debug)]
pub(super) struct RecentRuns {
    pub(super) notifier: Notifier,
    pub(super) schedule: Schedule,
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RunsArguments {
    limit: Option<u32>,
}

impl Tool for RecentRuns {
    fn name(&self) -> &'static str {
        "recent_runs"
    }

    fn purpose(&self) -> &'static str {
        "Tells of the last runs (checks of all pending accounts of all people) when they were and what they counted, and when the \
         next one is. Admins are told of several runs, with the sites that gave errors and why; others of the last one."
    }

    fn arguments(&self) -> Value {
        tool::schema([LIMIT.property()])
    }

    fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let given: RunsArguments = tool::parse(arguments)?;
        let limit = LIMIT.check(given.limit.unwrap_or(USUAL_LIMIT))?;
        let is_admin = actor.role.is_admin();
        let formatter = self.notifier.voice_to(actor);
        let mut runs = Vec::new();
        for run in store::recent(connection, if is_admin { limit as usize } else { 1 })? {
            let mut told = in_numbers(formatter, &run);
            if is_admin {
                add(&mut told, "trigger", run.progress.trigger.word());
                add(&mut told, "not_reached", run.progress.skipped);
                add(
                    &mut told,
                    "errors_by_site",
                    errors(connection, formatter, run.id)?,
                );
            }
            runs.push(told);
        }
        let next = self.schedule.next_after(actor.now);
        Ok(json!({
            "runs_newest_first": runs,
            "next_run": next.map(|next| formatter.zone.iso(next)),
        }))
    }
}

fn in_numbers(formatter: Formatter<'_>, run: &LastRun) -> Value {
    let progress = &run.progress;
    let counts = progress.counts;
    let took = |ended: UnixMs| ended.since(progress.started_at).as_secs();
    json!({
        "state": progress.state.word(),
        "began": formatter.zone.iso(progress.started_at),
        "ended": progress.ended_at.map(|at| formatter.zone.iso(at)),
        "took_seconds": progress.ended_at.map(took),
        "accounts": progress.total,
        "checked": counts.checked(),
        "found": counts.found,
        "not_found": counts.not_found,
        "could_not_look": counts.errors,
    })
}

fn errors(connection: &Connection, formatter: Formatter<'_>, run: i64) -> anyhow::Result<Value> {
    let errors = store::errors_of_run(connection, run, SHOWN_ERRORS)?;
    let errors = errors.into_iter().map(|(site, reason, count)| {
        json!({ "site": formatter.site_name(&site), "why": why(formatter, &reason), "count": count })
    });
    Ok(errors.collect())
}
