//! Tests of the gates: each rule by itself, and all of them over random histories.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::{GateDefaults, Gates, Start};
use crate::slices::watch::catalogue::Catalogue;
use crate::slices::watch::model::config::BrokenEntries;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::probe::Probe;
use crate::slices::watch::site::Site;
use crate::slices::watch::verdict::Inconclusive;

fn site(more: &str) -> Arc<Site> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sites.toml");
    let entry = "[[site]]\nkey = \"demo\"\nurl = \"https://demo.example/{name}\"\nexists = { status = [200] }\nmissing = { status = [404] }\n";
    std::fs::write(&path, format!("{entry}{more}")).unwrap();
    Arc::clone(
        Catalogue::load(&[path], "demo", false, BrokenEntries::Refuse)
            .unwrap()
            .default_site(),
    )
}

fn gates(per_site: u32, gap_ms: u64) -> Gates {
    Gates::new(GateDefaults {
        per_site,
        min_gap: Duration::from_millis(gap_ms),
    })
}

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn good() -> Probe {
    Probe {
        outcome: Ok(Sighting::Exists),
        retry_after: None,
        status: Some(200),
    }
}

fn bad() -> Probe {
    Probe::without_answer(Inconclusive::Timeout)
}

#[test]
fn the_gap_is_kept_with_jitter() {
    let site = site("");
    let now = Instant::now();
    for _ in 0..200 {
        let mut gates = gates(1, 1_000);
        assert_eq!(gates.next_start(&site, now), Start::Now);
        gates.begin(&site, now);
        assert_eq!(gates.next_start(&site, now), Start::Busy);
        gates.end(&site, &good(), now);
        let Start::At(next) = gates.next_start(&site, now) else {
            panic!("no gap")
        };
        assert!((seconds(1)..=Duration::from_millis(1_400)).contains(&(next - now)));
        assert_eq!(gates.next_start(&site, next), Start::Now);
    }
}

#[test]
fn a_site_has_its_own_limits() {
    let site = site("per_site = 2\nmin_gap = \"0s\"");
    let mut gates = gates(1, 60_000);
    let now = Instant::now();
    gates.begin(&site, now);
    assert_eq!(gates.next_start(&site, now), Start::Now);
    gates.begin(&site, now);
    assert_eq!(gates.next_start(&site, now), Start::Busy);
}

#[test]
fn retry_after_is_obeyed_to_the_second_and_at_most_a_day() {
    let site = site("min_gap = \"0s\"");
    let mut gates = gates(3, 0);
    let now = Instant::now();
    let end = |gates: &mut Gates, wait: u64| {
        gates.begin(&site, now);
        gates.end(
            &site,
            &Probe {
                retry_after: Some(seconds(wait)),
                ..good()
            },
            now,
        );
    };
    end(&mut gates, 120);
    assert_eq!(
        gates.next_start(&site, now + seconds(120) - Duration::from_nanos(1)),
        Start::At(now + seconds(120))
    );
    assert_eq!(gates.next_start(&site, now + seconds(120)), Start::Now);
    // A shorter wait does not shorten a longer one.
    end(&mut gates, 5);
    assert_eq!(gates.next_start(&site, now), Start::At(now + seconds(120)));
    end(&mut gates, 1_000_000);
    assert_eq!(
        gates.next_start(&site, now),
        Start::At(now + seconds(86_400))
    );
}

#[test]
fn the_breaker_opens_doubles_tries_once_and_closes() {
    let site = site("min_gap = \"0s\"");
    let mut gates = gates(3, 0);
    let mut now = Instant::now();
    let mut pauses = Vec::new();
    for round in 0..10 {
        // It takes five failures to open the breaker, then each failed trial opens it again.
        for failure in 0..if round == 0 { 5 } else { 1 } {
            assert_eq!(
                gates.next_start(&site, now),
                Start::Now,
                "round {round} failure {failure}"
            );
            gates.begin(&site, now);
            if round > 0 {
                assert_eq!(gates.next_start(&site, now), Start::Busy, "a second trial");
            }
            gates.end(&site, &bad(), now);
        }
        let Start::Closed { until } = gates.next_start(&site, now) else {
            panic!("still open for requests")
        };
        pauses.push((until - now).as_secs());
        now = until;
    }
    for (pause, least) in pauses
        .iter()
        .zip([3, 6, 12, 24, 48, 96, 192, 384, 768, 900])
    {
        assert!((least..=least * 13 / 10).contains(pause), "{pauses:?}");
    }
    gates.begin(&site, now);
    gates.end(&site, &good(), now);
    for _ in 0..4 {
        assert_eq!(gates.next_start(&site, now), Start::Now);
        gates.begin(&site, now);
        gates.end(&site, &bad(), now);
    }
    assert_eq!(
        gates.next_start(&site, now),
        Start::Now,
        "a success starts the count anew"
    );
}

