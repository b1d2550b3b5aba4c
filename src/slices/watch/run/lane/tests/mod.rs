//! The order in which a lane hands out its accounts, over interrupted runs.

use std::collections::BTreeSet;

mod scenes;

use super::candidate::AfterProbe;
use super::*;
use crate::db::Db;
use crate::db::testing::Store;
use crate::people;
use crate::slices::watch::model::account::{RunState, Trigger, Until};
use crate::slices::watch::model::verdict::{Sighting, Verdict};
use crate::slices::watch::site::Method;
use crate::slices::watch::site::entry::SiteEntry;
use crate::slices::watch::store::{Bearing, NewAccount, ProbeResult, Waiting};
use crate::slices::watch::verdict::Inconclusive;

const NOW: UnixMs = UnixMs(1_790_000_000_000);
const OWNER: i64 = 7;
const PAGE: usize = 128;

async fn fill(db: &Db, n: usize) -> BTreeSet<i64> {
    db.write(move |tx| {
        people::admit(tx, NOW, OWNER)?;
        for i in 0..n {
            let new = NewAccount::new(OWNER, "github", &format!("name{i}"), 30);
            store::add(tx, NOW, &new)?;
        }
        Ok(())
    })
    .await
    .unwrap();
    (1..).take(n).collect()
}

/// Makes a run that is interrupted after `limit` accounts; returns the probed accounts in order.
async fn cut_run(db: &Db, scope: RunScope, limit: usize) -> Vec<i64> {
    let run = db
        .write(move |tx| Ok(store::begin(tx, NOW, Trigger::Schedule, scope, 0)?.id))
        .await
        .unwrap();
    let mut lane = lane(Duration::ZERO);
    let mut seen = Vec::new();
    while seen.len() < limit {
        if let Some(reading) = lane.next_reading(scope, run) {
            lane.take_page(reading.read(db).await.unwrap());
        }
        let Some(candidate) = lane.take(Instant::now()) else {
            break;
        };
        seen.push(candidate.id());
    }
    let results: Vec<ProbeResult> = seen
        .iter()
        .map(|id| ProbeResult {
            account_id: *id,
            site: "github".into(),
            verdict: Verdict::NotFound,
            reason: "",
            silent_until: None,
            bearing: Bearing::Plain,
            identity: String::new(),
        })
        .collect();
    db.write(move |tx| {
        store::apply(tx, NOW, "2026-11-21", run, &results, &[])?;
        if scope == RunScope::All {
            let left = store::unreached(tx, scope, run)?;
            store::settle_rounds(tx, run, &left)?;
        }
        store::end(tx, NOW, run, RunState::Done, 0, 0)
    })
    .await
    .unwrap();
    seen
}

/// A lane of a site with this gap.
fn lane(gap: Duration) -> Lane {
    Lane::new(
        "github".into(),
        1,
        None,
        &store::Marks::default(),
        PAGE,
        gap,
    )
}

fn set(ids: &[i64]) -> BTreeSet<i64> {
    ids.iter().copied().collect()
}

#[tokio::test]
async fn what_a_cut_run_did_not_reach_comes_first() {
    let store = Store::new();
    let db = &store.db;
    let all = fill(db, 3 * PAGE + 10).await;

    // Two interrupted runs share a round: no account twice before every account once.
    let first = cut_run(db, RunScope::All, PAGE + 20).await;
    let second = cut_run(db, RunScope::All, PAGE).await;
    assert!(set(&first).is_disjoint(&set(&second)));
    // A run of an owner belongs to no round: it probes everything, and the round continues
    // afterwards.
    let owners = cut_run(db, RunScope::Owner(OWNER), 1).await;
    assert_eq!(owners.len(), 1);

    let third = cut_run(db, RunScope::All, usize::MAX).await;
    assert_eq!(third.len(), all.len(), "each once");
    assert_eq!(set(&third), all);
    let rest: BTreeSet<i64> = all
        .iter()
        .copied()
        .filter(|id| {
            ![&first, &second, &owners]
                .iter()
                .any(|seen| seen.contains(id))
        })
        .collect();
    let (come_first, _) = third.split_at(rest.len());
    assert_eq!(set(come_first), rest);

    // The round is complete, so the next run begins like the first.
    let fourth = cut_run(db, RunScope::All, usize::MAX).await;
    assert_eq!(set(&fourth), all);
    assert!(fourth.iter().take(PAGE).all(|id| *id <= PAGE as i64));
}

