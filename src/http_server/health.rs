//! `/healthz`: the state of the program, and its failing parts.
//!
//! The program plugs in a [`Check`] that collects the facts; they are judged and shown here. Facts
//! are cached for a second, so clients cannot keep the database busy.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Problem;

/// Collects the facts. Always ends: a fact that cannot be read in time is a sign too.
pub(crate) type Check = Arc<dyn Fn() -> BoxFuture<'static, Signs> + Send + Sync>;

/// A long poll takes up to 50 s; two of them without an answer mean that the bot hears nobody.
const POLL_LIMIT: Duration = Duration::from_secs(120);

/// Minimum tolerance for a late run, even if the schedule runs every few seconds.
const LATE_LEAST: Duration = Duration::from_secs(60);

/// A due message waits seconds, or minutes behind many others at Telegram's rates.
const OUTBOX_LIMIT: Duration = Duration::from_secs(15 * 60);

/// With less free space the next commits may fail.
const FREE_LEAST: u64 = 1024 * 1024;

/// How long collected facts are reused.
const FRESH: Duration = Duration::from_secs(1);

/// The observed state of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signs {
    /// The state of polling.
    pub poll: PollSign,
    /// The state of the database writer.
    pub writer: WriterSign,
    /// The facts from the database; `None` if it could not be read.
    pub stored: Option<StoredSigns>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PollSign {
    /// Since the last answered poll, or since the start.
    pub age: Duration,
    /// Why the last poll failed, if it did.
    pub problem: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WriterSign {
    /// Requests waiting for the writer.
    pub waiting: usize,
    /// The duration of an empty write; `None` if it did not return in time.
    pub lag: Option<Duration>,
}

/// Facts from the database about runs and messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredSigns {
    /// The last run over all accounts; `None` before the first.
    pub run: Option<RunSign>,
    /// How long a run has been due without beginning.
    pub late: Duration,
    /// The time between two runs.
    pub period: Duration,
    /// Messages that are due or on their way.
    pub outbox_pending: u64,
    /// Messages that may or may not have arrived.
    pub outbox_unconfirmed: u64,
    /// How long the oldest due message has waited.
    pub outbox_oldest: Duration,
    /// Telegram's updates that are not handled yet.
    pub inbox_waiting: u64,
    /// Questions to the assistant; `None` while it is off.
    pub questions: Option<QuestionSign>,
    /// Size of the database file, in bytes.
    pub database_bytes: u64,
    /// Room for it to grow, in bytes.
    pub free_bytes: u64,
}

/// Open questions to the assistant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuestionSign {
    pub open: u64,
    /// How long the oldest question has waited.
    pub oldest: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunSign {
    /// `running`, `done`, `interrupted` or `offline`.
    pub state: &'static str,
    /// Since its end, or since its beginning while it runs.
    pub age: Duration,
    /// From its beginning to its end, or until now.
    pub took: Duration,
    /// Accounts at the run's beginning.
    pub total: u64,
    pub found: u64,
    pub not_found: u64,
    /// Accounts that could not be checked.
    pub errors: u64,
    /// Accounts not reached for lack of time.
    pub skipped: u64,
}

impl Signs {
    /// The failing parts, by their names in `/healthz`; empty if all is well.
    #[must_use]
    pub(crate) fn failing(&self) -> Vec<&'static str> {
        let stored = self.stored.as_ref();
        let parts = [
            ("poll", self.poll.age > POLL_LIMIT),
            ("writer", self.writer.lag.is_none()),
            ("database", stored.is_none()),
            (
                "disk",
                stored.is_some_and(|stored| stored.free_bytes < FREE_LEAST),
            ),
            (
                "run",
                stored.is_some_and(|stored| stored.late > stored.period.max(LATE_LEAST)),
            ),
            (
                "outbox",
                stored.is_some_and(|stored| stored.outbox_oldest > OUTBOX_LIMIT),
            ),
        ];
        let failing = parts.into_iter().filter(|(_, fails)| *fails);
        failing.map(|(name, _)| name).collect()
    }

    /// The members of the document. Names tell whether a time is in seconds or milliseconds.
    fn members(&self) -> Map<String, Value> {
        let failing = self.failing();
        let mut members = Map::new();
        members.insert("healthy".to_owned(), failing.is_empty().into());
        members.insert("failing".to_owned(), failing.into());
        members.insert(
            "poll".to_owned(),
            json!({ "age_s": self.poll.age.as_secs(), "problem": self.poll.problem }),
        );
        let lag_ms = self.writer.lag.map(|lag| lag.as_secs_f64() * 1000.0);
        members.insert(
            "writer".to_owned(),
            json!({ "waiting": self.writer.waiting, "lag_ms": lag_ms }),
        );
        let Some(stored) = &self.stored else {
            return members;
        };
        members.insert("run".to_owned(), run_json(stored));
        members.insert(
            "disk".to_owned(),
            json!({ "free_mb": stored.free_bytes / 1024 / 1024 }),
        );
        members.insert(
            "outbox".to_owned(),
            json!({
                "pending": stored.outbox_pending,
                "unconfirmed": stored.outbox_unconfirmed,
                "oldest_s": stored.outbox_oldest.as_secs(),
            }),
        );
        if let Some(questions) = stored.questions {
            members.insert(
                "assistant".to_owned(),
                json!({ "open": questions.open, "oldest_s": questions.oldest.as_secs() }),
            );
        }
        members.insert(
            "inbox".to_owned(),
            json!({ "waiting": stored.inbox_waiting }),
        );
        members
    }
}

fn run_json(stored: &StoredSigns) -> Value {
    let late_s = stored.late.as_secs();
    let Some(run) = &stored.run else {
        return json!({ "state": "none", "late_s": late_s });
    };
    json!({
        "state": run.state,
        "late_s": late_s,
        "age_s": run.age.as_secs(),
        "took_s": run.took.as_secs(),
        "total": run.total,
        "found": run.found,
        "not_found": run.not_found,
        "errors": run.errors,
        "skipped": run.skipped,
    })
}

/// Runs the check at most once a second.
#[derive(Clone)]
pub(super) struct Watched {
    check: Check,
    // Locked during a check: everybody who asks meanwhile gets its result.
    last: Arc<Mutex<Option<Seen>>>,
}

struct Seen {
    at: Instant,
    signs: Arc<Signs>,
}

impl Watched {
    pub(super) fn new(check: Check) -> Self {
        Self {
            check,
            last: Arc::default(),
        }
    }

    pub(super) async fn signs(&self) -> Arc<Signs> {
        let mut last = self.last.lock().await;
        if let Some(seen) = last.as_ref().filter(|seen| seen.at.elapsed() < FRESH) {
            return Arc::clone(&seen.signs);
        }
        let signs = Arc::new((self.check)().await);
        *last = Some(Seen {
            at: Instant::now(),
            signs: Arc::clone(&signs),
        });
        signs
    }
}

pub(super) fn routes(watched: Watched) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .with_state(watched)
}

async fn healthz(State(watched): State<Watched>) -> Response {
    let signs = watched.signs().await;
    let failing = signs.failing();
    if failing.is_empty() {
        let form = [(header::CONTENT_TYPE, "application/json")];
        return (form, Value::Object(signs.members()).to_string()).into_response();
    }
    Problem::new(StatusCode::SERVICE_UNAVAILABLE)
        .detail(format!("failing: {}", failing.join(", ")))
        .members(signs.members())
        .into_response()
}
