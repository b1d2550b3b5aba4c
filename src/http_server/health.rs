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
pub(crate) use metrics::Unit;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Problem;

/// Collects the facts. Always ends: a fact that cannot be read in time is a sign too.
pub(crate) type Check = Arc<dyn Fn() -> BoxFuture<'static, Signs> + Send + Sync>;

/// A long poll takes up to 50 s; two of them without an answer mean that the bot hears nobody.
const POLL_LIMIT: Duration = Duration::from_secs(120);

/// A due message waits seconds, or minutes behind many others at Telegram's rates.
const OUTBOX_LIMIT: Duration = Duration::from_secs(15 * 60);

/// With less free space the next commits may fail.
const FREE_LEAST: u64 = 1024 * 1024;

/// How long collected facts are reused.
const FRESH: Duration = Duration::from_secs(1);

/// The observed state of the program.
#[derive(Debug, Clone, PartialEq)]
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

/// Facts from the database.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredSigns {
    /// Messages that are due or on their way.
    pub outbox_pending: u64,
    /// Messages that may or may not have arrived.
    pub outbox_unconfirmed: u64,
    /// How long the oldest due message has waited.
    pub outbox_oldest: Duration,
    /// Telegram's updates that are not handled yet.
    pub inbox_waiting: u64,
    /// Size of the database file, in bytes.
    pub database_bytes: u64,
    /// Room for it to grow, in bytes.
    pub free_bytes: u64,
    /// What the slices say of themselves.
    pub slices: Vec<Sign>,
}

/// What a slice says of its own state.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sign {
    /// The part's name among those that fail, and its member's name in `/healthz`.
    pub part: &'static str,
    pub is_failing: bool,
    /// Names tell whether a time is in seconds or milliseconds.
    pub member: Value,
    pub gauges: Vec<Gauge>,
}

/// A number for `/metrics`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gauge {
    pub about: &'static GaugeName,
    /// Key and value, if there are several numbers of this name. Never a text or an id of a person.
    pub label: Option<(&'static str, &'static str)>,
    pub value: f64,
}

impl GaugeName {
    /// A number of this name without a label.
    pub(crate) fn is(&'static self, value: f64) -> Gauge {
        let (about, label) = (self, None);
        Gauge {
            about,
            label,
            value,
        }
    }
}

/// The name of a number, its unit, and what it means.
#[derive(Debug, PartialEq)]
pub(crate) struct GaugeName {
    pub name: &'static str,
    pub unit: Unit,
    pub what: &'static str,
}

impl Signs {
    /// Every part, and whether it fails.
    pub(super) fn parts(&self) -> Vec<(&'static str, bool)> {
        let stored = self.stored.as_ref();
        let fails = |limit: fn(&StoredSigns) -> bool| stored.is_some_and(limit);
        let slices = stored.iter().flat_map(|stored| &stored.slices);
        let mut parts = vec![
            ("poll", self.poll.age > POLL_LIMIT),
            ("writer", self.writer.lag.is_none()),
            ("database", stored.is_none()),
            ("disk", fails(|stored| stored.free_bytes < FREE_LEAST)),
        ];
        parts.extend(slices.map(|sign| (sign.part, sign.is_failing)));
        parts.push((
            "outbox",
            fails(|stored| stored.outbox_oldest > OUTBOX_LIMIT),
        ));
        parts
    }

    /// The failing parts, by their names in `/healthz`; empty if all is well.
    #[must_use]
    pub(crate) fn failing(&self) -> Vec<&'static str> {
        let failing = self.parts().into_iter().filter(|(_, fails)| *fails);
        failing.map(|(name, _)| name).collect()
    }

    /// The members of the document.
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
        let slices = stored.slices.iter();
        members.extend(slices.map(|sign| (sign.part.to_owned(), sign.member.clone())));
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
        members.insert(
            "inbox".to_owned(),
            json!({ "waiting": stored.inbox_waiting }),
        );
        members
    }
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