#[tokio::test]
async fn a_cut_within_a_page_is_remembered() {
    for accounts in [PAGE - 8, 2 * PAGE - 16] {
        let store = Store::new();
        let db = &store.db;
        let all = fill(db, accounts).await;
        // Three runs of a third each make a round, wherever they end within a page.
        let third = all.len() / 3;
        let mut seen = BTreeSet::new();
        for _ in 0..3 {
            seen.extend(cut_run(db, RunScope::All, third).await);
        }
        assert_eq!(seen.len(), 3 * third);
    }
}

#[tokio::test]
async fn a_cut_within_the_second_half_of_a_round_is_remembered() {
    let store = Store::new();
    let db = &store.db;
    let all = fill(db, 3 * PAGE).await;
    let first = cut_run(db, RunScope::All, 2 * PAGE).await;
    // The last third, and the first one again.
    let second = cut_run(db, RunScope::All, 2 * PAGE).await;
    assert_eq!(set(&first).intersection(&set(&second)).count(), PAGE);
    // The middle waits longest now.
    let third = cut_run(db, RunScope::All, PAGE).await;
    let longest: BTreeSet<i64> = all
        .iter()
        .copied()
        .filter(|id| !second.contains(id))
        .collect();
    assert_eq!(set(&third), longest);
}

#[tokio::test]
async fn a_page_is_read_before_the_one_before_is_used_up() {
    let store = Store::new();
    let db = &store.db;
    fill(db, 3 * PAGE).await;
    // The old round comes first. After its first page, half a page of it is left.
    cut_run(db, RunScope::All, 3 * PAGE / 2).await;
    let run = db
        .write(|tx| Ok(store::begin(tx, NOW, Trigger::Schedule, RunScope::All, 0)?.id))
        .await
        .unwrap();
    let mut lane = lane(Duration::ZERO);
    // The number of accounts left at each reading.
    let mut left = Vec::new();
    loop {
        while let Some(reading) = lane.next_reading(RunScope::All, run) {
            left.push(lane.page.len());
            lane.take_page(reading.read(db).await.unwrap());
        }
        assert!(lane.page.len() <= PAGE / 2 + PAGE);
        if lane.take(Instant::now()).is_none() {
            break;
        }
    }
    // The last page of the old round is used up before the new round begins.
    assert_eq!(left, [0, PAGE / 2, 0, PAGE / 2]);
}

/// Hands out all accounts although no result is written.
async fn hand_out(db: &Db, mut lane: Lane) -> Vec<i64> {
    let run = db
        .write(|tx| Ok(store::begin(tx, NOW, Trigger::Schedule, RunScope::All, 0)?.id))
        .await
        .unwrap();
    let mut seen = Vec::new();
    loop {
        if let Some(reading) = lane.next_reading(RunScope::All, run) {
            lane.take_page(reading.read(db).await.unwrap());
        }
        match lane.take(Instant::now()) {
            Some(candidate) => seen.push(candidate.id()),
            None => return seen,
        }
    }
}

#[tokio::test]
async fn turns_hand_out_everybody_once_and_those_with_few_accounts_early() {
    let behind = store::Marks {
        behind: ["github".to_owned()].into(),
        ..store::Marks::default()
    };
    let fast = Duration::ZERO;
    for (marks, gap) in [
        (behind, fast),
        (store::Marks::default(), Duration::from_secs(1)),
    ] {
        let store = Store::new();
        let db = &store.db;
        let mut all = fill(db, 3 * PAGE + 10).await;
        let added = db.write(|tx| {
            people::admit(tx, NOW, 8)?;
            store::add(tx, NOW, &NewAccount::new(8, "github", "small", 30))
        });
        let store::Added::New(small) = added.await.unwrap() else {
            panic!("the account is new");
        };
        all.insert(small);
        let lane = Lane::new("github".into(), 1, None, &marks, PAGE, gap);
        let seen = hand_out(db, lane).await;
        assert_eq!(seen.len(), all.len(), "each once");
        assert_eq!(set(&seen), all);
        assert!(seen[..2].contains(&small), "{:?}", &seen[..2]);
    }
}

