//! A run pauses while somebody waits for an answer.

use super::*;
use crate::demo::Behaviour;
use crate::slices::watch::model::verdict::Verdict;

/// Concurrent probes.
const WORKERS: usize = 8;

/// More than a test ever reaches.
const ACCOUNTS: usize = 4_000;

/// The smallest step of the runtime's clock; a run waits for at most thirty.
const STEP: Duration = Duration::from_millis(1);

#[tokio::test]
async fn no_probe_starts_while_somebody_waits_for_an_answer() {
    let watch = format!("workers = {WORKERS}\nper_site = {WORKERS}\nmin_gap = \"0s\"");
    let mut world = World::new(&["site".to_owned()], &watch).await;
    let names = (0..ACCOUNTS).map(|n| format!("gone{n}"));
    world.add("site", names).await;
    let (site, time) = (world.site.clone(), world.time.clone());
    let people = world.driver.parts.proxy.priority_gate().clone();
    let stop = world.driver.stop.clone();
    let script = async {
        let some = probes_go_on(&site, &time, 0).await;

        people.open();
        let held = rest(&site, &time, some).await;
        people.close();
        let some = probes_go_on(&site, &time, held).await;

        // This wait gets no answer. After the same time the gate may be held again.
        pass(&time, 20).await;
        people.open();
        let held = rest(&site, &time, some.max(site.request_count())).await;
        pass(&time, 15).await;
        probes_go_on(&site, &time, held).await;
        stop.cancel();
    };
    let run = world.driver.make_run(Trigger::Request, RunScope::All);
    tokio::join!(run, script);
}

/// The period of the usual schedule.
const PERIOD: Duration = Duration::from_secs(5 * 60);

/// The usual time limit of one probe.
const TIMEOUT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn what_was_seen_is_written_although_somebody_waits_as_the_time_ends() {
    let mut world = World::new(&["site".to_owned()], "").await;
    world
        .add("site", (0..100).map(|n| format!("gone{n}")))
        .await;
    let (site, time) = (world.site.clone(), world.time.clone());
    let people = world.driver.parts.proxy.priority_gate().clone();
    let script = async {
        let end = Instant::now() + PERIOD;
        while site.request_count() < 8 {
            time.pass(BEAT).await;
        }
        // The last probe ends without an answer, after the time limit and while somebody waits.
        site.set_default("site", Behaviour::Hang);
        time.pass(end + 5 * STEP - TIMEOUT - Instant::now()).await;
        time.pass(TIMEOUT - 10 * STEP).await;
        people.open();
        pass(&time, 15).await;
        time.flow().await;
    };
    tokio::select! {
        _ = world.driver.make_run(Trigger::Schedule, RunScope::All) => {}
        () = script => {}
    }

    let requests = world.site.requests_to("site");
    let seen = requests.iter().filter(|r| r.name.starts_with("gone"));
    let accounts = world.accounts().await;
    let written = accounts.iter().filter(|a| a.verdict.is_some()).count();
    assert!(written > 1, "{written} looks");
    assert_eq!(written, seen.count());
    let lost = accounts
        .iter()
        .filter(|a| a.verdict == Some(Verdict::Error));
    assert_eq!(lost.count(), 1, "a look was on its way at the end");
}

async fn pass(time: &Time, steps: usize) {
    for _ in 0..steps {
        time.pass(STEP).await;
    }
}

/// Requests in flight arrive, and then no more do for twenty steps. Returns the number of requests.
async fn rest(site: &PretendSite, time: &Time, before: usize) -> usize {
    for _ in 0..100 {
        time.pass(Duration::ZERO).await;
    }
    let arrived = site.request_count();
    assert!(
        arrived <= before + WORKERS,
        "{} looks began meanwhile",
        arrived - before
    );
    assert_eq!(site.in_flight("site"), 0);
    pass(time, 20).await;
    assert_eq!(site.request_count(), arrived, "somebody waits");
    arrived
}

/// Probes go on without any time passing. Returns the total number of requests.
async fn probes_go_on(site: &PretendSite, time: &Time, before: usize) -> usize {
    for _ in 0..1_000 {
        if site.request_count() > before + 2 * WORKERS {
            return site.request_count();
        }
        time.pass(Duration::ZERO).await;
    }
    panic!("after {before} requests no look began");
}
