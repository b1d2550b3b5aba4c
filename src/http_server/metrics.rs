//! `/metrics`: the same signs and the program's counters, in the Prometheus format.
//!
//! The recorder belongs to the process and is created with the first server; without a server,
//! counting does nothing. There are no histograms, so the recorder needs no upkeep.

use std::sync::OnceLock;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use metrics::{Label, Unit, describe_gauge, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::Problem;
use super::health::{GaugeName, Signs, StoredSigns, Watched};
use crate::counters;

/// Gauges, updated by every scrape.
const GAUGES: &[(&str, Unit, &str)] = &[
    (
        "vakhta_healthy",
        Unit::Count,
        "1 while /healthz answers 200.",
    ),
    (
        "vakhta_failing",
        Unit::Count,
        "1 for each part that /healthz names as failing.",
    ),
    (
        "vakhta_poll_age_seconds",
        Unit::Seconds,
        "Since the last poll of Telegram that was answered.",
    ),
    (
        "vakhta_outbox_messages",
        Unit::Count,
        "Messages that wait, and those that may not have arrived.",
    ),
    (
        "vakhta_outbox_oldest_seconds",
        Unit::Seconds,
        "How long the oldest message that is due has waited.",
    ),
    (
        "vakhta_inbox_waiting",
        Unit::Count,
        "Updates without their effect yet.",
    ),
    (
        "vakhta_db_writes_waiting",
        Unit::Count,
        "Requests that wait for the writer.",
    ),
    (
        "vakhta_db_write_lag_seconds",
        Unit::Seconds,
        "What a write took that changes nothing.",
    ),
    ("vakhta_db_bytes", Unit::Bytes, "Size of the database file."),
];

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

pub(super) fn routes(watched: Watched) -> Router {
    if install().is_none() {
        tracing::warn!("there is another recorder of metrics in this process; /metrics is empty");
    }
    Router::new()
        .route("/metrics", get(scrape))
        .with_state(watched)
}

fn install() -> Option<&'static PrometheusHandle> {
    let recorder = RECORDER.get_or_init(|| {
        let handle = PrometheusBuilder::new().install_recorder().ok()?;
        counters::describe();
        for (name, unit, what) in GAUGES {
            describe_gauge!(*name, *unit, *what);
        }
        Some(handle)
    });
    recorder.as_ref()
}

async fn scrape(State(watched): State<Watched>) -> Response {
    let signs = watched.signs().await;
    let Some(recorder) = install() else {
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE).into_response();
    };
    set_gauges(&signs);
    let form = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (form, recorder.render()).into_response()
}

fn set_gauges(signs: &Signs) {
    let failing = signs.failing();
    gauge!("vakhta_healthy").set(f64::from(failing.is_empty()));
    for (part, fails) in signs.parts() {
        gauge!("vakhta_failing", "part" => part).set(f64::from(fails));
    }
    gauge!("vakhta_poll_age_seconds").set(signs.poll.age.as_secs_f64());
    gauge!("vakhta_db_writes_waiting").set(signs.writer.waiting as f64);
    // An unknown value has no number.
    let lag = signs.writer.lag.map_or(f64::NAN, |lag| lag.as_secs_f64());
    gauge!("vakhta_db_write_lag_seconds").set(lag);
    if let Some(stored) = &signs.stored {
        set_stored(stored);
    }
}

fn set_stored(stored: &StoredSigns) {
    gauge!("vakhta_outbox_messages", "state" => "pending").set(stored.outbox_pending as f64);
    gauge!("vakhta_outbox_messages", "state" => "unconfirmed")
        .set(stored.outbox_unconfirmed as f64);
    gauge!("vakhta_outbox_oldest_seconds").set(stored.outbox_oldest.as_secs_f64());
    gauge!("vakhta_inbox_waiting").set(stored.inbox_waiting as f64);
    gauge!("vakhta_db_bytes").set(stored.database_bytes as f64);
    for gauge in stored.slices.iter().flat_map(|sign| &sign.gauges) {
        let GaugeName { name, unit, what } = *gauge.about;
        describe_gauge!(name, unit, what);
        let labels = gauge.label.map(|(key, value)| Label::new(key, value));
        gauge!(name, labels.into_iter().collect::<Vec<_>>()).set(gauge.value);
    }
}