#[test]
fn probes_must_agree_and_a_closed_connection_is_asked_once_more() {
    let (there, gone) = (Ok(Sighting::Exists), Ok(Sighting::Missing));
    let closed = Err(Inconclusive::Reset);
    let disagree = Err(Inconclusive::ProbesDisagree);
    for (results, method, result) in [
        (vec![there, there], Method::Get, there),
        (vec![gone], Method::Get, gone),
        (vec![there, gone], Method::Get, disagree),
        (vec![closed, gone], Method::Get, gone),
        (vec![there, closed, there], Method::Head, there),
        (vec![there, closed, gone], Method::Get, disagree),
        (vec![closed, closed], Method::Get, closed),
        (vec![closed], Method::Post, closed),
    ] {
        let mut candidate = candidate(Until::Found, None);
        let (last, before) = results.split_last().unwrap();
        for result in before {
            let next = candidate.after(*result, 2, method);
            assert_eq!(next, AfterProbe::ProbeAgain, "{results:?}");
        }
        let next = candidate.after(*last, 2, method);
        assert_eq!(next, AfterProbe::Settle(result), "{results:?}");
    }
}

#[test]
fn a_round_vouches_for_the_news_before_it_and_serves_many() {
    let entry = "key = \"a\"\nurl = \"https://a.example/{name}\"\n\
                 exists = { status = [200] }\nmissing = { status = [404] }";
    let entry: SiteEntry = toml::from_str(entry).unwrap();
    let site = entry.into_site(false).unwrap();
    let (mut awaited, now) = (Awaited::default(), Instant::now());
    let news = || candidate(Until::Found, None);
    assert_eq!(awaited.due_at(true, now), None);
    awaited.push(news(), Sighting::Exists, now);
    assert_eq!(awaited.due_at(true, now), Some(now));
    let later = awaited.due_at(false, now).unwrap();
    assert!(later > now, "others of the lane may be news, too");
    awaited.push(news(), Sighting::Exists, later);
    assert_eq!(awaited.due_at(false, later), Some(later));

    awaited.begin(&site);
    // The probe of this one was in flight.
    awaited.push(news(), Sighting::Exists, later);
    assert_eq!(awaited.due_at(true, later), None, "a round is going on");
    assert_eq!(awaited.next_name(&site), None, "its shape is plain");
    let ready = std::iter::from_fn(|| awaited.take_ready()).count();
    assert_eq!((ready, awaited.due_at(true, later)), (2, Some(later)));

    while awaited.due_at(false, later) != Some(later) {
        awaited.push(news(), Sighting::Exists, later);
    }
    awaited.give_up(Inconclusive::BreakerOpen);
    let ready: Vec<_> = std::iter::from_fn(|| awaited.take_ready()).collect();
    assert!(ready.len() > 100, "not all wait at once");
    assert!(
        ready
            .iter()
            .all(|(_, said)| *said == Err(Inconclusive::BreakerOpen))
    );
}

fn candidate(until: Until, known: Option<Sighting>) -> Candidate {
    Candidate::new(Waiting {
        id: 1,
        username: "anna".to_owned(),
        until,
        known,
    })
}

#[test]
fn what_ends_a_wait_or_is_a_change_needs_probes_that_agree() {
    use Sighting::{Exists, Missing};
    for (until, known, seen, needs_two) in [
        (Until::Found, Some(Missing), Exists, true),
        (Until::Found, None, Missing, false),
        (Until::Gone, Some(Exists), Missing, true),
        (Until::Gone, None, Missing, true),
        (Until::Gone, None, Exists, false),
        // The first probe is the baseline for later ones.
        (Until::Change, None, Exists, true),
        (Until::Change, None, Missing, true),
        (Until::Change, Some(Exists), Missing, true),
        (Until::Change, Some(Missing), Exists, true),
        (Until::Change, Some(Missing), Missing, false),
    ] {
        let mut candidate = candidate(until, known);
        let first = candidate.after(Ok(seen), 2, Method::Get);
        let settled = AfterProbe::Settle(Ok(seen));
        let expected = if needs_two {
            AfterProbe::ProbeAgain
        } else {
            settled
        };
        assert_eq!(first, expected, "{until:?} {known:?} {seen:?}");
        if needs_two {
            let mut other = candidate.clone();
            assert_eq!(candidate.after(Ok(seen), 2, Method::Get), settled);
            let opposite = if seen == Exists { Missing } else { Exists };
            let disagree = AfterProbe::Settle(Err(Inconclusive::ProbesDisagree));
            assert_eq!(other.after(Ok(opposite), 2, Method::Get), disagree);
        }
    }
}