#[test]
fn answers_without_a_verdict_are_no_failures() {
    let site = site("min_gap = \"0s\"");
    let mut gates = gates(1, 0);
    let now = Instant::now();
    for _ in 0..20 {
        gates.begin(&site, now);
        gates.end(
            &site,
            &Probe {
                outcome: Err(Inconclusive::NoRuleMatches),
                ..good()
            },
            now,
        );
    }
    assert_eq!(gates.next_start(&site, now), Start::Now);
}

#[test]
fn probes_that_sent_nothing_neither_close_nor_open() {
    let site = site("min_gap = \"0s\"");
    let mut gates = gates(1, 0);
    let now = Instant::now();
    let mut end = |probe: &Probe, now| {
        gates.begin(&site, now);
        gates.end(&site, probe, now);
        gates.next_start(&site, now)
    };
    let unsent = Probe::without_answer(Inconclusive::BadName);
    for probe in [bad(), bad(), bad(), bad(), unsent] {
        assert_eq!(end(&probe, now), Start::Now);
    }
    let Start::Closed { until } = end(&bad(), now) else {
        panic!("the fifth failure opens it")
    };
    assert_eq!(
        end(&unsent, until),
        Start::Now,
        "the trial is still to be made"
    );
    assert!(
        matches!(end(&bad(), until), Start::Closed { .. }),
        "and decides alone"
    );
}

#[test]
fn requests_in_flight_can_be_forgotten() {
    let site = site("min_gap = \"0s\"");
    let mut gates = gates(1, 0);
    let now = Instant::now();
    gates.begin(&site, now);
    gates.forget_in_flight(now);
    assert_eq!(gates.next_start(&site, now), Start::Now);
}

/// Parsed once for all cases of the property.
static PLAIN: LazyLock<Arc<Site>> = LazyLock::new(|| site(""));

proptest! {
    #[test]
    fn no_history_breaks_a_rule(
        per_site in 1_u32..4,
        gap_ms in 0_u64..3_000,
        steps in prop::collection::vec((0_u8..6, 0_u64..4_000, 0_u64..200), 1..300),
    ) {
        let site: &Site = &PLAIN;
        let mut gates = gates(per_site, gap_ms);
        let mut now = Instant::now();
        let mut flying: VecDeque<Instant> = VecDeque::new();
        let mut last_start: Option<Instant> = None;
        let mut silent_until = now;
        let mut failures = 0;
        for (action, wait_ms, retry_after) in steps {
            now += Duration::from_millis(wait_ms);
            if action < 3 {
                let start = gates.next_start(site, now);
                if let Start::At(at) | Start::Closed { until: at } = start {
                    prop_assert!(at > now);
                    // Waiting as told always makes progress.
                    now = at;
                }
                if gates.next_start(site, now) == Start::Now {
                    prop_assert!(flying.len() < per_site as usize);
                    prop_assert!(last_start.is_none_or(|last| now >= last + Duration::from_millis(gap_ms)));
                    prop_assert!(now >= silent_until);
                    prop_assert!(failures < 5 || flying.is_empty(), "a trial is the only request");
                    gates.begin(site, now);
                    flying.push_back(now);
                    last_start = Some(now);
                } else if flying.is_empty() {
                    prop_assert!(!matches!(gates.next_start(site, now), Start::Busy), "busy with nothing");
                }
            } else if flying.pop_front().is_some() {
                let outcome = if action == 3 { Ok(Sighting::Missing) } else { Err(Inconclusive::ServerError(503)) };
                failures = if outcome.is_ok() { 0 } else { failures + 1 };
                let retry_after = (action == 5).then_some(seconds(retry_after));
                gates.end(site, &Probe { outcome, retry_after, status: None }, now);
                if let Some(wait) = retry_after {
                    silent_until = silent_until.max(now + wait);
                }
            }
        }
    }
}
