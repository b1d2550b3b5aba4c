//! More accounts than a site answers for between two ticks: every tick has its run, and owners take
//! turns.

use std::collections::BTreeMap;

use super::*;

/// The owner of a single account on the site that somebody else has filled.
const SMALL: i64 = 8;

const MINUTE: Duration = Duration::from_secs(60);

/// A probe in flight may end after the tick. On a busy machine, time passes meanwhile.
const LATE: Duration = Duration::from_secs(20);

/// With the usual gap, a minute has room for about fifty.
const MANY: usize = 400;

impl World {
    /// One site, which is too slow for all accounts of the first owner.
    async fn crowded(watch: &str) -> Self {
        let world = Self::new(&["site".to_owned()], watch).await;
        let many = (0..MANY).map(|n| format!("many{n}"));
        world.add("site", many).await;
        let small = std::iter::once("small".to_owned());
        world.add_for(SMALL, "site", small).await;
        world
    }

    /// Lets the watch follow its schedule.
    async fn watch_for(&mut self, minutes: u32) {
        let Self { driver, time, .. } = self;
        let (ticks, stop) = (Arc::clone(&driver.ticks), driver.stop.clone());
        let (bell, schedule) = (
            driver.parts.bell.clone(),
            driver.parts.config.schedule.clone(),
        );
        let script = async {
            let clock = &time.clock;
            // The last tick has its run, too.
            let end = clock.now().plus(MINUTE * minutes + MINUTE / 2);
            let mut tick = schedule.next_after(clock.now()).unwrap();
            while clock.now() < end {
                time.pass(BEAT).await;
                if clock.now() >= tick {
                    ticks.fire(&bell);
                    tick = schedule.next_after(clock.now()).unwrap();
                }
            }
            stop.cancel();
        };
        tokio::join!(driver.run(), script);
    }

    async fn ask(&self, scope: RunScope) {
        let write = self
            .db
            .write(move |tx| store::ask(tx, NOW, scope, Some(ADMIN)));
        write.await.unwrap();
    }

    /// The runs: why each began, and how long after the start of the world it began and ended.
    async fn runs(&self) -> Vec<(Trigger, Duration, Duration)> {
        let read = self.db.read(|c| {
            let mut runs = Vec::new();
            store::export_runs(c, |_, run| {
                let ended = run.ended_at.unwrap_or(run.started_at);
                runs.push((run.trigger, run.started_at.since(NOW), ended.since(NOW)));
                Ok(())
            })?;
            Ok(runs)
        });
        read.await.unwrap()
    }

    /// No run goes on after its last tick, and the next run begins at the tick or right after it.
    async fn assert_in_time(&self) {
        let (runs, schedule) = (self.runs().await, &self.driver.parts.config.schedule);
        let tick_after = |began| schedule.next_after(NOW.plus(began)).unwrap().since(NOW);
        assert!(runs.len() > 1, "{runs:?}");
        for (&(_, began, ended), &(_, next, _)) in runs.iter().zip(&runs[1..]) {
            let idle = next.saturating_sub(ended.max(tick_after(began)));
            let last_tick = tick_after(began + SHORTEST_RUN);
            assert!(ended < last_tick + LATE && idle < LATE, "{runs:?}");
        }
    }

    /// How often each account was probed.
    fn probes(&self) -> BTreeMap<String, usize> {
        let mut probes = BTreeMap::new();
        for request in self.site.requests_to("site") {
            *probes.entry(request.name).or_default() += 1;
        }
        probes
    }
}

/// Follows a schedule for some intervals.
async fn every_tick_has_its_run(schedule: &str, minutes: u32) {
    let mut world = World::crowded(&format!("schedule = \"{schedule}\"")).await;

    world.watch_for(minutes).await;

    world.assert_in_time().await;
}

#[tokio::test]
async fn every_tick_has_its_run_although_each_fills_its_minute() {
    every_tick_has_its_run("0 * * * * *", 5).await;
}

#[tokio::test]
async fn every_tick_has_its_run_although_each_fills_two_minutes() {
    every_tick_has_its_run("0 */2 * * * *", 6).await;
}

#[tokio::test]
async fn a_small_owner_is_looked_at_at_every_tick_and_a_large_one_in_turn() {
    let mut world = World::crowded("schedule = \"0 * * * * *\"").await;
    let some = (0..10).map(|n| format!("some{n}"));
    world.add_for(9, "site", some).await;

    world.watch_for(4).await;

    // The last run may have only just begun.
    let (runs, probes) = (world.runs().await.len(), world.probes());
    for (name, times) in &probes {
        let expected = match name.get(..4) {
            Some("smal" | "some") => runs - 1..=runs,
            Some("many") => 1..=1,
            _ => continue,
        };
        assert!(expected.contains(times), "{name} had {times} probes");
    }
    let of_all = |name: &str| probes.keys().filter(|one| one.starts_with(name)).count();
    assert_eq!((of_all("small"), of_all("some")), (1, 10));
    assert!(of_all("many") > 60, "{}", of_all("many"));
}

/// Asks for a run that would take much longer than an interval.
async fn ends_in_time(scope: RunScope) {
    let mut world = World::crowded("schedule = \"0 * * * * *\"").await;
    world.ask(scope).await;

    world.watch_for(3).await;

    let runs = world.runs().await;
    assert_eq!(runs[0].0, Trigger::Request);
    assert!(world.probes()["small"] >= 1, "{runs:?}");
    world.assert_in_time().await;
}

#[tokio::test]
async fn a_run_over_ones_own_accounts_ends_in_time_for_the_tick() {
    ends_in_time(RunScope::Owner(OWNER)).await;
}

#[tokio::test]
async fn a_run_over_everything_that_was_asked_for_ends_in_time_for_the_tick() {
    ends_in_time(RunScope::All).await;
}

#[tokio::test]
async fn who_asks_is_answered_although_every_run_fills_its_interval() {
    let mut world = World::crowded("schedule = \"0 * * * * *\"").await;
    world.ask(RunScope::All).await;
    world.ask(RunScope::Owner(OWNER)).await;
    world.ask(RunScope::Owner(SMALL)).await;

    world.watch_for(4).await;

    let runs = world.runs().await;
    let asked = runs.iter().filter(|run| run.0 == Trigger::Request);
    assert_eq!(asked.count(), 3, "{runs:?}");
    world.assert_in_time().await;
}
